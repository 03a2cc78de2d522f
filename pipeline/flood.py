"""Floods of broken events: an alarm when too many of a topic go to quarantine, and its stop where that is wished."""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Final

from pipeline.broken import Reason
from pipeline.counts import Counts

log: Final = logging.getLogger(__name__)

_LEAST_EVENTS: Final = 1_000
_LEAST_SECONDS: Final = 10.0
_REMIND_SECONDS: Final = 60.0

_STOPPED: Final = (
    "; nothing of it is taken any more, nothing is acknowledged, and raw events are kept only for the retention of the "
    "topic. Repair what writes them and start the worker again, or start it with QINGLIU_FLOOD=alarm: good events "
    "then pass and broken ones are held"
)
_GOES_ON: Final = "; good events pass and broken ones are held. `qingliu quarantine list` tells more"


class Window:
    """
    What became of a topic's latest events: at least 1,000 of them and at least ten seconds, in whole chunks.
    """

    def __init__(self) -> None:
        self._chunks: deque[tuple[float, int, Mapping[str, int]]] = deque()
        self._reasons: Counter[str] = Counter()
        self.read = 0
        """Events it holds."""

    @property
    def broken(self) -> int:
        """
        How many of them went to quarantine.
        """
        return self._reasons.total()

    @property
    def commonest(self) -> Reason:
        """
        For what reason most of them did.
        """
        return Reason(max(self._reasons, key=self._reasons.__getitem__))

    def add(self, now: float, read: int, quarantined: Mapping[str, int]) -> None:
        """
        One more chunk; the oldest go.
        """
        self._chunks.append((now, read, quarantined))
        self.read += read
        self._reasons.update(quarantined)
        while self.read - self._chunks[0][1] >= _LEAST_EVENTS and now - self._chunks[1][0] >= _LEAST_SECONDS:
            _, read, gone = self._chunks.popleft()
            self.read -= read
            self._reasons.subtract(gone)


class Floods:
    """
    Watches for each topic which share of its events is broken.

    A bad release upstream breaks most events of a topic at once. The good ones pass all the same; somebody is told.
    What is told is topic, share and the commonest reason, never a value.

    Args:
        share: of broken events above which it is a flood; 1 for never.
        counts: where floods are counted.
        stop: called once with the topic that is to be left alone; None when floods only raise an alarm.
        clock: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        share: float,
        counts: Counts,
        stop: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._share = share
        self._counts = counts
        self._stop = stop
        self._clock = clock
        self._windows: dict[str, Window] = {}
        self._told: dict[str, float] = {}
        self.stopped: set[str] = set()
        """Topics of which no chunk is to be processed any more."""

    def observe(self, topic: str, read: int, quarantined: Mapping[str, int]) -> None:
        """
        Learn what became of a chunk.

        Args:
            topic: raw topic.
            read: events in the chunk.
            quarantined: how many of them went to quarantine, by reason.
        """
        window = self._windows.setdefault(topic, Window())
        window.add(self._clock(), read, quarantined)
        if window.read < _LEAST_EVENTS or window.broken <= self._share * window.read:
            if self._told.pop(topic, None) is not None:
                log.info("%s: the flood of broken events is over", topic)
            return
        if topic not in self._told:
            self._counts.floods[topic] += 1
            if self._stop:
                self.stopped.add(topic)
                self._stop(topic)
            self._tell(topic)
        elif self._clock() - self._told[topic] >= _REMIND_SECONDS:
            self._tell(topic)

    def remind(self) -> None:
        """
        Tell once a minute of topics that were stopped, of which nothing is read any more.
        """
        now = self._clock()
        for topic, told in list(self._told.items()):
            if topic in self.stopped and now - told >= _REMIND_SECONDS:
                self._tell(topic)

    def _tell(self, topic: str) -> None:
        self._told[topic] = self._clock()
        window = self._windows[topic]
        log.error(
            "%s: a flood of broken events, %d %% of the last %d, most of them %s (%s)%s",
            topic,
            100 * window.broken // window.read,
            window.read,
            window.commonest.value,
            window.commonest.sentence,
            _STOPPED if topic in self.stopped else _GOES_ON,
        )
