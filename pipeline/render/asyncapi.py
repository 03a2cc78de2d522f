"""AsyncAPI 3.0: one document over all topics that a deployment reads and writes."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.columns import columns
from pipeline.engine import by_contract
from pipeline.erasure.notice import TOKEN, notice_topic
from pipeline.key_changes import changes_topic
from pipeline.quarantine import quarantine_topic
from pipeline.render.json_schema import POLICY_PATTERN
from schemas.contract import Contract
from schemas.view import View
from transforms import Pseudonymize

Object = dict[str, Any]

ERASURE: Final = "erasure"
KEY_CHANGES: Final = "key-changes"
QUARANTINE: Final = "quarantine"
SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"

_KAFKA_BINDINGS: Final = "0.5.0"
_SOURCE_PATTERN: Final = "^[1-9][0-9]*\\.[A-Za-z0-9_-]{22}$"


def asyncapi(views: Sequence[View]) -> Object:
    """
    The document. Payloads are the JSON Schema files that lie beside it; brokers are left to the reader.
    """
    channels: Object = {}
    operations: Object = {}
    messages: Object = {
        ERASURE: _erasure_message(),
        KEY_CHANGES: _key_changes_message(),
        QUARANTINE: _quarantine_message(),
    }
    for topic, recipient in {changes_topic(view.recipient): view.recipient for view in views}.items():
        channels[topic] = _channel(topic, KEY_CHANGES, f"Which versions of keys {recipient}'s tokens bear.")
        operations[f"send.{topic}"] = _operation("send", topic, KEY_CHANGES)
    for topic, recipient in {notice_topic(view.recipient): view.recipient for view in views}.items():
        channels[topic] = _channel(topic, ERASURE, f"What {recipient} has to delete.")
        operations[f"send.{topic}"] = _operation("send", topic, ERASURE)
    for contract, group in by_contract(views):
        messages[contract.topic] = _raw_message(contract)
        channels[contract.topic] = _channel(contract.topic, contract.topic, "What upstream apps send.")
        operations[f"receive.{contract.topic}"] = _operation("receive", contract.topic, contract.topic)
        for view in group:
            messages[view.topic] = _clean_message(view)
            summary = f"What {view.recipient} gets of {contract.topic}."
            channels[view.topic] = _channel(view.topic, view.topic, summary)
            operations[f"send.{view.topic}"] = _operation("send", view.topic, view.topic)
        held = quarantine_topic(contract.topic)
        channels[held] = _channel(held, QUARANTINE, f"Events of {contract.topic} that could not be processed safely.")
        operations[f"send.{held}"] = _operation("send", held, QUARANTINE)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "qingliu",
            "version": _version(views),
            "description": "Raw events in, one clean topic per recipient out. The version hashes contracts and views.",
        },
        "defaultContentType": "application/json",
        "servers": {"brokers": _server()},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def schema_file(name: str) -> str:
    """
    The file that holds a topic's JSON Schema.
    """
    return f"{name}.schema.json"


def _version(views: Sequence[View]) -> str:
    digest = hashlib.sha256()
    for contract, group in by_contract(views):
        digest.update(f"{contract!r}\n".encode())
        for view in group:
            digest.update(f"{view.schema}={view.policy()}\n".encode())
    return digest.hexdigest()[:16]


def _server() -> Object:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "The deployment's brokers.",
        "variables": {"bootstrap": {"description": "host:port of a broker, as in QINGLIU_BOOTSTRAP."}},
    }


def _channel(topic: str, message: str, summary: str) -> Object:
    return {
        "address": topic,
        "summary": summary,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": _KAFKA_BINDINGS}},
    }


def _operation(action: str, channel: str, message: str) -> Object:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _message(name: str, summary: str, key: Mapping[str, Any]) -> Object:
    return {
        "name": name,
        "summary": summary,
        "contentType": "application/json",
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{schema_file(name)}"}},
        "bindings": {"kafka": {"key": {**key}, "bindingVersion": _KAFKA_BINDINGS}},
    }


def _raw_message(contract: Contract) -> Object:
    key = {"description": "Not read, and never passed on."}
    return _message(contract.topic, "One event. Its headers are not read, and never passed on.", key)


def _clean_message(view: View) -> Object:
    message = _message(view.topic, f"One event, as {view.recipient} may see it.", _key(view))
    return {**message, "headers": _headers(view)}


def _erasure_message() -> Object:
    key = {**TOKEN, "description": "The token of the erasure: its parts, and repetitions, have the same one."}
    return _message(ERASURE, "The tokens of a person who was erased.", key)


def _key_changes_message() -> Object:
    key = {"type": "null", "description": "Always empty."}
    return _message(KEY_CHANGES, "The versions of keys.", key)


def _quarantine_message() -> Object:
    key = {"type": "null", "description": "Always empty."}
    return _message(QUARANTINE, "One event that was held back, or one part of a very large one.", key)


def _headers(view: View) -> Object:
    return {
        "type": "object",
        "properties": {
            "policy": {
                "type": "string",
                "pattern": POLICY_PATTERN,
                "description": "Hash of the rules that made the record.",
                "examples": [view.policy()],
            },
            "schema": {
                "type": "string",
                "const": view.schema,
                "description": "Name and version of the payload's schema.",
            },
            "source": {
                "type": "string",
                "pattern": _SOURCE_PATTERN,
                "description": "Token of the raw record; a record that comes again has the same one.",
            },
        },
        "required": ["policy", "schema", "source"],
        "additionalProperties": False,
    }


def _key(view: View) -> Object:
    """
    The schema of a clean record's key: a token that the record releases, or nothing.
    """
    rules = [column.rules[path] for path in view.key for column in columns(view) if column.rules]
    shapes = [dict(rule.gives or {}) for rule in rules if isinstance(rule, Pseudonymize)]
    distinct = [shape for position, shape in enumerate(shapes) if shape not in shapes[:position]]
    if not distinct:
        return {"type": "null", "description": "Always empty."}
    sources = " or ".join(path for path in view.key)
    return {"anyOf": [*distinct, {"type": "null"}], "description": f"The released token of {sources}, or empty."}
