"""Leaks: whether a record holds an identifier in any of the ways in which one can be written."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final
from urllib.parse import unquote

from ahocorasick_rs import BytesAhoCorasick, Implementation

SHORTEST_ASCII: Final = 6
SHORTEST_OTHER: Final = 2
SHORTEST_SQUEEZED: Final = 11
"""Shorter runs of digits meet by chance when separators are taken out of dates, networks and amounts."""

_SEPARATORS: Final = b" -.:+()"
_HAN_DIGITS: Final = ("零〇", "一壹幺", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufe0f\u20e3\ufeff"  # a keycap is a digit and the last but one two
_ROUNDS: Final = 2  # of unescaping and percent-decoding
_BMP: Final = 0x10000
_WIDE: Final = 0xFEE0  # from an ASCII character to its full-width form

_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_CONTROLS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUMBER_LIKE: Final = re.compile(r"\+?[(0-9a-f][0-9a-f .:()-]*[0-9a-fx)]")
_IPV4: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_IPV4_BYTES: Final = re.compile(rb"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_DECIMAL: Final = re.compile(r"-?\d+\.\d+")
_CHINESE_MOBILE: Final = re.compile(r"861[3-9]\d{9}")

_CLASSES: Final = (
    ("email", re.compile(r"\S+@\S+")),
    ("url", re.compile(r"\w+://.*")),
    ("uuid", re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("mac", re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}")),
    ("ipv4", _IPV4),
    ("ipv6", re.compile(r"[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}")),
    ("coordinate", _DECIMAL),
    ("phone", re.compile(r"(?:\+?86)?[ -]?1[3-9]\d(?:[ .-]?\d{4}){2}")),
    ("national_id", re.compile(r"\d{6}(?:19|20)\d{9}[\dx]")),
    ("number", re.compile(r"[\d .-]+")),
    ("hexadecimal", re.compile(r"[0-9a-f]+")),
    ("word", re.compile(r"[!-~ ]+")),
)
_TEXT: Final = "text"


class LeakScanner:
    """
    Finds known identifiers in records.

    An identifier is found as it is, in another case, in full-width, Chinese, circled or other digits, with invisible
    characters in it, JSON-escaped or percent-encoded up to twice, and in GB 18030. A number, UUID or MAC address is
    found also without its separators or with others (blank, dash, dot, colon, parentheses). Removing separators never
    joins two JSON values: a quotation mark or a comma stands between them. Values that a record merely shows are not
    told: results are counts and classes.

    Protects against an identifier that passes a view, an error, a log line or a metric unnoticed.
    Does not protect against what is compressed, encrypted, hashed or in base64, against numbers written in words, or
    against an identifier of which only a part is left.

    Args:
        identifiers: to look for.

    Raises:
        ValueError: an identifier is so short that it would be found by chance.
    """

    def __init__(self, identifiers: Iterable[str]) -> None:
        numbers: dict[str, int] = {}  # of each distinct identifier
        owners: dict[bytes, int] = {}  # pattern → number of its identifier
        self._classes: list[str] = []
        for identifier in identifiers:
            folded = fold(identifier)
            _check_length(folded)
            forms = tuple(_forms(folded))
            if forms[-1] not in numbers:
                numbers[forms[-1]] = len(numbers)
                self._classes.append(_classify(folded))
            for form in forms:
                owners.setdefault(form.encode("utf-8", "surrogatepass"), numbers[forms[-1]])
        self._owners = tuple(owners.values())
        self._automaton = BytesAhoCorasick(list(owners), implementation=Implementation.ContiguousNFA)

    def __len__(self) -> int:
        """
        How many distinct identifiers are looked for: spellings of one count once.
        """
        return len(self._classes)

    def scan(self, record: bytes | str) -> int:
        """
        How many distinct identifiers the record holds.
        """
        return len(self._found(record))

    def which(self, record: bytes | str) -> tuple[str, ...]:
        """
        The classes of the identifiers that the record holds, told by their shape, in alphabetical order.
        """
        return tuple(sorted({self._classes[number] for number in self._found(record)}))

    def _found(self, record: bytes | str) -> set[int]:
        find, owners = self._automaton.find_matches_as_indexes, self._owners
        found: set[int] = set()
        for text in _readings(record):
            folded = fold(text).encode("utf-8", "surrogatepass")
            for haystack in (folded, _squeezed(folded)):
                matches = find(haystack, overlapping=True)
                if matches:
                    found.update(owners[number] for number, _, _ in matches)
        return found


def fold(text: str) -> str:
    """
    A text in lower case, with ASCII in place of full-width characters and of every kind of digit.
    """
    if not text.isascii():
        table, foldable = _foldable()
        # Few characters of a text are folded; `str.translate` would look up every one of them.
        text = foldable.sub(lambda match: table[match[0]], text)
    return text.casefold()


@cache
def _foldable() -> tuple[dict[str, str], re.Pattern[str]]:
    table = {chr(code): chr(code - _WIDE) for code in range(0xFF01, 0xFF5F)}
    table |= {"\u3000": " ", "\u00a0": " "}
    for character in map(chr, range(0x80, _BMP)):
        digit = unicodedata.digit(character, None)
        if digit is not None:
            table[character] = str(digit)
    for value, characters in enumerate(_HAN_DIGITS):
        table |= dict.fromkeys(characters, str(value))
    table |= dict.fromkeys(_INVISIBLE, "")
    return table, re.compile("[" + "".join(table) + "]")


def _readings(record: bytes | str) -> Iterator[str]:
    seen = set()
    pending = list(_decoded(record))
    for _ in range(2 * _ROUNDS + 1):
        yield from pending
        seen.update(pending)
        pending = [reading for text in pending for reading in _undone(text) if reading not in seen]
        if not pending:
            return


def _decoded(record: bytes | str) -> Iterator[str]:
    if isinstance(record, str):
        yield record
        return
    try:
        yield record.decode()
    except UnicodeDecodeError:
        yield record.decode("utf-8", "replace")
        yield record.decode("gb18030", "replace")


def _undone(text: str) -> Iterator[str]:
    if "\\" in text:
        yield _unescaped(text)
    if "%" in text:
        yield unquote(text, errors="replace")


def _unescaped(text: str) -> str:
    text = _ESCAPE.sub(_character, text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(escape: re.Match[str]) -> str:
    code, letter = escape.groups()
    return chr(int(code, 16)) if code else _CONTROLS.get(letter, letter)


def _squeezed(folded: bytes) -> bytes:
    # Networks of clean records keep their dots: without them 223.104.63.0 would read as a nine-digit number.
    parts = _IPV4_BYTES.split(folded)
    if len(parts) == 1:
        return folded.translate(None, _SEPARATORS)
    return b"\n".join(part.translate(None, _SEPARATORS) for part in parts)


def _forms(folded: str) -> Iterator[str]:
    yield folded
    if not _NUMBER_LIKE.fullmatch(folded) or _IPV4.fullmatch(folded) or _DECIMAL.fullmatch(folded):
        return
    squeezed = folded.encode().translate(None, _SEPARATORS).decode()
    if len(squeezed) < SHORTEST_SQUEEZED:
        return
    yield squeezed
    if _CHINESE_MOBILE.fullmatch(squeezed):
        yield squeezed[2:]


def _check_length(folded: str) -> None:
    shortest = SHORTEST_ASCII if folded.isascii() else SHORTEST_OTHER
    if len(folded) < shortest:
        msg = f"an identifier has {len(folded)} characters and would be found by chance; give at least {shortest}"
        raise ValueError(msg)


def _classify(folded: str) -> str:
    return next((name for name, shape in _CLASSES if shape.fullmatch(folded)), _TEXT)
