"""The table: links put together, for a worker and for whoever wants to know what one would decide."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from pipeline.counts import LinkCounts
from pipeline.currency import Currency
from pipeline.links.deciding import LinkDecider
from pipeline.links.identifiers import Identifiers
from pipeline.links.noted import Notes
from pipeline.links.reader import LinkReader
from pipeline.links.record import Boxes
from pipeline.links.sightings import Sightings, now_ms
from pipeline.links.snapshot import LinkSnapshot
from pipeline.links.store import BUCKETS, LinkStore
from pipeline.snapshots.keeper import SnapshotKeeper
from pipeline.subjects.deciding import Decider
from pipeline.subjects.store import SubjectStore


class LinkTable:
    """
    A store of links, what fills it and what asks it.

    Args:
        key: of links, 32 bytes.
        window: days for which a link holds, from 1.
        persons: decides about persons.
        subjects: their store.
        counts: to be counted up.
        clock: monotonic, in seconds.
        now: milliseconds since 1970 UTC.
        buckets: of the store, a power of two.
    """

    def __init__(  # noqa: PLR0913 — two of them are clocks
        self,
        key: bytes,
        window: int,
        persons: Decider,
        subjects: SubjectStore,
        counts: LinkCounts,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], int] = now_ms,
        buckets: int = BUCKETS,
    ) -> None:
        identifiers = Identifiers(key, subjects.digest_of)
        self._boxes = Boxes(key)
        self._window = window
        self._counts = counts
        self._now = now
        self.store: Final = LinkStore(buckets)
        self.currency: Final = Currency()
        self.notes: Final = Notes()
        self.sightings: Final = Sightings(self.store, self._boxes, window, self.notes, now)
        decider = LinkDecider(
            persons=persons,
            subjects=subjects,
            store=self.store,
            sightings=self.sightings,
            notes=self.notes,
            identifiers=identifiers,
            window=window,
            currency=self.currency,
            counts=counts,
            clock=clock,
            now=now,
        )
        self.kept: Final = LinkSnapshot(self.store, self.sightings, self._boxes, window)
        """What a snapshot keeps."""
        self.decide: Final = decider.decide
        """`decide(user_id, device_id, cookie_id, time)`, as the engine asks it."""

    def reader(self, bootstrap: Sequence[str], max_lag: float, keeper: SnapshotKeeper | None = None) -> LinkReader:
        """
        What reads the topic.

        Args:
            bootstrap: brokers, `host:port`.
            max_lag: seconds for which links may be believed after a partition was current.
            keeper: of `kept`; None when everything is read at each start.
        """
        return LinkReader(
            bootstrap,
            store=self.store,
            sightings=self.sightings,
            boxes=self._boxes,
            window=self._window,
            currency=self.currency,
            counts=self._counts,
            max_lag=max_lag,
            keeper=keeper,
            now=self._now,
        )
