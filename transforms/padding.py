"""Padding: texts as bytes whose number tells little of their length."""

from typing import Final

from transforms.base import Refused

STEP: Final = 32
"""Bytes: a telephone number, an identity number and a name of ten Han letters look alike, an address does not."""

_END: Final = b"\x80"


def pad(text: str) -> bytes:
    """
    UTF-8, a byte 80, and zeros up to a multiple of 32 bytes.

    Raises:
        Refused: the text holds half a surrogate pair.

    Source: ISO/IEC 7816-4, padding method 2 of ISO/IEC 9797-1.
    """
    try:
        raw = text.encode() + _END
    except UnicodeEncodeError:
        reason = "not a Unicode text: it holds half a surrogate pair; send valid UTF-8"
        raise Refused(reason) from None
    return raw.ljust(-(-len(raw) // STEP) * STEP, b"\0")


def unpad(padded: bytes) -> str:
    """
    The text that was padded.

    Raises:
        ValueError: these bytes are no padded text.
    """
    raw, end, zeros = padded.rpartition(_END)
    if end != _END or zeros.strip(b"\0"):
        msg = "no padded text"
        raise ValueError(msg)
    return raw.decode()
