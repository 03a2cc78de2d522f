"""Suites: keyed pseudo-random functions by name, cut to 128 bits."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac

Prf = Callable[[bytes], bytes]

SIZE: Final = 16
"""Bytes of a result: at 128 bits no collision is expected below 2**64 values."""

_SHA256_BLOCK: Final = 64  # bytes
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


def prf(suite: str, key: bytes) -> Prf:
    """
    The first 16 bytes of a keyed hash, as a function of the message alone.

    Whatever depends on the key alone is computed here, once; a call copies that state.

    Protects the message and the key from whoever sees results, as long as the key is secret and has 128 bits of
    chance. Does not protect a message that somebody with the key can guess.

    Args:
        suite: `hmac-sha256`, `hmac-sm3` or `blake2b`.
        key: 1 byte or more, for `blake2b` 64 at most; 32 random ones are meant.

    Raises:
        ValueError: there is no such suite, or it takes no key of this length.

    Source: HMAC, RFC 2104 and FIPS 198-1; SHA-256, FIPS 180-4; SM3, GB/T 32905-2016; BLAKE2b with key, RFC 7693.
    """
    if suite not in _MAKERS:
        msg = f"suite {suite!r} is unknown; choose one of {', '.join(SUITES)}"
        raise ValueError(msg)
    if not key:
        msg = "an empty key protects nothing; give 32 random bytes"
        raise ValueError(msg)
    return _MAKERS[suite](key)


def _hmac_sha256(key: bytes) -> Prf:
    """
    HMAC from the states behind its two pads: less than half the time of `hmac.digest`, which starts from the key.
    """
    block = (hashlib.sha256(key).digest() if len(key) > _SHA256_BLOCK else key).ljust(_SHA256_BLOCK, b"\0")
    inner = hashlib.sha256(block.translate(_INNER)).copy
    outer = hashlib.sha256(block.translate(_OUTER)).copy

    def evaluate(message: bytes) -> bytes:
        within = inner()
        within.update(message)
        around = outer()
        around.update(within.digest())
        return around.digest()[:SIZE]

    return evaluate


def _hmac_sm3(key: bytes) -> Prf:
    """
    HMAC with the SM3 of `cryptography`: that of hashlib is missing where OpenSSL was built without it.
    """
    keyed = hmac.HMAC(key, hashes.SM3()).copy

    def evaluate(message: bytes) -> bytes:
        state = keyed()
        state.update(message)
        return state.finalize()[:SIZE]

    return evaluate


def _blake2b(key: bytes) -> Prf:
    if len(key) > hashlib.blake2b.MAX_KEY_SIZE:
        msg = f"blake2b takes a key of at most {hashlib.blake2b.MAX_KEY_SIZE} bytes; give 32 random ones"
        raise ValueError(msg)
    keyed = hashlib.blake2b(key=key).copy

    def evaluate(message: bytes) -> bytes:
        state = keyed()
        state.update(message)
        return state.digest()[:SIZE]

    return evaluate


_MAKERS: Final[Mapping[str, Callable[[bytes], Prf]]] = {
    "hmac-sha256": _hmac_sha256,
    "hmac-sm3": _hmac_sm3,
    "blake2b": _blake2b,
}

SUITES: Final = tuple(_MAKERS)
"""The names of the suites, the default first."""
