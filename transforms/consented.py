"""Consented: a rule that stands only for who agreed to one more purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from transforms.base import Apply, Keyring, Need, Reading, Transform
from transforms.drop import Drop
from transforms.pseudonymize import Pseudonymize


@dataclass(frozen=True, slots=True)
class Consented:
    """
    Release what another rule makes of a value, if its subject consented to a purpose of its own; otherwise nothing.

    For what needs a consent besides the view's: sensitive kinds, and what was collected for another purpose. Without it
    the field is absent, as if the event had not had it.

    Protects against one consent that is taken for two. Does not protect against a recipient who concludes from the
    absence that there was none.

    Args:
        purpose: what consent is for, one lower-case word.
        rule: what is released with it.

    Raises:
        ValueError: the purpose is no such word, or the rule releases nothing anyway.

    Source: PIPL articles 14, 23 and 29; GB/T 35273-2020 section 9.2.
    """

    purpose: str
    rule: Transform

    withholds: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.purpose.isidentifier() or not self.purpose.islower():
            msg = f"purpose {self.purpose!r} must be one lower-case word"
            raise ValueError(msg)
        if isinstance(self.rule, Drop):
            msg = "Drop releases nothing, with consent or without; use Drop() by itself"
            raise ValueError(msg)  # noqa: TRY004 — a declaration's mistakes are all ValueErrors

    @property
    def takes(self) -> frozenset[Reading]:
        """
        What the rule takes.
        """
        return self.rule.takes

    @property
    def needs(self) -> tuple[Need, ...]:
        """
        The purposes, and what the rule needs.
        """
        return ("purposes", *self.rule.needs)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        What the rule gives.
        """
        return self.rule.gives

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:
        """
        `apply(value, purposes, *needs)`.
        """
        return self._waiting(self.rule.bind(keys, kind))

    def bind_generation(self, keys: Keyring, kind: str, generation: int) -> Apply:
        """
        The same of whoever was erased and came back, where the rule makes a token (`Pseudonymize.bind_generation`).
        """
        rule = self.rule
        if isinstance(rule, Pseudonymize | Consented):
            return self._waiting(rule.bind_generation(keys, kind, generation))
        return self.bind(keys, kind)

    def _waiting(self, release: Apply) -> Apply:
        purpose = self.purpose

        def apply(value: Any, purposes: frozenset[str], *needs: Any) -> Any:
            return release(value, *needs) if purpose in purposes else None

        return apply


def bare(rule: Transform) -> Transform:
    """
    The rule itself, without the consents that it waits for.
    """
    while isinstance(rule, Consented):
        rule = rule.rule
    return rule


def second_purposes(rule: Transform) -> tuple[str, ...]:
    """
    The purposes that a rule waits for.
    """
    purposes = []
    while isinstance(rule, Consented):
        purposes.append(rule.purpose)
        rule = rule.rule
    return tuple(purposes)
