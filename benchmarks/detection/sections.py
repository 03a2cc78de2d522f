"""A split: a file of templates, names and places, by section."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SPLITS: Final = ("train", "dev", "test")
_FOLDER: Final = Path(__file__).parent / "splits"
_HEAD: Final = re.compile(r"\[([a-z_]+)\]")

Sections = Mapping[str, tuple[str, ...]]
"""Lines by section."""


def read(split: str) -> Sections:
    """
    The sections of a split; `\\n` in a line is a line break of the text.
    """
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (_FOLDER / f"{split}.txt").read_text("utf-8").splitlines():
        if head := _HEAD.fullmatch(line):
            lines = sections.setdefault(head[1], [])
        elif line and not line.startswith("# "):
            lines.append(line.replace("\\n", "\n"))
    return {name: tuple(lines) for name, lines in sections.items()}


def words(sections: Sections, name: str) -> tuple[str, ...]:
    """
    The words of a section, several to a line.
    """
    return tuple(word for line in sections[name] for word in line.split())
