"""The leak check: every record that comes out is searched for what went in."""

import os
import re
import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from pipeline.kafka_client import Record
from pipeline.simulator import LeakScanner

WINDOW: Final = 5_000
"""Events whose identifiers are looked for together; feeding waits while more are unaccounted for."""

_MAX_QUEUED: Final = 4
_BOX: Final = re.compile(rb"b1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
"""What is sealed to a party: random characters, in which short identifiers would be found by chance."""
_NICENESS: Final = 10

Found = Counter[tuple[str, str]]
"""Identifiers found, by topic and class of identifier."""


class LeakCheck:
    """
    Searches records in windows, beside the demo's other work.

    A record is searched for every identifier of the events that were sent in the same window or in the one before.

    Protects against an identifier that passes a view, also into the record of another event of about the same time.
    Does not see one that comes out after more than `WINDOW` later events have been sent, nor what is sealed to a party.

    Args:
        executor: where the search runs.
    """

    def __init__(self, executor: Executor) -> None:
        self.checked = 0
        """Records searched so far."""
        self.found: Found = Counter()
        """What was found so far."""
        self._executor = executor
        self._running: deque[Future[tuple[int, Found]]] = deque()
        self._events = 0
        self._before: frozenset[str] = frozenset()
        self._planted: set[str] = set()
        self._records: list[tuple[str, bytes]] = []

    @property
    def behind(self) -> bool:
        """
        Whether more windows wait than should.
        """
        return len(self._running) > _MAX_QUEUED

    def plant(self, identifiers: Iterable[str]) -> None:
        """
        An event is about to be sent, with these in it.
        """
        if self._events >= WINDOW:
            self._submit()
        self._events += 1
        self._planted.update(identifiers)

    def search(self, record: Record) -> None:
        """
        Take key, value and headers of a record that came out.
        """
        self._records.append((record.topic, _everything(record)))

    def collect(self) -> None:
        """
        Add up the windows that are done.
        """
        while self._running and self._running[0].done():
            checked, found = self._running.popleft().result()
            self.checked += checked
            self.found += found

    def finish(self) -> Iterator[int]:
        """
        Search what is left; yields the number of windows to go until there are none.
        """
        self._submit()
        while self._running:
            yield len(self._running)
            self._running[0].exception(timeout=None)
            self.collect()

    def _submit(self) -> None:
        identifiers = tuple(self._before | self._planted)
        if identifiers and self._records:
            self._running.append(self._executor.submit(find_leaks, identifiers, self._records))
        self._before = frozenset(self._planted)
        self._planted, self._records, self._events = set(), [], 0


def find_leaks(identifiers: Sequence[str], records: Sequence[tuple[str, bytes]]) -> tuple[int, Found]:
    """
    How many records were searched, and what was found: never a value.

    Args:
        identifiers: to look for.
        records: each with its topic.
    """
    scanner = LeakScanner(identifiers)
    found: Found = Counter()
    for topic, record in records:
        if number := scanner.scan(record):
            found[topic, "+".join(scanner.which(record))] += number
    return len(records), found


@contextmanager
def searcher() -> Iterator[Executor]:
    """
    A process of its own for the search, which gives way to the worker.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _give_way) as executor:
        try:
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the demo decides what ends when
    os.nice(_NICENESS)


def _everything(record: Record) -> bytes:
    # A line feed joins nothing: it is not among the separators that the scanner takes out.
    parts = [record.key or b"", record.value or b""]
    for name, value in record.headers:
        parts += (name.encode(), value or b"")
    return _BOX.sub(b"", b"\n".join(parts))
