"""A producer for the transactions of one raw partition. A door to aiokafka, beside the transport's own producer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Self, cast

from aiokafka import AIOKafkaProducer
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from pipeline.connection import Connection
from pipeline.delivery import Partition
from pipeline.transport import BATCH_BYTES, secured

if TYPE_CHECKING:
    import asyncio

_LONGEST_SECONDS: Final = 900.0  # transaction.max.timeout.ms of a broker that was not told otherwise


class TransactionalProducer:
    """
    Sends batches in transactions under a name of group, topic and partition.

    Args:
        producer: started.
        group: consumer group, whose offset is committed with the records.
        partition: that the records are made of.
    """

    def __init__(self, producer: AIOKafkaProducer, group: str, partition: Partition) -> None:
        self._producer = producer
        self._group = group
        self._source = TopicPartition(*partition)

    @classmethod
    async def open(cls, bootstrap: Sequence[str], group: str, seconds: float, partition: Partition) -> Self:
        """
        Fence whoever has the name, and wait until their transaction is ended.

        Args:
            bootstrap: brokers, `host:port`.
            group: consumer group.
            seconds: after which brokers end a transaction that nobody does, and who began it is fenced.
            partition: raw topic and number.
        """
        topic, number = partition
        milliseconds = int(min(seconds, _LONGEST_SECONDS) * 1_000)
        producer = AIOKafkaProducer(
            bootstrap_servers=list(bootstrap),
            max_batch_size=BATCH_BYTES,
            max_request_size=2 * BATCH_BYTES,
            request_timeout_ms=milliseconds,
            transaction_timeout_ms=milliseconds,
            transactional_id=f"{group}/{topic}/{number}",
            **secured(Connection.from_environment()),
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return cls(producer, group, partition)

    async def begin(self) -> None:
        """
        Begin a transaction.
        """
        await self._producer.begin_transaction()

    async def commit(self, offset: int) -> None:
        """
        End it with an offset.
        """
        await self._producer.send_offsets_to_transaction({self._source: OffsetAndMetadata(offset, "")}, self._group)
        await self._producer.commit_transaction()

    async def abort(self) -> None:
        """
        End it as if nothing had been sent.
        """
        await self._producer.abort_transaction()

    async def stop(self) -> None:
        """
        Close the connections.
        """
        await self._producer.stop()

    def create_batch(self) -> Any:
        """
        An empty batch; its `append` returns None once it is full.
        """
        return self._producer.create_batch()

    async def send_batch(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[Any]":
        """
        Queue a batch behind the earlier ones of its partition; the future holds the broker's answer.
        """
        return cast("asyncio.Future[Any]", await self._producer.send_batch(batch, topic, partition=partition))

    async def partition_count(self, topic: str) -> int:
        """
        How many partitions a topic has.
        """
        return len(await self._producer.partitions_for(topic))
