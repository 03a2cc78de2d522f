"""Explain: one event and what every view makes of it, field by field, with the reason where nothing passes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.bound import dropped, placeholder
from pipeline.check import unknown_paths
from pipeline.codec import parse
from pipeline.columns import Resolved, effective_rules, sealed_to
from pipeline.decision import Decision
from pipeline.engine import Keys, TopicEngine
from pipeline.interpret import circumstances
from pipeline.render.matrix import ARRAY
from pipeline.render.phrases import NO_RECORD, phrase
from schemas.contract import Contract, Field, Group, Node, Repeated
from schemas.view import SUPPRESS, Variant, View
from transforms import TruncateTime, withholds
from transforms.normalize import identifies_nothing
from transforms.timestamp import format_timestamp


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What one recipient gets of one value.

    Args:
        released: the value; None when nothing is.
        why: the reason why nothing is; empty when something is.
        rule: in words.
    """

    released: Any
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class Line:
    """
    One value of the event.

    Args:
        path: within the event: `items[0].sku`.
        kind: of the field; `array` for an array, whose value is its length.
        raw: the value as it came; None when it is absent.
        cells: recipient by recipient.
    """

    path: str
    kind: str
    raw: Any
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """
    What one recipient gets as a whole.

    Args:
        recipient: who.
        topic: the clean topic.
        circumstances: in words.
        released: whether there is a record at all.
        key: of the record; None when empty.
        timestamp: of the record, RFC 3339; None without a record.
        value: of the record; None without a record.
    """

    recipient: str
    topic: str
    circumstances: str
    released: bool
    key: str | None
    timestamp: str | None
    value: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    One event, every view side by side.

    Args:
        topic: the raw topic.
        records: recipient by recipient.
        lines: value by value, in the contract's order.
        unknown: paths of fields that the contract does not have: dropped for everybody.
    """

    topic: str
    records: tuple[Record, ...]
    lines: tuple[Line, ...]
    unknown: tuple[str, ...]


def explain(contract: Contract, views: Sequence[View], keys: Keys, raw: bytes, decision: Decision) -> Explanation:
    """
    What the engine makes of an event, and why.

    Args:
        contract: of the raw topic.
        views: of this contract.
        keys: of the deployment, or throw-away ones.
        raw: the event.
        decision: what is known of its subject.

    Raises:
        Broken: the event would go to quarantine.
    """
    # What stands in a box is what is to be explained.
    unsealed = [replace(view, sealed=None) for view in views]
    outputs = TopicEngine(contract, unsealed, keys, lambda *_: decision).process(raw)
    event = parse(raw)
    linked = circumstances(contract, event).linked or decision.linked
    sides = tuple(
        _Side(view, Variant(not view.asks_consent or view.purpose in decision.purposes, linked), decision.suppressed)
        for view in views
    )
    values = tuple(parse(output[0]) if output else None for output in outputs)
    records = tuple(
        Record(
            recipient=side.view.recipient,
            topic=side.view.topic,
            circumstances=side.circumstances,
            released=output is not None,
            key=output[1].decode() if output and output[1] else None,
            timestamp=format_timestamp(_outside(side.view, output[2])) if output else None,
            value=value,
        )
        for side, output, value in zip(sides, outputs, values, strict=True)
    )
    lines = tuple(_Lines(sides).of(contract.fields, event, values, _Spot("", "")))
    return Explanation(contract.topic, records, lines, tuple(dict.fromkeys(unknown_paths(contract, event))))


def _outside(view: View, timestamp: int) -> int:
    """
    What readers see of a record's time: the day where the record is sealed.
    """
    return TruncateTime("day").floor(timestamp) if view.sealed else timestamp


class _Side:
    """
    A view under the circumstances of the event.
    """

    def __init__(self, view: View, variant: Variant, suppressed: bool) -> None:  # noqa: FBT001 — private
        self.view = view
        self._variant = variant
        self._suppressed = suppressed
        self._rules = None if suppressed else _rules(view, variant)
        self._consented = _rules(view, Variant(granted=True, linked=variant.linked))
        self._standalone = _rules(view, Variant(variant.granted, linked=False))

    @property
    def circumstances(self) -> str:
        words = []
        if self.view.asks_consent:
            words.append("with consent" if self._variant.granted else "without consent")
        words.append("linked" if self._variant.linked else "standalone")
        return "suppressed" if self._suppressed else ", ".join(words) + sealed_to(self.view)

    def cell(self, path: str, released: Any, absence: str) -> Cell:
        """
        What the recipient gets of one value.

        Args:
            path: of the contract.
            released: the value that the record holds; None when it holds none.
            absence: why the event itself offers nothing to release; empty when it does.
        """
        if self._rules is None:
            return Cell(None, "suppressed" if self._suppressed else "no consent", NO_RECORD)
        rule = self._rules[path]
        why = "" if released is not None else absence or self._why(path)
        return Cell(released, why, phrase(rule))

    def _why(self, path: str) -> str:
        if self._rules and withholds(self._rules[path]):
            return "withheld"
        if not self._rules or not dropped(self._rules[path]):
            return "nothing in it may pass"
        if self._consented and not dropped(self._consented[path]):
            return "no consent"
        if self._standalone and not dropped(self._standalone[path]):
            return "linked to a person"
        return "drop"


def _rules(view: View, variant: Variant) -> Resolved | None:
    if not variant.granted and view.otherwise is SUPPRESS:
        return None
    return effective_rules(view, variant)


@dataclass(frozen=True, slots=True)
class _Spot:
    """
    Where the fields of an object are.

    Args:
        place: before a name, within the event: `items[0].`.
        path: before a name, within the contract: `items[].`.
    """

    place: str
    path: str


class _Lines:
    """
    Walks an event and every view's record of it side by side.
    """

    def __init__(self, sides: Sequence[_Side]) -> None:
        self._sides = sides

    def of(
        self, fields: Sequence[Node], value: Mapping[str, Any], released: Sequence[Any], spot: _Spot
    ) -> Iterator[Line]:
        """
        The lines of one object.

        Args:
            fields: of the object.
            value: the object in the event.
            released: the object in each view's record, None where there is none.
            spot: where it is.
        """
        for node in fields:
            raw = value.get(node.name)
            inner = [item.get(node.name) if item else None for item in released]
            here = _Spot(spot.place + node.name, spot.path + node.name)
            match node:
                case Field():
                    yield self._value(node, raw, inner, here)
                case Group():
                    yield from self.of(node.fields, raw or {}, inner, _Spot(f"{here.place}.", f"{here.path}."))
                case Repeated():
                    yield from self._array(node, raw, inner, here)

    def _value(self, node: Field, raw: Any, released: Sequence[Any], spot: _Spot) -> Line:
        absence = "absent" if raw is None else ""
        if raw is not None and placeholder(node) and identifies_nothing(raw):
            absence = "opted out of tracking"
        return Line(spot.place, node.kind.value, raw, self._cells(spot.path, released, absence))

    def _array(self, node: Repeated, raw: Any, released: Sequence[Any], spot: _Spot) -> Iterator[Line]:
        path = f"{spot.path}[]"
        lengths = [None if items is None else len(items) for items in released]
        cells = self._cells(path, lengths, "absent" if raw is None else "")
        yield Line(f"{spot.place}[]", ARRAY, None if raw is None else len(raw), cells)
        for position, element in enumerate(raw or ()):
            inner = [None if items is None else items[position] for items in released]
            yield from self.of(node.fields, element, inner, _Spot(f"{spot.place}[{position}].", f"{path}."))

    def _cells(self, path: str, released: Sequence[Any], absence: str) -> tuple[Cell, ...]:
        return tuple(side.cell(path, item, absence) for side, item in zip(self._sides, released, strict=True))
