"""Breakage: events that cannot be processed safely, one for each way in which clients and networks break them."""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from pipeline.codec import dumps
from pipeline.simulator.draw import pick
from schemas.contract import Contract, Field, Group, Node, Repeated
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text

_LARGE_EVERY: Final = 2_000
_RECORD_LIMIT: Final = 1 << 20  # bytes
_NESTING_LIMIT: Final = 32
_NOT_NUMBERS: Final = (b"NaN", b"Infinity", b"-Infinity")
_NOT_TIMES: Final = (
    *("2026-13-01T08:00:00+08:00", "2026-02-29T08:00:00Z", "2026-04-31T08:00:00Z", "2026-01-01T24:01:00+08:00"),
    *("2026-01-01T08:60:00Z", "2026-01-01T08:00:00", "2026/01/01 08:00:00", "1999-12-31T23:59:59Z"),
    *("2100-01-01T00:00:00Z", "1767225600000", "刚刚", "26-01-01T08:00:00Z"),
)
_PLACEHOLDER: Final = "\u2400"  # stands where a number goes that JSON does not have
_PLACEHOLDER_JSON: Final = dumps(_PLACEHOLDER)
_ALWAYS_MISSING: Final = "event_id"  # the first key of every event, required by every contract

Spot = tuple[dict[str, Any], Field]
"""A field with a value, and the object that holds it."""


