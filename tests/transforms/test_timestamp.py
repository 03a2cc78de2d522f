"""Timestamps: what is read, what is refused, and what is written."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.timestamp import DAY, STEPS, day_of, floor_timestamp, format_timestamp, read_timestamp

SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 999_999), timezones=ZONES)  # noqa: DTZ001 — the zone is drawn
TIMES = st.integers(946_684_800_000, 4_102_444_799_999)  # 2000 up to 2100, UTC


def milliseconds(moment):
    return (moment - EPOCH) // MILLISECOND


class TestReadTimestamp:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param("2000-01-01T00:00:00Z", 946_684_800_000, id="first second"),
            pytest.param("2099-12-31T23:59:59Z", 4_102_444_799_000, id="last second"),
            pytest.param("2001-09-09T01:46:40Z", 1_000_000_000_000, id="a billion seconds"),
            pytest.param("2001-09-09T09:46:40+08:00", 1_000_000_000_000, id="Shanghai"),
            pytest.param("2001-09-08T18:16:40-07:30", 1_000_000_000_000, id="west of Greenwich, half an hour"),
            pytest.param("2001-09-09T01:46:40-00:00", 1_000_000_000_000, id="UTC, place unknown"),
            pytest.param("2001-09-09t01:46:40z", 1_000_000_000_000, id="small letters"),
            pytest.param("2001-09-09T01:46:40.5Z", 1_000_000_000_500, id="tenths"),
            pytest.param("2001-09-09T01:46:40.05Z", 1_000_000_000_050, id="hundredths"),
            pytest.param("2001-09-09T01:46:40.005Z", 1_000_000_000_005, id="thousandths"),
            pytest.param("2001-09-09T01:46:40.0009+00:00", 1_000_000_000_000, id="finer is cut off"),
            pytest.param("2001-09-09T01:46:40.999999999Z", 1_000_000_000_999, id="nanoseconds are not rounded up"),
            pytest.param("2004-02-29T00:00:00Z", 1_078_012_800_000, id="29 February of a leap year"),
            pytest.param("2016-12-31T23:59:60Z", 1_483_228_799_000, id="leap second"),
            pytest.param("2016-12-31T23:59:60.5Z", 1_483_228_799_500, id="within a leap second"),
            pytest.param("2017-01-01T07:59:60.123456+08:00", 1_483_228_799_123, id="leap second in Shanghai"),
        ],
    )
    def test_reads(self, value, expected):
        """
        Every form of RFC 3339 gives the milliseconds since 1970 UTC.
        """
        assert read_timestamp(value) == expected

    @given(MOMENTS, st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]))
    def test_agrees_with_the_standard_library(self, moment, precision):
        """
        For every moment and zone, the result is that of datetime.
        """
        value = moment.isoformat(timespec=precision)

        assert read_timestamp(value) == milliseconds(datetime.fromisoformat(value))

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("", id="empty"),
            pytest.param("Z", id="zone alone"),
            pytest.param("2026-11-22T14:30:00", id="no zone"),
            pytest.param("2026-11-22T14:30:00.123", id="fraction, no zone"),
            pytest.param("2026-11-22T14:30Z", id="no seconds"),
            pytest.param("2026-11-22", id="no time"),
            pytest.param("2026-11-22 14:30:00Z", id="space for T"),
            pytest.param("20261122T143000Z", id="basic format of ISO 8601"),
            pytest.param("2026-W47-7T14:30:00Z", id="week date"),
            pytest.param("2026-11-22T14:30:00,5Z", id="comma"),
            pytest.param("2026-11-22T14:30:00.Z", id="point without a fraction"),
            pytest.param("2026-11-22T14:30:00.1234567890Z", id="ten digits"),
            pytest.param("2026-11-22T14:30:00.123 Z", id="space in the fraction"),
            pytest.param("2026-11-22T14:30:00.12345²Z", id="superscript digit"),
            pytest.param("2026-11-22T14:30:00.1234５Z", id="full-width digit in the fraction"),
            pytest.param("２026-11-22T14:30:00Z", id="full-width digit in the year"),
            pytest.param("2026-11-22T14:30:00+0800", id="zone without a colon"),
            pytest.param("2026-11-22T14:30:00+08", id="zone without minutes"),
            pytest.param("2026-11-22T14:30:00+24:00", id="zone of a day"),
            pytest.param("2026-11-22T14:30:00+08:60", id="zone with 60 minutes"),
            pytest.param("2026-11-22T14:30:00\u221208:00", id="minus sign for hyphen"),
            pytest.param("2026-11-22T14:30:00Z\n", id="line feed"),
            pytest.param(" 2026-11-22T14:30:00Z", id="leading space"),
            pytest.param("2026-11-22T24:00:00Z", id="hour 24"),
            pytest.param("2026-11-22T14:60:00Z", id="minute 60"),
            pytest.param("2026-11-22T14:30:61Z", id="second 61"),
            pytest.param("2026-11-22T14:30:60", id="leap second without a zone"),
            pytest.param("2026-11-31T14:30:00Z", id="31 November"),
            pytest.param("2026-02-29T14:30:00Z", id="29 February of a common year"),
            pytest.param("2026-02-29T23:59:60Z", id="leap second on a day that is none"),
            pytest.param("2026-00-22T14:30:00Z", id="month 0"),
            pytest.param("2026-13-22T14:30:00Z", id="month 13"),
            pytest.param("2026-11-00T14:30:00Z", id="day 0"),
            pytest.param("1999-12-31T23:59:59Z", id="before 2000"),
            pytest.param("2100-01-01T00:00:00Z", id="2100"),
            pytest.param("+2026-11-22T14:30:00Z", id="signed year"),
        ],
    )
    def test_refuses_what_is_not_a_date_time(self, value):
        """
        What RFC 3339 does not know, the calendar does not have, or lies outside of 2000–2099, is refused.
        """
        with pytest.raises(Refused, match="RFC 3339"):
            read_timestamp(value)

    @given(st.text() | st.text("0123456789-+:.TtZz \ud800", max_size=36))
    def test_any_text_is_read_or_refused(self, value):
        """
        No text raises anything else.
        """
        try:
            ms = read_timestamp(value)
        except Refused:
            return
        assert type(ms) is int

    @given(MOMENTS, st.integers(0, 31), st.sampled_from("0123456789-+:.TtZz \n٣"))
    def test_one_wrong_character_is_never_misread(self, moment, position, character):
        """
        A text with one character replaced is refused, or is a date-time for the standard library too.
        """
        text = moment.isoformat(timespec="microseconds")
        value = text[:position] + character + text[position + 1 :]
        try:
            ms = read_timestamp(value)
        except Refused:
            return

        if value[17:19] == "60":
            assert ms % 1_000 == 999
        else:
            assert ms == milliseconds(datetime.fromisoformat(value.upper()))

    def test_the_refusal_keeps_the_value_to_itself(self):
        """
        The refusal says what is expected, never what came.
        """
        with pytest.raises(Refused) as refusal:
            read_timestamp("13800138000")

        assert "13800138000" not in str(refusal.value)
        assert refusal.value.__context__ is None or refusal.value.__suppress_context__


class TestFormatTimestamp:
    @given(TIMES)
    def test_agrees_with_the_time_zone_database(self, ms):
        """
        For every moment of 2000–2099, UTC+8 is the time of Asia/Shanghai.
        """
        moment = (EPOCH + ms * MILLISECOND).astimezone(SHANGHAI)

        assert format_timestamp(ms) == moment.isoformat(timespec="seconds")

    @given(MOMENTS.filter(lambda moment: 2000 < moment.year < 2099))
    def test_is_read_as_the_same_second(self, moment):
        """
        Reading what was written gives the start of the second.
        """
        ms = milliseconds(moment)

        assert read_timestamp(format_timestamp(ms)) == ms // 1_000 * 1_000

    @given(TIMES, st.sampled_from(sorted(STEPS)))
    def test_writes_the_start_of_the_unit(self, ms, unit):
        """
        The text of a unit is that of its first second.
        """
        assert format_timestamp(ms, unit) == format_timestamp(floor_timestamp(ms, unit))


class TestFloorTimestamp:
    @pytest.mark.parametrize(
        ("unit", "expected"),
        [
            pytest.param("second", "2026-11-22T07:59:59+08:00", id="second"),
            pytest.param("minute", "2026-11-22T07:59:00+08:00", id="minute"),
            pytest.param("10min", "2026-11-22T07:50:00+08:00", id="10 minutes"),
            pytest.param("15min", "2026-11-22T07:45:00+08:00", id="15 minutes"),
            pytest.param("hour", "2026-11-22T07:00:00+08:00", id="hour"),
            pytest.param("day", "2026-11-22T00:00:00+08:00", id="the day of Shanghai, not that of UTC"),
            pytest.param("month", "2026-11-01T00:00:00+08:00", id="month"),
        ],
    )
    def test_floors(self, unit, expected):
        """
        A unit begins where the calendar of Asia/Shanghai says.
        """
        ms = read_timestamp("2026-11-21T23:59:59.999Z")

        assert floor_timestamp(ms, unit) == read_timestamp(expected)

    @given(TIMES)
    def test_a_month_begins_on_its_first_day(self, ms):
        """
        For every moment, the month is the one of its day.
        """
        first = day_of(floor_timestamp(ms, "month"))

        assert first == day_of(ms).replace(day=1)
        assert floor_timestamp(ms, "month") == floor_timestamp(floor_timestamp(ms, "month"), "day")


class TestDayOf:
    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            pytest.param("2026-11-21T15:59:59.999Z", date(2026, 11, 21), id="before midnight"),
            pytest.param("2026-11-21T16:00:00Z", date(2026, 11, 22), id="midnight"),
        ],
    )
    def test_changes_at_midnight_in_shanghai(self, moment, expected):
        """
        A day begins at 16:00 UTC of the day before.
        """
        assert day_of(read_timestamp(moment)) == expected

    @given(TIMES)
    def test_lasts_a_day(self, ms):
        """
        A day later it is the next day.
        """
        assert day_of(ms + DAY) - day_of(ms) == timedelta(days=1)
