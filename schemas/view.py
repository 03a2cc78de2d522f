"""Views: what one recipient gets of one raw topic. Total over the contract, checked when declared."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from schemas.contract import Contract, Field, Repeated
from schemas.kinds import Kind
from schemas.types import GeoPoint, Text, Timestamp
from transforms import Drop, Keep, Pseudonymize, Seal, Transform, bare, second_purposes, withholds

Rules = Mapping[Kind | str, Transform]
"""A transform for each kind, or for a single path; the path wins."""


class Without(Enum):
    """
    What a view does with events whose subject has not consented.
    """

    SUPPRESS = "suppress"

    def __repr__(self) -> str:
        return self.name


SUPPRESS: Final = Without.SUPPRESS


SEALED: Final = "sealed"
"""The member of a record that is sealed as a whole."""


@dataclass(frozen=True, slots=True)
class Variant:
    """
    The circumstances under which one resolved set of rules stands.

    Args:
        granted: the subject consented to the view's purpose, or the view asks for no consent.
        linked: the event is about a known person.
    """

    granted: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class View:
    """
    What one recipient gets of one raw topic.

    Every field resolves to exactly one rule, by its path or by its kind; an array passes only where its path
    (`items[]`) has the rule Keep. `otherwise` has to be total by itself: a line forgotten there must never fall back to
    what consent allows.

    Args:
        recipient: who reads.
        contract: of the raw topic.
        purpose: what consent is for, and part of every key.
        rules: with consent.
        linked: laid over `rules` when the event is about a known person.
        otherwise: without consent; None when the view asks for none, SUPPRESS when nothing passes.
        otherwise_linked: laid over `otherwise` when the event is about a known person.
        key: paths in order of preference; the first released token is the key of the clean record.
        party: path of the field that names who of the recipient's readers an event is for, such as `merchant_id`;
            None when no rule asks.
        sealed: seals the record as a whole to one party: its only member is `sealed`, and what the rules release is the
            JSON text in that box. Other readers of the topic see key, day, and size in steps; without a key of the
            party there is no record. None when the record is for every reader of the topic.

    Raises:
        ValueError: the view is not total, or a rule does not fit its field; the sentence names the path.
    """

    recipient: str
    contract: Contract
    purpose: str
    rules: Rules
    linked: Rules = field(default_factory=dict)
    otherwise: Rules | Without | None = None
    otherwise_linked: Rules = field(default_factory=dict)
    key: tuple[str, ...] = ("user_id", "device_id")
    party: str | None = None
    sealed: Seal | None = None

    def __post_init__(self) -> None:
        for name, value in (("recipient", self.recipient), ("purpose", self.purpose)):
            if not value.isidentifier() or not value.islower():
                msg = f"{name} {value!r} must be one lower-case word"
                raise ValueError(msg)
        for variant in self.variants():
            self.resolve(variant)

    @property
    def topic(self) -> str:
        """
        The clean topic.
        """
        return f"clean.{self.recipient}.{self.contract.name}"

    @property
    def schema(self) -> str:
        """
        Name and version of the schema of the clean topic, as in the header `schema`.
        """
        return f"{self.topic}/{self.contract.version}"

    @property
    def asks_consent(self) -> bool:
        """
        Whether consent changes what the recipient gets.
        """
        return self.otherwise is not None

    @property
    def purposes(self) -> tuple[str, ...]:
        """
        Its own purpose, and those that single rules wait for.
        """
        every = (rule for variant in self.variants() for rule in self.resolve(variant).values())
        return tuple(dict.fromkeys((self.purpose, *(purpose for rule in every for purpose in second_purposes(rule)))))

    @property
    def asked(self) -> frozenset[str]:
        """
        The purposes of which a consent changes what the recipient gets.
        """
        return frozenset(self.purposes if self.asks_consent else self.purposes[1:])

    def variants(self) -> tuple[Variant, ...]:
        """
        Every circumstance that this view tells apart.
        """
        consents = (True, False) if self.asks_consent else (True,)
        return tuple(
            Variant(granted, linked)
            for granted in consents
            for linked in (False, True)
            if granted or self.otherwise is not SUPPRESS
        )

    def resolve(self, variant: Variant) -> dict[str, Transform]:
        """
        Path → rule, for every field and array of the contract.

        Raises:
            ValueError: a field has no rule, a rule has no field, or the two do not fit.
        """
        layers = self._layers(variant)
        nodes = dict(self.contract.nodes())
        resolved: dict[str, Transform] = {}
        for path, node in nodes.items():
            if isinstance(node, Field):
                resolved[path] = self._rule(path, node, layers)
            elif isinstance(node, Repeated):
                resolved[path] = next((layer[path] for layer in layers if path in layer), Drop())
        unknown = sorted({key for layer in layers for key in layer if isinstance(key, str)} - set(resolved))
        if unknown:
            msg = f"{self} has a rule for {unknown[0]}, which {self.contract.topic} has not; correct the path"
            raise ValueError(msg)
        self._check_key(resolved, nodes)
        self._check_party(resolved, nodes)
        return resolved

    def policy(self) -> str:
        """
        The first 64 bits of SHA-256 over every resolved rule, in hexadecimal: equal policies, equal hashes.
        """
        head = f"{self.topic}|{self.purpose}|{self.otherwise is SUPPRESS}|{self.key}"
        whom = f"|{self.party}|{self.sealed}" if self.sealed else f"|{self.party}" if self.party else ""
        digest = hashlib.sha256(f"{head}{whom}\n".encode())
        for variant in self.variants():
            digest.update(f"{variant}\n".encode())
            for path, rule in self.resolve(variant).items():
                digest.update(f"{path}={rule!r}\n".encode())
        return digest.hexdigest()[:16]

    def _layers(self, variant: Variant) -> tuple[Rules, ...]:
        if variant.granted:
            return (self.linked, self.rules) if variant.linked else (self.rules,)
        if self.otherwise is None or isinstance(self.otherwise, Without):
            msg = f"{self} has no rules without consent"
            raise ValueError(msg)
        return (self.otherwise_linked, self.otherwise) if variant.linked else (self.otherwise,)

    def _rule(self, path: str, node: Field, layers: tuple[Rules, ...]) -> Transform:
        for layer in layers:
            rule = layer.get(path) or layer.get(node.kind)
            if rule is not None:
                break
        else:
            kind = node.kind.value
            msg = f"{self} has no rule for {path} ({kind}); add one for the path or the kind, Drop() if in doubt"
            raise ValueError(msg)
        if node.kind is Kind.SECRET and not isinstance(rule, Drop):
            msg = f"{self} would release {path}, a secret; a secret is always dropped: use Drop()"
            raise ValueError(msg)
        if isinstance(node.type, GeoPoint) and isinstance(bare(rule), Keep):
            msg = f"{self} at {path}: Keep would pass members of the point that no contract knows; use GeoCell()"
            raise ValueError(msg)  # noqa: TRY004 — a declaration's mistakes are all ValueErrors
        if isinstance(node.type, Timestamp) and not ("timestamp" in rule.takes or isinstance(bare(rule), Keep | Drop)):
            msg = f"{self} at {path}: {type(rule).__name__} gives no time; choose TruncateTime(), ShiftTime() or Drop()"
            raise ValueError(msg)
        if not rule.takes & {"any", node.type.reading}:
            msg = (
                f"{self} at {path}: {type(rule).__name__} does not take a {node.type.reading}; choose another transform"
            )
            raise ValueError(msg)
        return rule

    def _check_key(self, resolved: Mapping[str, Transform], nodes: Mapping[str, object]) -> None:
        for path in self.key:
            if not isinstance(nodes.get(path), Field) or "." in path:
                msg = f"{self} is keyed by {path}, which is no field at the top of {self.contract.topic}"
                raise ValueError(msg)
            if not isinstance(resolved[path], Pseudonymize | Drop) or withholds(resolved[path]):
                msg = f"{self} is keyed by {path}, which it does not pseudonymize; a key must be a token or nothing"
                raise ValueError(msg)
        for path, node in nodes.items():
            if isinstance(node, Repeated) and not isinstance(resolved[path], Keep | Drop):
                msg = f"{self} at {path}: an array takes Keep() or Drop()"
                raise ValueError(msg)  # noqa: TRY004 — a declaration's mistakes are all ValueErrors

    def _check_party(self, resolved: Mapping[str, Transform], nodes: Mapping[str, object]) -> None:
        if self.party is not None:
            node = nodes.get(self.party)
            if not isinstance(node, Field) or node.optional or "." in self.party or not isinstance(node.type, Text):
                msg = f"{self} is for the party {self.party}, which is no required text at the top; name another field"
                raise ValueError(msg)
            return
        if self.sealed and "party" in self.sealed.needs:
            msg = f"{self} is sealed to nobody; give the view a party, or Seal one"
            raise ValueError(msg)
        for path, rule in resolved.items():
            if "party" in rule.needs:
                msg = f"{self} at {path}: {type(rule).__name__} asks for whom; give the view a party"
                raise ValueError(msg)

    def __str__(self) -> str:
        return f"view {self.recipient} of {self.contract.topic}"
