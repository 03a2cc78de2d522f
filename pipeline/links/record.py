"""
The records of `privacy.links`: the key is a pair of identifiers, hashed, the value the last day that saw both.

Days are those of Asia/Shanghai, counted from 1970-01-01: who writes when, and how often, makes no difference to a
record, so that any number of workers may write about one pair.
"""

from struct import Struct
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from pipeline.codec import dumps, loads
from pipeline.links.identifiers import COOKIE, DEVICE, USER, Identifier, derived
from pipeline.subjects.hashing import HASH_BYTES
from transforms.timestamp import DAY, SHANGHAI

TOPIC: Final = "privacy.links"
WINDOW_DAYS: Final = 30
"""Days for which a link holds where nothing else is set."""
KEPT_DAYS: Final = 7
"""Days for which a link is remembered after its window, for events that come late."""

PAIRS: Final = ((USER, DEVICE), (USER, COOKIE), (DEVICE, COOKIE))
"""The kinds of two identifiers, in the order in which a record names them."""
_NUMBERS: Final = {kinds: number for number, kinds in enumerate(PAIRS)}
LAST_DAY: Final = (1 << 16) - 1

_VERSION: Final = 1
_VALUE: Final = Struct(">BH")  # version, day
_KEY_BYTES: Final = 1 + 2 * HASH_BYTES
_BOX_KEY_BYTES: Final = 64
_TAG_BYTES: Final = 16
_LONGEST: Final = 1_024  # bytes of a box: two identifiers of 64 characters have 800 at most


class Unreadable(ValueError):  # noqa: N818 — reads "the record is unreadable"
    """
    A record that does not fit its form. The sentence says what of it, never what it holds.
    """


class Pair(NamedTuple):
    """
    Two identifiers that were seen together.

    Args:
        kinds: index in `PAIRS`.
        first: digest of the one whose kind comes first.
        second: digest of the other.
    """

    kinds: int
    first: bytes
    second: bytes

    @classmethod
    def of(cls, first: Identifier, second: Identifier) -> Self:
        """
        Of two identifiers, the one whose kind comes first before the other.
        """
        return cls(_NUMBERS[first.kind, second.kind], first.digest, second.digest)

    @property
    def key(self) -> bytes:
        """
        Of its record.
        """
        return bytes((self.kinds,)) + self.first + self.second


class Sighting(NamedTuple):
    """
    Two identifiers, and the last day on which they were seen together.

    Args:
        first: the one whose kind comes first.
        second: the other.
        day: since 1970-01-01 in Asia/Shanghai.
    """

    first: Identifier
    second: Identifier
    day: int

    @property
    def pair(self) -> Pair:
        """
        Without names and day.
        """
        return Pair.of(self.first, self.second)


class Boxes:
    """
    Seals the identifiers of a pair, so that an erasure can name the tokens of a person's devices.

    Deterministic: what every worker writes of a pair on one day is the same record.

    Protects identifiers from whoever reads the topic without the key, and binds them to key and day of their record.
    Does not hide their lengths.

    Args:
        key: of links, 32 bytes.

    Source: AES-SIV, RFC 5297.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(derived(key, b"box", _BOX_KEY_BYTES))

    def write(self, sighting: Sighting) -> tuple[bytes, bytes]:
        """
        Key and value of a record.
        """
        key, head = sighting.pair.key, _VALUE.pack(_VERSION, sighting.day)
        names = dumps([sighting.first.value, sighting.second.value])
        return key, head + self._cipher.encrypt(names, [key, head])

    def open(self, key: bytes, value: bytes) -> Sighting:
        """
        What a record says, by name.

        Raises:
            Unreadable: it does not fit its form, or was not written under this key.
        """
        pair, day = read_key(key), read_value(value)
        head, box = value[: _VALUE.size], value[_VALUE.size :]
        try:
            first, second = loads(self._cipher.decrypt(box, [key, head]))
        except (InvalidTag, ValueError):
            msg = "the box does not open: it was sealed under another key, or altered"
            raise Unreadable(msg) from None
        kinds = PAIRS[pair.kinds]
        return Sighting(Identifier(kinds[0], pair.first, first), Identifier(kinds[1], pair.second, second), day)


def read_key(key: bytes | None) -> Pair:
    """
    The pair that a record is about.

    Raises:
        Unreadable: it is none.
    """
    if key is None or len(key) != _KEY_BYTES or key[0] >= len(PAIRS):
        msg = "the key is no pair of identifiers"
        raise Unreadable(msg)
    return Pair(key[0], key[1 : 1 + HASH_BYTES], key[1 + HASH_BYTES :])


def read_value(value: bytes) -> int:
    """
    The day that a record tells. Its box stays closed.

    Raises:
        Unreadable: it is no such record, or one of a later version.
    """
    if not _VALUE.size + _TAG_BYTES < len(value) <= _VALUE.size + _LONGEST:
        msg = "the value is too short or too long"
        raise Unreadable(msg)
    version, day = _VALUE.unpack_from(value)
    if version != _VERSION:
        msg = f"the value is of version {version}, and this release reads {_VERSION}"
        raise Unreadable(msg)
    return int(day)


def day_at(time: int) -> int:
    """
    The day of a time in milliseconds since 1970 UTC.
    """
    return (time + SHANGHAI) // DAY


def start_of(day: int) -> int:
    """
    When a day begins, in milliseconds since 1970 UTC.
    """
    return day * DAY - SHANGHAI
