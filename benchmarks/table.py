"""Results for people: tables on the terminal, and the same ones in Markdown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
        return [all(_is_number(row[column]) for row in self.rows) for column in range(len(self.header))]


def _is_number(text: str) -> bool:
    return text != "" and all(character in "0123456789,.–% " for character in text)
