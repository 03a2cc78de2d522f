"""Profiles between workers: what `raw.account` says is known at once, and read by all from `privacy.profiles`."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.broken import Broken
from pipeline.codec import parse
from pipeline.compacted import CompactedReader, Record
from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.subjects.profile import TOPIC, Profile, profile_of, read_profile, write_profile
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.record import Unreadable, read_key
from pipeline.subjects.store import SubjectStore

if TYPE_CHECKING:
    import asyncio

    from pipeline.publisher import Publisher
    from pipeline.publisher import Record as Published
    from pipeline.transport import Records


class ProfileReader(CompactedReader):
    """
    Adds to a store what profiles say, after everything that records say, so that an erasure is known first.

    Args:
        bootstrap: brokers, `host:port`.
        store: to be added to.
        counts: to be counted up.
        max_lag: seconds for which it may be believed after a partition was current.
        first: reads the records; it is believed only as long as profiles are.
    """

    def __init__(
        self, bootstrap: Sequence[str], store: SubjectStore, counts: SubjectCounts, max_lag: float, first: SubjectReader
    ) -> None:
        super().__init__(bootstrap, TOPIC, Currency(), max_lag)
        self._store = store
        self._counts = counts
        self._first = first
        first.join(self)

    async def on_start(self) -> None:
        """
        Read everything that is there, once all records are read.
        """
        await self._first.whole()
        await super().on_start()

    def take(self, record: Record) -> None:
        """
        Take one profile. One that cannot be understood suppresses its person, who may be a child.
        """
        self._counts.profiles += 1
        try:
            user = read_key(record.key)
        except Unreadable as unreadable:
            self._unreadable(record, unreadable, "nobody can tell whose it is")
            return
        try:
            if record.value is None:
                self._store.forget_profile(user)
            else:
                self._store.put_profile(user, read_profile(record.value))
        except Unreadable as unreadable:
            self._store.mark_unreadable(user)
            held = "nothing of its person is released until privacy.subjects says something new of them"
            self._unreadable(record, unreadable, held)

    def _unreadable(self, record: Record, unreadable: Unreadable, consequence: str) -> None:
        self._counts.unreadable += 1
        self.misread(record, str(unreadable), consequence, self._counts.unreadable)


class ProfileFeed:
    """
    Hears the events of `raw.account` before they are processed, so that a child's own profile is a child's already.

    What is new is written, all together that is known of the person's profiles, and confirmed before the event is
    acknowledged. Many workers may write: a profile restricts and never allows, so that whichever comes last does no
    harm beyond forgetting a younger day of birth that another worker had just heard.

    Args:
        store: takes each profile at once.
    """

    def __init__(self, store: SubjectStore) -> None:
        self._store = store
        self._pending: dict[str, Profile] = {}

    def hear(self, records: "Records") -> None:
        """
        Take what the events of a chunk say.
        """
        for user, profile in _said(record.value for record in records):
            before = self._store.profile(user)
            self._store.put_profile(user, profile)
            after = self._store.profile(user)
            if after and (before is None or _protects(after) != _protects(before)):
                self._pending[user] = after

    async def send(self, publisher: "Publisher") -> list["asyncio.Future[Any]"]:
        """
        Write what is new; the futures hold the broker's answers.
        """
        pending, self._pending = self._pending, {}
        now = time.time_ns() // 1_000_000
        records: list[Published] = [
            (now, user.encode(), write_profile(profile), []) for user, profile in pending.items()
        ]
        return await publisher.send(TOPIC, records, 0) if records else []


def _protects(profile: Profile) -> tuple[Any, ...]:
    return profile.birth_date, profile.tracking_opt_out


def _said(values: Iterable[bytes | None]) -> Iterable[tuple[str, Profile]]:
    for value in values:
        try:
            event = parse(value)
        except Broken:
            continue  # the quarantine's
        said = profile_of(event)
        if said:
            yield said
