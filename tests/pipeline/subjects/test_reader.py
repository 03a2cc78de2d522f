"""Claims about the reader over an embedded broker; tests/integration/test_subjects.py has what a real one shows."""

import asyncio
import gc
import logging
import time
import warnings
from types import SimpleNamespace

import pytest

from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.kafka_client import EmbeddedBroker, Feeder, now_ms
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.record import TOPIC, Consent, Subject, write_value
from pipeline.subjects.row import UNREADABLE
from pipeline.subjects.store import SubjectStore

USER = b"u-10000000001"
PATIENCE = 30


@pytest.fixture(autouse=True)
def half_open_connections():
    """
    What aiokafka was just opening when it was stopped it leaves to the garbage collector, which must not complain in
    whatever test comes next.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def broker():
    with EmbeddedBroker() as embedded:
        embedded.create_topic(TOPIC, 3)
        yield embedded


def said(*, granted, at=None):
    return write_value(Subject({"ads": Consent(granted, now_ms() - 1_000 if at is None else at, "v3")}))


def write(broker, *records):
    with Feeder(broker.bootstrap) as feeder:
        for key, value in records:
            feeder.send(TOPIC, key, value, now_ms())
        assert feeder.flush(10) == 0


class Reading:
    """
    A reader with its store.
    """

    def __init__(self, bootstrap="127.0.0.1:9", max_lag=5.0):
        self.store, self.currency, self.counts = (
            SubjectStore(["ads"], bytes(32), buckets=64),
            Currency(),
            SubjectCounts(),
        )
        self.reader = SubjectReader([bootstrap], self.store, self.currency, self.counts, max_lag)

    def granted(self, user=USER):
        return bool(self.store.heads[user.decode()] & 1)

    async def until(self, condition):
        limit = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < limit
            await asyncio.sleep(0.02)


def run(broker, scene, **settings):
    """
    Play a scene with a reader that has started, and stop it.
    """

    async def play():
        reading = Reading(broker.bootstrap, **settings)
        await reading.reader.start()
        try:
            await scene(reading)
        finally:
            await reading.reader.stop()

    asyncio.run(play())


def record(key, value, **place):
    return SimpleNamespace(key=key, value=value, timestamp=now_ms(), **{"partition": 2, "offset": 7, **place})


class TestStart:
    def test_returns_when_everything_is_read(self, broker):
        """
        What was written before is known, of all partitions, and may be believed.
        """
        people = {f"u-{number}".encode(): said(granted=bool(number % 2)) for number in range(3_000)}
        write(broker, *people.items())

        async def scene(reading):
            assert len(reading.store) == reading.counts.known == reading.counts.records == 3_000
            assert [reading.granted(user) for user in people] == [bool(number % 2) for number in range(3_000)]
            await reading.until(lambda: reading.currency.until > time.monotonic())

        run(broker, scene)

    def test_an_empty_topic_is_read_at_once(self, broker):
        """
        Nothing is known, and that is current.
        """

        async def scene(reading):
            assert len(reading.store) == 0
            await reading.until(lambda: reading.currency.until > time.monotonic())

        run(broker, scene)

    def test_does_not_count_delays_of_what_was_there(self, broker):
        """
        Of a withdrawal of yesterday nobody waits.
        """
        write(broker, (USER, said(granted=True)), (USER, said(granted=False)))

        async def scene(reading):
            assert reading.counts.withdrawals.buckets.total() == 0

        run(broker, scene)


class TestFollow:
    def test_takes_what_is_written_then(self, broker):
        """
        A withdrawal, a tombstone; each with its delay.
        """
        write(broker, (USER, said(granted=True)))

        async def scene(reading):
            assert reading.granted()
            await asyncio.to_thread(write, broker, (USER, said(granted=False)))
            await reading.until(lambda: not reading.granted())
            await asyncio.to_thread(write, broker, (USER, None))
            await reading.until(lambda: len(reading.store) == 0)
            assert reading.counts.withdrawals.buckets.total() == 1

        run(broker, scene)

    def test_stays_current_while_nothing_is_written(self, broker):
        """
        The broker says again and again that there is nothing more.
        """

        async def scene(reading):
            before = reading.currency.until
            await reading.until(lambda: reading.currency.until > max(before, 0.0) + 1.0)

        run(broker, scene)

    def test_is_not_current_without_a_broker(self):
        """
        Silence is not taken for "nothing new".
        """

        async def play():
            with EmbeddedBroker() as short_lived:
                short_lived.create_topic(TOPIC, 1)
                reading = Reading(short_lived.bootstrap, max_lag=1.0)
                await reading.reader.start()
                await reading.until(lambda: reading.currency.until > time.monotonic())
            await asyncio.sleep(0.5)
            last = reading.currency.until
            await asyncio.sleep(1.5)
            assert reading.currency.until == last < time.monotonic()
            await reading.reader.stop()

        asyncio.run(play())


class TestTake:
    def test_what_is_not_understood_suppresses_its_subject(self, caplog):
        """
        It is counted, and told by its place alone; the worker goes on.
        """
        reading = Reading()
        with caplog.at_level(logging.WARNING):
            reading.reader.take(record(USER, said(granted=True)))
            reading.reader.take(record(USER, b'{"consents":{},"note":"13800138000"}'))
            reading.reader.take(record(b"u-2", b"13800138000"))

        assert reading.store.heads[USER.decode()] & UNREADABLE
        assert reading.store.heads["u-2"] & UNREADABLE
        assert reading.counts.unreadable == 2
        assert "partition 2 of privacy.subjects at offset 7" in caplog.text
        assert "13800138000" not in caplog.text
        assert USER.decode() not in caplog.text
        assert len(caplog.records) == 1

    @pytest.mark.parametrize("key", [None, b"\xff"])
    def test_a_record_about_nobody_is_counted(self, key):
        """
        Nothing else can be done with it.
        """
        reading = Reading()
        reading.reader.take(record(key, said(granted=True)))

        assert (len(reading.store), reading.counts.unreadable) == (0, 1)

    def test_erasures_are_counted(self):
        """
        So that the worker forgets what it remembers of values.
        """
        reading = Reading()
        for value in (said(granted=True), write_value(Subject(erased_at=now_ms()))):
            reading.reader.take(record(USER, value))

        assert reading.counts.erased == 1

    def test_what_comes_late_is_counted(self, caplog):
        """
        Its writer has to write the whole of a subject's state.
        """
        reading = Reading()
        with caplog.at_level(logging.WARNING):
            reading.reader.take(record(USER, said(granted=False, at=2_000_000_000_000 // 2)))
            reading.reader.take(record(USER, said(granted=True, at=999_999_999_999)))

        assert not reading.granted()
        assert reading.counts.outdated == 1
        assert "write the whole of a subject's state" in caplog.text

    @pytest.mark.parametrize("value", [b"", b"[]", b"null", b'"', b"\x00" * 100, b'{"consents":' * 2_000])
    def test_never_ends_the_worker(self, value):
        """
        Whatever is in a record.
        """
        reading = Reading()
        reading.reader.take(record(USER, value))

        assert reading.counts.unreadable == 1
