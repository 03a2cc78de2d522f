"""
A Faust transport that hands over chunks: all records one fetch brought for a partition, as one message.

An ordinary agent gets one chunk a turn. What Faust does for each event it now does for each chunk: a queue, a reference
count, an acknowledgement. Offsets follow a queue of chunks for each partition, so a commit never passes a chunk that is
not finished, and a revoked partition's finished chunks are committed before it is given away.

The overridden methods are private to faust-streaming 0.15.3; `tests/pipeline/test_transport.py` holds them to it.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Collection, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast
from weakref import WeakSet

import faust
from aiokafka import ConsumerRecord
from aiokafka.abc import AbstractTokenProvider
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import TopicPartition
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT, ConsumerMessage, EventT, Message
from mode.utils.futures import notify

from pipeline.connection import Connection
from pipeline.residency import Residency, hosts_of

if TYPE_CHECKING:
    from pipeline.delivery import Delivery

_FETCH_WAIT_MS: Final = 100

BATCH_BYTES: Final = 900_000
"""The most that a batch holds: below the 1 MiB a broker takes by default, with room for the batch's own header."""

Records = list[ConsumerRecord[bytes | None, bytes | None]]


class Chunk(Records):
    """
    The records of one fetch of a partition.

    Args:
        records: in order, at least one.
        start: the offset from which they were looked for; none was found between it and the first.
        reading: the number of the seek since which they are read.
    """

    __slots__ = ("reading", "sent", "start")

    def __init__(self, records: Records, start: int, reading: int) -> None:
        super().__init__(records)
        self.start = start
        self.reading = reading
        self.sent = False
        """Whether all it became is on its way to the brokers."""


class ChunkSchema(faust.Schema[Any, Any]):
    """
    Hands a chunk's records to the agent untouched.
    """

    def compile(self, app: AppT, **_: Any) -> Any:
        """
        The function by which the topic decodes: none of it.
        """

        async def decode(message: Message, *, propagate: bool = False) -> EventT[Any]:  # noqa: ARG001 — cannot fail
            return app.create_event(None, message.value, None, message)

        return decode


class _NothingRead(dict[TP, int | None]):
    """
    Faust's note of what was read last, kept empty.

    Faust drops a message whose offset is below the note. A chunk bears its last record's offset, and after a seek it
    may be cut elsewhere, so that such a drop could lose records.
    """

    def __missing__(self, tp: TP) -> None:
        return None

    def __setitem__(self, tp: TP, offset: int | None) -> None:
        pass

    def update(self, *_: Any, **__: Any) -> None:
        pass


