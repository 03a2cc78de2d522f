"""Texts and what stands in them: the gold that detectors are judged by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, NamedTuple, Self

FIELDS: Final = ("danmaku", "contact", "note", "search", "url", "log", "review", "signature")
"""Where texts come from; also what a detector is told."""

Extent = tuple[int, int]


class Written(NamedTuple):
    """
    A value as somebody wrote it.

    Args:
        text: from the first character of the value to its last.
        style: how it is written, where that is measured by itself.
        fillers: extents in the text that say nothing of the value; it is hidden when the rest is.
    """

    text: str
    style: str = ""
    fillers: tuple[Extent, ...] = ()

    @classmethod
    def joined(cls, pieces: Sequence[str], between: Iterable[str], style: str = "") -> Self:
        """
        Pieces of a value and the fillers behind each of them but the last.
        """
        text, fillers = "", []
        for piece, filler in zip_longest(pieces, between, fillvalue=""):
            text += piece
            if filler:
                fillers.append((len(text), len(text) + len(filler)))
                text += filler
        return cls(text, style, tuple(fillers))


class Gold(NamedTuple):
    """
    Something personal in a text.

    Args:
        start: of its first character, in code points.
        end: behind its last character.
        entity: one of `transforms.text.entities.ENTITIES`.
        style: how it is written, where that is measured by itself.
        fillers: extents in the text within it that may stay as they are.
    """

    start: int
    end: int
    entity: str
    style: str = ""
    fillers: tuple[Extent, ...] = ()

    @classmethod
    def of(cls, start: int, entity: str, written: Written) -> Self:
        """
        A written value that starts here.
        """
        fillers = tuple((start + first, start + last) for first, last in written.fillers)
        return cls(start, start + len(written.text), entity, written.style, fillers)

    def moved(self, by: int) -> Self:
        """
        The same so many characters on.
        """
        fillers = tuple((first + by, last + by) for first, last in self.fillers)
        return self._replace(start=self.start + by, end=self.end + by, fillers=fillers)

    def needed(self) -> list[int]:
        """
        The characters that must be hidden.
        """
        spared = {position for first, last in self.fillers for position in range(first, last)}
        return [position for position in range(self.start, self.end) if position not in spared]


@dataclass(frozen=True, slots=True)
class Labelled:
    """
    A text and everything personal in it.

    Args:
        text: as a detector gets it.
        field: one of `FIELDS`.
        spans: in the order of the text.
    """

    text: str
    field: str
    spans: tuple[Gold, ...] = ()
