"""
Verify: what is missing from a log of audit records, was moved or altered in it, or never said.

Only the public key is needed. What is looked at is the order in which the records lie in their topic.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from pipeline.audit.chain import digest
from pipeline.audit.custody import breaks
from pipeline.audit.record import CHUNK, END, FIRST, KEYS, START, Record, Unreadable, Unsigned, read
from pipeline.audit.signing import PublicKey
from pipeline.subjects.record import format_time


class What(Enum):
    """
    What can be wrong.
    """

    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    WRONGLY_SIGNED = "wrongly_signed"
    MISPLACED = "misplaced"
    MISSING = "missing"
    REORDERED = "reordered"
    REPEATED = "repeated"
    ALTERED = "altered"
    AFTER_THE_END = "after_the_end"
    NO_START = "no_start"
    GAP = "gap"
    KEYS = "keys"
    TRUNCATED = "truncated"


class Entry(NamedTuple):
    """
    A record as it lies in the topic.

    Args:
        value: its bytes.
        offset: within its partition, or the number of its line, from 0.
        partition: of the audit topic; None for a line of a file.
        key: of the Kafka record; None for a line of a file.
    """

    value: bytes | None
    offset: int
    partition: int | None = None
    key: bytes | None = None

    @property
    def where(self) -> str:
        """
        The place in words.
        """
        return f"line {self.offset + 1}" if self.partition is None else f"{self.partition}/{self.offset}"


class Source(NamedTuple):
    """
    A partition of a raw topic, as one consumer group reads it.
    """

    group: str
    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic} partition {self.partition} (group {self.group})"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something wrong.

    Args:
        what: of which sort.
        where: `partition/offset` of the audit topic, the line of the file, or the raw partition.
        text: one sentence.
        chain: None when it cannot be told.
    """

    what: What
    where: str
    text: str
    chain: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """
        As JSON values.
        """
        return {"what": self.what.value, "where": self.where, "text": self.text, "chain": self.chain}


@dataclass(slots=True)
class Report:
    """
    What was looked at, and what was found.

    Args:
        records: looked at.
        chains: they belong to.
        chunks: records about chunks.
        read: raw records that these are about, those of a chunk processed twice counted twice.
        public_key: that signatures were checked with; None when none was given and no chain named one.
        given: whether the key came from whoever asks, and not from the records themselves.
        since: from when on records were looked at; None for all that there are.
        cut: chains of which only the end was looked at, since retention took the rest or it is from before that time.
        unended: chains without a closing record: their worker runs still, or was killed.
        silent: raw partitions with committed offsets of which no record since that time speaks.
        findings: what is wrong.
    """

    records: int = 0
    chains: int = 0
    chunks: int = 0
    read: int = 0
    public_key: PublicKey | None = None
    given: bool = False
    since: int | None = None
    cut: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """
        What nobody can say who looks at records of a time on, each a sentence.
        """
        if self.since is None:
            return ()
        began = format_time(self.since)
        silent = f" ({', '.join(self.silent)})" if self.silent else ""
        return (
            f"whether anything is missing or altered before {began}",
            f"whether the first record since then of {len(self.cut)} chains follows what came before it",
            "what became of raw offsets before the first that a record speaks of, in each raw partition",
            f"whether {len(self.silent)} committed raw partitions brought nothing, or all records are missing{silent}",
            f"what was done to the keys before {began}",
            "of records around that time, which side they are on: it is the time of whoever wrote them",
        )

    @property
    def whole(self) -> bool:
        """
        Whether nothing is wrong.
        """
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """
        As JSON values.
        """
        return {
            "whole": self.whole,
            "records": self.records,
            "chains": self.chains,
            "chunks": self.chunks,
            "read": self.read,
            "public_key": self.public_key.to_text() if self.public_key else None,
            "public_key_given": self.given,
            "since": None if self.since is None else format_time(self.since),
            "not_said": list(self.unsaid),
            "cut": self.cut,
            "unended": self.unended,
            "findings": [finding.as_dict() for finding in self.findings],
        }


def verify(
    entries: Iterable[Entry],
    public_key: PublicKey | None = None,
    committed: Mapping[Source, int] | None = None,
    since: int | None = None,
) -> Report:
    """
    Look at every record of a log, once; memory goes with the number of chains, not of records.

    A chunk that was processed twice, as it is after a crash, is in order, and so is a chain without an end. A deleted
    last record of such a chain shows only by the offsets that its group has committed.

    Protects against records deleted, moved, altered or added by whoever has not the signing key, within a chain, and
    against whole chains deleted, as far as others speak of the offsets around theirs or the offsets are committed.
    Whole chains of commands that changed keys show as soon as a later one begins with other keys than were left.
    Does not protect against whole chains deleted of other commands.

    Args:
        entries: each partition in its order.
        public_key: of the deployment; without one, that of the first opening record, which proves less.
        committed: the next offset of each raw partition, asked for before the entries were read.
        since: from when on entries are given, in milliseconds since 1970 UTC; None when all are. What cannot be said
            then is in `Report.unsaid`, and is no finding.
    """
    verifier = _Verifier(public_key, since)
    for entry in entries:
        verifier.take(entry)
    return verifier.finish(committed or {})


@dataclass(slots=True)
class _Follower:
    """
    How far a chain was followed.

    Args:
        partition: that it lies in.
        sequence: the highest seen.
        digest: of the record that has it.
        where: that record lies.
        ended: whether that record closes the chain.
    """

    partition: int | None
    sequence: int
    digest: str
    where: str
    ended: bool


