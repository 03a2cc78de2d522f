"""Claims about reading privacy.links: every doubt links."""

import logging

import pytest

from pipeline.links.record import read_value
from tests.pipeline.links.world import NOON, TODAY, WINDOW, Stored, World, stored

USER, DEVICE = "u-1", "a1b2c3d4e5f6"
RECORD = stored(USER, DEVICE, day=TODAY)


@pytest.fixture
def world():
    return World()


class TestTake:
    def test_links_what_a_record_says(self, world):
        """
        From the day it says.
        """
        world.read([stored(USER, DEVICE, day=TODAY - WINDOW)])

        assert world.see(device=DEVICE).linked
        world.pass_days(1)
        assert not world.see(device=DEVICE).linked

    def test_takes_back_what_was_taken_back(self, world):
        """
        A tombstone deletes.
        """
        world.read([RECORD, Stored(RECORD.key, None, NOON)])

        assert not world.see(device=DEVICE).linked

    def test_believes_no_day_after_a_record_was_written(self, world):
        """
        Or a clock that is ahead would link for years.
        """
        world.read([stored(USER, DEVICE, day=TODAY + 400, timestamp=NOON)])
        assert world.see(device=DEVICE).linked
        world.pass_days(WINDOW + 1)
        assert not world.see(device=DEVICE).linked

    @pytest.mark.parametrize("timestamp", [-1, NOON + 10**12])
    def test_takes_any_timestamp(self, world, timestamp):
        """
        Whatever clock wrote it.
        """
        world.read([stored(USER, DEVICE, day=65_535, timestamp=timestamp)])

        assert world.see(device=DEVICE).linked is (timestamp > 0)

    def test_does_not_keep_what_is_over(self, world):
        """
        Retention may be late.
        """
        world.read([stored(USER, DEVICE, day=TODAY - WINDOW - 8)])

        assert len(world.table.store) == 0

    def test_forgets_what_gets_over(self, world):
        """
        After each fetch a little, all in the end.
        """
        world.read([RECORD])
        world.pass_days(WINDOW + 8)
        for _ in range(1 << 20 >> 9):
            world.reader.turned()

        assert world.counts.known == len(world.table.store) == 0

    def test_writes_again_what_a_late_record_left_out(self, world):
        """
        Or compaction would forget the later day.
        """
        world.read([RECORD, stored(USER, DEVICE, day=TODAY - 3)])
        assert world.counts.outdated == 1
        assert [(record.key, read_value(record.value)) for record in world.write()] == [(RECORD.key, TODAY)]

        world.read([stored(USER, DEVICE, day=TODAY - 3), RECORD])
        assert world.write() == []


class TestUnreadable:
    @pytest.mark.parametrize("value", [b"", b"\x09" * 40, RECORD.value[:10]])
    def test_a_value_counts_as_a_sighting_of_its_day(self, world, value, caplog):
        """
        Counted, and told by its place alone.
        """
        with caplog.at_level(logging.WARNING):
            world.read([Stored(RECORD.key, value, RECORD.timestamp)])

        assert world.see(device=DEVICE).linked
        assert world.counts.unreadable == 1
        assert "partition 0 of privacy.links at offset 7" in caplog.text

    @pytest.mark.parametrize("key", [None, b"", b"\x09" * 23])
    def test_a_key_is_counted(self, world, key):
        """
        Nothing else can be done with it.
        """
        world.read([Stored(key, RECORD.value, NOON)])

        assert (world.counts.unreadable, len(world.table.store)) == (1, 0)

    def test_what_cannot_be_opened_cannot_be_written_again(self, world):
        """
        The link stays as it is known.
        """
        yesterday = stored(USER, DEVICE, day=TODAY - 1)
        world.read([RECORD, Stored(RECORD.key, yesterday.value[:-1] + b"?", NOON)])

        assert world.write() == []
        assert (world.counts.unreadable, world.counts.outdated) == (1, 1)
        assert world.see(device=DEVICE).linked
