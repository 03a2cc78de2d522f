"""The matrix as plain text for a terminal."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from pipeline.render.matrix import Sheet, sheets
from schemas.view import View

_GAP = "  "


def matrix_text(views: Sequence[View]) -> str:
    """
    Every sheet as a table of aligned columns.
    """
    return "\n".join(line for sheet in sheets(views) for line in _sheet(sheet))


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.contract.topic}, version {sheet.contract.version}"
    yield ""
    for facts in sheet.facts:
        yield (
            f"{facts.recipient}: {facts.topic}, purpose {facts.purpose}, consent {facts.consent}, "
            f"key {facts.key}, policy {facts.policy}"
        )
    yield ""
    head = ("field", "kind", *(column.title for column in sheet.columns))
    yield from _aligned([head, *((row.path, row.kind, *row.cells) for row in sheet.rows)])
    yield ""


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for position, row in enumerate(rows):
        yield _GAP.join(text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        if position == 0:
            yield _GAP.join("-" * width for width in widths)
