"""A view with its recipient's keys, and the circumstances that choose its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.decision import Decision
from schemas.contract import Contract, Field
from schemas.kinds import IDENTITY, Kind
from schemas.view import SUPPRESS, Variant, View
from transforms import Apply, Consented, Drop, Keyring, Pseudonymize, Transform
from transforms.boxes import place_of

PLACEHOLDER_KINDS: Final = frozenset({Kind.COOKIE_ID, Kind.DEVICE_ID, Kind.HARDWARE_ID, Kind.MAC})
"""Kinds of which an all-zero value means that the person opted out of tracking: the same as no value."""


@dataclass(frozen=True, slots=True)
class BoundView:
    """
    A view and the keys of its recipient.
    """

    view: View
    keys: Keyring

    def apply(self, rule: Transform, kind: Kind, generation: int = 0) -> Apply:
        """
        The rule, specialised to these keys; a token to those of a generation (`pipeline.decision.Decision`).
        """
        if generation and isinstance(rule, Pseudonymize | Consented):
            return rule.bind_generation(self.keys, kind.value, generation)
        return rule.bind(self.keys, kind.value)

    def place(self, path: str) -> str:
        """
        Where the value of a field stands in this view's records.
        """
        return place_of(self.view.topic, path)

    def rules(self, decision: Decision, *, linked: bool) -> Mapping[str, Transform] | None:
        """
        The rules that stand for an event, or None when nothing of it passes.
        """
        granted = not self.view.asks_consent or self.view.purpose in decision.purposes
        if decision.suppressed or (not granted and self.view.otherwise is SUPPRESS):
            return None
        return self.view.resolve(Variant(granted, linked))


def identity_paths(contract: Contract) -> tuple[str, ...]:
    """
    The fields of which any one, when present, links an event to a person.
    """
    return tuple(path for path, node in contract.leaves() if node.kind in IDENTITY)


def placeholder(node: Field) -> bool:
    """
    Whether an all-zero value of this field is the same as none.
    """
    return node.optional and node.kind in PLACEHOLDER_KINDS


def top_level(contract: Contract, kind: Kind) -> Field | None:
    """
    The first field of a kind that stands at the top of an event.
    """
    return next((node for node in contract.fields if isinstance(node, Field) and node.kind is kind), None)


def dropped(rule: Transform) -> bool:
    """
    Whether a rule releases nothing.
    """
    return isinstance(rule, Drop)
