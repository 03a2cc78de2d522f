"""Agents: chunks of a raw topic in, clean and quarantine records out, and only then the acknowledgement."""

import asyncio
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, cast

import faust
from faust.types import EventT, StreamT

from pipeline.audit.chunk import Audited, outcomes
from pipeline.audit.log import ChunkLog
from pipeline.broken import Broken
from pipeline.counts import Counts
from pipeline.delivery import Delivery, StaleChunkError
from pipeline.engine import TopicEngine
from pipeline.erasure.children import Children
from pipeline.flood import Floods
from pipeline.links.sightings import Sightings
from pipeline.logs import describe
from pipeline.publisher import Publisher, Record, mix
from pipeline.quarantine import Quarantine, quarantine_topic
from pipeline.sealing import Sealer
from pipeline.source import SourceTokens
from pipeline.transport import Chunk, Records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from faust.streams import Stream

    from pipeline.subjects.profiles import ProfileFeed

log: Final = logging.getLogger(__name__)

_HOUR_MS: Final = 3_600_000

_TURN: Final = 0.05
"""Seconds of processing after which the loop's other work has its turn."""

EXIT_UNEXPECTED: Final = 75
"""Exit code of a worker that met the unexpected and acknowledged nothing (EX_TEMPFAIL of sysexits.h: try again)."""


class Outbox(Protocol):
    """
    What was learnt from events and waits to be written.
    """

    async def send(self, publisher: Publisher) -> list["asyncio.Future[Any]"]:
        """
        Write it; the futures of all that is not confirmed yet.
        """
        ...


