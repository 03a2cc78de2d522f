"""The matrix as Markdown, with the tables of GitHub Flavored Markdown."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.render.matrix import Sheet, sheets
from pipeline.render.phrases import GLOSSARY
from schemas.view import View

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def matrix_markdown(views: Sequence[View]) -> str:
    """
    Every sheet as a section, after the words that need an explanation.
    """
    lines = ["# What recipients get", "", *_table(("word", "meaning"), GLOSSARY)]
    for sheet in sheets(views):
        lines += ["", *_sheet(sheet)]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """
    Text that Markdown shows as it is, within a table too.
    """
    return _SPECIAL.sub(r"\\\1", text.replace("\r", " ").replace("\n", " "))


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f"## {escape(sheet.contract.topic)}, version {sheet.contract.version}"
    yield ""
    yield from _table(
        ("recipient", "clean topic", "purpose", "consent", "record key", "policy"),
        [
            (facts.recipient, facts.topic, facts.purpose, facts.consent, facts.key, facts.policy)
            for facts in sheet.facts
        ],
    )
    yield ""
    yield from _table(
        ("field", "kind", *(column.title for column in sheet.columns)),
        [(row.path, row.kind, *row.cells) for row in sheet.rows],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---"] * len(head), escaped=True)
    for row in rows:
        yield _row(row)


def _row(cells: Sequence[str], *, escaped: bool = False) -> str:
    return "| " + " | ".join(cells if escaped else map(escape, cells)) + " |"
