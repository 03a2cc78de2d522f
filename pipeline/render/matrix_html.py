"""The matrix as one HTML page that needs nothing else, to be read, printed and signed."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final

from pipeline.render.matrix import Row, Sheet, sheets
from pipeline.render.phrases import DROP, GLOSSARY, NO_RECORD
from schemas.view import View

_STYLE: Final = """
body { font: 15px/1.45 system-ui, "Noto Sans CJK SC", "PingFang SC", sans-serif; color: #1a1a1a; margin: 2rem auto;
  max-width: 90rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #b8b8b8; padding: .25rem .55rem; text-align: left; vertical-align: top; }
thead th { background: #ececec; }
tbody th { font: 13px/1.5 ui-monospace, monospace; }
td.nothing { color: #6b6b6b; background: #f6f6f6; }
td.signature { height: 2.2rem; min-width: 14rem; }
.scroll { overflow-x: auto; }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { font-size: 8.5pt; margin: 0; max-width: none; padding: 0; }
  tbody th { font-size: 8pt; }
  h2 { break-before: page; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
}
"""


def matrix_html(views: Sequence[View]) -> str:
    """
    The page: what words mean, a section for each raw topic, and room for signatures.
    """
    shown = sheets(views)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>What recipients get</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<h1>What recipients get</h1>",
            *_table("What the words mean", ("word", "meaning"), GLOSSARY),
            *(line for sheet in shown for line in _section(sheet)),
            *_signatures(shown),
            "</body>",
            "</html>",
            "",
        ]
    )


def _section(sheet: Sheet) -> Iterator[str]:
    topic = escape(sheet.contract.topic)
    yield f'<h2 id="{topic}">{topic}, version {sheet.contract.version}</h2>'
    yield from _table(
        "Views",
        ("recipient", "clean topic", "schema", "purpose", "consent", "record key", "policy"),
        [
            (facts.recipient, facts.topic, facts.schema, facts.purpose, facts.consent, facts.key, facts.policy)
            for facts in sheet.facts
        ],
    )
    yield '<div class="scroll"><table>'
    yield "<caption>Fields</caption>"
    yield from _head(sheet)
    yield "<tbody>"
    yield from map(_field, sheet.rows)
    yield "</tbody></table></div>"


def _head(sheet: Sheet) -> Iterator[str]:
    recipients = [
        (recipient, len(list(group)))
        for recipient, group in groupby(sheet.columns, key=lambda column: column.view.recipient)
    ]
    yield '<thead><tr><th scope="col" rowspan="2">field</th><th scope="col" rowspan="2">kind</th>'
    yield "".join(f'<th scope="colgroup" colspan="{span}">{escape(name)}</th>' for name, span in recipients) + "</tr>"
    circumstances = [escape(column.circumstances or "always") for column in sheet.columns]
    yield "<tr>" + "".join(f'<th scope="col">{words}</th>' for words in circumstances) + "</tr></thead>"


def _field(row: Row) -> str:
    cells = "".join(map(_cell, row.cells))
    return f'<tr><th scope="row">{escape(row.path)}</th><td>{escape(row.kind)}</td>{cells}</tr>'


def _cell(words: str) -> str:
    nothing = ' class="nothing"' if words in {DROP, NO_RECORD} else ""
    return f"<td{nothing}>{escape(words)}</td>"


def _signatures(shown: Sequence[Sheet]) -> Iterator[str]:
    yield "<h2>Signatures</h2>"
    yield "<table><caption>A signature stands for the rules of these policies, and of no others</caption>"
    yield '<thead><tr><th scope="col">clean topic</th><th scope="col">policy</th>'
    yield '<th scope="col">name</th><th scope="col">date</th><th scope="col">signature</th></tr></thead><tbody>'
    blank = '<td class="signature"></td>' * 3
    for sheet in shown:
        for facts in sheet.facts:
            yield f'<tr><th scope="row">{escape(facts.topic)}</th><td>{escape(facts.policy)}</td>{blank}</tr>'
    yield "</tbody></table>"


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"<table><caption>{escape(caption)}</caption>"
    yield "<thead><tr>" + "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head) + "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"
