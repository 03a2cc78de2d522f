"""
The log of a worker: its chain of audit records, published in order beside the events.

It has a producer of its own, and is a door to aiokafka for it: the chain opens before the first event is read and
closes after the last chunk, when Faust's producer is already gone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol
from zlib import crc32

from aiokafka import AIOKafkaProducer

from pipeline.audit.chain import Chain
from pipeline.audit.record import CHUNK, END, START, TOPIC
from pipeline.audit.signing import SigningKey
from pipeline.connection import Connection
from pipeline.transport import secured

PROGRAM: Final = "qingliu worker"


class ChunkLog(Protocol):
    """
    Who is told of chunks.
    """

    def chunk(self, body: Mapping[str, Any]) -> "asyncio.Future[Any]":
        """
        Say what became of a chunk; the future is done when that is kept.
        """
        ...


class AuditLog:
    """
    One chain, from the start of a worker to its end.

    A record gets its number when it is handed to the producer, by one task that does nothing else, so that no
    cancelled agent and no wait leaves a hole or changes the order. When a record could not be written none follows it;
    who waits for one of them waits until the process ends, as it does at the first one's error.

    Args:
        bootstrap: brokers, `host:port`.
        signing: of the deployment.
        group: the worker's consumer group.
        seconds: that a record may wait for its broker.
    """

    def __init__(self, bootstrap: Sequence[str], signing: SigningKey, group: str, seconds: float) -> None:
        self._bootstrap = list(bootstrap)
        self._milliseconds = int(seconds * 1_000)
        self._chain = Chain(signing)
        self._group = group
        self._waiting: asyncio.Queue[tuple[str, Mapping[str, Any], asyncio.Future[None]]] = asyncio.Queue()
        self._producer: AIOKafkaProducer | None = None
        self._writing: asyncio.Task[None] | None = None

    async def start(self, policies: Mapping[str, str]) -> None:
        """
        Open the chain; it returns when that is kept.

        Args:
            policies: hashes by clean topic.
        """
        self._producer = producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            enable_idempotence=True,  # a repeated request neither doubles nor reorders records
            request_timeout_ms=self._milliseconds,
            **secured(Connection.from_environment()),
        )
        await producer.start()
        partitions = sorted(await producer.partitions_for(TOPIC))
        # Chosen once: a topic that gets more partitions meanwhile does not scatter the chain.
        partition = partitions[crc32(self._chain.key) % len(partitions)]
        self._writing = asyncio.create_task(self._write(producer, partition))
        await self._append(START, self._chain.opening(PROGRAM, policies))

    def chunk(self, body: Mapping[str, Any]) -> "asyncio.Future[None]":
        """
        Say what became of a chunk; the future is done when that is kept.
        """
        return self._append(CHUNK, {"group": self._group, **body})

    def say(self, kind: str, body: Mapping[str, Any]) -> "asyncio.Future[None]":
        """
        Say something else; the future is done when that is kept, and no chunk that is told of later is kept before.

        Args:
            kind: one of `pipeline.audit.record.KINDS`.
            body: the members of that kind.
        """
        return self._append(kind, body)

    async def stop(self) -> None:
        """
        Close the chain.
        """
        if self._producer is None or self._writing is None:
            return
        await self._append(END, {})
        self._writing.cancel()
        await self._producer.stop()

    def _append(self, kind: str, body: Mapping[str, Any]) -> "asyncio.Future[None]":
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((kind, body, done))
        return done

    async def _write(self, producer: AIOKafkaProducer, partition: int) -> None:
        while True:
            kind, body, done = await self._waiting.get()
            try:
                value = self._chain.append(kind, body)
                sent = await producer.send(TOPIC, value, self._chain.key, partition)
            except Exception as error:  # noqa: BLE001 — told to who waits, whatever it is
                _settle(done, error)
                return
            sent.add_done_callback(partial(_pass_on, done))


def _pass_on(done: "asyncio.Future[None]", sent: "asyncio.Future[Any]") -> None:
    _settle(done, asyncio.CancelledError() if sent.cancelled() else sent.exception())


def _settle(done: "asyncio.Future[None]", error: BaseException | None) -> None:
    if done.done():
        return  # who waited was cancelled
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
