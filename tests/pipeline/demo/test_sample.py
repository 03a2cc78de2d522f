"""Claims about the sample."""

import pytest

from pipeline.demo.sample import Sample, Sampler, outlets
from pipeline.kafka_client import Record
from schemas import VIEWS

ORDER = ("raw.order", 0, 1)
LOG = ("raw.log", 0, 1)


def record(topic, value=b"{}"):
    return Record(topic, 0, 0, 0, None, value, ())


@pytest.fixture
def sampler():
    return Sampler({"raw.order": ("a.order", "b.order"), "raw.log": ("a.log",)})


class TestOutlets:
    def test_are_the_topics_that_a_record_comes_to(self):
        """
        No sample waits for a recipient who gets no record without consent.
        """
        assert outlets(VIEWS)["raw.account"] == ("clean.analytics.account",)
        assert outlets(VIEWS)["raw.order"] == ("clean.analytics.order", "clean.ads.order")


class TestSampler:
    def test_shows_an_event_once_every_view_was_seen(self, sampler):
        """
        Views stand in the order of their declaration.
        """
        sampler.sent(ORDER, b"raw", now=0.0)
        sampler.seen(ORDER, record("b.order", b"b"), now=0.1)
        assert sampler.latest is None

        sampler.seen(ORDER, record("a.order", b"a"), now=0.2)

        assert sampler.latest == Sample("raw.order", b"raw", {"a.order": b"a", "b.order": b"b"})
        assert list(sampler.latest.clean) == ["a.order", "b.order"]

    def test_records_of_other_events_are_not_mixed_in(self, sampler):
        """
        Only the event that is followed counts.
        """
        sampler.sent(ORDER, b"raw", now=0.0)
        sampler.sent(("raw.order", 0, 2), b"other", now=0.1)
        sampler.seen(("raw.order", 0, 2), record("a.order"), now=0.2)
        sampler.seen(ORDER, record("a.order"), now=0.2)
        sampler.seen(("raw.order", 0, 2), record("b.order"), now=0.2)

        assert sampler.latest is None

    def test_waits_for_no_topic_that_only_some_events_come_to(self, sampler):
        """
        Nor takes a record of one for a record of another.
        """
        sampler.sent(ORDER, b"raw", now=0.0)
        sampler.seen(ORDER, record("a.order", b"a"), now=0.1)
        sampler.seen(ORDER, record("sealed.order"), now=0.1)
        assert sampler.latest is None

        sampler.seen(ORDER, record("b.order", b"b"), now=0.2)

        assert list(sampler.latest.clean) == ["a.order", "b.order"]

    def test_takes_the_topics_in_turn(self, sampler):
        """
        After an order it is a log's turn, after a pause.
        """
        sampler.sent(ORDER, b"raw", now=0.0)
        for topic in ("a.order", "b.order"):
            sampler.seen(ORDER, record(topic), now=0.1)
        sampler.sent(LOG, b"too early", now=0.2)
        sampler.sent(("raw.order", 0, 2), b"not its turn", now=9.0)
        sampler.sent(LOG, b"log", now=9.1)
        sampler.seen(LOG, record("a.log"), now=9.2)

        assert sampler.latest == Sample("raw.log", b"log", {"a.log": b"{}"})

    def test_gives_up_on_an_event_that_never_comes_out(self, sampler):
        """
        After a while another one is followed.
        """
        sampler.sent(ORDER, b"lost", now=0.0)
        sampler.sent(("raw.order", 0, 2), b"next", now=20.0)
        for topic in ("a.order", "b.order"):
            sampler.seen(("raw.order", 0, 2), record(topic), now=20.1)

        assert sampler.latest.raw == b"next"
