"""Encodings: the usual ones of a value, undone in what was written, or done to what is looked for."""

import html
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

SHORTEST_NUMBER: Final = 11
"""Digits of a number that is looked for backwards; shorter ones meet by chance."""
SHORTEST_CHINESE: Final = 6
"""Bytes of an identifier in GB 18030; a name of two characters has four, which any megabyte of noise may hold."""
SHORTEST_WIDE: Final = 8
"""
Bytes of an identifier in UTF-16. Names of two or three characters have less, and their bytes may all be letters, such
as stand in every token.
"""

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]{8,}")  # six bytes
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{12,}")
_DUMP: Final = re.compile(rb"[0-9A-Fa-f]{2}(?:[ :.,-][0-9A-Fa-f]{2}){5,}")
_NO_DIGIT: Final = re.compile(rb"[^0-9A-Fa-f]")
_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|u00([0-7][0-9A-Fa-f])|([0-3][0-7]{2})|(/))")

Undo = Callable[[bytes], Iterator[bytes]]


def undone(data: bytes) -> Iterator[tuple[str, bytes]]:
    """
    What the data may say, each with the encoding that was undone; the data itself is first.

    Of base64 and hexadecimal digits every alignment is tried, for an identifier may be encoded with what stands before
    it. What was apart stays apart: there is a line feed between.

    Does not undo compression, encryption, or an encoding that is cut into lines.
    """
    yield "plain", data
    for name, undo in _OF_BYTES.items():
        yield from ((name, content) for content in undo(data))
    if not is_text(data):  # escapes among random bytes are none
        return
    for outer, undo in _OF_TEXT.items():
        for text in undo(data):
            yield outer, text
            yield from ((f"{name} in {outer}", content) for name, inner in _OF_BYTES.items() for content in inner(text))


def done(identifier: str) -> Iterator[tuple[str, bytes]]:
    """
    What an identifier is written as in encodings that leave nothing to undo.
    """
    for spelling in {identifier, identifier.lower(), identifier.upper()}:
        for encoding in ("utf-16-le", "utf-16-be"):
            if len(wide := spelling.encode(encoding)) >= SHORTEST_WIDE:
                yield "UTF-16", wide
    if not identifier.isascii() and len(chinese := identifier.encode("gb18030")) >= SHORTEST_CHINESE:
        yield "GB 18030", chinese
    digits = "".join(filter(str.isdecimal, identifier))
    if len(digits) >= SHORTEST_NUMBER:
        yield "backwards", digits[::-1].encode()


def is_text(data: bytes) -> bool:
    """
    Whether it is UTF-8.
    """
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _base64(data: bytes) -> Iterator[bytes]:
    runs = _BASE64.findall(data.translate(_STANDARD))
    for start in range(4):
        yield b"\n".join(b64decode(_padded(run[start:])) for run in runs)


def _hexadecimal(data: bytes) -> Iterator[bytes]:
    runs = _HEX.findall(data) + [_NO_DIGIT.sub(b"", dump) for dump in _DUMP.findall(data)]
    for start in range(2):
        yield b"\n".join(bytes.fromhex(run[start : len(run) - (len(run) - start) % 2].decode()) for run in runs)


def _padded(run: bytes) -> bytes:
    left = len(run) % 4
    return run[:-1] if left == 1 else run + b"=" * (-left % 4)  # one character alone is less than a byte


def _percent(data: bytes) -> Iterator[bytes]:
    if b"%" in data:
        yield unquote_to_bytes(data)


def _escaped(data: bytes) -> Iterator[bytes]:
    """
    As JSON may write a slash or an ASCII character, and Python, C and strace a byte.
    """
    if b"\\" in data:
        yield _ESCAPE.sub(_byte, data)


def _byte(escape: re.Match[bytes]) -> bytes:
    hexadecimal, ascii_, octal, slash = escape.groups()
    return slash or bytes([int(octal, 8) if octal else int(hexadecimal or ascii_, 16)])


def _html(data: bytes) -> Iterator[bytes]:
    if b"&" in data:
        yield html.unescape(data.decode("utf-8", "replace")).encode()


_OF_BYTES: Final[Mapping[str, Undo]] = {"base64": _base64, "hexadecimal": _hexadecimal}
_OF_TEXT: Final[Mapping[str, Undo]] = {"percent": _percent, "escapes": _escaped, "HTML": _html}
