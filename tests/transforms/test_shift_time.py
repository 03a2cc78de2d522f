"""ShiftTime: the same secret offset for all the moments of a subject."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS, ExampleKeyring
from transforms.shift_time import ShiftTime
from transforms.timestamp import MINUTE, read_timestamp

EVENT = read_timestamp("2026-11-22T14:37:12+08:00")
SECONDS = st.integers(1_100_000_000, 4_000_000_000)  # 2004 up to 2096: room to move within what can be read
SUBJECTS = st.text()
DAYS = st.integers(1, 1_000)


def shift(ms, subject, days=30, keys=EXAMPLE_KEYS):
    return read_timestamp(ShiftTime(days).bind(keys)(ms, subject))


class TestShiftTime:
    @given(SECONDS, SECONDS, SUBJECTS, DAYS)
    def test_intervals_of_one_subject_stay_true(self, first, second, subject, days):
        """
        Two events of one subject stay as far apart as they were.
        """
        moved = shift(second * 1_000, subject, days) - shift(first * 1_000, subject, days)

        assert moved == (second - first) * 1_000

    @given(SECONDS, SUBJECTS, DAYS)
    def test_moves_by_whole_minutes_within_the_bounds(self, second, subject, days):
        """
        The offset is a whole number of minutes, at most the declared days.
        """
        offset = shift(second * 1_000, subject, days) - second * 1_000

        assert offset % MINUTE == 0
        assert abs(offset) <= days * 1_440 * MINUTE

    @given(SUBJECTS)
    def test_the_offset_is_the_keyed_hash_of_the_subject(self, subject):
        """
        The offset follows from HMAC-SHA256 and the derived key alone.
        """
        key = EXAMPLE_KEYS.derive("shift_time:").secret
        drawn = int.from_bytes(hmac.digest(key, subject.encode(), "sha256")[:16])

        assert shift(EVENT, subject) - EVENT == (drawn % 86_401 - 43_200) * MINUTE

    def test_offsets_differ_between_subjects(self):
        """
        A hundred subjects get close to a hundred offsets, to both sides, and the time of day changes.
        """
        offsets = {shift(EVENT, f"u-{number}") - EVENT for number in range(100)}

        assert len(offsets) > 95
        assert min(offsets) < 0 < max(offsets)
        assert any(offset % (1_440 * MINUTE) for offset in offsets)

    def test_offsets_differ_between_keys(self):
        """
        Another recipient's key moves the same subject elsewhere.
        """
        assert shift(EVENT, "u-1001") != shift(EVENT, "u-1001", keys=ExampleKeyring(root=bytes(32)))

    def test_half_a_surrogate_pair_is_a_subject_like_any_other(self):
        """
        A subject that UTF-8 cannot write has an offset of its own and raises nothing.
        """
        assert shift(EVENT, "\ud800") != shift(EVENT, "\ud801")

    @pytest.mark.parametrize("subject", [None, 1001, b"u-1001"])
    def test_refuses_an_event_without_a_subject(self, subject):
        """
        Without a subject, no offset can stay the same.
        """
        with pytest.raises(Refused, match="no subject"):
            ShiftTime(30).bind(EXAMPLE_KEYS)(EVENT, subject)

    @pytest.mark.parametrize("days", [0, -1, 3_651, 1.5, True, "30"])
    def test_days_out_of_range_are_a_mistake_of_the_declaration(self, days):
        """
        The error says what may be given.
        """
        with pytest.raises(ValueError, match="give a whole number, 1–3650"):
            ShiftTime(days)
