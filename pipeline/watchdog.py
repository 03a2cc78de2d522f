"""A watchdog: a process that stands still while records wait ends itself, and says where."""

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Final, NoReturn

log: Final = logging.getLogger(__name__)

EXIT_STALLED: Final = 69
"""Exit code of a process that stood still and acknowledged nothing unfinished (EX_UNAVAILABLE of sysexits.h)."""

_LOOK_SECONDS: Final = 1.0
_LONGEST_LOOK: Final = 5.0
"""The most seconds that one look counts: a process or machine that was paused has not stood still by itself."""
_LAST_WORDS_SECONDS: Final = 5.0


class Stalls:
    """
    For how long each of several things has waited without moving.

    Args:
        patience: seconds of waiting that are too many.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._waited: dict[str, tuple[Hashable, float]] = {}
        self.longest = ("", 0.0)
        """What has waited longest without moving, and for how many seconds."""

    def look(self, seconds: float, waiting: Mapping[str, Hashable]) -> str | None:
        """
        What has waited too long, if anything.

        Args:
            seconds: since the last look.
            waiting: what waits now, each with a mark that changes whenever it moves.
        """
        now: dict[str, tuple[Hashable, float]] = {}
        for what, mark in waiting.items():
            before, waited = self._waited.get(what, (mark, -seconds))
            now[what] = (mark, waited + seconds if before == mark else 0.0)
        self._waited = now
        self.longest = max(((what, waited) for what, (_, waited) in now.items()), key=itemgetter(1), default=("", 0.0))
        return next((what for what, (_, waited) in now.items() if waited >= self._patience), None)


class Pulse:
    """
    Counts whatever moves in work that says so itself, by calling it.
    """

    def __init__(self) -> None:
        self.beats = 0

    def __call__(self) -> None:
        """
        Something moved.
        """
        self.beats += 1


class Watchdog:
    """
    Ends the process when something waits and does not move, or when the event loop itself hangs.

    Liveness is progress: an open port or a running process says nothing. The loop is watched by a thread, which counts
    its own turns, so that a paused process is none that hangs. A loop that hangs inside code which keeps Python's lock
    stops the thread as well; that only a supervisor can see, by the absence of `healthy`.

    Args:
        patience: seconds without progress that are too many.
        waiting: what waits now, each with a mark that changes whenever it moves.
        healthy: called every second in which nothing has waited too long.
        clock: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        patience: float,
        waiting: Callable[[], Mapping[str, Hashable]],
        healthy: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.patience: Final = patience
        self._stalls = Stalls(patience)
        self._waiting = waiting
        self._healthy = healthy
        self._clock = clock
        self._looked = clock()
        self._silent = 0.0
        self._over = threading.Event()

    @property
    def longest(self) -> tuple[str, float]:
        """
        What has waited longest without moving, and for how many seconds; 0 while everything moves.
        """
        return self._stalls.longest

    async def run(self) -> None:
        """
        Watch until cancelled.
        """
        threading.Thread(target=self._watch_loop, name="watchdog", daemon=True).start()
        self._looked = self._clock()
        try:
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                self._silent = 0.0
                self._look()
        finally:
            self._over.set()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """
        Watch from a thread, for work that no event loop does, until the block ends.
        """
        self._looked = self._clock()
        threading.Thread(target=self._watch_beside, name="watchdog", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()

    def _look(self) -> None:
        self._looked, before = self._clock(), self._looked
        stalled = self._stalls.look(min(self._looked - before, _LONGEST_LOOK), self._waiting())
        if stalled:
            leave(f"nothing moved for {self.patience:g} s in {stalled}, while records wait")
        self._healthy()

    def _watch_beside(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._look()

    def _watch_loop(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._silent += _LOOK_SECONDS
            if self._silent > self.patience:
                leave(f"the event loop has not had a turn for {self.patience:g} s")


@contextmanager
def at_most(seconds: float, why: str) -> Iterator[None]:
    """
    End the process, as `leave` does, unless the block ends in time.

    Args:
        seconds: that it may take.
        why: a sentence without any value of an event.
    """
    overdue = threading.Timer(seconds, leave, (why,))
    overdue.daemon = True
    overdue.start()
    try:
        yield
    finally:
        overdue.cancel()


def leave(why: str) -> NoReturn:
    """
    End the process at once, with nothing acknowledged that is not finished; a supervisor starts it again.

    Args:
        why: a sentence without any value of an event.
    """
    # What hangs may be the log itself, such as a full pipe that nobody reads.
    last = threading.Timer(_LAST_WORDS_SECONDS, os._exit, (EXIT_STALLED,))
    last.daemon = True
    last.start()
    log.critical("this process stood still and ends, to be started again: %s", why)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_STALLED)