class _Awaited(WeakSet[Message]):
    """
    The messages that a rebalance and a stop wait for: every one that is taken up, but none of a topic that was left.

    Streams add to it themselves, and not by the consumer's method for that.
    """

    def __init__(self, left: Collection[str]) -> None:
        super().__init__()
        self._left = left

    def add(self, message: Message) -> None:
        if message.topic not in self._left:
            super().add(message)


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """
    Fetches committed records, with a short patience.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust asks brokers to hold an empty fetch for 1.5 s. Kafka answers as soon as there is something, librdkafka's
        # mock only when the time is over.
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS  # noqa: SLF001 — a constructor argument that Faust does not pass on
        # What an upstream producer took back was never said.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 — as above
        return consumer

    def behind(self, tp: TP) -> int:
        """
        How many records the brokers are known to hold that were not handed over.

        The end is that of finished transactions, and the position is beyond their markers, unlike what is committed.
        """
        assignment = self._ensure_consumer()._subscription.subscription.assignment  # noqa: SLF001 — `position` waits
        if tp not in assignment.tps:
            return 0
        state = assignment.state_value(TopicPartition(tp.topic, tp.partition))
        if not state.has_valid_position or state.lso is None:
            return 0
        return max(0, int(state.lso - state.position))


class Consumer(driver.Consumer):
    """
    Fetches chunks, and knows which of them are finished.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = _NothingRead()
        self._chunks: defaultdict[TP, deque[ConsumerMessage]] = defaultdict(deque)
        self._positions: dict[TP, int] = {}
        self._seeks = 0
        self._seeking = asyncio.Lock()
        self._read_again = False
        self._delivery: Delivery = self.app.delivery  # type: ignore[attr-defined] # a ViewsApp's
        self._left: set[str] = set()
        self._unacked_messages = _Awaited(self._left)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109 — Faust's
        """
        One message for each partition of a fetch.

        When the position moved while the records were fetched, nobody can tell on which side of the move they lie. To
        hand them over could let a commit pass records in between, to drop them could lose them; so the committed
        offsets are sought once more.
        """
        if self._read_again and self.flow_active and self.assignment():
            await self.perform_seek()
        seeks = self._seeks
        records, active = await self._wait_next_records(timeout)
        if not records or self.should_stop:
            return
        generation = self.app.consumer_generation_id
        if not self.flow_active or self._seeks != seeks:
            self._read_again = True
            return
        for tp, chunk in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return  # a rebalance seeks to the committed offsets
            if chunk and (active is None or tp in active or tp in self._buffered_partitions):
                self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
                message = _message(tp, Chunk(chunk, self._positions.get(tp, chunk[0].offset), seeks), generation)
                self._positions[tp] = message.offset + 1
                self._chunks[tp].append(message)
                yield tp, message

    async def perform_seek(self) -> None:
        """
        Go back to the committed offsets, and to the beginning of partitions that have none.

        aiokafka leaves partitions without a committed offset where they are, past records that were fetched and then
        given up in a rebalance: they would be lost. What earlier owners of the partitions have in hand must be over
        before the committed offsets are asked for.
        """
        async with self._seeking:
            self._read_again = False
            try:
                await self._seek_committed()
            except BaseException:  # a cancellation too: Faust gives up waiting, and goes on
                self._read_again = True
                raise

    async def _seek_committed(self) -> None:
        self._seeks += 1
        self._chunks.clear()
        await self._delivery.take(self.assignment())
        committed = await self.seek_to_committed()
        fresh = [tp for tp, offset in committed.items() if not offset or offset < 0]
        self._positions = {ensure_TP(tp): offset for tp, offset in committed.items() if offset and offset > 0}
        if fresh:
            await self._thread.seek_to_beginning(*fresh)
        self._committed_offset.clear()
        self._committed_offset.update({ensure_TP(tp): offset for tp, offset in committed.items() if offset})
        self._seeks += 1
        self._delivery.resume(self._positions, self._seeks)

    def ack(self, message: Message) -> bool:
        """
        Note that a chunk is finished.
        """
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        self._n_acked += 1
        notify(self._waiting_for_ack)
        return True

    def leave(self, topic: str) -> None:
        """
        Fetch nothing of a topic any more, and wait for nothing of it that was not sent on.

        What was handed over and is not finished is never acknowledged, so that no commit passes it.
        """
        self._left.add(topic)
        for message in list(self._unacked_messages):
            if message.topic == topic and not cast("Chunk", message.value).sent:
                self._unacked_messages.discard(message)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 — Faust's
        if self._left and active_partitions is not None:
            active_partitions = {tp for tp in active_partitions if tp.topic not in self._left}
            if not active_partitions:  # which would mean all of them
                await self.sleep(timeout)
                return {}
        return await super()._getmany(active_partitions, timeout)

    def waiting(self, turns: Counter[str]) -> dict[TP, Hashable]:
        """
        The partitions whose records wait, each with a mark that changes whenever something moves.

        That is the committed offset. Before a chunk was sent on, the work of its agent counts too, and before it was
        handed over that of any: a chunk of long texts may take its time, and others wait behind it.

        Args:
            turns: that processing took, by topic.
        """
        marks: dict[TP, Hashable] = {}
        for tp in self.assignment():
            if tp.topic in self._left:
                continue
            chunks = self._chunks.get(tp)
            if chunks:
                worked = 0 if cast("Chunk", chunks[0].value).sent else turns[tp.topic]
            elif cast("ConsumerThread", self._thread).behind(tp):
                worked = turns.total()
            else:
                continue
            marks[tp] = (self._committed_offset.get(tp), worked)
        return marks

    def lags(self) -> dict[tuple[str, int], int]:
        """
        How many records of each partition wait: not committed, or not handed over as far as the last fetch told.
        """
        lags = {}
        for tp in self.assignment():
            lag = cast("ConsumerThread", self._thread).behind(tp)
            chunks = self._chunks.get(tp)
            if chunks:
                lag += chunks[-1].offset + 1 - cast("Chunk", chunks[0].value)[0].offset
            lags[tp.topic, tp.partition] = lag
        return lags

    def verify_event_path(self, now: float, tp: TP) -> None:
        """
        Nothing: the watchdog looks for partitions that stand still, and Faust's pages of advice speak of its own ways.
        """

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """
        Finish and commit the chunks in hand, then forget the partitions.
        """
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._chunks.pop(tp, None)
        try:
            await self._delivery.release(revoked)
        except Exception as error:  # noqa: BLE001 — aiokafka would log it and go on
            await self.crash(error)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """
        Start anew: Faust then seeks the committed offset of every partition, and what is fetched before is given up.
        """
        self._chunks.clear()
        self._read_again = True
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_stop(self) -> None:
        """
        Commit what is finished, and give the partitions away.
        """
        await super().on_stop()
        await self._delivery.take(())

    async def commit_and_end_transactions(self) -> None:
        """
        Commit what is finished by now.

        Faust takes a commit that is under way for this one, although what was finished since it began is not in it:
        that would be done once more by whoever gets the partition next.
        """
        while await self.maybe_wait_for_commit_to_finish():
            pass
        await super().commit_and_end_transactions()

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        return await self._delivery.commit(offsets, super()._commit)

    def _should_commit(self, tp: TP, offset: int) -> bool:
        # Faust never goes back, but a topic that was made anew begins at 0.
        return self._committed_offset[tp] != offset

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """
        Nothing: between two chunks of a partition no offset waits for an acknowledgement.
        """

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (
            tp
            for tp, chunks in list(self._chunks.items())
            if chunks and chunks[0].acked and (topics is None or tp in topics or tp.topic in topics)
        )

    def _new_offset(self, tp: TP) -> int | None:
        """
        The offset after the last chunk of an unbroken run of finished ones.
        """
        chunks = self._chunks[tp]
        offset = None
        while chunks and chunks[0].acked:
            offset = chunks.popleft().offset + 1
        return offset


