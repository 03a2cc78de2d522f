"""The summary: what a demo has shown, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.demo.ledger import Verdict
from pipeline.demo.sample import Sample


@dataclass(frozen=True, slots=True)
class Summary:
    """
    The result of a demo.

    Args:
        seconds: of feeding, as asked for.
        rate: events a second, as asked for.
        seed: of the simulator.
        delivered: events that the broker confirmed, by raw topic.
        released: clean records, by raw topic and recipient, repeated ones left out.
        consented: those of them that say more because of a consent.
        withdrawn: people who took their consent back in mid-stream.
        verdict: what became of them.
        reasons: events in quarantine, by reason.
        duplicates: repeated records, which a reader drops by their `source`.
        leaks: identifiers found in what came out.
        leaked: the same by topic and class of identifier.
        searched: records searched for leaks.
        not_delivered: events that the broker did not confirm.
        events_per_second: events accounted for, from the first to the last.
        p50_ms: half of the clean records are visible after this time; None when there were none.
        p99_ms: 99 % are.
        worker_rss_mib: the worker's peak memory; None where the system does not tell.
        audit_records: that the worker wrote of what it did.
        audit_whole: whether none of them is missing or altered, and they speak of every event.
        sealed_opened: whether the sealed events that were tried opened to their own bytes; None when none was there.
        interrupted: somebody asked the demo to end.
        problem: why the demo could not do all of its work.
        log: the worker's last lines, when it is the worker's problem.
        sample: an event beside its views.
    """

    seconds: float
    rate: float
    seed: int
    delivered: Mapping[str, int]
    released: Mapping[tuple[str, str], int]
    consented: Mapping[tuple[str, str], int]
    withdrawn: int
    verdict: Verdict
    reasons: Mapping[str, int]
    duplicates: int
    leaks: int
    leaked: Mapping[tuple[str, str], int]
    searched: int
    not_delivered: int
    events_per_second: float
    p50_ms: float | None
    p99_ms: float | None
    worker_rss_mib: float | None
    audit_records: int
    audit_whole: bool
    sealed_opened: bool | None
    interrupted: bool
    problem: str | None
    log: tuple[str, ...]
    sample: Sample | None

    @property
    def failed(self) -> bool:
        """
        Whether anything is not as promised. Duplicates are: delivery is at least once.
        """
        verdict = self.verdict
        wrong = verdict.lost + verdict.escaped + verdict.unexplained + self.leaks + self.not_delivered
        return bool(wrong) or self.sealed_opened is False or not self.audit_whole or self.problem is not None

    def as_dict(self) -> dict[str, Any]:
        """
        The numbers as JSON values; no sample.
        """
        out = _by_topic(self.released)
        verdict = self.verdict
        return {
            "seconds": self.seconds,
            "rate": self.rate,
            "seed": self.seed,
            "in": dict(self.delivered),
            "out": out,
            "with_consent": _by_topic(self.consented),
            "withdrawn": self.withdrawn,
            "planted_broken": verdict.planted_broken,
            "quarantined": verdict.quarantined,
            "quarantine_reasons": dict(sorted(self.reasons.items())),
            "audit_records": self.audit_records,
            "audit_whole": self.audit_whole,
            "sealed_opened": self.sealed_opened,
            "suppressed": verdict.suppressed,
            "lost": verdict.lost,
            "duplicates": self.duplicates,
            "leaks": self.leaks,
            "leaked": {f"{topic}: {kind}": number for (topic, kind), number in sorted(self.leaked.items())},
            "records_searched": self.searched,
            "escaped": verdict.escaped,
            "unexplained": verdict.unexplained,
            "not_delivered": self.not_delivered,
            "events_per_second": self.events_per_second,
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "worker_rss_mib": self.worker_rss_mib,
            "interrupted": self.interrupted,
            "problem": self.problem,
        }


def _by_topic(numbers: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (topic, recipient), number in numbers.items():
        nested.setdefault(topic, {})[recipient] = number
    return nested
