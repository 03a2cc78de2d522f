"""
Compacted topics: a Faust service that reads one to its end, then on, and knows up to when it is current.

It belongs to no consumer group, since every worker needs all of it. This module is a door to aiokafka of its own: the
transport's consumer is a member of a group and stops with it in every rebalance, in which a withdrawal must not wait.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import faust
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from pipeline.agents import end
from pipeline.connection import Connection
from pipeline.currency import Currency
from pipeline.logs import describe
from pipeline.snapshots.keeper import SnapshotKeeper
from pipeline.transport import secured, topic_partitions

log: Final = logging.getLogger(__name__)

_RECORDS: Final = 1_000  # a turn: about 10 ms, as long as a chunk keeps the loop
_POLL_MS: Final = 200
_FETCH_WAIT_MS: Final = 100  # Kafka answers as soon as there is something, librdkafka's mock only after all of it
_METADATA_MS: Final = 10_000  # after which new partitions are seen
_AGAIN_SECONDS: Final = 1.0
_SAY_SECONDS: Final = 60.0
_PROGRESS_SECONDS: Final = 10.0

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"


class CompactedReader(faust.Service):
    """
    Takes every record of a topic, in the order of its partition.

    It has started once everything that the topic held at that moment was read, however long the broker keeps it
    waiting. A partition is current when a fetch, answered by its broker, found nothing beyond what was read; records of
    a transaction that is still open are beyond it. As long as every partition was current a short while ago, what was
    taken may be believed. Errors are met by connecting again from where it was.

    Protects against deciding by what was true before a withdrawal: a broker's silence is not taken for "nothing new".
    Does not protect against a producer that writes late, or that writes less than was known: a compacted topic keeps
    the last record alone.

    Args:
        bootstrap: brokers, `host:port`.
        topic: to be read.
        currency: of what was taken, to be prolonged.
        max_lag: seconds for which it may be believed after a partition was current.
        keeper: of what was taken, from one start to the next; None when everything is read at each.
    """

    def __init__(
        self,
        bootstrap: Sequence[str],
        topic: str,
        currency: Currency,
        max_lag: float,
        keeper: SnapshotKeeper | None = None,
    ) -> None:
        super().__init__()
        self._keeper = keeper
        self.topic: Final = topic
        self._bootstrap = list(bootstrap)
        self._currency = currency
        self._max_lag = max_lag
        self._records = 0
        self._positions: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] | None = None
        self._polled: dict[TopicPartition, int | None] = {}
        self._current: dict[TopicPartition, float] = {}
        self._loaded = asyncio.Event()
        self._said: dict[str, float] = {}

    def take(self, record: Record) -> None:
        """
        Take one record, whatever is in it.
        """
        raise NotImplementedError

    def turned(self) -> None:
        """
        A fetch was taken whole; subclasses may look at what they have.
        """

    def kept_together(self) -> "Sequence[CompactedReader]":
        """
        The readers of all topics that fill what the keeper keeps.
        """
        return [self]

    def limit(self) -> float:
        """
        Seconds of the monotonic clock beyond which nothing may be believed, whatever this topic says.
        """
        return float("inf")

    @property
    def until(self) -> float:
        """
        Seconds of the monotonic clock up to which what was taken may be believed.
        """
        return self._currency.until

    @property
    def positions(self) -> dict[int, int]:
        """
        The offset after the last record that was taken, by partition.
        """
        return {partition.partition: offset for partition, offset in self._positions.items()}

    def resume(self, positions: Mapping[int, int]) -> None:
        """
        Begin from there and not from the beginning: what is before was taken already. Before the start alone.
        """
        self._positions = {TopicPartition(self.topic, number): offset for number, offset in positions.items()}

    @property
    def loaded(self) -> bool:
        """
        Whether everything was read that was there at the start.
        """
        return self._loaded.is_set()

    async def whole(self) -> None:
        """
        Wait until everything was read that was there at the start.
        """
        await self._loaded.wait()

    async def on_start(self) -> None:
        """
        Read everything that is there, or what is not in the snapshot.
        """
        if self._keeper:
            await self._keeper.load(self.kept_together())
        self.add_future(self._follow())
        while not self.loaded:
            try:
                await asyncio.wait_for(self._loaded.wait(), _PROGRESS_SECONDS)
            except TimeoutError:
                log.info("reading %s: %d records so far", self.topic, self._records)
        if self._keeper:
            self.add_future(self._keeper.run())

    async def on_shutdown(self) -> None:
        """
        Leave a snapshot for the next start.
        """
        if self._keeper:
            await self._keeper.save()

    async def _follow(self) -> None:
        while not self.should_stop:
            try:
                await self._connect()
            except OffsetOutOfRangeError as error:
                # The topic was cut or made anew. What is known may be wrong and cannot be read again beside the
                # events that wait for it; a new process reads everything first.
                end(error)
            except Exception as error:  # noqa: BLE001 — whatever it is, the state goes stale and says so
                self.say("cannot read %s, and will try again: %s", self.topic, describe(error))
            await self.sleep(_AGAIN_SECONDS)

    async def _connect(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            metadata_max_age_ms=_METADATA_MS,
            **secured(Connection.from_environment()),
        )
        try:
            await consumer.start()
            await self._assign(consumer)
            await self._read(consumer)
        finally:
            await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while not self.should_stop:
            fetched = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_RECORDS)
            for partition, records in fetched.items():
                for record in records:
                    self.take(record)
                self._records += len(records)
                self._positions[partition] = records[-1].offset + 1
            self.turned()
            await self._look(consumer)
            if len(consumer.partitions_for_topic(self.topic) or ()) > len(consumer.assignment()):
                await self._assign(consumer)
            await asyncio.sleep(0)  # a long log must not keep heartbeats waiting

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        """
        Read every partition: known ones from where they were, new ones from the beginning.
        """
        before = consumer.assignment()
        for partition in before:
            self._positions[partition] = await consumer.position(partition)
        number = (await topic_partitions(self._bootstrap))[self.topic]
        partitions = {TopicPartition(self.topic, each) for each in range(number)} | before
        consumer.assign(list(partitions))
        for partition in partitions & self._positions.keys():
            consumer.seek(partition, self._positions[partition])
        fresh = partitions - self._positions.keys()
        if fresh:
            await consumer.seek_to_beginning(*fresh)
        self._current = {partition: at for partition, at in self._current.items() if partition in partitions}
        self._polled = {}
        if fresh and self.loaded:
            log.info("%s has %d more partitions", self.topic, len(fresh))
            self._currency.until = float("-inf")

    async def _look(self, consumer: AIOKafkaConsumer) -> None:
        """
        See which partitions are read to their end, and how long ago their brokers said so.
        """
        partitions = consumer.assignment()
        if self._ends is None:
            self._ends = await consumer.end_offsets(list(partitions))
        for partition in partitions:
            position = await consumer.position(partition)
            self._positions[partition] = position
            polled, highwater = consumer.last_poll_timestamp(partition), consumer.highwater(partition)
            if polled is None or highwater is None or polled == self._polled.get(partition) or position < highwater:
                continue
            self._polled[partition] = polled
            ago = max(0.0, time.time() - polled / 1_000)
            self._current[partition] = time.monotonic() - ago
        if partitions <= self._current.keys():
            self._currency.until = min(min(self._current.values()) + self._max_lag, self.limit())
        if not self.loaded and all(self._positions.get(tp, 0) >= at for tp, at in self._ends.items()):
            self._loaded.set()

    def misread(self, record: Record, why: str, consequence: str, number: int) -> None:
        """
        Warn of a record that could not be understood.

        Args:
            record: of which nothing but its place is told.
            why: a sentence without a value.
            consequence: what holds instead.
            number: how many there were so far.
        """
        self.say(
            "%d records could not be understood, the last one in partition %d of %s at offset %d: %s; %s",
            number,
            record.partition,
            self.topic,
            record.offset,
            why,
            consequence,
        )

    def say(self, sentence: str, *arguments: Any) -> None:
        """
        Warn, each sentence once a minute.
        """
        now = time.monotonic()
        if now - self._said.get(sentence, float("-inf")) >= _SAY_SECONDS:
            self._said[sentence] = now
            log.warning(sentence, *arguments)
