"""Scanner: whether anything that was written holds an identifier that was planted, in any of the usual encodings."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from pipeline.simulator import LeakScanner
from pipeline.simulator.leaks import fold
from tests.leaks.encodings import done, is_text, undone

SHORTEST: Final = 6
"""
Bytes of an identifier that is looked for in decoded and in binary data: among random bytes, of which tokens and boxes
are made, a shorter one would be met by chance.
"""

SEALED: Final = 0.99
"""What is left of encrypted data after compression, and more."""

Findings = Counter[tuple[str, str, str]]
"""How many distinct identifiers: by place, encoding and class. Never a value."""


@dataclass(frozen=True, slots=True)
class Written:
    """
    Something that was written.

    Args:
        place: where, in words without names: `clean.ads.order: key`, `log of the worker`.
        data: all of it, or one piece; what must not be joined is apart by a line feed.
    """

    place: str
    data: bytes


class Scanner:
    """
    Looks for identifiers in everything that a worker writes.

    Found is an identifier as `pipeline.simulator.leaks.LeakScanner` finds it (any case, any digits, separators inside,
    invisible characters, `\\u` escapes, percent), all of it also within base64 and hexadecimal digits of every
    alignment, escaped bytes and HTML; and as it stands, in GB 18030, in UTF-16 and backwards.

    Protects against a leak that a plain search would pass by.
    Does not protect against what is compressed, encrypted or hashed, numbers in words, a part of an identifier; a name
    of two or three characters in UTF-16; whatever of less than six bytes is encoded.

    Args:
        identifiers: that were planted.
    """

    def __init__(self, identifiers: Iterable[str]) -> None:
        known = tuple(dict.fromkeys(identifiers))
        self._text = LeakScanner(known)
        self._binary = LeakScanner(each for each in known if len(fold(each).encode()) >= SHORTEST)
        owners = {pattern: name for identifier in known for name, pattern in done(identifier)}
        self._names = tuple(owners.values())
        self._patterns = BytesAhoCorasick(list(owners), implementation=Implementation.ContiguousNFA)

    def __len__(self) -> int:
        return len(self._text)

    def scan(self, everything: Iterable[Written]) -> Findings:
        """
        What was found, and where.
        """
        found: Findings = Counter()
        for written in everything:
            for encoding, data in undone(written.data):
                scanner, text = self._text, data
                if not is_text(data):
                    scanner, text = self._binary, b"\n".join(_TEXT.findall(data)).translate(_NO_ESCAPES)
                if number := scanner.scan(text):
                    found[written.place, encoding, "+".join(scanner.which(text))] += number
                for pattern in {match[0] for match in self._patterns.find_matches_as_indexes(data, overlapping=True)}:
                    found[written.place, f"{self._names[pattern]} in {encoding}", "any"] += 1
        return found


_TEXT: Final = re.compile(
    rb"(?:[ -~\t]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){2,}"
)
"""UTF-8 among bytes that are none."""
_NO_ESCAPES: Final = bytes.maketrans(b"%\\", b"  ")
"""Among random bytes they begin no escape, and undoing it takes most of the time."""


def is_sealed(data: bytes) -> bool:
    """
    Whether some data look encrypted: they cannot be compressed.
    """
    return len(zlib.compress(data)) > SEALED * len(data)
