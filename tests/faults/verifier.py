"""The verifier: holds every record that a stranger reads against every event that was produced."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.oracle import Outcome

Place = tuple[str, int, int]
"""Topic, partition and offset of a raw event."""


@dataclass(frozen=True, slots=True)
class Seen:
    """
    A committed record of a clean or a quarantine topic, in the order in which it lies there.

    Args:
        topic: it lies in.
        partition: it lies in.
        key: None for none.
        place: of the raw event it was made of.
        value: `oracle.HELD` for one of quarantine.
    """

    topic: str
    partition: int
    key: bytes | None
    place: Place
    value: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """
    What may come of an event.

    Args:
        outcomes: exactly one of them has to be there as a whole.
        consented: which of them rest on somebody's consent.
        took_back: whether that was taken back in time before the event.
        lost: topics that lost their records by no fault of a worker.
    """

    outcomes: Sequence[Outcome]
    consented: Sequence[bool]
    took_back: bool = False
    lost: frozenset[str] = frozenset()


@dataclass
class Verdict:
    """
    What was found.

    Args:
        produced: raw events.
        records: that were read.
        missing: records that should be there.
        duplicates: records beyond the first of an event in a topic.
        released_after: records that rest on a consent which had been taken back.
        wrong: records that the engine does not make of the event, or that belong to none.
        disordered: records of a key before an earlier one of its raw partition.
        consented: records that rest on consent, rightly.
        took_back: events of whoever had taken it back.
    """

    produced: int = 0
    records: int = 0
    missing: int = 0
    duplicates: int = 0
    released_after: int = 0
    wrong: int = 0
    disordered: int = 0
    consented: int = 0
    took_back: int = 0

    @property
    def harm(self) -> dict[str, int]:
        """
        What must never be, where it was.
        """
        found = {name: getattr(self, name) for name in ("missing", "released_after", "wrong", "disordered")}
        return {name: number for name, number in found.items() if number}


class Verifier:
    """
    Judges one batch of events after the other; records of earlier batches that come late are duplicates.
    """

    def __init__(self) -> None:
        self._judged: set[Place] = set()
        self._latest: dict[tuple[str, int, bytes, str, int], int] = {}

    def forget(self, topic: str) -> None:
        """
        Begin a topic anew, which was made anew.
        """
        self._latest = {line: offset for line, offset in self._latest.items() if line[0] != topic}

    def judge(self, events: Mapping[Place, Due], records: Iterable[Seen]) -> Verdict:
        """
        Hold records against events.

        Args:
            events: all that were produced since the last time, by where they lie.
            records: all that were read since the last time, each partition's in order.
        """
        verdict = Verdict(produced=len(events))
        copies: defaultdict[Place, defaultdict[str, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        for record in records:
            verdict.records += 1
            earlier = copies[record.place][record.topic]
            if not earlier and record.place not in self._judged:
                verdict.disordered += self._out_of_order(record)
            earlier.append(record.value)
        for place, due in events.items():
            _compare(verdict, due, copies.pop(place, {}))
        for place, strangers in copies.items():
            number = sum(map(len, strangers.values()))
            verdict.duplicates += number if place in self._judged else 0
            verdict.wrong += number if place not in self._judged else 0
        self._judged.update(events)
        return verdict

    def _out_of_order(self, record: Seen) -> bool:
        if record.key is None:
            return False
        topic, partition, offset = record.place
        line = (record.topic, record.partition, record.key, topic, partition)
        before = self._latest.get(line, -1)
        self._latest[line] = max(before, offset)
        return offset < before


def _compare(verdict: Verdict, due: Due, copies: Mapping[str, Sequence[bytes]]) -> None:
    verdict.took_back += due.took_back
    verdict.missing += min(
        sum(value not in copies.get(topic, ()) for topic, value in outcome.items() if topic not in due.lost)
        for outcome in due.outcomes
    )
    for topic, values in copies.items():
        verdict.duplicates += len(values) - 1
        rests = defaultdict(list)
        for outcome, consented in zip(due.outcomes, due.consented, strict=True):
            if topic in outcome:
                rests[outcome[topic]].append(consented)
        for value, number in Counter(values).items():
            if value not in rests:
                verdict.released_after += number if due.took_back else 0
                verdict.wrong += 0 if due.took_back else number
            elif all(rests[value]):
                verdict.consented += number
