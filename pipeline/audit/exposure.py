"""Exposure: which fields of a person reached a recipient, found by every token that the recipient knows them by."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipeline.audit.marks import Marks
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
class Share:
    """
    Records about a person, repeated ones left out.

    Args:
        records: how many.
        fields: how many of them have each field.
        first: the earliest event, by its time as released, in milliseconds since 1970 UTC; None when there is none.
        last: the latest.
        policies: how many were made under each policy, by its hash.
    """

    records: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None
    policies: Counter[str] = field(default_factory=Counter)

    def add(self, value: Mapping[str, Any], time: int, policy: str) -> None:
        """
        Take one record.
        """
        self.records += 1
        self.fields.update(set(_paths(value)))
        self.first = time if self.first is None else min(self.first, time)
        self.last = time if self.last is None else max(self.last, time)
        self.policies[policy] += 1

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
        }


@dataclass(slots=True)
class Reached:
    """
    What of a person reached a recipient in one clean topic.

    Args:
        own: with a token of the person.
        through: without one, but with that of a device or cookie of theirs.
        searched: records of the topic that were looked at.
        kept_from: the earliest record that the topic still keeps; what came before is beyond finding here.
        sealed: each record is a box for one party, so that nobody else can tell whom it is about.
    """

    own: Share = field(default_factory=Share)
    through: Share = field(default_factory=Share)
    searched: int = 0
    kept_from: int | None = None
    sealed: bool = False

    @property
    def records(self) -> int:
        """
        How many there are, either way.
        """
        return self.own.records + self.through.records

    def as_dict(self) -> dict[str, Any]:
        """
        As JSON values.
        """
        return {
            **self.own.as_dict(),
            "through_device": self.through.as_dict(),
            "searched": self.searched,
            "sealed": self.sealed,
            "kept_from": None if self.kept_from is None else format_time(self.kept_from),
        }


def reached(view: View, records: "Iterable[Record]", marks: Marks, period: Period = ALWAYS) -> Reached:
    """
    Look for a person in a clean topic.

    A record is about the person when any text in it, at whatever place, is a token of theirs. One with the token of
    their device or cookie is counted apart, up to when that was theirs, and not at all when it names somebody else: on
    a shared tablet that is somebody else's. A period is held against the event's time as it was released: where that is
    an hour, the whole hour counts as within.

    Does not find records without any such token: they cannot be attributed by anybody, their recipient included. Nor
    those that are sealed as a whole, which only their party can read.
    Does not tell who used a shared device when a record names nobody: it may have been each of those it was seen with.

    Args:
        view: that made the records.
        records: of its clean topic.
        marks: that the recipient may know the person by.
        period: of the events.
    """
    bounds = _Bounds(view, period)
    person = top_level(view.contract, Kind.USER_ID)
    found = Reached(sealed=view.sealed is not None)
    sources: set[bytes | None] = set()
    for record in records:
        found.searched += 1
        found.kept_from = record.timestamp if found.kept_from is None else min(found.kept_from, record.timestamp)
        value = loads(record.value or b"{}")
        texts = set(_texts(value))
        time = _time(view, value, record.timestamp)
        if not marks.own.isdisjoint(texts):
            share, within = found.own, bounds.hold(time)
        elif person is None or person.name not in value:
            untils = [marks.through[text] for text in texts & marks.through.keys()]
            share, within = found.through, any(bounds.hold(time, until) for until in untils)
        else:
            continue
        headers = dict(record.headers)
        source = headers.get("source")
        if within and (source is None or source not in sources):
            sources.add(source)
            share.add(value, time, (headers.get("policy") or b"unknown").decode())
    return found


class _Bounds:
    """
    A period, as widely as a view may have moved the times of its events.
    """

    def __init__(self, view: View, period: Period) -> None:
        self._view = view
        self._period = period
        self._known: dict[int | None, tuple[float, float]] = {}

    def hold(self, time: int, until: int | None = None) -> bool:
        """
        Whether an event released with this time may have been in the period, and before another time.
        """
        if until not in self._known:
            stops = [each for each in (self._period.stop, until) if each is not None]
            self._known[until] = _widened(self._view, Period(self._period.start, min(stops, default=None)))
        start, stop = self._known[until]
        return start <= time < stop


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
