"""Exactly once: records and offset of each raw partition in transactions under the partition's own name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.delivery import Commit, Dispatch, Offsets, Partition, StaleChunkError
from pipeline.publisher import Publisher, Record, Sender

if TYPE_CHECKING:
    from pipeline.transport import Chunk


class Transactional(Sender, Protocol):
    """
    A producer whose records are seen together with the offset they come from, or not at all.
    """

    async def begin(self) -> None:
        """
        Begin a transaction.
        """
        ...

    async def commit(self, offset: int) -> None:
        """
        End it: its records are there, and everything before the offset is done.
        """
        ...

    async def abort(self) -> None:
        """
        End it as if nothing had been sent.
        """
        ...

    async def stop(self) -> None:
        """
        Close the producer.
        """
        ...


Open = Callable[[Partition], Awaitable[Transactional]]
"""Opens a producer under a partition's name, which fences whoever had it and ends what they left open."""


class ExactlyOnce:
    """
    Readers of committed records see what each raw record became once, whoever is killed, paused or cut off when.

    A partition's name is a lock: opening a producer under it fences every other, and ends its transaction. The offset
    is read only after that, so that what an earlier owner committed is known and what it did not commit never was. From
    there on chunks are taken only without a gap and in order, and the offset is committed with exactly what was made of
    them. A seek gives up what is not committed.

    What is said through `shared` is outside: it stands even if the transaction does not, and is confirmed before it.

    Protects readers of committed records (`isolation.level=read_committed`).
    Does not protect those who read others too, nor from the same event being written to a raw topic twice.

    Args:
        publisher: for what other chunks rely on too.
        open_producer: under the name of a partition.
    """

    def __init__(self, publisher: Publisher, open_producer: Open) -> None:
        self.shared = publisher
        self._open = open_producer
        self._held: dict[Partition, _Held] = {}

    def dispatch(self, partition: Partition, chunk: "Chunk") -> AbstractAsyncContextManager[Dispatch]:
        """
        The way of the chunk that comes next in its partition, within a transaction.

        Raises:
            StaleChunkError: the partition was given away, or the chunk belongs to a reading that a seek has ended.
            RuntimeError: records are missing before the chunk, or it was there already.
        """
        held = self._held.get(partition)
        if held is None:
            raise StaleChunkError
        return held.dispatch(chunk)

    async def take(self, partitions: Collection[Partition]) -> None:
        """
        Fence whoever had these partitions, and give up what was sent of them and not committed.
        """
        await self.release(self._held.keys() - set(partitions))
        await asyncio.gather(*(held.abandon() for held in self._held.values()))
        await asyncio.gather(*(self._take(each) for each in partitions if each not in self._held))

    def resume(self, positions: Offsets, reading: int) -> None:
        """
        Go on from the committed offsets, with chunks of this reading alone.
        """
        for partition, held in self._held.items():
            held.resume(positions.get(partition), reading)

    async def commit(self, offsets: Offsets, to_group: Commit) -> bool:  # noqa: ARG002 — not by it
        """
        End the transactions of these partitions.
        """
        held = [self._held[partition] for partition in offsets if partition in self._held]
        return all(await asyncio.gather(*(each.commit() for each in held)))

    async def release(self, partitions: Collection[Partition]) -> None:
        """
        Give up what is not committed, and the names.
        """
        held = [self._held.pop(each) for each in list(partitions) if each in self._held]
        await asyncio.gather(*(each.close() for each in held))

    async def _take(self, partition: Partition) -> None:
        self._held[partition] = _Held(await self._open(partition))


class _Waiting(Dispatch):
    """
    What a chunk became, kept until the partition has its turn.
    """

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(publisher)
        self._parts: list[tuple[str, Sequence[Record], int]] = []

    async def send(self, topic: str, records: Sequence[Record], unkeyed: int) -> None:
        self._parts.append((topic, records, unkeyed))

    async def go(self) -> list["asyncio.Future[Any]"]:
        sent = []
        for part in self._parts:
            sent += await self._publisher.send(*part)
        return sent


class _Held:
    """
    A raw partition of this worker's, and what of it is in the open transaction.

    While one transaction is ended chunks go on to be processed; what they become waits for the next one.
    """

    def __init__(self, producer: Transactional) -> None:
        self._producer = producer
        self._publisher = Publisher(producer)
        self._turn = asyncio.Lock()
        self._reading: int | None = None
        self._position: int | None = None  # None before the first chunk of a partition without a committed offset
        self._begun = self._broken = False
        self._sent = 0
        self._futures: list[asyncio.Future[Any]] = []

    def resume(self, position: int | None, reading: int) -> None:
        self._reading, self._position = reading, position

    @asynccontextmanager
    async def dispatch(self, chunk: "Chunk") -> AsyncIterator[Dispatch]:
        self._check(chunk)
        dispatch = _Waiting(self._publisher)
        yield dispatch
        self._check(chunk)
        self._position = chunk[-1].offset + 1
        dispatch.futures = [asyncio.create_task(self._send(chunk, dispatch, dispatch.futures))]

    async def commit(self) -> bool:
        async with self._turn:
            if self._broken:
                return False
            if self._begun:
                await asyncio.gather(*self._futures)
                await self._producer.commit(self._sent)
                self._ended()
            return True

    async def abandon(self) -> None:
        self._reading = None
        async with self._turn:
            if self._begun:
                await self._producer.abort()
                self._ended()

    async def close(self) -> None:
        await self.abandon()
        await self._producer.stop()

    def _check(self, chunk: "Chunk") -> None:
        if chunk.reading != self._reading:
            raise StaleChunkError
        if self._position not in {None, chunk.start}:
            msg = "a chunk came out of turn"
            raise RuntimeError(msg)

    async def _send(self, chunk: "Chunk", dispatch: _Waiting, told: "list[asyncio.Future[Any]]") -> None:
        async with self._turn:
            if self._broken:
                msg = "the chunk before was sent half"
                raise RuntimeError(msg)
            if not self._begun:
                await self._producer.begin()
                self._begun = True
            self._broken = True  # and stays so when the chunk is given up half way
            futures = told + await dispatch.go()
            self._broken = False
            self._futures += futures
            self._sent = chunk[-1].offset + 1
        await asyncio.gather(*futures)

    def _ended(self) -> None:
        self._begun = self._broken = False
        self._futures.clear()
