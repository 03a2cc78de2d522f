"""Claims about delays as they are counted; totals are claimed in the tests of those who count."""

import pytest

from pipeline.counts import Delays


def delays(*milliseconds):
    counted = Delays()
    for ms in milliseconds:
        counted.add(ms)
    return counted


class TestDelays:
    @pytest.mark.parametrize(
        ("ms", "percent", "bound"),
        [
            pytest.param([1], 50, 5, id="one"),
            pytest.param([5], 50, 5, id="on a bound"),
            pytest.param([5.1], 50, 10, id="past a bound"),
            pytest.param([-3_000], 99, 5, id="a clock that is behind"),
            pytest.param([1] * 99 + [900], 99, 5, id="all but one"),
            pytest.param([1] * 98 + [900] * 2, 99, 1_000, id="two of a hundred"),
            pytest.param([10**9], 99, None, id="beyond the last bound"),
            pytest.param([], 99, None, id="none"),
        ],
    )
    def test_a_percentile_is_a_bound_that_so_many_keep(self, ms, percent, bound):
        """
        Rounded up to the next bound, never down.
        """
        assert delays(*ms).percentile(percent) == bound
