"""AgeBand: a range of years in place of a birth date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.age_band import AgeBand, age
from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS
from transforms.timestamp import read_timestamp

EVENT = read_timestamp("2026-11-22T14:37:12+08:00")


def band(value, time=EVENT, **declaration):
    return AgeBand(**declaration).bind(EXAMPLE_KEYS)(value, time)


class TestAge:
    @pytest.mark.parametrize(
        ("born", "today", "expected"),
        [
            pytest.param(date(2012, 11, 22), date(2026, 11, 21), 13, id="the day before the birthday"),
            pytest.param(date(2012, 11, 22), date(2026, 11, 22), 14, id="the birthday"),
            pytest.param(date(2012, 2, 29), date(2026, 2, 28), 13, id="leap child, 28 February of a common year"),
            pytest.param(date(2012, 2, 29), date(2026, 3, 1), 14, id="leap child, 1 March of a common year"),
            pytest.param(date(2012, 2, 29), date(2028, 2, 28), 15, id="leap child, 28 February of a leap year"),
            pytest.param(date(2012, 2, 29), date(2028, 2, 29), 16, id="leap child, 29 February"),
            pytest.param(date(2012, 3, 1), date(2026, 3, 1), 14, id="born on 1 March"),
            pytest.param(date(2026, 11, 22), date(2026, 11, 22), 0, id="the day of birth"),
            pytest.param(date(2026, 11, 23), date(2026, 11, 22), -1, id="before birth"),
        ],
    )
    def test_counts_full_years(self, born, today, expected):
        """
        A year is full on the birthday; that of 29 February comes on 1 March when there is none.
        """
        assert age(born, today) == expected

    @given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    def test_grows_by_at_most_one_a_day(self, born, today):
        """
        From one day to the next, an age stays or grows by one.
        """
        assert age(born, today + timedelta(days=1)) - age(born, today) in {0, 1}


class TestAgeBand:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param("2026-11-22", "0-4", id="born today"),
            pytest.param("2021-11-23", "0-4", id="five tomorrow"),
            pytest.param("2021-11-22", "5-9", id="five today"),
            pytest.param("1998-11-23", "25-29", id="twenty-seven"),
            pytest.param("1936-11-23", "85-89", id="ninety tomorrow"),
            pytest.param("1936-11-22", "90+", id="ninety today"),
            pytest.param("1904-02-29", "90+", id="a hundred and twenty-two"),
        ],
    )
    def test_bands_of_five_years(self, value, expected):
        """
        Bands begin at multiples of five and end with ninety and older.
        """
        assert band(value) == expected

    @pytest.mark.parametrize(
        ("declaration", "expected"),
        [
            pytest.param({"width": 10}, "20-29", id="ten years"),
            pytest.param({"width": 1}, "27-27", id="one year"),
            pytest.param({"width": 9, "cap": 27}, "27+", id="earlier cap"),
            pytest.param({"width": 14, "cap": 14}, "14+", id="children and others"),
        ],
    )
    def test_other_bands(self, declaration, expected):
        """
        Width and cap are the view's choice.
        """
        assert band("1998-11-23", **declaration) == expected

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            pytest.param("2026-11-22T15:59:59Z", "25-29", id="a second before midnight in Shanghai"),
            pytest.param("2026-11-22T16:00:00Z", "30-34", id="midnight in Shanghai"),
        ],
    )
    def test_the_birthday_begins_at_midnight_in_shanghai(self, moment, expected):
        """
        The day of the event is that of Asia/Shanghai, whatever zone it was written in.
        """
        assert band("1996-11-23", read_timestamp(moment)) == expected

    @given(st.dates(date(1926, 11, 22), date(2026, 11, 22)), st.sampled_from([1, 2, 5, 10, 15, 30]))
    def test_the_age_lies_within_its_band(self, born, width):
        """
        For every birth date, the result is one of the declared bands, and the one that holds the age.
        """
        declaration = AgeBand(width)
        years = age(born, date(2026, 11, 22))
        released = band(born.isoformat(), width=width)

        assert released in declaration.gives["enum"]
        if released == "90+":
            assert years >= 90
        else:
            first, last = map(int, released.split("-"))
            assert first <= years <= last == first + width - 1

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            pytest.param("2026-11-23", "after the event", id="born tomorrow"),
            pytest.param("1895-11-21", "130 years", id="older than anybody"),
            pytest.param("0001-01-01", "130 years", id="the calendar's first day"),
            pytest.param("2025-02-29", "YYYY-MM-DD", id="29 February of a common year"),
            pytest.param("1998-13-01", "YYYY-MM-DD", id="month 13"),
            pytest.param("0000-01-01", "YYYY-MM-DD", id="year 0"),
            pytest.param("19981123", "YYYY-MM-DD", id="no hyphens"),
            pytest.param("1998-11-23T00:00:00Z", "YYYY-MM-DD", id="with a time"),
            pytest.param("1998-W47-1", "YYYY-MM-DD", id="week date"),
            pytest.param("１998-11-23", "YYYY-MM-DD", id="full-width digit"),
            pytest.param("1998-11-23\n", "YYYY-MM-DD", id="line feed"),
            pytest.param("", "YYYY-MM-DD", id="empty"),
            pytest.param(19981123, "got number", id="number"),
            pytest.param(None, "got null", id="null"),
        ],
    )
    def test_refuses_what_is_not_a_birth_date(self, value, reason):
        """
        The refusal gives the reason and keeps the value to itself.
        """
        with pytest.raises(Refused, match=reason) as refusal:
            band(value)

        assert value in {"", None} or str(value) not in str(refusal.value)

    @pytest.mark.parametrize(
        ("declaration", "remedy"),
        [
            pytest.param({"width": 0}, "1 ≤ width ≤ cap", id="no width"),
            pytest.param({"width": 2.5}, "whole years", id="half a year"),
            pytest.param({"width": True}, "whole years", id="true"),
            pytest.param({"width": 5, "cap": 125}, "cap ≤ 120", id="cap too high"),
            pytest.param({"width": 10, "cap": 5}, "width ≤ cap", id="cap below the first band"),
            pytest.param({"width": 7}, "multiple of 7", id="cap splits a band"),
        ],
    )
    def test_refuses_bands_that_make_no_sense(self, declaration, remedy):
        """
        The error says what to write instead.
        """
        with pytest.raises(ValueError, match=remedy):
            AgeBand(**declaration)
