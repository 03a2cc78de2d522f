"""The reader: takes `privacy.subjects` into the store, whatever is in it."""

import time
from collections.abc import Sequence

from pipeline.compacted import CompactedReader, Record
from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.snapshots.keeper import SnapshotKeeper
from pipeline.subjects.record import TOPIC, Unreadable, read_key, read_value
from pipeline.subjects.store import SubjectStore


class SubjectReader(CompactedReader):
    """
    Keeps a store as the topic says.

    Args:
        bootstrap: brokers, `host:port`.
        store: to be filled.
        currency: of the store, to be prolonged.
        counts: to be counted up.
        max_lag: seconds for which the store may be believed after a partition was current.
        keeper: of the store, from one start to the next; None when everything is read at each.
    """

    def __init__(  # noqa: PLR0913 — what it fills, and by which rules
        self,
        bootstrap: Sequence[str],
        store: SubjectStore,
        currency: Currency,
        counts: SubjectCounts,
        max_lag: float,
        *,
        keeper: SnapshotKeeper | None = None,
    ) -> None:
        super().__init__(bootstrap, TOPIC, currency, max_lag, keeper)
        self._store = store
        self._counts = counts
        self._joined: list[CompactedReader] = []

    def join(self, reader: CompactedReader) -> None:
        """
        Another topic fills the store too: believe it as long as both are current, and keep both in one snapshot.
        """
        self._joined.append(reader)

    def limit(self) -> float:
        """
        Up to when the joined topics may be believed.
        """
        return min((reader.until for reader in self._joined), default=float("inf"))

    def kept_together(self) -> Sequence[CompactedReader]:
        """
        Both topics' readers.
        """
        return [self, *self._joined]

    def take(self, record: Record) -> None:
        """
        Take one record, whatever is in it.
        """
        counts, store = self._counts, self._store
        counts.records += 1
        try:
            user = read_key(record.key)
        except Unreadable as unreadable:
            self._unreadable("nobody can tell whom it is about", record, unreadable)
            return
        now = time.time_ns() // 1_000_000
        try:
            if record.value is None:
                change = store.forget(user)
            else:
                subject = read_value(record.value)
                change = store.put(user, subject, min(now, record.timestamp))
                counts.erased += subject.erased_at is not None
        except Unreadable as unreadable:
            change = store.mark_unreadable(user)
            self._unreadable("nothing of its subject is released until it is written again", record, unreadable)
        if change.withdrew and self.loaded:
            counts.withdrawals.add(now - record.timestamp)
        if change.outdated:
            counts.outdated += 1
            self.say(
                "%d records of %s knew less than earlier ones; what they left out is lost when the topic is compacted: "
                "write the whole of a subject's state each time",
                counts.outdated,
                TOPIC,
            )

    def _unreadable(self, consequence: str, record: Record, unreadable: Unreadable) -> None:
        self._counts.unreadable += 1
        self.misread(record, str(unreadable), consequence, self._counts.unreadable)

    def turned(self) -> None:
        """
        Tell how many are known.
        """
        self._counts.known = len(self._store)
