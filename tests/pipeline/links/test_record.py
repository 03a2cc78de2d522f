"""Claims about the records of privacy.links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.links.record import Boxes, Sighting, Unreadable, day_at, read_key, read_value, start_of
from tests.pipeline.links.world import BOXES, IDENTIFIERS, KEY, stored
from transforms.timestamp import DAY, read_timestamp

USER, DEVICE, COOKIE = IDENTIFIERS.user("u-1"), IDENTIFIERS.device("a1b2c3d4e5f6"), IDENTIFIERS.cookie("c0ffee")
PAIRS = [(USER, DEVICE), (USER, COOKIE), (DEVICE, COOKIE)]
RECORD = stored("u-1", "a1b2c3d4e5f6", day=20_000)


class TestRecord:
    @pytest.mark.parametrize("pair", PAIRS)
    @given(day=st.integers(0, 65_535))
    def test_says_what_was_written(self, pair, day):
        """
        Whom, by name for whoever has the key, and the day.
        """
        sighting = Sighting(*pair, day)
        key, value = BOXES.write(sighting)

        assert (read_key(key), read_value(value), BOXES.open(key, value)) == (sighting.pair, day, sighting)

    def test_is_the_same_by_whomever_it_is_written(self):
        """
        Workers who see the same on one day write the same.
        """
        assert Boxes(KEY).write(Sighting(USER, DEVICE, 20_000)) == (RECORD.key, RECORD.value)

    def test_names_nobody(self):
        """
        Neither key nor value holds an identifier.
        """
        for name in (b"u-1", b"a1b2c3d4e5f6"):
            assert name not in RECORD.key
            assert name not in RECORD.value

    @pytest.mark.parametrize("at", range(len(RECORD.value)))
    def test_an_altered_value_does_not_open(self, at):
        """
        Whatever byte it is, the day's included.
        """
        value = bytearray(RECORD.value)
        value[at] ^= 1
        with pytest.raises(Unreadable) as unreadable:
            BOXES.open(RECORD.key, bytes(value))

        assert "u-1" not in str(unreadable.value)

    def test_opens_under_its_own_key_alone(self):
        """
        Not under another deployment's, nor as another pair's.
        """
        other = stored("u-2", "a1b2c3d4e5f6", day=20_000)
        for boxes, key in ((Boxes(bytes(32)), RECORD.key), (BOXES, other.key)):
            with pytest.raises(Unreadable):
                boxes.open(key, RECORD.value)

    @pytest.mark.parametrize("key", [None, b"", RECORD.key[:-1], RECORD.key + b"\0", b"\x03" + RECORD.key[1:]])
    def test_a_key_is_read_strictly(self, key):
        """
        Of any other length or kind it is nobody's.
        """
        with pytest.raises(Unreadable):
            read_key(key)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(b"", id="empty"),
            pytest.param(RECORD.value[:19], id="no box"),
            pytest.param(b"\x02" + RECORD.value[1:], id="a later version"),
            pytest.param(RECORD.value + bytes(1_024), id="too long"),
        ],
    )
    def test_a_value_is_read_strictly(self, value):
        """
        What another release writes is not guessed at.
        """
        with pytest.raises(Unreadable):
            read_value(value)


class TestDays:
    def test_are_those_of_shanghai(self):
        """
        They begin at 16:00 UTC.
        """
        midnight = read_timestamp("2026-11-22T00:00:00+08:00")

        assert day_at(midnight) == day_at(midnight + DAY - 1) == day_at(midnight - 1) + 1
        assert start_of(day_at(midnight)) == midnight
