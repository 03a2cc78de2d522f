"""
Delivery: how what a chunk became reaches the brokers, and how its offset is committed.

`at_least_once` commits to the group what is confirmed; `exactly_once` commits records and offset in one transaction.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.publisher import Publisher, Record

if TYPE_CHECKING:
    import asyncio

    from pipeline.transport import Chunk

Partition = tuple[str, int]
"""A raw topic and the number of one of its partitions."""

Offsets = Mapping[Any, int]
"""Offsets by partition."""

Commit = Callable[[Any], Awaitable[bool]]
"""Commits offsets to the consumer group."""


class StaleChunkError(Exception):
    """
    A chunk of a partition that was given away or sought anew meanwhile: whoever reads it now sends what it becomes.
    """


class Dispatch:
    """
    What one chunk became, on its way to the brokers.

    Args:
        publisher: where its own records go.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.futures: list[asyncio.Future[Any]] = []
        """All that must be confirmed before the chunk is finished, also what is said of it elsewhere."""

    async def send(self, topic: str, records: Sequence[Record], unkeyed: int) -> None:
        """
        Queue records of the chunk in order; see `Publisher.send`.
        """
        self.futures += await self._publisher.send(topic, records, unkeyed)


class Delivery(Protocol):
    """
    One of the ways.
    """

    shared: Publisher
    """Where goes what other chunks rely on too: known at once, and the same however often it is said."""

    def dispatch(self, partition: Partition, chunk: "Chunk") -> AbstractAsyncContextManager[Dispatch]:
        """
        The way of one chunk; left by an exception, the chunk is not finished and never will be.

        Raises:
            StaleChunkError: it must not be sent any more.
        """
        ...

    async def take(self, partitions: Collection[Partition]) -> None:
        """
        Make partitions this worker's own, before their committed offsets are read.
        """
        ...

    def resume(self, positions: Offsets, reading: int) -> None:
        """
        Go on from the committed offsets.

        Args:
            positions: of the partitions that have one.
            reading: the number of this reading, which its chunks bear.
        """
        ...

    async def commit(self, offsets: Offsets, to_group: Commit) -> bool:
        """
        Commit everything before these offsets; whether that was done.
        """
        ...

    async def release(self, partitions: Collection[Partition]) -> None:
        """
        Give partitions away, after what was finished is committed.
        """
        ...
