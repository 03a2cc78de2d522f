"""Bytes as URL-safe base64 without padding (RFC 4648, section 5)."""

import binascii
from typing import Final

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_STANDARD: Final = bytes.maketrans(b"-_+/", b"+/??")


def encode(raw: bytes) -> str:
    """
    The text of some bytes.
    """
    return binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """
    The bytes of such a text.

    Raises:
        ValueError: the text is none, or not the one that `encode` writes.
    """
    raw = binascii.a2b_base64(text.encode().translate(_STANDARD) + b"=" * (-len(text) % 4), strict_mode=True)
    if encode(raw) != text:  # the bits that the last character has too many were not zero
        msg = "not the base64 text of these bytes"
        raise ValueError(msg)
    return raw
