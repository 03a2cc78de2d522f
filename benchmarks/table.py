"""Results for people: tables on the terminal, and the same ones in Markdown."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import rich.table
from rich.console import Console

Say = Callable[[str], None]
"""Takes one line of progress."""


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table; numbers are already text.

    Args:
        title: a sentence.
        header: one name a column.
        rows: as wide as the header.
    """

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def show(self, console: Console) -> None:
        """
        Print it for a terminal.
        """
        shown = rich.table.Table(title=self.title, title_justify="left")
        for name, right in zip(self.header, self._numeric(), strict=True):
            shown.add_column(name, justify="right" if right else "left")
        for row in self.rows:
            shown.add_row(*row)
        console.print(shown)

    def markdown(self) -> str:
        """
        The same in Markdown.
        """
        rule = ["---:" if right else "---" for right in self._numeric()]
        lines = (self.header, rule, *([cell.replace("|", "\\|") for cell in row] for row in self.rows))
        return f"### {self.title}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def _numeric(self) -> list[bool]:
        columns = ([row[column] for row in self.rows if row[column]] for column in range(len(self.header)))
        return [bool(cells) and all(_NUMBER.fullmatch(cell) for cell in cells) for cells in columns]


_NUMBER: Final = re.compile(r"[0-9.,]+(–[0-9.,]+)?")  # or a range of two
