"""Seal: a value that one party alone can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from transforms.base import Apply, Keyring, Need, Reading, wrong_type
from transforms.party import check_party


@dataclass(frozen=True, slots=True)
class Seal:
    """
    Seal a value to the public key of who has to act on it, so that several parties can read one topic.

    The party opens the box with its private key (`qingliu open`) and has the value exactly as it was. A party without
    a key gets nothing: the field is absent. Boxes are random; nobody sees whether two hold the same.

    Protects against every other reader of the topic: merchant A cannot read what merchant B's order says.
    Does not protect against the party itself, nor after its private key became known. See `transforms.boxes` for what
    a box tells from outside.

    Args:
        to: a fixed party, such as `logistics`; empty for whom the view's `party` names, event by event.

    Raises:
        ValueError: the name is none that a party can have.

    Source: HPKE, RFC 9180.
    """

    to: str = ""

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    withholds: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.to:
            check_party(self.to)

    @property
    def needs(self) -> tuple[Need, ...]:
        """
        Where the value stands, and for whom unless that is fixed.
        """
        return ("place",) if self.to else ("place", "party")

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The shape of a box.
        """
        return {"type": "string", "pattern": r"^b1\.[A-Za-z0-9_-]{86}\.[A-Za-z0-9_-]{80,}$"}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — every text is sealed alike
        """
        `apply(value, place)` to a fixed party, else `apply(value, place, party)`; None when the party has no key.
        """
        sealing, to = keys.party, self.to

        def apply(value: Any, place: str, party: str = to) -> str | None:
            if type(value) is not str:
                raise wrong_type(value, "string")
            sealer = sealing(party)
            return None if sealer is None else sealer.seal(value, place)

        return apply
