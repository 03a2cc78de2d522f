"""The ledger: what became of every single event."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.bound import dropped
from pipeline.broken import Reason
from pipeline.codec import loads
from pipeline.demo.latency import Latencies
from pipeline.engine import Keys, by_contract
from pipeline.kafka_client import Record
from pipeline.quarantine import quarantine_topic
from pipeline.source import SourceTokens
from schemas.view import SUPPRESS, View

Place = tuple[str, int, int]
"""Topic, partition and offset of a raw event."""

MAX_AHEAD: Final = 1_000_000
"""A record that claims an offset this far above all that were delivered is not about an event of ours."""

_DELIVERED: Final = 1
_BROKEN: Final = 2
_HELD: Final = 4
_MAY_CONSENT: Final = 8
_CONSENTED: Final = 16
_FIRST_VIEW: Final = 32
_VIEWS: Final = 11  # bits of 16 that are left
_RECORD_OVERHEAD: Final = 100  # bytes around a record in a batch, at most


@dataclass(slots=True)
class _Log:
    """
    One raw partition. What is known of an event is a few bits in `marks`, at its offset.
    """

    marks: "array[int]" = field(default_factory=lambda: array("H"))
    sizes: "array[int]" = field(default_factory=lambda: array("I"))
    sent_at: "array[float]" = field(default_factory=lambda: array("d"))

    def grow(self, offset: int) -> None:
        missing = offset + 1 - len(self.marks)
        if missing > 0:
            self.marks.extend(bytes(missing))
            self.sizes.extend(bytes(missing))
            self.sent_at.extend([0.0] * missing)


@dataclass(frozen=True, slots=True)
class _Outlet:
    """
    One view, seen from its clean topic.
    """

    raw_topic: str
    recipient: str
    bit: int
    tokens: SourceTokens
    with_consent: frozenset[str] | None

    def consented(self, record: Record) -> bool:
        """
        Whether a record is one that takes consent: it has a field that no record has without.
        """
        if self.with_consent is None:
            return True
        return bool(self.with_consent) and not self.with_consent.isdisjoint(loads(record.value or b"{}"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What the ledger says in the end.

    Args:
        lost: clean records that never came, and broken events that never came to quarantine.
        escaped: clean records of events that had to be held back, and events of which a record says more than it may
            without a consent that nobody gave.
        suppressed: event and view, where the view passes nothing without consent.
        quarantined: events in quarantine.
        planted_broken: events that had to come there.
        unexplained: records that are about no event which the broker has confirmed.
    """

    lost: int
    escaped: int
    suppressed: int
    quarantined: int
    planted_broken: int
    unexplained: int


