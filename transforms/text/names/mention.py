"""What a tagger says of a stretch of text."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

Label = Literal["PER", "LOC", "ORG"]
"""A person, a place or an organisation."""


class Mention(NamedTuple):
    """
    A stretch of text that a tagger takes for a name.

    Args:
        start: of its first character, in code points of the text.
        end: behind its last character.
        label: what is named.
    """

    start: int
    end: int
    label: Label


class Tagger(Protocol):
    """
    Finds names in texts.
    """

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        """
        The mentions of each text, in the order in which they stand in it; none overlap.
        """
        ...


class NamesUnavailable(RuntimeError):  # noqa: N818 — reads as what it says
    """
    A tagger cannot be made here; the sentence says what to install.
    """
