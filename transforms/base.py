"""
What every transform is: a frozen declaration that is bound to keys once and then called for each value.

Construct = validate, `bind(keys, kind)` = specialise, call = work. A transform knows no Kafka, no files and no clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

TYPE_NAMES: Final[Mapping[type, str]] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "number",
    list: "array",
    str: "string",
    type(None): "null",
}

Need = Literal["party", "place", "purposes", "salt", "subject", "time"]
"""
What an `Apply` takes beside the value: `time` in milliseconds since 1970 UTC; `subject`, whom the event is about, or
None; `salt`, the 16 bytes of that person's own key, None for whoever has none; `purposes`, the set of those that the
person consented to; `party`, whom the view's field of that name says the event is for; `place`, clean topic and path
of the field, joined by `|`.
"""

Reading = Literal["any", "boolean", "geo_point", "number", "text", "timestamp"]
"""
How a field's value reaches a transform: `text` str, `number` int or float, `boolean` bool, `timestamp` milliseconds
since 1970 UTC (int), `geo_point` (latitude, longitude) in WGS-84 degrees, `any` the JSON value as it came.
"""

Apply = Callable[..., Any]
"""
`apply(value, *needs)` gives the released value; where the transform `withholds` also None, and then the field is
absent. It raises `Refused` for what it cannot understand; for an array or object where its reading is another, which a
contract keeps away before, it may raise TypeError.
"""


class Refused(Exception):  # noqa: N818 — the field reads "the value was refused"
    """
    A value that cannot be understood, and therefore does not pass.

    The sentence names types, bounds and remedies, never the value.
    """


class CannotOpen(ValueError):  # noqa: N818 — reads "cannot open"
    """
    The wrong key, the wrong context, or something altered; which of them is not said.
    """


class Sealing(Protocol):
    """
    A party's public key, ready for use.
    """

    def seal(self, text: str, place: str) -> str:
        """
        A box that only the party opens, and only as the value of this place.
        """
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """
    A derived key and the version of the root key it comes from.

    Args:
        version: of the root key, from 1.
        secret: 32 bytes.
    """

    version: int
    secret: bytes

    def __repr__(self) -> str:
        return f"Key(version={self.version})"


class Keyring(Protocol):
    """
    Derives the keys of one recipient and purpose.
    """

    def derive(self, domain: str, epoch: str = "") -> Key:
        """
        The key of a domain in an epoch, from the newest root key.
        """
        ...

    def party(self, name: str) -> Sealing | None:
        """
        The public key of a party; None when it has none.
        """
        ...

    def subject_key(self, subject: str, salt: bytes) -> bytes:
        """
        A person's own key, 64 bytes, which nobody can make without the salt.
        """
        ...

    def memo(self, name: tuple[Any, ...], make: Callable[[], Apply]) -> Apply:
        """
        What `make` returned the first time `name` was asked for: equal transforms of one recipient share their cache.
        """
        ...


class Transform(Protocol):
    """
    How a value is changed.

    One that may release nothing of a value it takes says so by a class attribute `withholds`, which is True.
    """

    @property
    def takes(self) -> frozenset[Reading]:
        """
        The readings that it can be given.
        """
        ...

    @property
    def needs(self) -> tuple[Need, ...]:
        """
        What `Apply` takes beside the value, in this order.
        """
        ...

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The JSON Schema (2020-12) of a released value; None when it is that of the field itself.
        """
        ...

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:
        """
        The function that changes one value of a field of this kind.
        """
        ...


def withholds(rule: Transform) -> bool:
    """
    Whether a rule may give None for a value, so that the field is absent as if the event had not had it.
    """
    return bool(getattr(rule, "withholds", False))


def wrong_type(value: Any, expected: str) -> Refused:
    """
    The refusal of a value of the wrong type, by the names JSON has for types.
    """
    return Refused(f"expected {expected}, got {TYPE_NAMES.get(type(value), 'something else')}")
