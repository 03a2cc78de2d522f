"""Held events: gathered from whatever lies in a quarantine topic, each one once."""

import pytest

from pipeline.broken import Broken, Reason
from pipeline.held import gather, replay_mark
from pipeline.kafka_client import Record
from pipeline.quarantine import PART_BYTES, Quarantine
from pipeline.sealing import OfficerPrivateKey

OFFICER = OfficerPrivateKey.generate()
QUARANTINE = Quarantine(OFFICER.public().sealer(), "0f0e0d0c0b0a0908")
BROKEN = Broken(Reason.MISSING, "order_id", "add it")
HOUR = 1_795_328_400_000


def records(*values):
    return [
        Record("quarantine.raw.order", 0, offset, HOUR + offset, None, value, ()) for offset, value in enumerate(values)
    ]


def hold(offset, value=b"{}", key=b"u-1"):
    return list(QUARANTINE.records("raw.order", 3, offset, key, value, BROKEN))


class TestGather:
    def test_gives_each_event_with_its_reason(self):
        """
        In order of their coordinates.
        """
        held, unreadable = gather(records(*hold(10), *hold(9, b"[]")))

        assert [event.coordinates for event in held] == [("raw.order", 3, 9), ("raw.order", 3, 10)]
        assert unreadable == 0
        assert {(event.reason, event.path, event.detail) for event in held} == {(Reason.MISSING, "order_id", "add it")}
        assert [event.open(OFFICER) for event in held] == [(b"u-1", b"[]"), (b"u-1", b"{}")]
        assert [event.held_at for event in held] == [HOUR + 1, HOUR]

    def test_takes_what_was_held_twice_for_one_event(self):
        """
        A worker that crashed before it committed holds the same event again.
        """
        ((event,), _) = gather(records(*hold(9), *hold(9)))

        assert event.open(OFFICER) == (b"u-1", b"{}")

    def test_joins_parts_in_whatever_order(self):
        """
        An event of which one is missing is there, and is not complete.
        """
        parts = hold(9, bytes(2 * PART_BYTES))
        ((whole,), _) = gather(records(*reversed(parts)))
        ((short,), _) = gather(records(*parts[1:]))

        assert (whole.complete, short.complete) == (True, False)
        assert whole.open(OFFICER) == (b"u-1", bytes(2 * PART_BYTES))
        with pytest.raises(ValueError, match="not all the quarantine records"):
            short.open(OFFICER)

    def test_knows_what_was_replayed(self):
        """
        By the mark beside it.
        """
        held, unreadable = gather(records(*hold(9), *hold(10), replay_mark(("raw.order", 3, 9))))

        assert [event.replayed_at for event in held] == [HOUR + 2, None]
        assert unreadable == 0

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(None, id="a tombstone"),
            pytest.param(b"13800138000", id="no object"),
            pytest.param(b"{}", id="no coordinates"),
            pytest.param(b'{"topic":"raw.order","partition":"3","offset":9}', id="a partition that is no number"),
            pytest.param(b'{"topic":"raw.order","partition":3,"offset":9}', id="no reason"),
            pytest.param(
                b'{"topic":"raw.order","partition":3,"offset":9,"part":1,"parts":1,"reason":"mood","path":"",'
                b'"detail":"","policy":""}',
                id="a reason that there is not",
            ),
        ],
    )
    def test_counts_what_it_cannot_read(self, value):
        """
        And goes on.
        """
        held, unreadable = gather(records(value, *hold(9)))

        assert len(held) == unreadable == 1
