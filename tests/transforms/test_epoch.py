"""Epochs: calendar periods in Asia/Shanghai."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.epoch import EPOCHS, epoch_of, first_day
from transforms.timestamp import read_timestamp

TIMES = st.integers(946_684_800_000, 4_102_444_799_999)  # 2000 up to 2100, as timestamps are read
UNITS = [unit for unit in EPOCHS if unit]


def label(unit, text):
    return epoch_of(unit, read_timestamp(text))


class TestEpochOf:
    @pytest.mark.parametrize(
        ("unit", "last", "first", "before", "after"),
        [
            pytest.param(
                "day", "2026-11-22T15:59:59.999Z", "2026-11-22T16:00:00Z", "2026-11-22", "2026-11-23", id="day"
            ),
            pytest.param(
                "month", "2026-11-30T15:59:59.999Z", "2026-11-30T16:00:00Z", "2026-11", "2026-12", id="end of a month"
            ),
            pytest.param(
                "month", "2028-02-29T15:59:59.999Z", "2028-02-29T16:00:00Z", "2028-02", "2028-03", id="leap day"
            ),
            pytest.param(
                "quarter", "2026-09-30T15:59:59.999Z", "2026-09-30T16:00:00Z", "2026-Q3", "2026-Q4", id="quarter"
            ),
            pytest.param(
                "quarter", "2026-12-31T15:59:59.999Z", "2026-12-31T16:00:00Z", "2026-Q4", "2027-Q1", id="last quarter"
            ),
            pytest.param("year", "2026-12-31T15:59:59.999Z", "2026-12-31T16:00:00Z", "2026", "2027", id="year"),
            pytest.param(
                "week", "2026-11-22T15:59:59.999Z", "2026-11-22T16:00:00Z", "2026-W47", "2026-W48", id="Monday"
            ),
            pytest.param(
                "week", "2027-01-03T15:59:59.999Z", "2027-01-03T16:00:00Z", "2026-W53", "2027-W01", id="week 53 ends"
            ),
            pytest.param(
                "week", "2024-12-29T15:59:59.999Z", "2024-12-29T16:00:00Z", "2024-W52", "2025-W01", id="new year's week"
            ),
        ],
    )
    def test_ends_at_midnight_in_shanghai(self, unit, last, first, before, after):
        """
        The last millisecond of an epoch and the first of the next, written in UTC.
        """
        assert (label(unit, last), label(unit, first)) == (before, after)

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            pytest.param("2027-01-01T12:00:00+08:00", "2026-W53", id="1 January in the old year's week"),
            pytest.param("2024-12-31T12:00:00+08:00", "2025-W01", id="31 December in the new year's week"),
        ],
    )
    def test_a_week_belongs_to_the_year_of_its_thursday(self, moment, expected):
        """
        As ISO 8601 counts, so that new year splits no week.
        """
        assert label("week", moment) == expected

    @given(TIMES)
    def test_without_a_unit_there_is_one_epoch(self, time):
        """
        Tokens without an epoch never change.
        """
        assert epoch_of("", time) == ""

    @pytest.mark.parametrize("unit", UNITS)
    @given(time=TIMES)
    def test_follows_the_calendar_of_the_time_zone(self, unit, time):
        """
        For all moments, the label is what the time zone database says of Shanghai.
        """
        there = datetime.fromtimestamp(time // 1000, ZoneInfo("Asia/Shanghai"))
        year, week, _ = there.isocalendar()
        expected = {
            "day": there.date().isoformat(),
            "week": f"{year}-W{week:02}",
            "month": there.date().isoformat()[:7],
            "quarter": f"{there.year}-Q{-(-there.month // 3)}",
            "year": str(there.year),
        }

        assert epoch_of(unit, time) == expected[unit]

    @given(TIMES, st.sampled_from(UNITS), st.sampled_from(UNITS))
    def test_labels_of_two_units_are_never_equal(self, time, one, other):
        """
        A key of a month can never be that of a year.
        """
        assert (epoch_of(one, time) == epoch_of(other, time)) is (one == other)


class TestFirstDay:
    @pytest.mark.parametrize("unit", UNITS)
    @given(time=TIMES)
    def test_is_the_first_that_has_the_label(self, unit, time):
        """
        For all moments: the label at midnight of that day is the moment's, and the day before has another.
        """
        epoch = epoch_of(unit, time)
        midnight = datetime.combine(first_day(epoch), datetime.min.time(), ZoneInfo("Asia/Shanghai"))
        start = int(midnight.timestamp() * 1000)

        assert start <= time
        assert epoch_of(unit, start) == epoch
        assert epoch_of(unit, start - 1) != epoch

    @pytest.mark.parametrize(
        "label",
        [
            "soon",
            "26",
            "2026-",
            "2026-0",
            "2026-00",
            "2026-13",
            "2026-W00",
            "2026-W54",
            "2026-W5",
            "2026-w01",
            "2026-Q0",
            "2026-Q5",
            "2026-02-29",
            "2026-11-22T00",
            "２０２６",
        ],
    )
    def test_of_what_is_no_label_is_an_error(self, label):
        """
        Never another epoch's day.
        """
        with pytest.raises(ValueError, match="not the label of an epoch"):
            first_day(label)
