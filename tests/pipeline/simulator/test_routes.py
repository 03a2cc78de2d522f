"""Claims about movement."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulator.networks import cells
from pipeline.simulator.routes import TOP_SPEED, Route, Site, metres

HOUR = 3_600_000


def route(seed):
    rng = Random(seed)
    sites = tuple(Site(rng.gauss(30.6, 0.05), rng.gauss(104.1, 0.05), (), cells(rng)) for _ in range(4))
    return Route(rng, sites, 0)


class TestRoute:
    @given(st.integers(0, 2**32), st.lists(st.integers(0, 48 * HOUR), min_size=2, max_size=200, unique=True))
    def test_nobody_is_faster_than_a_car_in_town(self, seed, times):
        """
        Between any two times the straight distance takes no more than the top speed, give or take a metre.
        """
        path = route(seed)
        positions = [(ms, path.at(ms)) for ms in sorted(times)]

        for (before, start), (after, end) in pairwise(positions):
            assert metres(start, end) <= TOP_SPEED * 1.01 * (after - before) / 1_000 + 1

    @given(st.integers(0, 2**32))
    def test_people_get_around(self, seed):
        """
        Within two days everybody has been in several places, and on the way between them.
        """
        path = route(seed)

        assert len({path.at(ms) for ms in range(0, 48 * HOUR, HOUR // 4)}) >= 3

    @given(st.integers(0, 2**32), st.integers(0, 48 * HOUR), st.integers(0, HOUR))
    def test_a_late_question_is_answered_within_the_present_leg(self, seed, now, late):
        """
        An event that arrives late gets a position between the last place and the next one.
        """
        path = route(seed)
        path.at(now)
        lat, lng = path.at(max(0, now - late))

        assert 29 < lat < 32
        assert 103 < lng < 106
