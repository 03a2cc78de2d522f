"""Held events: what a quarantine topic says of them, gathered from its records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pipeline.broken import Broken, Reason
from pipeline.codec import dumps, parse
from pipeline.kafka_client import Record
from pipeline.quarantine import open_records
from pipeline.sealing import OfficerPrivateKey

Coordinates = tuple[str, int, int]
"""Raw topic, partition and offset of an event."""

_COORDINATES: Final = ("topic", "partition", "offset")
_REPLAYED: Final = "replayed_at"


class NotHeld(ValueError):  # noqa: N818 — reads "the record is not held"
    """
    A record of a quarantine topic that is no quarantine record.
    """


@dataclass(frozen=True, slots=True)
class Held:
    """
    An event in quarantine.

    Args:
        coordinates: of the raw record.
        held_at: hour in which it was held, milliseconds since 1970 UTC.
        reason: why.
        path: of the contract; empty when it is the whole event.
        detail: more about it, without a value.
        policy: hash of the views that held it back.
        parts: number → quarantine record.
        of: how many parts there are.
        replayed_at: when it was written to its raw topic again, milliseconds since 1970 UTC; None if never.
    """

    coordinates: Coordinates
    held_at: int
    reason: Reason
    path: str
    detail: str
    policy: str
    parts: Mapping[int, bytes]
    of: int
    replayed_at: int | None = None

    @property
    def complete(self) -> bool:
        """
        Whether no part is missing; the older ones of a large event may have been deleted.
        """
        return len(self.parts) == self.of

    def open(self, officer: OfficerPrivateKey) -> tuple[bytes | None, bytes | None]:
        """
        Key and value of the raw record.

        Raises:
            ValueError: a part is missing.
            CannotOpen: the wrong key, or an altered record.
        """
        return open_records(officer, list(self.parts.values()))


def gather(records: Iterable[Record]) -> tuple[list[Held], int]:
    """
    The events that these records hold, in order of their coordinates, and how many records could not be read.

    An event may have been held twice, when a worker crashed in between; it is one all the same.
    """
    held: dict[Coordinates, Held] = {}
    replayed: dict[Coordinates, int] = {}
    unreadable = 0
    for record in records:
        try:
            said = parse(record.value)
            coordinates = _coordinates(said)
            if _REPLAYED in said:
                replayed[coordinates] = record.timestamp
            else:
                held[coordinates] = _with_part(held.get(coordinates), coordinates, said, record)
        except (Broken, NotHeld):
            unreadable += 1
    events = [replace(event, replayed_at=replayed.get(place)) for place, event in sorted(held.items())]
    return events, unreadable


def replay_mark(coordinates: Coordinates) -> bytes:
    """
    The quarantine record that says that an event was written to its raw topic again.
    """
    return dumps(dict(zip(_COORDINATES, coordinates, strict=True)) | {_REPLAYED: True})


def _with_part(before: Held | None, coordinates: Coordinates, said: Mapping[str, Any], record: Record) -> Held:
    try:
        number, of = int(said["part"]), int(said["parts"])
        reason = Reason(said["reason"])
        path, detail, policy = (str(said[name]) for name in ("path", "detail", "policy"))
    except (KeyError, TypeError, ValueError):
        raise NotHeld from None
    parts = {**(before.parts if before else {}), number: record.value or b""}
    return Held(coordinates, record.timestamp, reason, path, detail, policy, parts, of)


def _coordinates(said: Mapping[str, Any]) -> Coordinates:
    topic, partition, offset = (said.get(name) for name in _COORDINATES)
    if type(topic) is not str or type(partition) is not int or type(offset) is not int:
        raise NotHeld
    return topic, partition, offset
