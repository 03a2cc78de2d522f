"""Claims about reading any compacted topic; tests/pipeline/subjects/test_reader.py has more, for a certain one."""

import asyncio
import gc
import logging
import time
import warnings

import pytest

from pipeline.compacted import CompactedReader
from pipeline.currency import Currency
from pipeline.kafka_client import EmbeddedBroker, Feeder, now_ms

TOPIC = "privacy.anything"
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


class Table(CompactedReader):
    """
    The last value of each key.
    """

    def __init__(self, bootstrap):
        self.currency, self.values = Currency(), {}
        super().__init__([bootstrap], TOPIC, self.currency, max_lag=5.0)

    def take(self, record):
        self.values[record.key] = record.value

    async def until(self, condition):
        limit = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < limit
            await asyncio.sleep(0.02)


def write(broker, records):
    with Feeder(broker.bootstrap) as feeder:
        for key, value in records.items():
            feeder.send(TOPIC, key, value, now_ms())
        assert feeder.flush(10) == 0


class TestCompactedReader:
    def test_has_started_when_all_is_read_and_goes_on(self, broker):
        """
        By several workers at once, none of which takes records from another.
        """
        before = {b"key-%d" % number: b"%d" % number for number in range(2_500)}
        write(broker, before)

        async def play():
            readers = [Table(broker.bootstrap), Table(broker.bootstrap)]
            await asyncio.gather(*(reader.start() for reader in readers))
            try:
                assert [reader.values for reader in readers] == [before, before]
                assert all(reader.loaded for reader in readers)
                await asyncio.to_thread(write, broker, {b"key-7": b"again", b"new": None})
                for reader in readers:
                    await reader.until(
                        lambda reader=reader: reader.values == before | {b"key-7": b"again", b"new": None}
                    )
                    await reader.until(lambda reader=reader: reader.currency.until > time.monotonic())
            finally:
                await asyncio.gather(*(reader.stop() for reader in readers))

        asyncio.run(play())

    def test_says_a_sentence_once_a_minute(self, caplog):
        """
        However often there is reason to; another sentence is another matter.
        """
        reader = Table("127.0.0.1:9")
        with caplog.at_level(logging.WARNING):
            for number in range(100):
                reader.say("%d records are odd", number)
            reader.say("one record is even")

        assert [record.getMessage() for record in caplog.records] == ["0 records are odd", "one record is even"]
