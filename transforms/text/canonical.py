"""One written form for equal finds, so that equal things get equal tokens however they were disguised."""

import re
from collections.abc import Mapping
from typing import Final

from transforms.text.digits import Reading, read
from transforms.text.fold import fold

KINDS: Final[Mapping[str, str]] = {
    "CN_BANK_CARD": "bank_card",
    "CN_ID_CARD": "national_id",
    "CN_LANDLINE": "phone",
    "CN_MOBILE": "phone",
    "EMAIL": "email",
    "IMEI": "hardware_id",
    "MAC": "mac",
    "UUID": "device_id",
}
"""The kind of field whose values an entity's finds are, where there is one (`transforms.normalize`)."""

_NUMBERS: Final[Mapping[str, re.Pattern[str]]] = {
    "CN_BANK_CARD": re.compile(r"[0-9]{15,19}"),
    "CN_ID_CARD": re.compile(r"[0-9]{17}[0-9x]|[0-9]{15}"),
    "CN_MOBILE": re.compile(r"(?<![0-9])(?:(?:00)?86)?(1[3-9][0-9]{9})"),
    "QQ": re.compile(r"[1-9][0-9]{4,10}"),
}
"""Entities whose digits may be disguised, and what they are without the disguise."""

_CODES: Final = frozenset(
    ("CN_LANDLINE", "CN_PASSPORT", "CN_PERMIT", "CN_PLATE", "CN_USCC", "IMEI", "ORDER", "TRACKING")
)
"""Entities in which punctuation only groups."""

_GROUPING: Final = re.compile(r"[^0-9a-z+\u3400-\u9fff]")
_HIDDEN: Final = str.maketrans("", "", "\x00")
_BLANKS: Final = str.maketrans("", "", "\x00 \t\n\r.-_,")
_SPACES: Final = str.maketrans("", "", "\x00 \t\n\r")


def canonical(entity: str, found: str) -> str:
    """
    A find as it would stand in a field of its own.

    Digits are read as the finders read them, first those that are digits, then those that look or sound like one; a
    find that is no number even so keeps its letters.

    Args:
        entity: what was found.
        found: the stretch of text, as it was written.
    """
    form = _NUMBERS.get(entity)
    folded = fold(found)
    if entity in _CODES:
        return _GROUPING.sub("", folded)
    if form is None:
        return folded.translate(_SPACES)
    bare = folded.translate(_BLANKS)
    match = form.fullmatch(bare)
    for reading in Reading:
        if match is None:
            match = form.fullmatch(read(folded.translate(_HIDDEN), reading).digits)
    return (match[match.lastindex or 0]) if match else bare
