"""Values of raw records that somebody wrote to do harm, of any size: name → a function from bytes to a value."""

from collections.abc import Callable, Mapping

from tests.pipeline.events import EVENTS, encode

CANARY = "13800138000"
"""A number that stands in all of them, and has to stand in nothing that is told of them."""

_HEAD = encode(EVENTS["raw.order"])[:-1]


def _beside(text: str) -> bytes:
    """
    A whole event with one more member, whose name no contract has.
    """
    return _HEAD + f',"{CANARY}":{text}}}'.encode()


def _repeated(unit: str, size: int) -> str:
    return unit * (size // len(unit) + 1)


def _nested(opening: str, closing: str, size: int) -> str:
    depth = size // (len(opening) + len(closing))
    return opening * depth + "1" + closing * depth


def _keys(size: int, name: Callable[[int], str]) -> str:
    """
    So many different keys, each once.
    """
    number = size // (len(name(10**6)) + 5)
    return "{" + ",".join(f'"{name(each)}":1' for each in range(number)) + "}"


HOSTILE: Mapping[str, Callable[[int], bytes]] = {
    "deep arrays": lambda size: _beside(_nested("[", "]", size)),
    "deep objects": lambda size: _beside(_nested('{"a":', "}", size)),
    "deep and never closed": lambda size: _beside(_repeated("[", size)),
    "deep in a known field": lambda size: _HEAD.replace(b'"note":"', b'"note":' + b'[{"a":' * (size // 6) + b'"', 1),
    "nothing but brackets": lambda size: b"[" * size,
    "empty objects": lambda size: _beside("[" + _repeated("{},", size) + "1]"),
    "numbers without end": lambda size: _beside("[" + _repeated("0,", size) + "0]"),
    "items without end": lambda size: _HEAD.replace(b'"items":[', b'"items":[' + b"{}," * (size // 3), 1) + b"}",
    "one long key": lambda size: _HEAD + b',"' + CANARY.encode() + b"k" * size + b'":1}',
    "one long key, escaped": lambda size: _HEAD + b',"' + CANARY.encode() + b"\\u0041" * (size // 6) + b'":1}',
    "one long text": lambda size: _beside('"' + _repeated("清", size // 3) + '"'),
    "one long known text": lambda size: _HEAD.replace(b'"note":"', b'"note":"' + "零".encode() * (size // 3), 1) + b"}",
    "keys without end": lambda size: _beside(_keys(size, str)),
    "keys of one length": lambda size: _beside(_keys(size, lambda each: f"{each:064d}")),
    "keys that differ at their end": lambda size: _beside(_keys(size, lambda each: "a" * 56 + f"{each:08d}")),
    "keys that differ at their beginning": lambda size: _beside(_keys(size, lambda each: f"{each:08d}" + "a" * 56)),
    "one key again and again": lambda size: _beside("{" + _repeated('"a":1,', size) + '"a":1}'),
    "quotation marks": lambda size: _beside('"' + _repeated('\\"', size) + '"'),
    "backslashes": lambda size: _beside('"' + _repeated("\\\\", size) + '"'),
    "half a backslash": lambda size: _beside('"' + _repeated("\\", size | 1) + '"'),
    "escaped zeros": lambda size: _beside('"' + _repeated("\\u0000", size) + '"'),
    "lone surrogates": lambda size: _beside('"' + _repeated("\\ud83d", size) + '"'),
    "surrogates the wrong way round": lambda size: _beside('"' + _repeated("\\ude00\\ud83d", size) + '"'),
    "surrogates as bytes": lambda size: _beside('"?"').replace(b"?", b"\xed\xa0\xbd" * (size // 3)),
    "bytes that are no text": lambda size: _beside('"?"').replace(b"?", b"\xff\xfe" * (size // 2)),
    "overlong slashes": lambda size: _beside('"?"').replace(b"?", b"\xc0\xaf" * (size // 2)),
    "beyond Unicode": lambda size: _beside('"?"').replace(b"?", b"\xf4\x90\x80\x80" * (size // 4)),
    "a text that ends within a character": lambda size: _beside(_repeated("清", size // 3))[:-2],
    "a mark of byte order": lambda size: b"\xef\xbb\xbf" * (1 + size // 10**6) + _HEAD + b"}",
    "UTF-16": lambda size: (_HEAD.decode() + " " * (size // 2) + "}").encode("utf-16"),
    "UTF-32": lambda size: (_HEAD.decode() + " " * (size // 4) + "}").encode("utf-32"),
    "blanks": lambda size: _HEAD + b" \t\r\n" * (size // 4) + b"}",
    "a number too large": lambda size: _beside("1e400" + "0" * (size // 10**6)),
    "a number too small": lambda size: _beside("1e-400" + "0" * (size // 10**6)),
    "a negative number too large": lambda size: _beside("-1e400" + "0" * (size // 10**6)),
    "an exponent without end": lambda size: _beside("1e" + _repeated("9", size)),
    "digits without end": lambda size: _beside(_repeated("9", size)),
    "digits behind the point without end": lambda size: _beside("0." + _repeated("3", size)),
    "zeros before a number": lambda size: _beside(_repeated("0", size) + "1"),
    "numbers too large": lambda size: _beside("[" + _repeated("18446744073709551616,", size) + "1]"),
    "numbers that are none": lambda size: _beside("[" + _repeated("NaN,", size) + "Infinity]"),
    "a known number too large": lambda size: (
        _HEAD.replace(b'"amount_fen":', b'"amount_fen":' + b"9" * (size // 2)) + b"}"
    ),
    "zeros": bytes,
    "events one behind the other": lambda size: (_HEAD + b"}") * (1 + size // len(_HEAD)),
}
