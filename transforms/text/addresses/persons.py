"""Persons: where their names stand, which are no part of an address."""

from bisect import bisect_left
from collections.abc import Sequence


class Persons:
    """
    Where names of people stand.

    Args:
        stretches: start and end of each, in order.
    """

    __slots__ = ("_ends", "_starts")

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in stretches]
        self._ends = [end for _, end in stretches]

    def last_end(self, before: int) -> int:
        """
        Where the last name ends that ends before here; 0 when there is none.
        """
        index = bisect_left(self._ends, before)
        return self._ends[index - 1] if index else 0

    def between(self, start: int, end: int) -> bool:
        """
        Whether a name begins here and ends before the end.
        """
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._ends[index] < end
