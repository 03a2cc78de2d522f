"""Sightings: what events name together, known at once, and written before any such event is acknowledged."""

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.links.identifiers import Identifier
from pipeline.links.noted import Notes
from pipeline.links.record import KEPT_DAYS, TOPIC, Boxes, Pair, Sighting, day_at, start_of
from pipeline.links.store import LinkStore
from pipeline.publisher import Publisher

if TYPE_CHECKING:
    import asyncio


def now_ms() -> int:
    """
    Milliseconds since 1970 UTC.
    """
    return time.time_ns() // 1_000_000


class Sightings:
    """
    Notes who is seen with what, once a day.

    A pair waits here until it is sent, and until its record is confirmed every chunk waits for it: one whose sightings
    another has noted and not yet written must not be acknowledged before they are.

    Protects against a link that is known to a worker and lost with it.
    Does not protect against a client that names what is not its own: whom it names it links.

    Args:
        store: takes each pair at once.
        boxes: seals them.
        window: days for which a link holds.
        notes: what was noted, to be forgotten when a pair is taken back.
        now: milliseconds since 1970 UTC.
    """

    def __init__(
        self,
        store: LinkStore,
        boxes: Boxes,
        window: int,
        notes: Notes,
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._store = store
        self._boxes = boxes
        self._window = window
        self._notes = notes
        self._now = now
        self._pending: dict[Pair, Sighting] = {}
        self._waiting: list[asyncio.Future[Any]] = []
        self._sent: list[tuple[list[asyncio.Future[Any]], Mapping[Pair, Sighting]]] = []

    def note(self, named: Iterable[Identifier], time: int) -> int:
        """
        An event names these: stored, if they were not on that day.

        Args:
            named: at most one of each kind; what identifies nothing, or is used for no link, is left out.
            time: of the event, in milliseconds since 1970 UTC; a clock that is ahead does not link for longer.

        Returns:
            On which day, at whose end there is something to note again.
        """
        now = self._now()
        day = day_at(min(time, now))
        if day >= day_at(now) - self._window - KEPT_DAYS:
            for first, second in combinations(named, 2):
                self._see(first, second, day)
        return day

    def repeat(self, sighting: Sighting) -> None:
        """
        The topic lost what is known, to a record that was written late: write it again.
        """
        self._pending[sighting.pair] = sighting

    def settle(self, pair: Pair, day: int) -> None:
        """
        The topic has a pair on that day: what waits to say the same, or less, need not be written.
        """
        waiting = self._pending.get(pair)
        if waiting and waiting.day <= day:
            del self._pending[pair]

    def forget(self, pair: Pair) -> None:
        """
        A pair was taken back: from now on it is noted anew.
        """
        self._pending.pop(pair, None)
        self._notes.clear()

    def unconfirmed(self) -> Iterable[Sighting]:
        """
        What the topic may not have yet: what waits, and what was sent and is not confirmed.
        """
        found: dict[Pair, Sighting] = {}
        for futures, sent in self._sent:
            if not all(future.done() for future in futures):
                found |= sent
        return (found | self._pending).values()

    def clear(self) -> None:
        """
        Nothing waits: what was taken from a snapshot is not believed.
        """
        self._pending.clear()
        self._notes.clear()

    async def send(self, publisher: Publisher) -> list["asyncio.Future[Any]"]:
        """
        Write what waits; the futures of all that is not confirmed yet, whoever noted it.
        """
        self._notes.today(day_at(self._now()))
        self._waiting = [future for future in self._waiting if not future.done()]
        self._sent = [(futures, sent) for futures, sent in self._sent if not all(future.done() for future in futures)]
        sent = dict(self._pending)
        if sent:
            records = [self._record(sighting) for sighting in sent.values()]
            futures = await publisher.send(TOPIC, records, 0)
            for pair, sighting in sent.items():
                self.settle(pair, sighting.day)
            self._waiting += futures
            self._sent.append((futures, sent))
        return list(self._waiting)

    def _see(self, first: Identifier, second: Identifier, day: int) -> None:
        pair = Pair.of(first, second)
        if self._store.put(pair, day):
            self._pending[pair] = Sighting(first, second, day)

    def _record(self, sighting: Sighting) -> tuple[int, bytes, bytes, list[tuple[str, bytes]]]:
        key, value = self._boxes.write(sighting)
        return start_of(sighting.day), key, value, []
