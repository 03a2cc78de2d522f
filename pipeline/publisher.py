"""The publisher: one chunk's outcomes into batches, one batch for each clean topic and partition."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol
from zlib import crc32

Header = tuple[str, bytes]
Record = tuple[int, bytes | None, bytes, list[Header]]
"""A record to send: timestamp in milliseconds, key, value, headers."""


def mix(records: list[Record]) -> None:
    """
    Bring the clean records of a chunk into an order of their own: by key, those without one by what they say.

    Records of one key keep their order. Protects against pairing the records of two recipients by their place, which
    would be as good as a common id: each recipient's keys and event ids are tokens of its own, and sort differently.
    Does not hide which records came with one chunk.
    """
    records.sort(key=_key_or_value)


def _key_or_value(record: Record) -> bytes:
    return record[1] or record[2]


class Batch(Protocol):
    """
    What is appended to until it is full.
    """

    def append(self, *, timestamp: int, key: bytes | None, value: bytes, headers: list[Header]) -> Any:
        """
        None when the record did not fit.
        """
        ...


class Sender(Protocol):
    """
    What of a Kafka producer the publisher needs.
    """

    def create_batch(self) -> Any:
        """
        An empty batch.
        """
        ...

    async def send_batch(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[Any]":
        """
        Queue a batch; the future holds the broker's answer.
        """
        ...

    async def partition_count(self, topic: str) -> int:
        """
        How many partitions a topic has.
        """
        ...


class Publisher:
    """
    Sends records so that those of one key keep their order.

    A key's partition is its CRC-32 modulo the number of partitions, librdkafka's `consistent` partitioner: keys are
    tokens, so they spread evenly, and Kafka's own murmur2 in Python would cost 3 µs a key. Records without a key stay
    together.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, topic: str, records: Sequence[Record], unkeyed: int) -> list["asyncio.Future[Any]"]:
        """
        Queue records in order; the futures hold the broker's answers.

        Args:
            topic: where to.
            records: in order.
            unkeyed: any number that says where records without a key go.
        """
        partitions = await self._sender.partition_count(topic)
        groups: defaultdict[int, list[Record]] = defaultdict(list)
        for record in records:
            key = record[1]
            groups[(crc32(key) if key else unkeyed) % partitions].append(record)
        sent = await asyncio.gather(
            *(self._send_partition(topic, partition, group) for partition, group in groups.items())
        )
        return [future for futures in sent for future in futures]

    async def _send_partition(
        self, topic: str, partition: int, records: Sequence[Record]
    ) -> list["asyncio.Future[Any]"]:
        futures = []
        batch = self._sender.create_batch()
        for timestamp, key, value, headers in records:
            if batch.append(timestamp=timestamp, key=key, value=value, headers=headers) is None:
                futures.append(await self._sender.send_batch(batch, topic, partition))
                batch = self._sender.create_batch()
                batch.append(
                    timestamp=timestamp, key=key, value=value, headers=headers
                )  # an empty one takes any record
        futures.append(await self._sender.send_batch(batch, topic, partition))
        return futures
