"""The reader: takes `privacy.links` into the store, whatever is in it."""

from collections.abc import Callable, Sequence
from typing import Final

from pipeline.compacted import CompactedReader, Record
from pipeline.counts import LinkCounts
from pipeline.currency import Currency
from pipeline.links.record import KEPT_DAYS, TOPIC, Boxes, Sighting, Unreadable, day_at, read_key, read_value
from pipeline.links.sightings import Sightings, now_ms
from pipeline.links.store import LinkStore
from pipeline.snapshots.keeper import SnapshotKeeper

_SWEPT: Final = 512  # buckets after a fetch: about 2 ms, and all of them in minutes


class LinkReader(CompactedReader):
    """
    Keeps a store as the topic says, and the topic as the store knows.

    A record that knows less than an earlier one comes from a worker that had not yet read that one. The earlier one is
    written again, or it would be lost when the topic is compacted. A record that is not understood counts as a sighting
    on the day it was written.

    Args:
        bootstrap: brokers, `host:port`.
        store: to be filled.
        sightings: writes again what the topic lost.
        boxes: opens records that are to be written again.
        window: days for which a link holds.
        currency: of the store, to be prolonged.
        counts: to be counted up.
        max_lag: seconds for which the store may be believed after a partition was current.
        keeper: of the store, from one start to the next; None when everything is read at each.
        now: milliseconds since 1970 UTC.
    """

    def __init__(  # noqa: PLR0913 — what takes part in reading
        self,
        bootstrap: Sequence[str],
        *,
        store: LinkStore,
        sightings: Sightings,
        boxes: Boxes,
        window: int,
        currency: Currency,
        counts: LinkCounts,
        max_lag: float,
        keeper: SnapshotKeeper | None = None,
        now: Callable[[], int] = now_ms,
    ) -> None:
        super().__init__(bootstrap, TOPIC, currency, max_lag, keeper)
        self._store = store
        self._sightings = sightings
        self._boxes = boxes
        self._window = window
        self._counts = counts
        self._now = now

    def take(self, record: Record) -> None:
        """
        Take one record, whatever is in it.
        """
        self._counts.records += 1
        try:
            pair = read_key(record.key)
        except Unreadable as unreadable:
            self._unreadable("nobody can tell whom it is about", record, unreadable)
            return
        if record.value is None:
            self._store.drop(pair)
            self._sightings.forget(pair)
            return
        now = self._now()
        day = written = max(day_at(min(now, record.timestamp)), 0)
        try:
            day = min(read_value(record.value), written)
        except Unreadable as unreadable:
            self._unreadable("it counts as a sighting on the day it was written", record, unreadable)
        if day < self._oldest(now):
            return
        known = self._store.day(pair)
        if day < known:
            self._counts.outdated += 1
            self._repeat(record, known)
            return
        self._store.put(pair, day)
        self._sightings.settle(pair, day)

    def turned(self) -> None:
        """
        Forget what is over, a little at a time.
        """
        self._store.sweep(self._oldest(self._now()), _SWEPT)
        self._counts.known = len(self._store)

    def _oldest(self, now: int) -> int:
        return day_at(now) - self._window - KEPT_DAYS

    def _repeat(self, record: Record, day: int) -> None:
        try:
            opened = self._boxes.open(record.key or b"", record.value or b"")
        except Unreadable as unreadable:
            self._unreadable("what is known of its pair cannot be written again", record, unreadable)
            return
        self._sightings.repeat(Sighting(opened.first, opened.second, day))

    def _unreadable(self, consequence: str, record: Record, unreadable: Unreadable) -> None:
        self._counts.unreadable += 1
        self.misread(record, str(unreadable), consequence, self._counts.unreadable)