class Breaker:
    """
    Breaks events in every way that a contract forbids.

    Whatever comes out has to go to quarantine: it is no JSON object in UTF-8, or breaks the bounds that its contract
    declares. Identifiers of the event stay in it where the breakage leaves room for them. One in 2,000 broken
    events is larger than 1 MiB.

    Args:
        rng: where kinds and fields are drawn from.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._count = 0

    def break_event(
        self, contract: Contract, event: dict[str, Any], planted: list[str]
    ) -> tuple[str, bytes, tuple[str, ...]]:
        """
        The kind of breakage, the broken record, and the identifiers that are still in it.

        Args:
            contract: of the event's topic.
            event: a whole one; it is changed.
            planted: identifiers in it.
        """
        self._count += 1
        if self._count % _LARGE_EVERY == _LARGE_EVERY // 2:
            return "too_large", *_kept(_too_large(event, planted), planted)
        while True:
            kind = pick(self._rng, _FREQUENT)
            record = _BREAKAGES[kind](self._rng, contract, event, planted)
            if record is not None:
                return kind, *_kept(record, planted)


def _kept(record: bytes, planted: list[str]) -> tuple[bytes, tuple[str, ...]]:
    identifiers = dict.fromkeys(planted)
    return record, tuple(text for text in identifiers if text.encode() in record or text.encode("gb18030") in record)


def _spots(fields: tuple[Node, ...], event: dict[str, Any]) -> Iterator[Spot]:
    for node in fields:
        value = event.get(node.name)
        if value is None:
            continue
        if isinstance(node, Field):
            yield event, node
        elif isinstance(node, Group):
            yield from _spots(node.fields, value)
        elif isinstance(node, Repeated):
            for item in value:
                yield from _spots(node.fields, item)


def _with_member(event: dict[str, Any], name: str, value: bytes) -> bytes:
    return dumps(event)[:-1] + b"," + dumps(name) + b":" + value + b"}"


def _wrong_type(rng: Random, contract: Contract, event: dict[str, Any], _: list[str]) -> bytes:
    holder, node = pick(rng, list(_spots(contract.fields, event)))
    value = holder[node.name]
    match node.type:
        case Integer() | Number():
            holder[node.name] = str(value)
        case Boolean():
            holder[node.name] = int(value)
        case GeoPoint():
            holder[node.name] = f"{value['lat']},{value['lng']}"
        case _:
            holder[node.name] = [value]
    return dumps(event)


def _missing_field(rng: Random, contract: Contract, event: dict[str, Any], _: list[str]) -> bytes:
    spots = list(_spots(contract.fields, event))
    places = [(holder, node.name) for holder, node in spots if not node.optional]
    points = (holder[node.name] for holder, node in spots if isinstance(node.type, GeoPoint))
    places += [(point, name) for point in points for name in point]
    holder, name = pick(rng, places)
    del holder[name]
    return dumps(event)


def _out_of_range(rng: Random, contract: Contract, event: dict[str, Any], _: list[str]) -> bytes | None:
    spots = [spot for spot in _spots(contract.fields, event) if isinstance(spot[1].type, Integer | Number | GeoPoint)]
    if not spots:
        return None
    holder, node = pick(rng, spots)
    if isinstance(node.type, Integer | Number):
        holder[node.name] = pick(rng, (node.type.minimum - 1, node.type.maximum + 1))
    else:
        name, value = pick(rng, (("lat", 91.5), ("lat", -90.1), ("lng", 181.25), ("lng", -1_000.5), ("accuracy_m", -1)))
        holder[node.name][name] = value
    return dumps(event)


def _too_long(rng: Random, contract: Contract, event: dict[str, Any], _: list[str]) -> bytes:
    holder, name, maximum = pick(
        rng,
        [
            (holder, node.name, node.type.maximum)
            for holder, node in _spots(contract.fields, event)
            if isinstance(node.type, Text)
        ],
    )
    value = holder[name]
    holder[name] = value + pick(rng, "x长") * (maximum + 1 - len(value) + int(rng.random() * 50))
    return dumps(event)


def _unknown_value(rng: Random, contract: Contract, event: dict[str, Any], _: list[str]) -> bytes | None:
    spots = [spot for spot in _spots(contract.fields, event) if isinstance(spot[1].type, OneOf | GeoPoint)]
    if not spots:
        return None
    holder, node = pick(rng, spots)
    if isinstance(node.type, GeoPoint):
        holder[node.name]["coord"] = pick(rng, ("bd09", "GCJ-02", "cgcs2000"))
    else:
        holder[node.name] = pick(rng, ("BREW", "get ", "未知"))
    return dumps(event)


def _bad_timestamp(rng: Random, _: Contract, event: dict[str, Any], __: list[str]) -> bytes:
    event["occurred_at"] = pick(rng, _NOT_TIMES)
    return dumps(event)


def _not_a_number(rng: Random, contract: Contract, event: dict[str, Any], _: list[str]) -> bytes:
    spots = [spot for spot in _spots(contract.fields, event) if isinstance(spot[1].type, Integer | Number)]
    holder, name = (event, "score")
    if spots:
        holder, node = pick(rng, spots)
        name = node.name
    holder[name] = _PLACEHOLDER
    return dumps(event).replace(_PLACEHOLDER_JSON, pick(rng, _NOT_NUMBERS))


def _duplicate_key(rng: Random, _: Contract, event: dict[str, Any], __: list[str]) -> bytes:
    name = pick(rng, list(event))
    return _with_member(event, name, dumps(event[name]))


def _nested_too_deep(rng: Random, _: Contract, event: dict[str, Any], planted: list[str]) -> bytes:
    depth = _NESTING_LIMIT + 1 + int(rng.random() * 40)
    opening, closing = pick(rng, ((b"[", b"]"), (b'{"next":', b"}")))
    return _with_member(event, "trace", opening * depth + dumps(pick(rng, planted)) + closing * depth)


def _too_large(event: dict[str, Any], planted: list[str]) -> bytes:
    passage = " ".join(planted)
    repeats = _RECORD_LIMIT // len(passage.encode()) + 1
    return _with_member(event, "dump", dumps(passage * repeats))


def _invalid_utf8(rng: Random, _: Contract, event: dict[str, Any], __: list[str]) -> bytes:
    record = dumps(event)
    if rng.random() < 1 / 2:
        chinese = record.decode().encode("gb18030")
        if not _is_utf8(chinese):
            return chinese
    end = record.rindex(b'"')
    return record[:end] + pick(rng, (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe5\xbc")) + record[end:]


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _truncated(rng: Random, _: Contract, event: dict[str, Any], __: list[str]) -> bytes:
    record = dumps(event)
    return record[: 1 + int(rng.random() * (len(record) - 1))]


def _number(_: Random, __: Contract, ___: dict[str, Any], planted: list[str]) -> bytes:
    return next((text.encode() for text in planted if text.isdecimal() and text[0] in "123456789"), b"42")


def _key_with_bom(_: Random, __: Contract, event: dict[str, Any], ___: list[str]) -> bytes:
    return dumps({"\ufeff" + name if name == _ALWAYS_MISSING else name: value for name, value in event.items()})


_Breakage = Callable[[Random, Contract, dict[str, Any], list[str]], bytes | None]

_BREAKAGES: Final[Mapping[str, _Breakage]] = {
    "array": lambda _, __, event, ___: dumps([event]),
    "bad_timestamp": _bad_timestamp,
    "duplicate_key": _duplicate_key,
    "empty": lambda *_: b"",
    "invalid_utf8": _invalid_utf8,
    "key_with_bom": _key_with_bom,
    "missing_field": _missing_field,
    "nested_too_deep": _nested_too_deep,
    "not_a_number": _not_a_number,
    "null": lambda *_: b"null",
    "number": _number,
    "out_of_range": _out_of_range,
    "string": lambda _, __, event, ___: dumps(dumps(event).decode()),
    "too_long": _too_long,
    "truncated": _truncated,
    "unknown_value": _unknown_value,
    "wrong_type": _wrong_type,
}
_FREQUENT: Final = tuple(_BREAKAGES)

KINDS: Final = (*_FREQUENT, "too_large")
"""Every kind of breakage."""
