"""JSON Schema (2020-12) of raw topics from their contracts, of clean topics from their views, and of quarantine."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.bound import dropped
from pipeline.broken import MAX_BYTES, MAX_DEPTH, Reason
from pipeline.columns import Column, Resolved, columns
from pipeline.erasure.notice import PART, TOKEN
from pipeline.erasure.tokens import NAMING
from pipeline.render.phrases import phrase
from schemas.contract import Contract, Field, Group, Node, Repeated
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text, Timestamp, Type
from schemas.view import SEALED, View
from transforms import (
    AgeBand,
    BucketNumber,
    Constant,
    FormatPreserving,
    GeoCell,
    Keep,
    Mask,
    PrefixPreservingIp,
    Pseudonymize,
    RedactText,
    Region,
    Seal,
    ShiftTime,
    Transform,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
)
from transforms.coordinates import DATE_LINE_EAST, DATE_LINE_WEST, MAX_ACCURACY, NORTH_POLE, SOUTH_POLE

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
POLICY_PATTERN: Final = "^[0-9a-f]{16}$"

_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_RAW_TIMESTAMP: Final = (
    rf"^20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}[Tt]{_TIME}:([0-5][0-9]|60)(\.[0-9]{{1,9}})?([Zz]|[+-]{_TIME})$"
)
_ALWAYS_RELEASE: Final = frozenset(
    {
        AgeBand,
        BucketNumber,
        Constant,
        FormatPreserving,
        GeoCell,
        Keep,
        Mask,
        PrefixPreservingIp,
        Pseudonymize,
        RedactText,
        Region,
        ShiftTime,
        TruncateIp,
        TruncateTime,
        UrlTemplate,
        UserAgent,
    }
)


def schema_id(topic: str, version: int) -> str:
    """
    The identifier of a topic's schema: a name and no address.
    """
    return f"urn:qingliu:{topic}:{version}"


def raw_schema(contract: Contract) -> Schema:
    """
    The schema of a raw topic: every event that its contract accepts is valid.

    Not the other way round: JSON Schema sees no duplicate keys and no size, and takes 1.0 for an integer.
    """
    return {
        "$schema": DIALECT,
        "$id": schema_id(contract.topic, contract.version),
        "title": f"{contract.topic}, version {contract.version}",
        "description": (
            "An event as upstream apps send it. A field that is not listed is dropped and counted. An event that is "
            f"not valid goes to quarantine, as does one larger than {MAX_BYTES} bytes, nested deeper than {MAX_DEPTH} "
            "levels, or with a key twice. x-kind says what a field is; by it the views decide."
        ),
        **_raw_object(contract.fields),
    }


def clean_schema(view: View) -> Schema:
    """
    The schema of a clean topic: what the view may release under any circumstances, and nothing else.

    A property is required when it is there under all of them. Where rules differ by circumstances, x-rules says which
    stands when; circumstances that are not named release nothing of the field.
    """
    shown = [column for column in columns(view) if column.rules is not None]
    released = _clean_object(view.contract.fields, shown, "")
    return {
        "$schema": DIALECT,
        "$id": schema_id(view.topic, view.contract.version),
        "title": f"{view.topic}, version {view.contract.version}",
        "description": f"What {view.recipient} gets of {view.contract.topic}, for the purpose {view.purpose}.",
        "x-policy": view.policy(),
        **(released if view.sealed is None else _sealed(view.sealed, released)),
    }


def quarantine_schema() -> Schema:
    """
    The schema of every quarantine topic.
    """
    properties: Schema = {
        "topic": {"type": "string", "description": "The raw topic."},
        "partition": {"type": "integer", "minimum": 0},
        "offset": {"type": "integer", "minimum": 0},
        "part": {"type": "integer", "minimum": 1, "description": "A very large event is held in several parts."},
        "parts": {"type": "integer", "minimum": 1},
        "reason": {"enum": [reason.value for reason in Reason]},
        "path": {"type": "string", "description": "A field of the contract; empty when it is the whole event."},
        "detail": {"type": "string", "description": "Types and bounds in words, never a value."},
        "policy": {"type": "string", "pattern": r"^[0-9a-f]{16}(\+[0-9a-f]{16})*$"},
        "sealed": {
            "type": "string",
            "contentEncoding": "base64",
            "description": "Key and value of the event; only the privacy officer's private key opens it.",
        },
    }
    return {
        "$schema": DIALECT,
        "$id": schema_id("quarantine", 1),
        "title": "quarantine, version 1",
        "description": "An event that could not be processed safely, and why.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def erasure_schema() -> Schema:
    """
    The schema of every topic by which a recipient is told of erasures.
    """
    tokens = {"type": "array", "items": {**TOKEN}, "minItems": 1, "maxItems": PART}
    properties: Schema = {
        "erasure": {**TOKEN, "description": "Its parts, and repetitions, have the same one."},
        "erased_on": {"type": "string", "format": "date", "description": "The day, in Asia/Shanghai."},
        "part": {"type": "integer", "minimum": 1, "description": "Each part stands for itself."},
        "parts": {"type": "integer", "minimum": 1},
        "tokens": {
            "type": "object",
            "properties": {kind.value: tokens for kind in NAMING},
            "minProperties": 1,
            "additionalProperties": False,
            "description": "By kind, as x-kind says in the schemas of the clean topics.",
        },
    }
    return {
        "$schema": DIALECT,
        "$id": schema_id("erasure", 1),
        "title": "erasure, version 1",
        "description": (
            "A person was erased. Delete every record that holds one of these tokens in a field of its kind, whatever "
            "was made of it, and what still arrives with one."
        ),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def key_changes_schema() -> Schema:
    """
    The schema of every topic by which a recipient is told of changes of keys.
    """
    version: Schema = {"type": "integer", "minimum": 1}
    moment: Schema = {"type": "string", "format": "date-time", "description": "In UTC."}
    older: Schema = {
        "version": version,
        "from": moment,
        "resolvable_until": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "Tokens that bear it are resolvable up to then. In UTC.",
        },
    }
    properties: Schema = {
        "version": {**version, "description": "What new tokens begin with."},
        "from": moment,
        "older": {"type": "array", "items": _closed(older), "description": "Versions that are still resolvable."},
        "epochs_from": {
            "type": "string",
            "format": "date",
            "description": "Tokens of epochs that began before this day, in Asia/Shanghai, are resolvable by nobody.",
        },
    }
    return {
        "$schema": DIALECT,
        "$id": schema_id("key-changes", 1),
        "title": "key-changes, version 1",
        "description": "Which versions of keys there are. The latest record tells all; it may come twice.",
        **_closed(properties),
    }


def _closed(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _sealed(seal: Seal, released: Schema) -> Schema:
    """
    The schema of a record that is sealed as a whole; what is in its box stands under `$defs`.
    """
    box = {**(seal.gives or {}), "description": "A box with JSON text of the form $defs/opened."}
    return {**_closed({SEALED: box}), "$defs": {"opened": released}}


def always_releases(rule: Transform) -> bool:
    """
    Whether a rule makes something of every value it takes; of a transform that is not shipped nobody knows.
    """
    return type(rule) in _ALWAYS_RELEASE


def value_schema(kind: Type, *, closed: bool = False) -> Schema:
    """
    The schema of a value of this type.

    Args:
        kind: type of a field.
        closed: whether an object holds nothing but the listed members.
    """
    schema: Schema
    match kind:
        case Text(maximum, minimum):
            schema = {"type": "string", "minLength": minimum, "maxLength": maximum}
        case OneOf(values):
            schema = {"type": "string", "enum": [*values]}
        case Integer(minimum, maximum):
            schema = {"type": "integer", "minimum": minimum, "maximum": maximum}
        case Number(least, most):
            schema = {"type": "number", "minimum": least, "maximum": most}
        case Boolean():
            schema = {"type": "boolean"}
        case Timestamp():
            schema = {"type": "string", "format": "date-time", "pattern": _RAW_TIMESTAMP}
        case GeoPoint():
            schema = _point(closed=closed)
    return schema


def _point(*, closed: bool) -> Schema:
    properties: Schema = {
        "lat": {"type": "number", "minimum": SOUTH_POLE, "maximum": NORTH_POLE, "description": "Degrees."},
        "lng": {"type": "number", "minimum": DATE_LINE_WEST, "maximum": DATE_LINE_EAST, "description": "Degrees."},
        "accuracy_m": {"type": "number", "minimum": 0, "maximum": MAX_ACCURACY, "description": "Metres."},
        "coord": {"type": "string", "enum": ["wgs84", "gcj02"], "description": "The coordinate system."},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": not closed,
    }


def _raw_object(fields: tuple[Node, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {node.name: _raw_node(node) for node in fields},
        "required": [node.name for node in fields if not node.optional],
        "additionalProperties": True,
    }


def _raw_node(node: Node) -> Schema:
    match node:
        case Field():
            schema = {**value_schema(node.type), "x-kind": node.kind.value}
        case Group():
            schema = _raw_object(node.fields)
        case Repeated():
            schema = {"type": "array", "maxItems": node.maximum, "items": _raw_object(node.fields)}
    return _nullable(schema) if node.optional else schema


def _nullable(schema: Schema) -> Schema:
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


def _clean_object(fields: tuple[Node, ...], shown: Sequence[Column], prefix: str) -> Schema:
    """
    The object at a path.

    Args:
        fields: of the object.
        shown: the columns under which the object is there.
        prefix: of the paths of its fields.
    """
    properties: Schema = {}
    required: list[str] = []
    for node in fields:
        path = prefix + node.name + ("[]" if isinstance(node, Repeated) else "")
        releasing = [column for column in shown if _releases(column.rules or {}, node, path)]
        if not releasing:
            continue
        properties[node.name] = _clean_node(node, releasing, path)
        if all(_always(column.rules or {}, node, path) for column in shown):
            required.append(node.name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _clean_node(node: Node, releasing: Sequence[Column], path: str) -> Schema:
    match node:
        case Field():
            return _clean_field(node, releasing, path)
        case Group():
            return {**_clean_object(node.fields, releasing, f"{path}."), "minProperties": 1}
        case Repeated():
            items = _clean_object(node.fields, releasing, f"{path}.")
            return {"type": "array", "maxItems": node.maximum, "items": items}


def _clean_field(node: Field, releasing: Sequence[Column], path: str) -> Schema:
    rules = {column.circumstances or "always": column.rules[path] for column in releasing if column.rules}
    alternatives: list[Mapping[str, Any]] = []
    for rule in rules.values():
        given = rule.gives
        schema = value_schema(node.type, closed=True) if given is None else given
        if schema not in alternatives:
            alternatives.append(schema)
    return {
        **(alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}),
        "x-kind": node.kind.value,
        "x-rules": {circumstances: phrase(rule) for circumstances, rule in rules.items()},
    }


def _releases(rules: Resolved, node: Node, path: str) -> bool:
    if isinstance(node, Group):
        return any(_releases(rules, inner, _inner(path, inner)) for inner in node.fields)
    return not dropped(rules[path])


def _always(rules: Resolved, node: Node, path: str) -> bool:
    if node.optional:
        return False
    match node:
        case Field():
            return always_releases(rules[path])
        case Group():
            return any(_always(rules, inner, _inner(path, inner)) for inner in node.fields)
        case Repeated():
            return not dropped(rules[path])


def _inner(path: str, node: Node) -> str:
    return f"{path}.{node.name}" + ("[]" if isinstance(node, Repeated) else "")
