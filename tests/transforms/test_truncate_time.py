"""TruncateTime: the start of a unit in place of the moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.examples import EXAMPLE_KEYS
from transforms.timestamp import read_timestamp
from transforms.truncate_time import TruncateTime

UNITS = ["second", "minute", "10min", "15min", "hour", "day", "month"]
TIMES = st.integers(946_684_800_000, 4_102_387_200_000)  # 2000 up to 2100 in every zone used here
EVENT = read_timestamp("2026-11-22T14:37:52.345+08:00")


def expected_text(ms, unit):
    moment = datetime.fromtimestamp(ms // 1_000, UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    parts = {
        "second": {},
        "minute": {"second": 0},
        "10min": {"second": 0, "minute": moment.minute // 10 * 10},
        "15min": {"second": 0, "minute": moment.minute // 15 * 15},
        "hour": {"second": 0, "minute": 0},
        "day": {"second": 0, "minute": 0, "hour": 0},
        "month": {"second": 0, "minute": 0, "hour": 0, "day": 1},
    }
    return moment.replace(**parts[unit]).isoformat()


class TestTruncateTime:
    @pytest.mark.parametrize(
        ("unit", "expected"),
        [
            pytest.param("second", "2026-11-22T14:37:52+08:00", id="second"),
            pytest.param("minute", "2026-11-22T14:37:00+08:00", id="minute"),
            pytest.param("10min", "2026-11-22T14:30:00+08:00", id="10 minutes"),
            pytest.param("15min", "2026-11-22T14:30:00+08:00", id="15 minutes"),
            pytest.param("hour", "2026-11-22T14:00:00+08:00", id="hour"),
            pytest.param("day", "2026-11-22T00:00:00+08:00", id="day"),
            pytest.param("month", "2026-11-01T00:00:00+08:00", id="month"),
        ],
    )
    def test_releases_the_start_of_the_unit(self, unit, expected):
        """
        The result is RFC 3339 text at UTC+8.
        """
        assert TruncateTime(unit).bind(EXAMPLE_KEYS)(EVENT) == expected

    @given(TIMES, st.sampled_from(UNITS))
    def test_agrees_with_the_standard_library(self, ms, unit):
        """
        For every moment and unit, the result is what datetime gives for Asia/Shanghai.
        """
        assert TruncateTime(unit).bind(EXAMPLE_KEYS)(ms) == expected_text(ms, unit)

    @given(TIMES, st.sampled_from(UNITS))
    def test_the_number_and_the_text_are_one_moment(self, ms, unit):
        """
        `floor` is the moment that the released text names.
        """
        transform = TruncateTime(unit)

        assert transform.floor(ms) == read_timestamp(transform.bind(EXAMPLE_KEYS)(ms))

    @given(TIMES, st.sampled_from(UNITS))
    def test_floor_is_its_own_floor_and_not_later(self, ms, unit):
        """
        Flooring twice changes nothing, and no result lies after the moment.
        """
        transform = TruncateTime(unit)

        assert transform.floor(transform.floor(ms)) == transform.floor(ms) <= ms

    @given(TIMES, st.integers(1, timedelta(days=400) // timedelta(milliseconds=1)), st.sampled_from(UNITS))
    def test_order_stays(self, ms, later, unit):
        """
        A later moment never gets an earlier result.
        """
        transform = TruncateTime(unit)

        assert transform.floor(ms) <= transform.floor(ms + later)

    @pytest.mark.parametrize("unit", ["week", "", "Minute", 60])
    def test_an_unknown_unit_is_a_mistake_of_the_declaration(self, unit):
        """
        The error lists the units.
        """
        with pytest.raises(ValueError, match=r"choose one of second, minute, 10min, 15min, hour, day, month"):
            TruncateTime(unit)

    def test_equal_declarations_share_a_cache(self):
        """
        Two fields of one unit are written by the same function.
        """
        assert TruncateTime("minute").bind(EXAMPLE_KEYS) is TruncateTime("minute").bind(EXAMPLE_KEYS)
        assert TruncateTime("minute").bind(EXAMPLE_KEYS) is not TruncateTime("hour").bind(EXAMPLE_KEYS)
