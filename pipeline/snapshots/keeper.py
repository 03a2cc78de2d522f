"""The keeper: takes snapshots of the store now and then, and starts from the last one."""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.kafka_client import Extent, KafkaClientError, extent
from pipeline.logs import describe
from pipeline.snapshots.file import Header, Kept, Unusable, read_snapshot, write_snapshot

if TYPE_CHECKING:
    from pipeline.compacted import CompactedReader

log: Final = logging.getLogger(__name__)

SUFFIX: Final = ".snapshot"

_EVERY_SECONDS: Final = 300.0
_OLDEST_MS: Final = 12 * 60 * 60 * 1_000
"""Half of the 24 h (`delete.retention.ms`) after which a compacted topic may have lost a tombstone."""


class SnapshotKeeper:
    """
    Keeps a snapshot of a store and of how far the topics were read that fill it.

    Protects against reading millions of records at each start. Whatever is wrong with a snapshot, it is ignored with
    one warning and the topics are read whole: another key, views, topic or cluster, damage, age, or positions that the
    topics do not have.

    Args:
        folder: of the file; made when it is missing.
        name: of what is kept, and of the file.
        key: 32 bytes, of this name alone.
        store: to be filled, and to be kept.
        bootstrap: brokers, `host:port`.
    """

    def __init__(self, folder: Path, name: str, key: bytes, store: Kept, bootstrap: Sequence[str]) -> None:
        self._path = folder / f"{name}{SUFFIX}"
        self._name = name
        self._key = key
        self._store = store
        self._readers: dict[str, CompactedReader] = {}
        self._bootstrap = ",".join(bootstrap)
        self._identities: dict[str, str] = {}
        self._saved: dict[str, dict[int, int]] = {}
        self._writing = threading.Lock()

    async def load(self, readers: "Sequence[CompactedReader]") -> None:
        """
        Fill the store from the last snapshot, and let the readers of the topics that fill it go on from there.

        Args:
            readers: not yet started.
        """
        self._readers = {reader.topic: reader for reader in readers}
        try:
            extents = await asyncio.to_thread(self._extents)
            self._identities = {topic: found.identity for topic, found in extents.items()}
            header = await asyncio.to_thread(read_snapshot, self._path, self._key, self._store)
            self._check(header, extents)
        except (Unusable, KafkaClientError) as unusable:
            self._store.clear()
            log.warning("the snapshot of %s is not used, everything is read: %s", self._name, str(unusable))
            return
        for topic, reader in self._readers.items():
            reader.resume(header.positions[topic])
        self._saved = {topic: dict(positions) for topic, positions in header.positions.items()}
        log.info("%s: %d from a snapshot; reading what came since", self._name, len(self._store))

    async def run(self) -> None:
        """
        Take a snapshot every few minutes, for ever.
        """
        while True:
            await self.save()
            await asyncio.sleep(_EVERY_SECONDS)

    async def save(self) -> None:
        """
        Take a snapshot, unless nothing came since the last one or not everything was read yet.

        The store is frozen within some milliseconds, and written by a thread.
        """
        positions = {topic: reader.positions for topic, reader in self._readers.items()}
        if positions == self._saved or not (self._identities and all(r.loaded for r in self._readers.values())):
            return
        header = Header(time.time_ns() // 1_000_000, positions, self._identities)
        try:
            await asyncio.to_thread(self._write, self._store.frozen(), header)
        except OSError as error:
            log.warning("no snapshot of %s could be written: %s", self._name, describe(error))
            return
        self._saved = positions

    def _write(self, store: Kept, header: Header) -> None:
        """
        One at a time: a thread writes on when whoever waits for it is cancelled, as at a stop.
        """
        with self._writing:
            write_snapshot(self._path, self._key, store, header)

    def _extents(self) -> dict[str, Extent]:
        return {topic: extent(self._bootstrap, topic) for topic in self._readers}

    @staticmethod
    def _check(header: Header, extents: dict[str, Extent]) -> None:
        age = time.time_ns() // 1_000_000 - header.taken_at
        if not 0 <= age <= _OLDEST_MS:
            msg = "it is older than 12 hours"
            raise Unusable(msg)
        for topic, found in extents.items():
            positions = header.positions.get(topic)
            if positions is None or header.identities.get(topic) != found.identity:
                msg = f"{topic} is another one than it was"
                raise Unusable(msg)
            for number, offset in positions.items():
                first, end = found.offsets.get(number, (0, -1))
                if not first <= offset <= end:
                    msg = f"{topic} does not have what it was read to"
                    raise Unusable(msg)
