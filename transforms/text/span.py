"""A found piece of personal data."""

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """
    Where something personal stands in a text, and what it is.

    Args:
        start: of its first character, in code points of the text.
        end: behind its last character.
        entity: one of `transforms.text.entities.ENTITIES`.
        score: how sure it is, 0–1.
    """

    start: int
    end: int
    entity: str
    score: float


Finder = Callable[[str], Iterable[Span]]
"""`find(folded)`: what one kind of search finds in a folded text. Time is linear in its length; nothing is raised."""