class _Verifier:
    """
    Takes one record after the other.
    """

    def __init__(self, public_key: PublicKey | None, since: int | None) -> None:
        self._report = Report(public_key=public_key, given=public_key is not None, since=since)
        self._cut: dict[int | None, bool] = {}
        self._chains: dict[str, _Follower] = {}
        self._spans: defaultdict[Source, Spans] = defaultdict(Spans)
        self._keys: list[Record] = []

    def take(self, entry: Entry) -> None:
        self._report.records += 1
        self._cut.setdefault(entry.partition, entry.offset > 0)
        record = self._read(entry)
        if record is None:
            return
        self._follow(entry, record)
        if record.kind == KEYS and record.at >= (self._report.since or 0):
            self._keys.append(record)
        if record.kind == CHUNK:
            body = record.body
            self._report.chunks += 1
            self._report.read += body["read"]
            source = Source(body["group"], body["topic"], body["partition"])
            self._spans[source].add(min(body["start"], body["first"]), body["last"] + 1)

    def finish(self, committed: Mapping[Source, int]) -> Report:
        report = self._report
        report.chains = len(self._chains)
        report.unended += [chain for chain, follower in self._chains.items() if not follower.ended]
        for source in sorted(self._spans):
            for start, stop in self._spans[source].gaps():
                text = f"nothing says what became of the offsets {start}–{stop - 1}: records of them are missing"
                self._found(What.GAP, str(source), text)
        for chain, text in breaks(self._keys):
            self._found(What.KEYS, "the keys", text, chain)
        for source in sorted(committed):
            offset, end = committed[source], self._spans[source].end
            if end is None and report.since is not None:
                report.silent.append(str(source))
                continue
            if end is None or end < offset:
                spoken = "no record speaks of any" if end is None else f"the last record speaks of those below {end}"
                text = f"the offsets below {offset} are committed, and {spoken}"
                self._found(What.TRUNCATED, str(source), text)
        return report

    def _found(self, what: What, where: str, text: str, chain: str | None = None) -> None:
        self._report.findings.append(Finding(what, where, text, chain))

    def _read(self, entry: Entry) -> Record | None:
        """
        A record whose signature is right; anything else is a finding.
        """
        report = self._report
        try:
            record = read(entry.value)
        except Unreadable as unreadable:
            what = What.UNSIGNED if isinstance(unreadable, Unsigned) else What.UNREADABLE
            self._found(what, entry.where, str(unreadable))
            return None
        if report.public_key is None and record.kind == START:
            report.public_key = PublicKey.from_text(record.body["public_key"])
        if report.public_key is None:
            self._found(What.WRONGLY_SIGNED, entry.where, "no key to check it with is known; pass --public-key")
            return None
        if not report.public_key.verifies(record.signature, record.signed):
            text = "it was altered, or signed with another key"
            self._found(What.WRONGLY_SIGNED, entry.where, text, record.chain)
            return None
        return record

    def _follow(self, entry: Entry, record: Record) -> None:
        """
        Hold a record against the one that came before it in its chain.
        """
        chain, number = record.chain, f"record {record.sequence} of its chain"
        now = _Follower(entry.partition, record.sequence, digest(entry.value or b""), entry.where, record.kind == END)
        if entry.key is not None and entry.key != chain.encode():
            self._found(What.MISPLACED, entry.where, "its key is not the id of its chain", chain)
        before = self._chains.setdefault(chain, now)
        if before is now:
            self._open(entry, record)
            return
        if before.partition != entry.partition:
            self._found(What.MISPLACED, entry.where, f"{number}: others lie in partition {before.partition}", chain)
        if record.sequence <= before.sequence:
            what = What.REPEATED if now.digest == before.digest else What.REORDERED
            self._found(what, entry.where, f"{number}: it comes after record {before.sequence}", chain)
            return
        if record.sequence > before.sequence + 1:
            text = f"{number}: it comes right after record {before.sequence}"
            self._found(What.MISSING, entry.where, text, chain)
        elif record.previous != before.digest:
            self._found(What.ALTERED, before.where, f"the record after it, {number}, followed another one", chain)
        if before.ended:
            self._found(What.AFTER_THE_END, entry.where, f"{number}: the chain had ended", chain)
        self._chains[chain] = now

    def _open(self, entry: Entry, record: Record) -> None:
        """
        See whether the first record that is met of a chain is its first.
        """
        if record.sequence and self._cut[entry.partition]:
            self._report.cut.append(record.chain)
        elif record.sequence:
            text = f"record {record.sequence} of its chain: none comes before it"
            self._found(What.MISSING, entry.where, text, record.chain)
        elif record.kind != START or record.previous != FIRST:
            self._found(What.NO_START, entry.where, "it does not open its chain", record.chain)


class Spans:
    """
    Offsets of one partition that records speak of, as few intervals as there are gaps between them.
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []

    def add(self, start: int, stop: int) -> None:
        """
        One more interval, without its stop.
        """
        starts, stops = self._starts, self._stops
        low = bisect_left(stops, start)
        high = bisect_right(starts, stop)
        if low < high:
            start, stop = min(start, starts[low]), max(stop, stops[high - 1])
        starts[low:high], stops[low:high] = [start], [stop]

    @property
    def end(self) -> int | None:
        """
        The highest stop.
        """
        return self._stops[-1] if self._stops else None

    def gaps(self) -> Iterator[tuple[int, int]]:
        """
        What lies between, as intervals without their stop.
        """
        yield from zip(self._stops, self._starts[1:], strict=False)
