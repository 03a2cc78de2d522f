"""Finding: from a text to the spans of its addresses."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from transforms.text.addresses.chain import Chain, chains
from transforms.text.addresses.gazetteer import Division, Level, gazetteer
from transforms.text.addresses.grammar import parts
from transforms.text.addresses.name import DOOR, begins, holds_a_stop, segment_end, tail
from transforms.text.addresses.part import NUMBERS, Kind, Part
from transforms.text.addresses.persons import Persons
from transforms.text.addresses.weight import score
from transforms.text.entities import LIKELY
from transforms.text.fold import HIDDEN
from transforms.text.names.mention import Mention
from transforms.text.simplified import simplified
from transforms.text.span import Span

ENTITY: Final = "CN_ADDRESS"

_HAN_NUMBER: Final = re.compile("[零〇一二三四五六七八九十]{1,5}(?=[0-9])")

_FARTHEST: Final = 12
"""Characters by which what a tagger says can move an end of an address."""


def find(text: str, folded: str, mentions: Sequence[Mention]) -> list[Span]:
    """
    The addresses in a text that are finer than a city or county, each from its first division to its last unit.

    An address is a chain of parts: divisions of the gazetteer, names that end as roads, estates and villages do,
    numbers of houses, buildings and rooms. Each part has a weight, and the chain is an address when they suffice. Time
    is linear in the length of the text; nothing is raised.

    Does not find a bare city or district, nor a road without a number that nothing announces: many people share them.

    Args:
        text: as it was written.
        folded: the text in folded form.
        mentions: what a tagger says of the text, in its order; without any, names that do not end as names of places
            do are found only before numbers.
    """
    return [span._replace(end=_whole_number(text, span.end)) for span in _folded_spans(folded, mentions)]


def _whole_number(text: str, end: int) -> int:
    """
    The end, behind a number in Han numerals that another number follows: 三零二 in 三零二13800138000.
    """
    match = _HAN_NUMBER.match(text, end)
    return match.end() if match else end


def _folded_spans(folded: str, mentions: Sequence[Mention]) -> list[Span]:
    if HIDDEN not in folded:
        return list(_spans(simplified(folded), mentions))
    shown = [at for at, char in enumerate(folded) if char != HIDDEN]
    plain = simplified(folded.replace(HIDDEN, ""))
    moved = [
        Mention(bisect_left(shown, mention.start), bisect_left(shown, mention.end), mention.label)
        for mention in mentions
    ]
    return [span._replace(start=shown[span.start], end=shown[span.end - 1] + 1) for span in _spans(plain, moved)]


def _spans(plain: str, mentions: Sequence[Mention]) -> Iterator[Span]:
    found = _parts(plain)
    if not found:
        return
    named = [mention for mention in mentions if mention.label != _PERSON]
    if named:
        found = sorted([*found, *_tagged(plain, named, found)])
    persons = Persons([(mention.start, mention.end) for mention in mentions if mention.label == _PERSON])
    before = 0
    for chain in chains(plain, found, persons):
        certainty = score(plain, chain.start, chain.parts)
        if certainty:
            start, end = _edges(plain, chain, named)
            if certainty >= LIKELY:
                end = tail(plain, end, persons)
            span = Span(max(start, before), _closed(plain, start, end), ENTITY, certainty)
            if span.start < span.end:  # or the name behind the address before has all of it
                before = span.end
                yield span


def _parts(plain: str) -> list[Part]:
    """
    The parts of gazetteer and grammar; where both know one, the gazetteer does.
    """
    divisions = [Part(start, end, _KINDS[division]) for start, end, division in gazetteer().scan(plain)]
    others = parts(plain)
    if not divisions:
        return list(others)
    found = list(divisions)
    ends = [part.end for part in divisions]
    for part in others:
        index = bisect_right(ends, part.start)
        if index == len(divisions) or divisions[index].start >= part.end:
            found.append(part)
    return sorted(found)


def _tagged(plain: str, mentions: Sequence[Mention], found: Sequence[Part]) -> Iterator[Part]:
    """
    Parts from what a tagger says where nothing else is known.
    """
    ends = [part.end for part in found]
    for start, end, label in mentions:
        index = bisect_right(ends, start)
        known = index < len(found) and found[index].start < end
        if end - start > 1 and not known and not holds_a_stop(plain, start, end):
            yield Part(start, end, Kind.LOCATION if label == "LOC" else Kind.ORGANISATION)


def _edges(plain: str, chain: Chain, mentions: Sequence[Mention]) -> tuple[int, int]:
    """
    The ends of a chain, moved out to the ends of what a tagger says stands across them.
    """
    parts = chain.parts
    at_the_door = len(parts) > 1 and parts[-1].kind is Kind.SPOT and parts[-2].kind in {*NUMBERS, Kind.SPOT}
    last = parts[-2] if at_the_door and plain[parts[-1].start : parts[-1].end] in DOOR else parts[-1]
    start, end = chain.start, last.end
    for mention in mentions:
        if mention.start < chain.start < mention.end and chain.start - mention.start <= _FARTHEST:
            start = min(start, max(mention.start, begins(plain, max(0, mention.start - 2), chain.start)))
        if mention.start <= end < mention.end <= end + _FARTHEST:
            farther = segment_end(plain, end, mention.end)
            end = end if plain[end:farther] in DOOR else farther
    return start, end


def _closed(plain: str, start: int, end: int) -> int:
    """
    The end, behind a bracket that closes one inside.
    """
    closed = plain.count("(", start, end) > plain.count(")", start, end)
    return end + (closed and plain[end : end + 1] == ")")


_PERSON: Final = "PER"
_KINDS: Final = {
    Division(level, short): Kind.SHORT if short else Kind.TOWN if level is Level.TOWN else Kind.DIVISION
    for level in Level
    for short in (False, True)
}
