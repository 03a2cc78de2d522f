"""Where a name begins and where it ends."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from transforms.text.names.announcing import FOLLOWING, LABELS, SAYING, TITLE
from transforms.text.names.mention import Mention
from transforms.text.names.surnames import (
    CLEAR,
    COMPOUND,
    GIVEN,
    RARE,
    SINGLE,
    SOUNDS,
    has_two_surnames,
    is_likely_name,
    surname_length,
)

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff〇\U00020000-\U0003134f"
"""Han characters, for a character class."""

RUN: Final = re.compile(f"[{HAN}]{{1,12}}")
"""As many Han characters as anything here is long."""

DOTS: Final = "·•・‧.．･"
"""What joins the parts of a name from another language."""

DOTTED: Final = re.compile(f"[{HAN}]{{1,8}}(?:[{DOTS}][{HAN}]{{1,8}}){{1,3}}")
"""Parts joined by dots."""

UNITS: Final = frozenset("室号楼栋幢层座户店村组口房院厦府苑园里弄舍内站柜点旁边心馆场城区厅")
"""Last characters of addresses behind which the recipient stands without a space."""

LONGEST_NAME: Final = 6
"""Characters of a name behind a label that says that nothing but a name follows."""

LONGEST_GIVEN: Final = 2
"""Characters of a given name, at most."""

FULL: Final = 3
"""Characters of most full names; a word is seldom as long and made of characters of names alone."""


def mended(text: str, folded: str, mentions: Iterable[Mention]) -> Mapping[int, int]:
    """
    The tagged names, cut and stretched to what the name is.
    """
    persons: dict[int, int] = {}
    for first, last, label in mentions:
        run = (DOTTED.match(text, first, last) or RUN.match(text, first, last)) if label == "PER" else None
        if run is None or (run.end() < last and text[run.end()].isalnum()):  # 苏A of a number plate
            continue
        start, end = _beginning(text, folded, first, run.end()), without_title(folded, first, run.end())
        surname = surname_length(text, start)
        if not surname:
            start = _opening(text, folded, start)
            end = sounds_end(text, folded, end)
        elif has_two_surnames(text, start) and end == start + FULL + 1:
            pass
        elif end - start > surname + 2 and FOLLOWING.match(folded, start + surname + 2):
            end = start + surname + 2
        else:
            end = _stretched(text, folded, start, end)
        persons[start] = end
    return persons


def _beginning(text: str, folded: str, start: int, end: int) -> int:
    """
    Where a tagged name begins: with the surname that was left out (闻人春昌), without the words before it (成了胡倩).
    """
    if end - start <= LONGEST_GIVEN and all(character in GIVEN for character in text[start:end]):
        if start > 1 and text[start - 2 : start] in COMPOUND:
            return start - 2
        alone = not surname_length(text, start)  # 秀英 needs a surname before it, 林媛 may have one
        known = start > 0 and text[start - 1] in SINGLE
        opened = is_opened(folded, start - 1) or text[start - 2 : start - 1] in UNITS
        if known and ((alone and text[start - 1] in CLEAR) or opened):
            return start - 1
    surname = surname_length(text, start)
    kept = end - start <= FULL and is_opened(folded, start)  # 麻海英 behind 安排
    if not surname or (text[start] in RARE and not kept):
        for first in (start + 1, start + 2):
            foreign = all(character in SOUNDS for character in text[start:first])
            if not foreign and end - first > 1 and is_likely_name(text[first : min(end, first + FULL)]):
                return first
    return start


def without_title(folded: str, start: int, end: int) -> int:
    """
    The end of a name without the title or the 收 that was taken with it.
    """
    for at in range(start + 1, end):
        title = TITLE.match(folded, at)
        if title and title.end() >= end:
            return at
    if end - start >= FULL and folded[end - 1] in "收签代":
        return end - 1
    return end


def _stretched(text: str, folded: str, start: int, end: int) -> int:
    """
    The end of a Chinese name of which a tagger left out the last character: 徐勇 of 徐勇胜.
    """
    given = end - start - surname_length(text, start)
    if has_two_surnames(text, start) and not is_closed(text, folded, start + FULL):
        return start + FULL + 1 if is_closed(text, folded, start + FULL + 1) else end
    if given > 1 or TITLE.match(folded, end):
        return end
    longer = end + 1 if given else full_name_end(text, folded, start)
    if longer > len(text) or not is_likely_name(text[start:longer]) or not is_closed(text, folded, longer):
        return end
    return end if given and ends_name(folded, end) else longer


def _opening(text: str, folded: str, start: int) -> int:
    """
    The start of a name from another language of which a tagger left out the first characters: 格巴图 of 朝格巴图.
    """
    for first in range(max(start - 3, 0), start):
        before = text[first:start]
        sounds = all(character in SOUNDS for character in before) and not SAYING.fullmatch(before)
        if sounds and is_opened(folded, first):
            return first
    while start < len(text) and text[start] not in SOUNDS and DOTTED.match(text, start + 1):
        start += 1
    return start


def sounds_end(text: str, folded: str, end: int) -> int:
    """
    Behind the characters from `end` on that write sounds of another language.
    """
    for _ in range(LONGEST_NAME):
        if end >= len(text) or text[end] not in SOUNDS:
            break
        if ends_name(folded, end):
            break
        end += 1
    return end


def ends_name(folded: str, at: int) -> bool:
    """
    Whether a word that follows names stands here and can be no part of one.
    """
    following = FOLLOWING.match(folded, at)
    return following is not None and (len(following[0]) > 1 or folded[at] not in SOUNDS | GIVEN)


def full_name_end(text: str, folded: str, start: int) -> int:
    """
    The end of the full name at `start`, where a surname stands, or of the surname if no given name follows.
    """
    run = RUN.match(text, start)
    surname = surname_length(text, start)
    end = run.end() if run else start
    one, two = start + surname + 1, start + surname + 2
    if end <= one:
        return end
    if TITLE.match(folded, one - 1):
        return one - 1
    if text[one] in GIVEN and is_closed(text, folded, two):
        return two
    if FOLLOWING.match(folded, one) or text[one] not in GIVEN:
        return one
    return two


def is_closed(text: str, folded: str, at: int) -> bool:
    """
    Whether a name can end here: no Han character follows, or a word that follows names.
    """
    return at >= len(text) or not RUN.match(text, at) or bool(FOLLOWING.match(folded, at))


def is_opened(folded: str, at: int) -> bool:
    """
    Whether a name can begin here: no Han character stands before it, or a word that speaks of somebody.
    """
    if at == 0 or not RUN.match(folded, at - 1):
        return True
    sizes = [size for size in (1, 2, 3, 4) if size <= at]
    return any(folded[at - size : at] in LABELS or SAYING.fullmatch(folded, at - size, at) for size in sizes)
