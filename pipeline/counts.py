"""What a worker has done so far, in numbers."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import ceil, inf
from typing import Any, Final

BOUNDS_MS: Final = (5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000, 60_000, inf)


@dataclass(slots=True)
class Delays:
    """
    How long something took, as a histogram that stays small.
    """

    buckets: Counter[float] = field(default_factory=Counter)
    """By the upper bound in milliseconds, one of `BOUNDS_MS`."""
    total_ms: float = 0.0
    """Of all together."""

    def add(self, ms: float) -> None:
        """
        One more; a clock that is behind makes it 0.
        """
        self.buckets[BOUNDS_MS[bisect_left(BOUNDS_MS, ms)]] += 1
        self.total_ms += max(0.0, ms)

    def percentile(self, percent: float) -> float | None:
        """
        A bound in milliseconds that this share of all keep; None when there are none or they are beyond the last.

        Args:
            percent: above 0, up to 100.
        """
        rank = ceil(self.buckets.total() * percent / 100)
        for bound in sorted(self.buckets):
            rank -= self.buckets[bound]
            if rank <= 0:
                return None if bound == inf else bound
        return None


@dataclass(slots=True)
class SubjectCounts:
    """
    What has been done with the records of `privacy.subjects`.
    """

    records: int = 0
    """Read so far, again after every start."""
    profiles: int = 0
    """Records of `privacy.profiles` read so far."""
    known: int = 0
    """Persons of whom something is known."""
    unreadable: int = 0
    """Records that could not be understood."""
    outdated: int = 0
    """Records that knew less than an earlier one."""
    erased: int = 0
    """Records that say that somebody was erased."""
    undecided: int = 0
    """Decisions that were "no" because the state was not current."""
    withdrawals: Delays = field(default_factory=Delays)
    """From writing a record that takes something back to having read it; those read at the start are not counted."""

    def as_dict(self) -> Mapping[str, Any]:
        """
        The totals as JSON values.
        """
        return {
            "records": self.records,
            "profiles": self.profiles,
            "known": self.known,
            "unreadable": self.unreadable,
            "outdated": self.outdated,
            "erased": self.erased,
            "undecided": self.undecided,
            "withdrawals": self.withdrawals.buckets.total(),
            "withdrawal_p50_ms": self.withdrawals.percentile(50),
            "withdrawal_p99_ms": self.withdrawals.percentile(99),
        }


@dataclass(slots=True)
class LinkCounts:
    """
    What has been done with the records of `privacy.links`.
    """

    records: int = 0
    """Read so far, again after every start."""
    known: int = 0
    """Links that are told apart."""
    unreadable: int = 0
    """Records that could not be understood."""
    outdated: int = 0
    """Records that knew less than an earlier one."""
    undecided: int = 0
    """Decisions about a device or cookie that were "no" because the links were not current."""

    def as_dict(self) -> Mapping[str, Any]:
        """
        The totals as JSON values.
        """
        return asdict(self)


@dataclass(slots=True)
class Counts:
    """
    Totals since the worker started: every event that came in is in exactly one of the others, view by view.

    Labels are topics, recipients and reasons, all from closed lists.
    """

    read: Counter[str] = field(default_factory=Counter)
    """By raw topic."""
    released: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By raw topic and recipient."""
    suppressed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By raw topic and recipient."""
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By raw topic and reason."""
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    """
    Fields that a contract does not have: raw topic → path → times seen.

    Their names come from outside and may be personal themselves, so that only totals are ever told.
    """
    subjects: SubjectCounts = field(default_factory=SubjectCounts)
    granted: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Records released under a grant instead of a consent: by the grant's id and clean topic."""
    links: LinkCounts = field(default_factory=LinkCounts)
    floods: Counter[str] = field(default_factory=Counter)
    """By raw topic: times that the share of broken events rose above what is allowed."""
    turns: Counter[str] = field(default_factory=Counter)
    """
    By raw topic: times that processing went on, several a chunk when it takes long.

    They tell the watchdog that something moves, and say nothing by themselves.
    """

    def as_dict(self) -> Mapping[str, Any]:
        """
        The totals as JSON values.
        """
        return {
            "read": dict(self.read),
            "released": _nested(self.released),
            "suppressed": _nested(self.suppressed),
            "quarantined": _nested(self.quarantined),
            "floods": dict(self.floods),
            "unknown_fields": {topic: paths.total() for topic, paths in self.unknown.items() if paths},
            "granted": _nested(self.granted),
            "subjects": self.subjects.as_dict(),
            "links": self.links.as_dict(),
        }


def _nested(counter: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (topic, label), number in sorted(counter.items()):
        nested.setdefault(topic, {})[label] = number
    return nested
