"""A name at one place of a line: whether one can begin there, and where it ends."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from transforms.text.names.announcing import (
    FOLLOWING,
    LABEL,
    LABELS,
    NO_NAME,
)
from transforms.text.names.boundaries import (
    DOTS,
    DOTTED,
    FULL,
    HAN,
    LONGEST_NAME,
    RUN,
    ends_name,
    full_name_end,
    is_closed,
    is_opened,
    sounds_end,
    without_title,
)
from transforms.text.names.forms import NO_END, is_brand, is_full, is_person, is_word
from transforms.text.names.surnames import (
    CLEAR,
    WORDS,
    has_two_surnames,
    is_likely_name,
    surname_length,
)

SPACED: Final = re.compile(f"(?<![{HAN}])[{HAN}](?:[ \u3000]{{1,3}}[{HAN}](?![{HAN}])){{1,3}}")
_LATIN: Final = re.compile(
    r"(?!(?:tel|phone|mobile|addr|id|null|none|true|false)\b)[a-z][a-z'-]{1,19}"
    r"(?:[ ·.]{1,2}(?!(?:tel|phone|mobile|addr|email|mail|id|wechat|qq)\b)[a-z][a-z'-]{0,19}){0,3}",
    re.ASCII,
)


class Line(NamedTuple):
    """
    A text without hidden characters, and the persons that a tagger found in it: start → end, without titles.
    """

    text: str
    folded: str
    tagged: Mapping[int, int]
    places: bytearray


def opens(line: Line, at: int) -> bool:
    """
    Whether a name can begin here: nothing that it could be a part of stands before it.
    """
    return is_opened(line.folded, at) or any(
        LABEL.fullmatch(line.folded, at - size, at) for size in (2, 3) if size <= at
    )


def read_name(line: Line, start: int, *, announced: bool = False) -> int | None:
    """
    The end of a name at `start`: one that was tagged, or looks like a name and is followed by what follows names.

    Args:
        line: to read in.
        start: where the name has to begin.
        announced: whether a label announces it, so that it is no brand and may be short.
    """
    text = line.text
    end = line.tagged.get(start)
    if dotted := dotted_end(line, start):
        return max(dotted, end or 0)
    if end is not None and is_person(text[start:end]) and (announced or not is_brand(text, start, end)):
        return end
    return foreign_end(line, start) or _chinese_end(line, start, announced=announced)


def foreign_end(line: Line, start: int) -> int | None:
    """
    The end of so many sounds of another language that they hardly are a word.
    """
    end = sounds_end(line.text, line.folded, start)
    long = end - start > FULL and is_closed(line.text, line.folded, end)
    return end if long and not is_brand(line.text, start, end) else None


def _chinese_end(line: Line, start: int, *, announced: bool) -> int | None:
    """
    The end of a surname, or one of each parent, and a given name that a clause ends with or a word follows.
    """
    text, folded = line.text, line.folded
    surname = surname_length(text, start)
    if not surname:
        return None
    if has_two_surnames(text, start) and not is_closed(text, folded, start + FULL):
        end = start + FULL + 1
        return end if is_closed(text, folded, end) and not is_word(text, start, end) else None
    clear = announced or surname > 1 or text[start] in CLEAR
    for end in (start + surname + 2, start + surname + 1):
        likely = end <= len(text) and is_likely_name(text[start:end]) and is_closed(text, folded, end)
        if likely and (announced or not is_word(text, start, end)) and (clear or is_full(text, start, end)):
            return end
    return None


def read_freely(line: Line, start: int) -> int | None:
    """
    The end of whatever name stands at `start`, a strange one too.
    """
    text, folded = line.text, line.folded
    if spaced := SPACED.match(text, start):
        return spaced.end()
    if end := read_name(line, start, announced=True):
        return end
    if NO_NAME.match(folded, start):
        return None
    run = RUN.match(text, start)
    if run is None:
        latin = _LATIN.match(folded, start)
        return latin.end() if latin else None
    if surname_length(text, start):
        return full_name_end(text, folded, start)
    ends = (at for at in range(start + 2, run.end()) if FOLLOWING.match(folded, at))
    end = without_title(folded, start, next(ends, run.end()))
    return end if 1 < end - start <= LONGEST_NAME else None


def word_end(line: Line, start: int) -> int | None:
    """
    The end of a word that can be a name, 高峰, and fills the clause that it begins.
    """
    run = RUN.match(line.text, start)
    word = run[0].rstrip("吗吧") if run else ""
    if not 0 < surname_length(word) < len(word) <= FULL or word in LABELS:
        return None
    longer = len(word) == FULL and word[:2] in WORDS
    return None if longer or NO_NAME.match(line.folded, start) or word[-1] in NO_END else start + len(word)


def dotted_end(line: Line, start: int) -> int | None:
    """
    The end of a name from another language, its parts joined by dots.
    """
    match = DOTTED.match(line.text, start)
    if match is None:
        return None
    last = max(match[0].rfind(dot) for dot in DOTS)
    first = start + last + 1
    size = match.end() - first
    whole = size < LONGEST_NAME and not any(ends_name(line.folded, first + at) for at in range(1, size))
    return match.end() if whole else max(sounds_end(line.text, line.folded, first), first + 1)
