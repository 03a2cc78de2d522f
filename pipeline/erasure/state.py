"""State: what the topic of subjects still tells of somebody who is erased, and what of it remains."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.subjects.record import Subject, Unreadable, read_value, write_value

if TYPE_CHECKING:
    from pipeline.kafka_client import Record


@dataclass(frozen=True, slots=True)
class History:
    """
    What the records of one subject say.

    Args:
        latest: the last word, beside that of the erasure itself; None when there is none that can be understood.
        registered: every time at which they registered again, as far as records are kept.
    """

    latest: Subject | None = None
    registered: frozenset[int] = frozenset()


NOTHING = History()


def stopped(erased_at: int) -> bytes:
    """
    The record that suppresses somebody of whom nothing else was read yet.
    """
    return write_value(Subject(erased_at=erased_at))


def history(records: Sequence["Record"], erased_at: int | None) -> History:
    """
    What the records of one subject say; they may lie in several partitions.

    Args:
        records: in any order.
        erased_at: of the erasure that is being carried out, whose own first word says nothing new; None for none.
    """
    own = None if erased_at is None else stopped(erased_at)
    ordered = sorted(records, key=lambda record: (record.timestamp, record.offset))
    said = [_read(record.value) for record in ordered if record.value is None or record.value != own]
    registered = {subject.registered_at for subject in said if subject and subject.registered_at}
    return History(said[-1] if said else None, frozenset(registered))


def histories(
    records: Iterable["Record"], erased: Mapping[str, int], prefixes: tuple[bytes, ...]
) -> Mapping[str, History]:
    """
    What a topic's records say of those who are erased, and of every subject whose id begins like this.
    """
    asked = {subject.encode() for subject in erased}
    found: dict[bytes, list[Record]] = {}
    for record in records:
        key = record.key or b""
        if key in asked or key.startswith(prefixes):
            found.setdefault(key, []).append(record)
    return {key.decode(): history(group, erased.get(key.decode())) for key, group in found.items()}


def remaining(erased_at: int, known: History) -> Subject | None:
    """
    What the topic has to say from now on; None when it may stay as it is.

    Of somebody who registered again after the erasure was asked for, what they said since stays. Their salt does not:
    nobody can tell whether it is the old one.
    """
    latest = known.latest or Subject()
    if latest.registered_at is not None and latest.registered_at > erased_at:
        before = latest.erased_at
        return None if before is not None and before >= erased_at else replace(latest, erased_at=erased_at, salt=None)
    return Subject(erased_at=max(erased_at, latest.erased_at or 0), registered_at=latest.registered_at)


def back(known: History, erased_at: int) -> bool:
    """
    Whether somebody registered again after this erasure.
    """
    return known.latest is not None and (known.latest.registered_at or 0) > erased_at


def _read(value: bytes | None) -> Subject | None:
    try:
        return None if value is None else read_value(value)
    except Unreadable:
        return None
