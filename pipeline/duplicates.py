"""Duplicates, for who reads clean topics: a crash of a worker that delivers at least once doubles some records."""

from collections.abc import Iterable
from typing import Final

SOURCE: Final = "source"
"""The header by which a record's raw record is known."""


class Duplicates:
    """
    Remembers the sources of the latest records of a clean topic, and tells those that come again.

    What is doubled comes again soon: a worker's commits are a second apart, and what lies between two of them is all
    that a crash doubles. Let it remember several times what the topic holds in a commit interval and a restart.

    Tells of every record that came within the latest so many. Does not tell of one that lies further back, that was
    made again after the keys were rotated, or that another consumer had: records without a key may come again in
    another partition, so that one of these has to see them all. It forgets all when its process ends; who must not,
    keeps the sources beside what it makes of the records, in one transaction.

    Args:
        remember: sources, about 100 bytes each.

    Raises:
        ValueError: it is to remember nothing.
    """

    def __init__(self, remember: int = 200_000) -> None:
        if remember < 1:
            msg = f"remember must be 1 or more, not {remember}"
            raise ValueError(msg)
        self._remember = remember
        self._sources: dict[bytes, None] = {}

    def again(self, headers: Iterable[tuple[str, bytes | None]]) -> bool:
        """
        Whether a record came before; it is remembered from now on.

        Args:
            headers: of the record, as Kafka clients give them.

        Raises:
            ValueError: it has no source, and is no record of a clean topic.
        """
        source = dict(headers).get(SOURCE)
        if source is None:
            msg = "the record has no source: it is not of a clean topic"
            raise ValueError(msg)
        if source in self._sources:
            return True
        self._sources[source] = None
        if len(self._sources) > self._remember:
            del self._sources[next(iter(self._sources))]
        return False
