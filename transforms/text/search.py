"""Searching: a text goes through its gate, the finders of patterns, and those of names and addresses."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from transforms.text import accounts, addresses, cards, identity, network, parcels, phones, urls
from transforms.text.context import enhance
from transforms.text.entities import SURE
from transforms.text.fields import Field
from transforms.text.fold import fold
from transforms.text.gate import Hints, gate
from transforms.text.names import persons
from transforms.text.names.mention import Mention, Tagger
from transforms.text.span import Finder, Span
from transforms.text.windows import windows

FINDERS: Final[tuple[Finder, ...]] = (
    phones.find,
    identity.find,
    cards.find,
    accounts.find,
    network.find,
    parcels.find,
)
"""Each looks at a folded text alone."""

EVERYTHING: Final = ~Hints(0)
_NAMING: Final = Hints.NAMES | Hints.ADDRESSES


class _Piece(NamedTuple):
    """
    A window of one of the texts.
    """

    number: int
    offset: int
    text: str
    folded: str
    hints: Hints
    patterns: list[Span]


class Search:
    """
    Looks for everything in texts of one field.

    Args:
        field: where the texts come from.
        tagger: marks names of people and places; without one, only what is announced by a word is found.
    """

    def __init__(self, field: Field, tagger: Tagger | None) -> None:
        self._gated = field.gated
        self._tagger = tagger

    def passes(self, text: str) -> bool:
        """
        Whether anything can be found at all: false for most texts of a gated field, in a few microseconds.
        """
        return not self._gated or bool(gate(fold(text)))

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """
        What is found in each text, doubtful finds and overlapping ones among it.
        """
        found: list[list[Span]] = [[] for _ in texts]
        naming: list[_Piece] = []
        for piece in self._pieces(texts):
            found[piece.number] += _shifted(piece.patterns, piece.offset)
            if piece.hints & _NAMING or _names_likely(piece.patterns):
                naming.append(piece)
        for piece, mentions in zip(naming, self._tag([piece.text for piece in naming]), strict=True):
            persons_and_places = [
                *persons.find(piece.text, piece.folded, mentions),
                *addresses.find(piece.text, piece.folded, mentions),
            ]
            found[piece.number] += _shifted(persons_and_places, piece.offset)
        return found

    def _pieces(self, texts: Sequence[str]) -> Iterator[_Piece]:
        for number, text in enumerate(texts):
            for offset, part in windows(text):
                folded = fold(part)
                hints = gate(folded) if self._gated else EVERYTHING
                if hints:
                    patterns = self._patterns(part, folded) if hints & Hints.NUMBERS else []
                    yield _Piece(number, offset, part, folded, hints, patterns)

    def _patterns(self, text: str, folded: str) -> list[Span]:
        return [*_patterns(folded), *urls.find(text, self._within)]

    def _within(self, decoded: str) -> list[Span]:
        """
        What a decoded part of a URL holds.
        """
        folded = fold(decoded)
        mentions = self._tag([decoded])[0]
        return [
            *enhance(folded, _patterns(folded)),
            *persons.find(decoded, folded, mentions),
            *addresses.find(decoded, folded, mentions),
        ]

    def _tag(self, texts: Sequence[str]) -> Sequence[Sequence[Mention]]:
        if self._tagger is None or not texts:
            return [()] * len(texts)
        return self._tagger.tag(texts)


def _patterns(folded: str) -> Iterator[Span]:
    for find in FINDERS:
        yield from find(folded)


def _names_likely(spans: Sequence[Span]) -> bool:
    """
    Whether a number was found for sure: beside it stands a name more often than elsewhere.
    """
    return any(span.score >= SURE for span in spans)


def _shifted(spans: Sequence[Span], offset: int) -> Sequence[Span]:
    if not offset:
        return spans
    return [Span(span.start + offset, span.end + offset, span.entity, span.score) for span in spans]
