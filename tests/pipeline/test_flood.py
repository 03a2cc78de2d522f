"""Floods of broken events: when an alarm is raised, what it says, and how often."""

import logging

import pytest

from pipeline.counts import Counts
from pipeline.flood import Floods

ORDER = "raw.order"
DEVICE = "raw.device"
BROKEN = {"missing": 400, "wrong_type": 100}


@pytest.fixture(autouse=True)
def everything(caplog):
    caplog.set_level(logging.INFO)


class Watched:
    """
    Floods with a clock that stands, and what they stop.
    """

    def __init__(self, share=0.5, *, stops=False):
        self.now = 0.0
        self.counts = Counts()
        self.left = []
        self.floods = Floods(share, self.counts, self.left.append if stops else None, clock=lambda: self.now)

    def chunks(self, number, quarantined, *, seconds=0.0, read=500, topic=ORDER):
        for _ in range(number):
            self.floods.observe(topic, read, quarantined)
            self.now += seconds


def alarms(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


class TestAlarm:
    def test_tells_topic_share_and_commonest_reason(self, caplog):
        """
        In one line, with what to do.
        """
        Watched().chunks(2, {"missing": 300, "wrong_type": 150})
        (alarm,) = alarms(caplog)

        assert alarm.startswith("raw.order: a flood of broken events, 90 % of the last 1000, most of them missing (a ")
        assert "good events pass" in alarm

    @pytest.mark.parametrize(
        ("share", "number", "broken", "raised"),
        [
            pytest.param(0.5, 2, 251, True, id="above the share"),
            pytest.param(0.5, 2, 250, False, id="at the share"),
            pytest.param(0.5, 1, 500, False, id="too few events to tell"),
            pytest.param(1, 9, 500, False, id="never"),
            pytest.param(0.01, 2, 6, True, id="a strict share"),
        ],
    )
    def test_is_raised_above_a_share_of_enough_events(self, caplog, share, number, broken, raised):
        """
        A single broken event among the first ones is no flood.
        """
        Watched(share).chunks(number, {"missing": broken})

        assert bool(alarms(caplog)) is raised

    def test_is_repeated_once_a_minute(self, caplog):
        """
        However many chunks come, and not while none comes.
        """
        watched = Watched()
        watched.chunks(150, BROKEN, seconds=1.0)
        watched.now += 60.0
        watched.floods.remind()

        assert len(alarms(caplog)) == 3
        assert watched.counts.floods == {ORDER: 1}

    def test_is_repeated_while_a_stopped_topic_brings_nothing(self, caplog):
        """
        Once a minute as well.
        """
        watched = Watched(stops=True)
        watched.chunks(2, BROKEN)
        watched.now += 60.0
        watched.floods.remind()
        watched.floods.remind()

        assert len(alarms(caplog)) == 2

    def test_ends_with_the_flood(self, caplog):
        """
        And the next flood is another one.
        """
        watched = Watched()
        watched.chunks(20, BROKEN, seconds=1.0)
        watched.chunks(20, {}, seconds=1.0)
        watched.floods.remind()
        assert "raw.order: the flood of broken events is over" in caplog.messages
        watched.chunks(20, BROKEN, seconds=1.0)

        assert watched.counts.floods == {ORDER: 2}
        assert len(alarms(caplog)) == 2

    def test_is_not_raised_by_a_fast_burst(self, caplog):
        """
        Ten seconds of good events outweigh what one client sends in a fraction of one.
        """
        watched = Watched()
        watched.chunks(100, {}, seconds=0.05)
        watched.chunks(5, BROKEN, seconds=0.05)

        assert alarms(caplog) == []

    def test_forgets_what_is_long_past(self, caplog):
        """
        A topic that was good all day is no excuse.
        """
        watched = Watched()
        watched.chunks(1_000, {}, seconds=1.0)
        watched.chunks(10, BROKEN, seconds=1.0)

        assert len(alarms(caplog)) == 1

    def test_is_each_topics_own(self, caplog):
        """
        Good events of one do not hide the other's.
        """
        watched = Watched()
        watched.chunks(10, {}, topic=DEVICE)
        watched.chunks(2, BROKEN)

        assert [alarm.partition(":")[0] for alarm in alarms(caplog)] == [ORDER]


class TestStop:
    def test_leaves_the_topic_alone_and_no_other(self, caplog):
        """
        Once, and the log says how to go on.
        """
        watched = Watched(stops=True)
        watched.chunks(2, {}, topic=DEVICE)
        watched.chunks(4, BROKEN)

        assert watched.left == [ORDER]
        assert watched.floods.stopped == {ORDER}
        assert "start it with QINGLIU_FLOOD=alarm" in alarms(caplog)[0]

    def test_is_not_done_where_only_an_alarm_is_wished(self):
        """
        Which is the default.
        """
        watched = Watched()
        watched.chunks(4, BROKEN)

        assert watched.floods.stopped == set()
