"""Latencies: a distribution that stays small however long it is added to."""

from collections import Counter
from math import ceil
from typing import Final

_PER_SECOND: Final = 10_000  # kept in tenths of a millisecond
_PER_MS: Final = 10


class Latencies:
    """
    How long things took, to a tenth of a millisecond.
    """

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, seconds: float) -> None:
        """
        One more.
        """
        self._counts[round(seconds * _PER_SECOND)] += 1

    def clear(self) -> None:
        """
        Forget all.
        """
        self._counts.clear()

    def percentile(self, percent: float) -> float | None:
        """
        Milliseconds within which this share of all lie (nearest rank); None when there are none.

        Args:
            percent: above 0, up to 100.
        """
        rank = ceil(self._counts.total() * percent / 100)
        for tenths in sorted(self._counts):
            rank -= self._counts[tenths]
            if rank <= 0:
                return tenths / _PER_MS
        return None
