"""Names of persons: what a tagger found and what the words around it announce, cut to exactly the name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from transforms.text.entities import LIKELY, SURE
from transforms.text.fold import HIDDEN
from transforms.text.names.announcing import (
    CALLED_ON,
    CALLING,
    KEY,
    LABEL,
    LABELS,
    NAMING,
    POLITE,
    SAYING,
    TITLE,
    is_strong,
)
from transforms.text.names.boundaries import (
    DOTS,
    DOTTED,
    FULL,
    HAN,
    RUN,
    UNITS,
    is_closed,
    mended,
)
from transforms.text.names.brands import BRANDS, GOODS
from transforms.text.names.forms import is_brand, is_person, is_word, stands_out
from transforms.text.names.line import SPACED, Line, dotted_end, foreign_end, opens, read_freely, read_name, word_end
from transforms.text.names.mention import Mention
from transforms.text.names.surnames import (
    AMBIGUOUS,
    CLEAR,
    FREQUENT,
    GIVEN,
    SOUNDS,
    is_given,
    is_likely_name,
    surname_length,
)
from transforms.text.simplified import simplified
from transforms.text.span import Span

_NUMBER: Final = re.compile("[0-9][0-9 -]{5,22}[0-9]")
_MOBILE: Final = re.compile("(?:86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]){8}|[1-6][0-9]{16,17}")
_GAP_BEFORE: Final = re.compile("[ ,:;/|()+_\n-]{0,4}$")
_GAP_BEHIND: Final = re.compile("[ ,:;/|()_\n-]{0,4}")
_CALLED: Final = re.compile(f"[小老阿][{HAN}]")


_PLACE_BEHIND: Final = re.compile(
    "路(?![上过口费])|街|镇|村|乡|巷|弄|苑|汇|嘴|桥|大道|新村|小区|山庄|国际|花园|公路|公寓|大厦|广场|中心|科技园|高科|领秀"
)
"""What follows the head of a place that reads like a name: 郭守敬 of 郭守敬路."""


_Found = Iterator[tuple[int, int, float]]


def find(text: str, folded: str, mentions: Iterable[Mention]) -> list[Span]:
    """
    The names of persons in a text, disjoint and in its order; titles such as 先生 are no part of them.

    A surname with a title (王先生) is found as the surname, one with 小 or 老 (小王) as a whole. Brands and names of
    public figures that stand for goods (李宁, 刘涛同款) are left, unless a label announces them as a person.

    Args:
        text: as it was given.
        folded: the same, folded.
        mentions: what a tagger says of the text; none if there is no tagger.
    """
    offsets: Sequence[int] = range(len(text))
    if HIDDEN in folded:
        offsets = [index for index, character in enumerate(folded) if character != HIDDEN]
        text, folded = "".join([text[index] for index in offsets]), folded.replace(HIDDEN, "")
    found = list(_squeezed(mentions, offsets))
    text, folded = simplified(text), simplified(folded)
    line = Line(text, folded, mended(text, folded, found), _places(len(text), found))
    chosen: dict[int, tuple[int, float]] = {}
    taken = bytearray(len(text))
    for search in _SEARCHES:
        for start, end, score in search(line):
            inside = score < SURE and (line.places[start] or _PLACE_BEHIND.match(text, end))
            if start < end and not inside and 1 not in taken[start:end]:
                taken[start:end] = b"\1" * (end - start)
                chosen[start] = (end, score)
    return [
        Span(offsets[start], offsets[end - 1] + 1, "PERSON", score) for start, (end, score) in sorted(chosen.items())
    ]


def _squeezed(mentions: Iterable[Mention], offsets: Sequence[int]) -> Iterable[Mention]:
    """
    The mentions, counted without hidden characters.
    """
    if isinstance(offsets, range):
        return mentions
    index = {offset: at for at, offset in enumerate(offsets)}
    return [
        Mention(index[start], index[end - 1] + 1, label)
        for start, end, label in mentions
        if start in index and end - 1 in index
    ]


def _places(length: int, mentions: Iterable[Mention]) -> bytearray:
    """
    1 for each character of a place or an organisation but its first: no name begins there.
    """
    places = bytearray(length)
    for start, end, label in mentions:
        if label != "PER" and end - start > FULL:
            places[start + 1 : end] = b"\1" * (end - start - 1)
    return places


def _announced(line: Line) -> _Found:
    """
    Behind a label.
    """
    for pattern in (LABEL, KEY):
        for match in pattern.finditer(line.folded):
            strong, start = is_strong(match["label"]), match.end()
            end = read_freely(line, start) if strong and match["gap"] else read_name(line, start, announced=True)
            if end is None and (match["gap"] or (match["label"] in LABELS and match["label"][-1] in "人奖")):
                end = word_end(line, start)
            if end:
                yield start, end, SURE


def _tagged(line: Line) -> _Found:
    """
    What a tagger found and is no brand.
    """
    for start, tagged_end in line.tagged.items():
        end = max(dotted_end(line, start) or 0, tagged_end)
        alone = end - start == surname_length(line.text, start)
        if alone and not TITLE.match(line.folded, end) and line.text[start - 1 : start] != "姓":
            continue
        if is_person(line.text[start:tagged_end]) and not is_brand(line.text, start, end):
            yield start, end, LIKELY


def _dotted(line: Line) -> _Found:
    """
    With a dot between its parts, in the sounds of another language.
    """
    if not any(dot in line.text for dot in DOTS):
        return
    for match in DOTTED.finditer(line.text):
        start = dot = next(at for at in range(*match.span()) if line.text[at] in DOTS)
        while start > match.start() and line.text[start - 1] in SOUNDS:
            start -= 1
        if said := SAYING.match(line.folded, start, dot):
            start = said.end()
        end = dotted_end(line, start)
        if end and not GOODS.match(line.text, end):
            yield start, max(end, line.tagged.get(start, 0)), LIKELY


def _spaced(line: Line) -> _Found:
    """
    With spaces between its characters.
    """
    for match in SPACED.finditer(line.text):
        if is_likely_name(re.sub("[ \u3000]", "", match[0])):
            yield match.start(), match.end(), LIKELY


def _titled(line: Line) -> _Found:
    """
    Before a title.
    """
    for title in TITLE.finditer(line.folded):
        at = title.start()
        for size in (4, 3, 2):
            start = at - size
            named = start >= 0 and is_likely_name(line.text[start:at]) and opens(line, start)
            if named or (start >= 0 and title[0] in POLITE and _is_called(line, start, at)):
                yield start, at, LIKELY
                break
        else:
            if at and _is_surname_of(line, at - 1, title[0]):
                yield at - 1, at, LIKELY


def _is_called(line: Line, start: int, end: int) -> bool:
    """
    Whether a word that can be a name stands behind 安排 or at the head of a clause: 季节 of 季节师傅.
    """
    text = line.text
    surname = surname_length(text, start)
    alone = start == 0 or not RUN.match(text, start - 1) or text[max(start - 2, 0) : start] == "安排"
    return 0 < surname < end - start <= FULL and alone and is_given(text[start + surname : end])


def _is_surname_of(line: Line, at: int, title: str) -> bool:
    """
    Whether one character before a title is the surname of whom it belongs to: 谢 of 谢女士, but not of 谢老板.
    """
    surname = line.text[at]
    polite = title in POLITE
    known = surname in (CLEAR | AMBIGUOUS if polite else CLEAR)
    brand = is_brand(line.text, at, at + 1)
    return known and not brand and opens(line, at) and (polite or surname not in "祝谢")


def _called_on(line: Line) -> _Found:
    """
    At the head of a sentence, and spoken to.
    """
    for match in CALLED_ON.finditer(line.folded):
        for size in (4, 3, 2):
            start = match.start() - size
            if start >= 0 and _is_addressed(line, start, match.start()):
                yield start, match.start(), LIKELY
                break


def _is_addressed(line: Line, start: int, end: int) -> bool:
    if start == 0 and is_likely_name(line.text[:end]) and not is_word(line.text, 0, end):
        return True
    return stands_out(line.text, start, end) and opens(line, start)


def _said(line: Line) -> _Found:
    """
    In a sentence that speaks of somebody.
    """
    for match in SAYING.finditer(line.folded):
        called = match[0] in CALLING
        end = read_name(line, match.end(), announced=called or match[0] in NAMING)
        end = end or (word_end(line, match.end()) if called else None)
        if end:
            yield match.end(), end, LIKELY


def _beside_numbers(line: Line) -> _Found:
    """
    Before or behind a number that may be a telephone's.
    """
    for number in _NUMBER.finditer(line.folded):
        start = number.start()
        while start < number.end() and RUN.match(line.text, start):  # 一 of a name is folded into the number behind it
            start += 1
        gap = _GAP_BEFORE.search(line.folded, max(0, start - 4), start)
        before = gap.start() if gap else start
        for size in (4, 3, 2):
            first = before - size
            if first >= 0 and _is_recipient(line, first, before, number[0]):
                yield first, before, LIKELY
                break
        gap = _GAP_BEHIND.match(line.folded, number.end())
        behind = gap.end() if gap else number.end()
        end = read_name(line, behind)
        if end is None and behind > number.end() and _MOBILE.fullmatch(number[0]):
            end = word_end(line, behind)
        if end:
            yield behind, end, LIKELY


def _is_recipient(line: Line, start: int, end: int, number: str) -> bool:
    text = line.text
    if start and RUN.match(text, start - 1) and text[start - 1] not in UNITS:
        return False
    if _MOBILE.fullmatch(number):
        return is_likely_name(text[start:end]) and not is_word(text, start, end)
    return stands_out(text, start, end)


def _alone(line: Line) -> _Found:
    """
    Between spaces or punctuation, with nothing else.
    """
    for run in RUN.finditer(line.text):
        start, end = run.span()
        if not 1 < end - start <= FULL + 1 or not stands_out(line.text, start, end):
            end = 0 if line.places[start + 1 : start + 2] == b"\1" else foreign_end(line, start) or 0
        if end:
            yield start, end, LIKELY


def _called(line: Line) -> _Found:
    """
    小王, 老李, 阿明.
    """
    for match in _CALLED.finditer(line.text):
        start, end = match.span()
        known = match[0][1] in (GIVEN if match[0][0] == "阿" else FREQUENT)
        if known and match[0] not in BRANDS and opens(line, start) and is_closed(line.text, line.folded, end):
            yield start, end, LIKELY


_SEARCHES: Final = (_announced, _dotted, _said, _tagged, _spaced, _titled, _called_on, _beside_numbers, _called, _alone)
"""In the order of their word: a later one adds only what does not overlap."""
