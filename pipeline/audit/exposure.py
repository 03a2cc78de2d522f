"""Exposure: which fields of a person reached a recipient, found by every token that the recipient knows them by."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.bound import top_level
from pipeline.codec import loads
from pipeline.subjects.record import format_time
from schemas.kinds import Kind
from schemas.view import View
from transforms import Drop, ShiftTime, TruncateTime
from transforms.timestamp import DAY, read_timestamp

if TYPE_CHECKING:
    from pipeline.kafka_client import Record


class Period(NamedTuple):
    """
    From when, and before when; milliseconds since 1970 UTC, None for no bound.
    """

    start: int | None = None
    stop: int | None = None


ALWAYS: Final = Period()


@dataclass(slots=True)
class Reached:
    """
    What of a person reached a recipient in one clean topic.

    Args:
        records: about the person, repeated ones left out.
        fields: how many of them have each field.
        first: the earliest event, by its time as released, in milliseconds since 1970 UTC; None when there is none.
        last: the latest.
        policies: how many were made under each policy, by its hash.
        searched: records of the topic that were looked at.
        kept_from: the earliest record that the topic still keeps; what came before is beyond finding here.
    """

    records: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None
    policies: Counter[str] = field(default_factory=Counter)
    searched: int = 0
    kept_from: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """
        As JSON values.
        """
        return {
            "records": self.records,
            "fields": dict(sorted(self.fields.items())),
            "first": None if self.first is None else format_time(self.first),
            "last": None if self.last is None else format_time(self.last),
            "policies": dict(sorted(self.policies.items())),
            "searched": self.searched,
            "kept_from": None if self.kept_from is None else format_time(self.kept_from),
        }


def reached(view: View, records: "Iterable[Record]", tokens: Collection[str], period: Period = ALWAYS) -> Reached:
    """
    Look for a person in a clean topic.

    A record is about the person when any text in it, at whatever place, is one of the tokens. A period is held against
    the event's time as it was released: where that is an hour, the whole hour counts as within.

    Does not find records without any token of the person: such a record cannot be attributed by anybody, its recipient
    included.

    Args:
        view: that made the records.
        records: of its clean topic.
        tokens: that the recipient may know the person by.
        period: of the events.
    """
    start, stop = _widened(view, period)
    found = Reached()
    sources: set[bytes | None] = set()
    for record in records:
        found.searched += 1
        found.kept_from = record.timestamp if found.kept_from is None else min(found.kept_from, record.timestamp)
        value = loads(record.value or b"{}")
        if not any(text in tokens for text in _texts(value)):
            continue
        headers = dict(record.headers)
        time = _time(view, value, record.timestamp)
        source = headers.get("source")
        if not start <= time < stop or (source is not None and source in sources):
            continue
        sources.add(source)
        found.records += 1
        found.fields.update(set(_paths(value)))
        found.first = time if found.first is None else min(found.first, time)
        found.last = time if found.last is None else max(found.last, time)
        found.policies[(headers.get("policy") or b"unknown").decode()] += 1
    return found


def _widened(view: View, period: Period) -> tuple[float, float]:
    """
    What the released times of a period's events may be.
    """
    start = float("-inf") if period.start is None else period.start
    stop = float("inf") if period.stop is None else period.stop
    name = top_level(view.contract, Kind.TIMESTAMP)
    if name is None:
        return start, stop
    starts, stops = [start], [stop]
    for variant in view.variants():
        rule = view.resolve(variant)[name.name]
        if isinstance(rule, Drop):
            rule = TruncateTime("day")
        if isinstance(rule, ShiftTime):
            starts.append(start - rule.days * DAY)
            stops.append(stop + rule.days * DAY)
        if isinstance(rule, TruncateTime) and period.start is not None:
            starts.append(rule.floor(period.start))
    return min(starts), max(stops)


def _time(view: View, value: Mapping[str, Any], timestamp: int) -> int:
    """
    When the event was, as released; of a record without it, the record's own time.
    """
    name = top_level(view.contract, Kind.TIMESTAMP)
    return read_timestamp(value[name.name]) if name and name.name in value else timestamp


def _texts(value: Any) -> Iterator[str]:
    if type(value) is str:
        yield value
    elif type(value) is dict:
        for inner in value.values():
            yield from _texts(inner)
    elif type(value) is list:
        for inner in value:
            yield from _texts(inner)


def _paths(value: Any, path: str = "") -> Iterator[str]:
    """
    The paths of all fields, as contracts write them: `items[].sku`.
    """
    if type(value) is dict:
        for name, inner in value.items():
            yield from _paths(inner, f"{path}.{name}" if path else name)
    elif type(value) is list:
        for inner in value:
            yield from _paths(inner, f"{path}[]")
    else:
        yield path