class TopicAgent:
    """
    Processes the chunks of one raw topic.

    A chunk's events are processed in order; every few hundredths of a second the loop's other work, such as heartbeats,
    has its turn, for the search of a long text may take as much as a thousand other events. Its records are queued in
    order, and while the broker has not yet answered for all of them the next chunks may already be processed; each is
    acknowledged only after every one of its own records, quarantine included, was confirmed.

    Args:
        engine: of the topic.
        sealer: of the privacy officer, for quarantine.
        delivery: how records and offsets go.
        counts: what has been done.
        in_flight: chunks that may wait for the broker at the same time.
        audit: told of each chunk; a chunk is not acknowledged before that is kept.
        sightings: what the events name together; None when links are off.
        profiles: what the events say of persons; None for topics that say nothing.
        children: whom the events tell to be one; None when subject state is off.
        floods: told which share was broken, and knows whether to go on; None when nobody watches that.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — what takes part in processing a chunk
        self,
        engine: TopicEngine,
        sealer: Sealer,
        delivery: Delivery,
        counts: Counts,
        in_flight: int,
        audit: ChunkLog,
        *,
        sightings: Sightings | None = None,
        profiles: "ProfileFeed | None" = None,
        children: Children | None = None,
        floods: Floods | None = None,
    ) -> None:
        self._delivery = delivery
        self._audit = audit
        self._counts = counts
        self._profiles = profiles
        self._outboxes: list[Outbox] = [each for each in (sightings, profiles, children) if each]
        self._floods = floods
        self._slots = asyncio.Semaphore(in_flight)
        self._waiting: set[asyncio.Task[None]] = set()
        self._topic = engine.contract.topic
        self._in_hand = asyncio.Lock()
        self._policies = [view.policy() for view in engine.views]
        self._quarantine = Quarantine(sealer, "+".join(self._policies))
        self._headers = [
            (("policy", policy.encode()), ("schema", view.schema.encode()))
            for policy, view in zip(self._policies, engine.views, strict=True)
        ]
        self._take(engine)
        counts.unknown[self._topic] = engine.unknown

    async def use(self, engine: TopicEngine) -> None:
        """
        Go on with other keys; a chunk in hand is finished with those it began with.

        Args:
            engine: of the same topic and views.
        """
        async with self._in_hand:
            self._take(engine)

    def _take(self, engine: TopicEngine) -> None:
        self._engine = engine
        self._sources = [SourceTokens(bound.keys, self._topic) for bound in engine.bound]
        self._audited = [
            Audited(view, policy, tokens.key_version)
            for view, policy, tokens in zip(engine.views, self._policies, self._sources, strict=True)
        ]

    async def run(self, stream: StreamT[Any]) -> None:
        """
        Process chunks until the stream ends.
        """
        events: AsyncIterator[EventT[Any]] = cast("Stream[Any]", stream).noack().events()
        async for event in events:
            if self._floods and self._topic in self._floods.stopped:
                continue
            await self._slots.acquire()
            try:
                async with self._in_hand:
                    futures = await self._publish(event.message.partition, cast("Chunk", event.value))
            except asyncio.CancelledError:
                self._slots.release()
                raise
            except StaleChunkError:
                futures = []
            except Exception as error:  # noqa: BLE001 — acknowledging anything behind this would lose events
                end(error)
            task = asyncio.create_task(self._confirm(event, futures))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _publish(self, partition: int, records: Chunk) -> list["asyncio.Future[Any]"]:
        if self._profiles:
            self._profiles.hear(records)
        outputs, held, quarantined = await self._process(partition, records)
        first = records[0].offset
        async with self._delivery.dispatch((self._topic, partition), records) as dispatch:
            for view, clean in zip(self._engine.views, outputs, strict=True):
                if clean:
                    mix(clean)
                    await dispatch.send(view.topic, clean, first)
            if held:
                await dispatch.send(quarantine_topic(self._topic), held, first)
            for outbox in self._outboxes:
                dispatch.futures += await outbox.send(self._delivery.shared)
            dispatch.futures.append(
                self._audit.chunk(self._said(partition, records, quarantined, [*map(len, outputs)]))
            )
        records.sent = True
        if self._floods:
            self._floods.observe(self._topic, len(records), quarantined)
        return dispatch.futures

    def _said(
        self, partition: int, records: Chunk, quarantined: Mapping[str, int], clean: Sequence[int]
    ) -> dict[str, Any]:
        """
        What the audit is told of a chunk that was just processed.
        """
        released = {view.recipient: number for view, number in zip(self._engine.views, clean, strict=True)}
        return {
            "topic": self._topic,
            "partition": partition,
            "start": records.start,
            "first": records[0].offset,
            "last": records[-1].offset,
            "read": len(records),
            "quarantined": dict(sorted(quarantined.items())),
            "grants": dict(sorted(self._engine.granted.items())),
            "views": outcomes(self._audited, self._engine.tally, released),
        }

    async def _process(
        self, partition: int, records: Records
    ) -> tuple[list[list[Record]], list[Record], Mapping[str, int]]:
        views = range(len(self._engine.views))
        outputs: list[list[Record]] = [[] for _ in views]
        held: list[Record] = []
        quarantined: Counter[str] = Counter()
        self._engine.tally.clear()
        self._engine.granted.clear()
        offsets = [record.offset for record in records]
        sources = [tokens.seal(partition, offsets) for tokens in self._sources]
        process = self._engine.process
        passed = len(records)
        now = time.time_ns() // 1_000_000
        hour = now - now % _HOUR_MS
        clock = time.monotonic
        turn_ends = clock() + _TURN
        raws = [record.value for record in records]
        searched = 0
        for position, record in enumerate(records):
            if position == searched:
                searched = self._engine.ahead(raws, position)
            if clock() > turn_ends:
                self._counts.turns[self._topic] += 1
                await asyncio.sleep(0)
                turn_ends = clock() + _TURN
            try:
                results = process(record.value)
            except Broken as broken:
                passed -= 1
                quarantined[broken.reason.value] += 1
                self._counts.quarantined[self._topic, broken.reason.value] += 1
                coordinates = (self._topic, partition, record.offset)
                parts = self._quarantine.records(*coordinates, record.key, record.value, broken)
                held += [(hour, None, part, []) for part in parts]
                continue
            for view in views:
                result = results[view]
                if result is not None:
                    value, key, timestamp = result
                    if timestamp > now:
                        # A clock that is ahead. Brokers refuse such records, or keep them longer than was promised.
                        timestamp = hour
                    headers = [*self._headers[view], ("source", sources[view][position])]
                    outputs[view].append((timestamp, key, value, headers))
        self._counts.turns[self._topic] += 1
        self._counts.read[self._topic] += len(records)
        for declared, clean in zip(self._engine.views, outputs, strict=True):
            self._counts.released[self._topic, declared.recipient] += len(clean)
            self._counts.suppressed[self._topic, declared.recipient] += passed - len(clean)
        return outputs, held, quarantined

    async def _confirm(self, event: EventT[Any], futures: list["asyncio.Future[Any]"]) -> None:
        try:
            await asyncio.gather(*futures)
            event.ack()
        except Exception as error:  # noqa: BLE001 — a record was not confirmed
            end(error)
        finally:
            self._slots.release()


def end(error: BaseException) -> NoReturn:
    """
    End the process at once, with nothing acknowledged that is not finished; a supervisor starts it again.

    The log names types and places of the error, never its message, which may hold a value.
    """
    log.critical("the worker ends, to be started again: %s", describe(error))
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_UNEXPECTED)


def register(app: faust.App, agent: TopicAgent, topic: Any) -> None:
    """
    Make an agent of the app that reads a raw topic.
    """

    async def chunks(stream: StreamT[Any]) -> None:
        await agent.run(stream)

    app.agent(topic, name=f"views.{topic.get_topic_name()}", concurrency=1)(chunks)