class Producer(driver.Producer):
    """
    Sends whole batches, idempotently.
    """

    def create_batch(self) -> BatchBuilder:
        """
        An empty batch; its `append` returns None once it is full.
        """
        return self._ensure_producer().create_batch()

    async def send_batch(self, batch: BatchBuilder, topic: str, partition: int) -> Any:
        """
        Queue a batch behind the earlier ones of its partition; the future holds the broker's answer.
        """
        return await self._ensure_producer().send_batch(batch, topic, partition=partition)

    async def partition_count(self, topic: str) -> int:
        """
        How many partitions a topic has.
        """
        return len(await self._ensure_producer().partitions_for(topic))

    def _settings_extra(self) -> Mapping[str, Any]:
        # Idempotence: a repeated request neither doubles nor reorders records.
        return {"acks": "all", "enable_idempotence": True}


class Transport(driver.Transport):
    """
    The transport of broker URLs `chunks://host:port`.
    """

    Consumer: ClassVar[type[Consumer]] = Consumer
    Producer: ClassVar[type[Producer]] = Producer


def _message(tp: TP, chunk: Chunk, generation: int) -> ConsumerMessage:
    last = chunk[-1]
    return ConsumerMessage(
        tp.topic,
        tp.partition,
        last.offset,
        last.timestamp / 1000.0,
        last.timestamp_type,
        None,
        None,
        cast("bytes", chunk),
        None,
        0,
        0,
        tp,
        generation_id=generation,
    )


SCHEME: Final = "chunks"


class Tokens(AbstractTokenProvider):  # type: ignore[misc] # untyped
    """
    Bearer tokens, each as the file holds it when it is asked for.

    Args:
        connection: with a token.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def token(self) -> str:
        """
        The present one.
        """
        return self._connection.bearer()


def secured(connection: Connection) -> dict[str, Any]:
    """
    A connection as aiokafka's clients take it.

    Raises:
        SettingsError: one of its files cannot be used.
    """
    provider = {"sasl_oauth_token_provider": Tokens(connection)} if connection.token else {}
    return connection.arguments() | provider


async def topic_partitions(bootstrap: Sequence[str], seconds: float = 10.0) -> dict[str, int]:
    """
    The topics of a cluster and their partitions.

    Raises:
        ConnectionError: no broker answered in time, or none let this client in.
        SettingsError: the way to brokers cannot be understood, or one is where data may not be.
    """
    connection = Connection.from_environment()
    residency = Residency.from_environment()
    residency.check(hosts_of(bootstrap), "the broker")
    client = AIOKafkaClient(
        bootstrap_servers=list(bootstrap), request_timeout_ms=int(seconds * 1000), **secured(connection)
    )
    try:
        async with asyncio.timeout(seconds):
            await client.bootstrap()
            cluster = await client.fetch_all_metadata()
            residency.check((broker.host for broker in cluster.brokers()), "the cluster's broker")
            return {topic: len(cluster.partitions_for_topic(topic) or ()) for topic in cluster.topics()}
    except (KafkaError, TimeoutError):
        raise ConnectionError(await asyncio.to_thread(connection.hindrance, bootstrap)) from None
    finally:
        await client.close()
