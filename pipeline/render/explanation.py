"""Explanations as JSON values, as lines of tab-separated columns, and as a table for a terminal."""

from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.codec import dumps
from pipeline.explain import Cell, Explanation, Line, Record

_ABSENT: Final = "–"


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """
    Everything, as JSON values.
    """
    recipients = [record.recipient for record in explanation.records]
    return {
        "topic": explanation.topic,
        "records": [_record_json(record) for record in explanation.records],
        "fields": [
            {
                "path": line.path,
                "kind": line.kind,
                "raw": line.raw,
                "views": dict(zip(recipients, map(_cell_json, line.cells), strict=True)),
            }
            for line in explanation.lines
        ],
        "unknown": list(explanation.unknown),
    }


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """
    A head and one line a value, columns separated by tabs, after one line a record.
    """
    for record in explanation.records:
        yield "\t".join(_record_texts(record))
    yield ""
    yield "\t".join(_head(explanation))
    for line in explanation.lines:
        yield "\t".join((*_line_texts(line), *(_cell_text(cell) for cell in line.cells)))
    yield from _unknown(explanation)


def print_explanation(explanation: Explanation, console: Console) -> None:
    """
    Two tables: what each recipient gets as a whole, and value by value.
    """
    records = Table("recipient", "clean topic", "circumstances", "key", "timestamp", title=explanation.topic)
    for record in explanation.records:
        records.add_row(*map(Text, _record_texts(record)))
    console.print(records)
    values = Table(*_head(explanation))
    for line in explanation.lines:
        cells = (Text(_cell_text(cell), "dim" if cell.why else "") for cell in line.cells)
        values.add_row(*map(Text, _line_texts(line)), *cells)
    console.print(values)
    for sentence in _unknown(explanation):
        console.print(Text(sentence))


def json_text(value: Any) -> str:
    """
    A JSON value on one line, Chinese as it is, without characters that would move a terminal's cursor.
    """
    text = dumps(value).decode()
    return "".join(char if char.isprintable() else "".join(map(r"\u{:04x}".format, _units(char))) for char in text)


def _units(char: str) -> Iterator[int]:
    """
    The UTF-16 code units of a character, which JSON escapes are made of.
    """
    units = char.encode("utf-16-be")
    return (int.from_bytes(units[start : start + 2]) for start in range(0, len(units), 2))


def _head(explanation: Explanation) -> tuple[str, ...]:
    return ("field", "kind", "raw", *(record.recipient for record in explanation.records))


def _line_texts(line: Line) -> tuple[str, ...]:
    return (line.path, line.kind, _ABSENT if line.raw is None else json_text(line.raw))


def _cell_text(cell: Cell) -> str:
    if not cell.why:
        return f"{json_text(cell.released)} ({cell.rule})"
    return f"{_ABSENT} ({cell.why})" if cell.why == cell.rule else f"{_ABSENT} ({cell.why}; {cell.rule})"


def _record_texts(record: Record) -> tuple[str, ...]:
    topic = record.topic if record.released else "no record"
    return (record.recipient, topic, record.circumstances, record.key or _ABSENT, record.timestamp or _ABSENT)


def _unknown(explanation: Explanation) -> Iterator[str]:
    if explanation.unknown:
        yield ""
        yield f"Not in the contract, dropped for everybody: {', '.join(explanation.unknown)}"


def _record_json(record: Record) -> dict[str, Any]:
    return {
        "recipient": record.recipient,
        "topic": record.topic,
        "circumstances": record.circumstances,
        "released": record.released,
        "key": record.key,
        "timestamp": record.timestamp,
        "value": record.value,
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {"released": cell.released, "why": cell.why, "rule": cell.rule}
