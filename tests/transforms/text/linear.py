"""Whether a search takes time in proportion to the length of its text: the one claim of tests that is timed."""

import gc
from collections.abc import Callable, Iterable
from time import process_time
from typing import Any

MEASURABLE = 0.03
"""Seconds of processor time below which a measurement says nothing."""

LONGEST = 1 << 18
_TIMES = 4
_BOUND = 8  # times the time: twice what a linear search takes, half of what a quadratic one does
_SLACK = 0.03
_MARKS = "呀哟"


def is_linear(search: Callable[[str], Iterable[Any]], unit: str) -> bool:
    """
    Whether a repeated unit four times as long takes less than eight times the time; a quadratic search takes sixteen.
    """
    text = unit * (4_096 // len(unit) + 1)
    while (once := _seconds(search, text)) < MEASURABLE and len(text) < LONGEST:
        text += text
    return _seconds(search, text * _TIMES) < _BOUND * once + _SLACK


def _seconds(search: Callable[[str], Iterable[Any]], text: str) -> float:
    """
    The shorter of two measurements, to which other work of the machine only adds; of two texts, lest one is remembered.

    The garbage collector has a pause, for it looks at whatever else the process holds.
    """
    gc.disable()
    try:
        return min(_measured(search, mark + text) for mark in _MARKS)
    finally:
        gc.enable()


def _measured(search: Callable[[str], Iterable[Any]], text: str) -> float:
    begin = process_time()
    for _ in search(text):
        pass
    return process_time() - begin
