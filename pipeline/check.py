"""Contracts, interpreted: the reference for the compiled check, and what names the field that is wrong."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipeline.broken import Broken, Reason
from schemas.contract import Contract, Field, Group, Node, Repeated
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text, Timestamp, Type
from transforms import Refused
from transforms.base import TYPE_NAMES
from transforms.coordinates import read_point
from transforms.timestamp import read_timestamp

Names = Mapping[str, "Names | None"]
"""The names of an object's fields, and those within each."""

GEO_POINT_FIELDS: Final = ("lat", "lng", "accuracy_m", "coord")
_SAFE_NAME: Final = re.compile(r"(?!.*[0-9]{4})[A-Za-z_][A-Za-z0-9_]{0,39}")


def check(contract: Contract, event: Mapping[str, Any]) -> None:
    """
    Hold an event against its contract.

    Raises:
        Broken: the first field, in the contract's order, that does not fit.
    """
    _check_object(contract.fields, event, "")


def read(kind: Type, value: Any) -> Any:
    """
    A value as its transforms take it (`transforms.base.Reading`), after checking type and bounds.

    Raises:
        Refused: the value is not of this type; the sentence names types and bounds alone.
    """
    match kind:
        case Text(maximum, minimum):
            _expect(type(value) is str, "string", value)
            _within(minimum <= len(value) <= maximum, f"length {minimum}–{maximum}")
        case OneOf(values):
            _expect(type(value) is str, "string", value)
            _within(value in values, "one of " + ", ".join(values))
        case Integer(minimum, maximum):
            _expect(type(value) is int, "integer", value)
            _within(minimum <= value <= maximum, f"{minimum}–{maximum}")
        case Number(minimum, maximum):
            _expect(type(value) in (int, float), "number", value)
            _within(minimum <= value <= maximum, f"{minimum}–{maximum}")
        case Boolean():
            _expect(type(value) is bool, "boolean", value)
        case Timestamp():
            _expect(type(value) is str, "string", value)
            return read_timestamp(value)
        case GeoPoint():
            _expect(type(value) is dict, "object", value)
            return read_point(value)
    return value


def known_names(fields: tuple[Node, ...]) -> Names:
    """
    The names a contract has, as `paths_beyond` takes them.
    """
    return {node.name: _names_within(node) for node in fields}


def unknown_paths(contract: Contract, event: Mapping[str, Any]) -> Iterator[str]:
    """
    The fields of an event that its contract does not have; see `paths_beyond`.
    """
    return paths_beyond(known_names(contract.fields), event)


def paths_beyond(known: Names, event: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """
    The fields of an event beyond the known ones.

    A name comes from outside and may itself be personal, so one that is not a short word without long digit runs
    reads `*`.
    """
    for name, value in event.items():
        if name not in known:
            yield prefix + (name if _SAFE_NAME.fullmatch(name) else "*")
            continue
        within = known[name]
        if within is None:
            continue
        for item in value if type(value) is list else (value,):
            if type(item) is dict:
                yield from paths_beyond(
                    within, item, f"{prefix}{name}[]." if type(value) is list else f"{prefix}{name}."
                )


class _WrongType(Refused):
    pass


def _expect(holds: bool, expected: str, value: Any) -> None:  # noqa: FBT001 — an assertion
    if not holds:
        got = TYPE_NAMES.get(type(value), "something else")
        sentence = f"expected {expected}, got {got}"
        raise _WrongType(sentence)


def _within(holds: bool, bounds: str) -> None:  # noqa: FBT001 — an assertion
    if not holds:
        sentence = f"expected {bounds}"
        raise Refused(sentence)


def _check_object(fields: tuple[Node, ...], value: Mapping[str, Any], prefix: str) -> None:
    for node in fields:
        path = prefix + node.name + ("[]" if isinstance(node, Repeated) else "")
        item = value.get(node.name)
        if item is None:
            if node.optional:
                continue
            raise Broken(Reason.MISSING, path)
        match node:
            case Field():
                _check_value(node, item, path)
            case Group():
                if type(item) is not dict:
                    raise Broken(Reason.WRONG_TYPE, path, "expected object, got " + TYPE_NAMES[type(item)])
                _check_object(node.fields, item, path + ".")
            case Repeated():
                _check_array(node, item, path)


def _check_array(node: Repeated, items: Any, path: str) -> None:
    if type(items) is not list:
        raise Broken(Reason.WRONG_TYPE, path, "expected array, got " + TYPE_NAMES[type(items)])
    if len(items) > node.maximum:
        raise Broken(Reason.OUT_OF_RANGE, path, f"expected at most {node.maximum} objects")
    for item in items:
        if type(item) is not dict:
            raise Broken(Reason.WRONG_TYPE, path, "expected objects, got " + TYPE_NAMES[type(item)])
        _check_object(node.fields, item, path + ".")


def _check_value(node: Field, value: Any, path: str) -> None:
    try:
        read(node.type, value)
    except _WrongType as wrong:
        raise Broken(Reason.WRONG_TYPE, path, str(wrong)) from None
    except Refused as refusal:
        raise Broken(Reason.OUT_OF_RANGE, path, str(refusal)) from None


def _names_within(node: Node) -> Names | None:
    if not isinstance(node, Field):
        return known_names(node.fields)
    return dict.fromkeys(GEO_POINT_FIELDS) if isinstance(node.type, GeoPoint) else None
