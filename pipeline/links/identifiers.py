"""Identifiers: a person's, a device's, a cookie's, each by a keyed hash that outlives the process."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Final, NamedTuple, Protocol

from pipeline.subjects.hashing import KEY_BYTES, hasher
from transforms import Refused
from transforms.normalize import identifies_nothing, normalizer

USER: Final = 1
DEVICE: Final = 2
COOKIE: Final = 3
KINDS: Final = {USER: "user_id", DEVICE: "device_id", COOKIE: "cookie_id"}
"""Their names, which are those of the kinds of fields."""

_PREFIXES: Final = {DEVICE: "device:", COOKIE: "cookie:"}
_NORMALIZERS: Final = {kind: normalizer(name) for kind, name in KINDS.items()}


class Identifier(NamedTuple):
    """
    Whom or what an event names.

    Args:
        kind: `USER`, `DEVICE` or `COOKIE`.
        digest: the keyed hash, 11 bytes.
        value: in the one written form of its kind.
    """

    kind: int
    digest: bytes
    value: str

    @property
    def subject(self) -> str:
        """
        The key under which `privacy.subjects` has it; a device or cookie stands there once it was erased, unnamed.
        """
        return self.value if self.kind == USER else _PREFIXES[self.kind] + self.digest.hex()


class Identifiers:
    """
    Hashes identifiers: persons as the subjects' store does, devices and cookies each under a key of their own.

    Two spellings of one device are one device, as they are one token. What is no device id by its form is hashed as it
    is written.

    Protects against reading or guessing identifiers from the hashes, without the keys.

    Args:
        key: of links, 32 bytes.
        persons: hashes a user id (`SubjectStore.digest_of`).
    """

    def __init__(self, key: bytes, persons: Callable[[str], bytes]) -> None:
        self._persons = persons
        self._devices = hasher(derived(key, b"device"))
        self._cookies = hasher(derived(key, b"cookie"))

    def user(self, value: str) -> Identifier:
        """
        A person, by user id.
        """
        return Identifier(USER, self._persons(value), value)

    def device(self, value: str) -> Identifier | None:
        """
        A device, by OAID or IDFA; None when that identifies nothing.
        """
        return _identifier(DEVICE, self._devices, value)

    def cookie(self, value: str) -> Identifier | None:
        """
        A browser, by cookie id; None when that identifies nothing.
        """
        return _identifier(COOKIE, self._cookies, value)


class InternalKeys(Protocol):
    """
    Keys of the pipeline itself.
    """

    def internal(self, name: str) -> bytes:
        """
        The 32-byte key of a name.
        """
        ...


def identifiers_of(keys: InternalKeys) -> Identifiers:
    """
    As workers of a deployment hash them.
    """
    return Identifiers(keys.internal("links"), hasher(keys.internal("subjects")))


def derived(key: bytes, name: bytes, size: int = KEY_BYTES) -> bytes:
    """
    A key for one use of a key.
    """
    return blake2b(name, key=key, digest_size=size).digest()


def _identifier(kind: int, digest: Callable[[str], bytes], value: str) -> Identifier | None:
    if identifies_nothing(value):
        return None
    normalize = _NORMALIZERS[kind]
    try:
        written = normalize(value) if normalize else value
    except Refused:
        written = value
    return Identifier(kind, digest(written), written)
