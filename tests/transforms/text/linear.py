"""Whether a search takes time in proportion to the length of its text: the one claim of tests that is timed."""

from collections.abc import Callable, Iterable
from time import process_time
from typing import Any

MEASURABLE = 0.05
"""Seconds of processor time below which a measurement says nothing."""

LONGEST = 1 << 20
_SLACK = 0.02  # below what a quadratic search takes more, which is MEASURABLE


def is_linear(search: Callable[[str], Iterable[Any]], unit: str) -> bool:
    """
    Whether twice a repeated unit takes at most three times the time; a quadratic search takes four times.
    """
    text = unit * (4_096 // len(unit) + 1)
    while _seconds(search, text) < MEASURABLE and len(text) < LONGEST:
        text += text
    once = max(_seconds(search, text) for _ in range(2))
    return min(_seconds(search, text + text) for _ in range(2)) < 3 * once + _SLACK


def _seconds(search: Callable[[str], Iterable[Any]], text: str) -> float:
    begin = process_time()
    for _ in search(text):
        pass
    return process_time() - begin
