"""What is judged: something that finds spans in texts of a field."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, Literal

from transforms.text.span import Span

Find = Callable[[str, Sequence[str]], list[Sequence[Span]]]
"""`find(field, texts)`: the spans of each text."""

Names = Literal["auto", "model", "dictionary", "none"]

MODES: Final[tuple[Names, ...]] = ("none", "dictionary", "model")
"""How a detector looks for names."""


def qingliu(names: Names) -> Find:
    """
    The detector of this project.

    Args:
        names: one of `MODES`, or `auto`.
    """
    from transforms.text.detector import Detector  # noqa: PLC0415 — a fresh process times the import

    made = cache(lambda field: Detector(field, names))
    return lambda field, texts: list(made(field).detect_many(list(texts)))


def qingliu_one(field: str, names: Names) -> Callable[[str], Sequence[Span]]:
    """
    The same for one text at a time.
    """
    from transforms.text.detector import Detector  # noqa: PLC0415 — as above

    return Detector(field, names).detect
