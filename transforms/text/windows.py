"""Long texts are searched in windows, so that the time is linear and no search sees more than it was made for."""

from collections.abc import Iterator
from typing import Final

WINDOW: Final = 1024
"""Code points searched at once."""

OVERLAP: Final = 192
"""Code points that two windows share: longer than anything that is looked for but the longest addresses."""


def windows(text: str) -> Iterator[tuple[int, str]]:
    """
    Where each window starts, and its text.
    """
    yield 0, text[:WINDOW]
    for start in range(WINDOW - OVERLAP, len(text) - OVERLAP, WINDOW - OVERLAP):
        yield start, text[start : start + WINDOW]
