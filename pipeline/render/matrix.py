"""The matrix that the privacy officer reads and signs: for each raw topic, what every recipient gets of every field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.columns import Column, columns
from pipeline.engine import by_contract
from pipeline.render.phrases import NO_RECORD, phrase
from schemas.contract import Contract, Field, Repeated
from schemas.view import SUPPRESS, View
from transforms import Pseudonymize

ARRAY = "array"
"""Stands in place of a kind where the row is about an array as such: whether its length passes."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One field or array.

    Args:
        path: of the contract.
        kind: of the field, or `array`.
        cells: the rule in words, column by column.
    """

    path: str
    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What there is to say about a view as a whole, in words.
    """

    recipient: str
    topic: str
    schema: str
    purpose: str
    consent: str
    key: str
    policy: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    The matrix of one raw topic.

    Args:
        contract: of the topic.
        facts: view by view.
        columns: recipient by recipient.
        rows: in the contract's order.
    """

    contract: Contract
    facts: tuple[Facts, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def sheets(views: Sequence[View]) -> tuple[Sheet, ...]:
    """
    One sheet a raw topic, in the order in which the views name them.
    """
    return tuple(_sheet(contract, group) for contract, group in by_contract(views))


def as_json(views: Sequence[View]) -> list[dict[str, Any]]:
    """
    The matrix as JSON values: `rules` holds a field's rule in words, column by column.
    """
    return [
        {
            "topic": sheet.contract.topic,
            "version": sheet.contract.version,
            "views": [
                {
                    "recipient": facts.recipient,
                    "topic": facts.topic,
                    "schema": facts.schema,
                    "purpose": facts.purpose,
                    "consent": facts.consent,
                    "key": facts.key,
                    "policy": facts.policy,
                }
                for facts in sheet.facts
            ],
            "columns": [
                {"recipient": column.view.recipient, "circumstances": column.circumstances} for column in sheet.columns
            ],
            "fields": [{"path": row.path, "kind": row.kind, "rules": list(row.cells)} for row in sheet.rows],
        }
        for sheet in sheets(views)
    ]


def _sheet(contract: Contract, views: Sequence[View]) -> Sheet:
    shown = tuple(column for view in views for column in columns(view))
    rows = tuple(
        Row(path, node.kind.value if isinstance(node, Field) else ARRAY, tuple(_cell(column, path) for column in shown))
        for path, node in contract.nodes()
        if isinstance(node, Field | Repeated)
    )
    return Sheet(contract, tuple(_facts(view) for view in views), shown, rows)


def _cell(column: Column, path: str) -> str:
    return NO_RECORD if column.rules is None else phrase(column.rules[path])


def _facts(view: View) -> Facts:
    return Facts(
        recipient=view.recipient,
        topic=view.topic,
        schema=view.schema,
        purpose=view.purpose,
        consent=_consent(view),
        key=_key(view),
        policy=view.policy(),
    )


def _consent(view: View) -> str:
    if not view.asks_consent:
        return "not asked for"
    return "required" if view.otherwise is SUPPRESS else "decides what passes"


def _key(view: View) -> str:
    tokens = [
        path
        for path in view.key
        if any(column.rules and isinstance(column.rules[path], Pseudonymize) for column in columns(view))
    ]
    return f"token of {', or else of '.join(tokens)}" if tokens else "empty"
