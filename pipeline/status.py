"""What a worker knows of itself: whether it moves, and what it still waits for."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.counts import Counts

if TYPE_CHECKING:
    from pipeline.app import ViewsApp
    from pipeline.compacted import CompactedReader
    from pipeline.watchdog import Watchdog


@dataclass(slots=True)
class Status:
    """
    Filled in as a worker starts, and asked by its web port.

    Nothing in it is of an event: topics, partitions, numbers.

    Args:
        counts: what has been done.
        max_lag: seconds for which a topic of state is believed after its end was last seen.
        readers: of the topics of state; none before they are made, and none where state is off.
        watchdog: None until it watches.
        app: None until its agents have started.
        key_version: the one that makes tokens; 0 before keys are loaded.
        stopping: whether the worker was told to end.
        clock: monotonic, in seconds.
    """

    counts: Counts = field(default_factory=Counts)
    max_lag: float = 60.0
    readers: Sequence["CompactedReader"] = ()
    watchdog: "Watchdog | None" = None
    app: "ViewsApp | None" = None
    key_version: int = 0
    stopping: bool = False
    clock: Callable[[], float] = time.monotonic

    def standing(self) -> tuple[str, float]:
        """
        What has waited longest without moving, and for how many seconds; 0 while everything moves.
        """
        return self.watchdog.longest if self.watchdog else ("", 0.0)

    def live(self) -> bool:
        """
        Whether there is progress, or nothing to be done.

        While state is read there is no watchdog yet: how long that may take is the supervisor's to judge.
        """
        return self.watchdog is None or self.standing()[1] < self.watchdog.patience

    def missing(self) -> list[str]:
        """
        What keeps it from being ready, in words; empty when it is.
        """
        said = []
        if not self.key_version:
            said.append("keys are not loaded")
        for reader in self.readers:
            if not reader.loaded:
                said.append(f"{reader.topic} is not read to its end")
            elif self.age(reader) > self.max_lag:
                said.append(f"{reader.topic} is not current")
        if self.app is None:
            said.append("the agents have not started")
        elif self.app.rebalancing:
            said.append("the consumer group is rebalancing")
        if self.stopping:
            said.append("it was told to stop")
        return said

    def age(self, reader: "CompactedReader") -> float:
        """
        Seconds since the end of a topic of state was last seen; infinite before it was.
        """
        return self.clock() - (reader.until - self.max_lag)
