"""Claims about latencies."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo.latency import Latencies

tenths = st.lists(st.integers(0, 100_000), min_size=1, max_size=200)


def of(values):
    latencies = Latencies()
    for value in values:
        latencies.add(value / 10_000)
    return latencies


class TestLatencies:
    @given(tenths, st.floats(0.1, 100))
    def test_a_percentile_has_its_share_below_it(self, values, percent):
        """
        At least the share lies within it, and less than the share strictly below it.
        """
        found = of(values).percentile(percent) * 10

        assert sum(value <= found for value in values) >= len(values) * percent / 100
        assert sum(value < found for value in values) < len(values) * percent / 100

    def test_nothing_has_no_percentile(self):
        """
        Before the first latency, and after forgetting, there is none.
        """
        forgotten = of([1])
        forgotten.clear()

        assert Latencies().percentile(50) is None
        assert forgotten.percentile(50) is None

    def test_is_told_in_milliseconds(self):
        """
        A second is a thousand.
        """
        assert of([10_000]).percentile(99) == 1_000.0
