"""At least once: an offset is committed to the group when everything before it is confirmed."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pipeline.delivery import Commit, Dispatch, Offsets, Partition
from pipeline.publisher import Publisher

if TYPE_CHECKING:
    from pipeline.transport import Chunk


class AtLeastOnce:
    """
    Records first, the offset later; a crash in between doubles what lies between, and loses nothing.

    Args:
        publisher: where all records go.
    """

    def __init__(self, publisher: Publisher) -> None:
        self.shared = publisher

    @asynccontextmanager
    async def dispatch(self, partition: Partition, chunk: "Chunk") -> AsyncIterator[Dispatch]:  # noqa: ARG002 — any
        """
        The way of any chunk.
        """
        yield Dispatch(self.shared)

    async def take(self, partitions: Collection[Partition]) -> None:
        """
        Nothing: the group knows whose they are.
        """

    def resume(self, positions: Offsets, reading: int) -> None:
        """
        Nothing: a chunk that is sent twice is one too many, and none too few.
        """

    async def commit(self, offsets: Offsets, to_group: Commit) -> bool:
        """
        To the group, which refuses who is no member any more.
        """
        return await to_group(offsets)

    async def release(self, partitions: Collection[Partition]) -> None:
        """
        Nothing: they are the group's.
        """