class Ledger:
    """
    Keeps account of events by their coordinates: 14 bytes an event, whatever its size.

    A whole event is accounted for once every view has its record, a broken one once it is in quarantine. Records may be
    seen before the broker's confirmation of their event.

    Args:
        views: at most 11 of one topic.
        keys: of the deployment, which open `source`.

    Raises:
        ValueError: a topic has more views.
    """

    def __init__(self, views: Sequence[View], keys: Keys) -> None:
        self.delivered: Counter[str] = Counter()
        """Confirmed events by raw topic."""
        self.released: Counter[tuple[str, str]] = Counter()
        """Clean records by raw topic and recipient, repeated ones left out."""
        self.consented: Counter[tuple[str, str]] = Counter()
        """Those of them that say more because of a consent."""
        self.reasons: Counter[str] = Counter()
        """Events in quarantine by reason."""
        self.duplicates = 0
        """Records that said again what an earlier one had said."""
        self.accounted = 0
        """Events of which nothing is missing."""
        self.waiting_bytes = 0
        """Size of the events of which something is missing."""
        self.latencies = Latencies()
        """From sending an event to seeing each of its clean records."""
        self._unexplained = 0
        self._logs: defaultdict[tuple[str, int], _Log] = defaultdict(_Log)
        self._outlets: dict[str, _Outlet] = {}
        self._complete: dict[str, int] = {}
        self._sources: dict[str, str] = {}
        self._parts: defaultdict[Place, set[int]] = defaultdict(set)
        for contract, group in by_contract(views):
            self._add(contract.topic, group, keys)

    def _add(self, raw_topic: str, views: Sequence[View], keys: Keys) -> None:
        if len(views) > _VIEWS:
            msg = f"{raw_topic} has {len(views)} views; the ledger keeps account of {_VIEWS} at most"
            raise ValueError(msg)
        complete = 0
        for number, view in enumerate(views):
            bit = _FIRST_VIEW << number
            # What passes with consent only may come or not; that it does not without is looked at in `verdict`. So may
            # a sealed record, which comes when its party has a key.
            complete |= 0 if view.otherwise is SUPPRESS or view.sealed else bit
            tokens = SourceTokens(keys.keyring(view.recipient, view.purpose), raw_topic)
            self._outlets[view.topic] = _Outlet(raw_topic, view.recipient, bit, tokens, _with_consent(view))
            self.released[raw_topic, view.recipient] = 0
        self.delivered[raw_topic] = 0
        self._complete[raw_topic] = complete
        self._sources[quarantine_topic(raw_topic)] = raw_topic

    @property
    def waiting(self) -> int:
        """
        Confirmed events of which something is missing.
        """
        return self.delivered.total() - self.accounted

    def deliver(self, place: Place, *, size: int, broken: bool, sent_at: float, may_consent: bool = False) -> None:
        """
        The broker has confirmed an event.

        Args:
            place: where it is.
            size: bytes of key and value.
            broken: whether it has to go to quarantine.
            sent_at: seconds of the clock that `clean` is told too.
            may_consent: whether its subject may have consented to something when it was sent.
        """
        topic, partition, offset = place
        log = self._logs[topic, partition]
        log.grow(offset)
        log.marks[offset] |= _DELIVERED | (_BROKEN if broken else 0) | (_MAY_CONSENT if may_consent else 0)
        log.sizes[offset] = size + _RECORD_OVERHEAD
        log.sent_at[offset] = sent_at
        self.delivered[topic] += 1
        self.waiting_bytes += size + _RECORD_OVERHEAD
        self._settle(topic, log, offset)

    def clean(self, record: Record, now: float) -> Place | None:
        """
        A record of a clean topic was seen; the place of the event that it is about, None when it does not say.
        """
        outlet = self._outlets[record.topic]
        try:
            partition, offset = outlet.tokens.open(_header(record, "source"))
        except ValueError:
            self._unexplained += 1
            return None
        log = self._log(outlet.raw_topic, partition, offset)
        if log is None:
            return None
        if log.marks[offset] & outlet.bit:
            self.duplicates += 1
        else:
            log.marks[offset] |= outlet.bit
            self.released[outlet.raw_topic, outlet.recipient] += 1
            if outlet.consented(record):
                log.marks[offset] |= _CONSENTED
                self.consented[outlet.raw_topic, outlet.recipient] += 1
            if log.sent_at[offset]:  # otherwise the confirmation is still on its way
                self.latencies.add(now - log.sent_at[offset])
            self._settle(outlet.raw_topic, log, offset, outlet.bit)
        return outlet.raw_topic, partition, offset

    def held(self, record: Record) -> Place | None:
        """
        A record of a quarantine topic was seen; the place of the event that it is about, None when it does not say.
        """
        try:
            told = loads(record.value or b"")
            partition, offset, part, parts = (int(told[name]) for name in ("partition", "offset", "part", "parts"))
            topic, reason = told["topic"], Reason(told["reason"])
        except (KeyError, TypeError, ValueError):
            topic = None
        if topic is None or topic != self._sources[record.topic]:
            self._unexplained += 1
            return None
        log = self._log(topic, partition, offset)
        if log is None:
            return None
        place = (topic, partition, offset)
        seen = self._parts[place] if parts > 1 else set()
        if log.marks[offset] & _HELD or part in seen:
            self.duplicates += 1
            return place
        seen.add(part)
        if len(seen) == parts:
            self._parts.pop(place, None)
            log.marks[offset] |= _HELD
            self.reasons[reason.value] += 1
            self._settle(topic, log, offset, _HELD)
        return place

    def verdict(self) -> Verdict:
        """
        What became of all events so far.
        """
        lost = escaped = suppressed = quarantined = planted = 0
        unexplained = self._unexplained
        for (topic, _), log in self._logs.items():
            complete = self._complete[topic]
            every = self._every(topic)
            for mark, number in Counter(log.marks).items():
                views = mark & every
                held, broken = bool(mark & _HELD), bool(mark & _BROKEN)
                if not mark & _DELIVERED:
                    unexplained += (views.bit_count() + held) * number
                    continue
                quarantined += held * number
                if broken:
                    planted += number
                    lost += (not held) * number
                    escaped += views.bit_count() * number
                else:
                    lost += (complete & ~views).bit_count() * number
                    escaped += bool(mark & _CONSENTED and not mark & _MAY_CONSENT) * number
                    suppressed += (every & ~complete & ~views).bit_count() * number
        return Verdict(lost, escaped, suppressed, quarantined, planted, unexplained)

    def _every(self, raw_topic: str) -> int:
        return sum(outlet.bit for outlet in self._outlets.values() if outlet.raw_topic == raw_topic)

    def _log(self, topic: str, partition: int, offset: int) -> _Log | None:
        log = self._logs.get((topic, partition))
        if offset < 0 or offset > (len(log.marks) if log else 0) + MAX_AHEAD:
            self._unexplained += 1
            return None
        log = self._logs[topic, partition]
        log.grow(offset)
        return log

    def _settle(self, topic: str, log: _Log, offset: int, latest: int = _DELIVERED) -> None:
        """
        Count the event when `latest` was the last that was missing of it.
        """
        mark = log.marks[offset]
        needed = _DELIVERED | (_HELD if mark & _BROKEN else self._complete[topic])
        if mark & needed == needed and latest & needed:
            self.accounted += 1
            self.waiting_bytes -= log.sizes[offset]


def _with_consent(view: View) -> frozenset[str] | None:
    """
    Fields at the top of a clean record that it has with consent alone; None when there is no record without.
    """
    if not view.asks_consent:
        return frozenset()
    if view.otherwise is SUPPRESS:
        return None
    passing = {
        granted: {
            path
            for variant in view.variants()
            if variant.granted is granted
            for path, rule in view.resolve(variant).items()
            if not dropped(rule)
        }
        for granted in (True, False)
    }
    return frozenset(path for path in passing[True] - passing[False] if "." not in path)


def _header(record: Record, name: str) -> bytes:
    for header, value in record.headers:
        if header == name:
            return value or b""
    return b""
