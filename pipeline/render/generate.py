"""Generate: the documents that are kept in the repository, and whether they still say what the code does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.codec import pretty
from pipeline.engine import by_contract
from pipeline.render.asyncapi import ERASURE, KEY_CHANGES, QUARANTINE, asyncapi, schema_file
from pipeline.render.json_schema import clean_schema, erasure_schema, key_changes_schema, quarantine_schema, raw_schema
from pipeline.render.matrix_html import matrix_html
from pipeline.render.matrix_markdown import matrix_markdown
from schemas.view import View

_OURS: Final = re.compile(
    r"((raw|clean)\.[a-z0-9_.]+|erasure|key-changes|quarantine)\.schema\.json|asyncapi\.json|views\.(md|html)"
)


@dataclass(frozen=True, slots=True)
class Drift:
    """
    How a folder differs from the documents, by file name.

    Args:
        stale: other content.
        missing: not there.
        extra: looks like a document, and is none any more.
    """

    stale: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stale or self.missing or self.extra)


def documents(views: Sequence[View]) -> Mapping[str, str]:
    """
    File name → content of every document; equal views give equal bytes.
    """
    files = {
        "asyncapi.json": pretty(asyncapi(views)),
        "views.html": matrix_html(views),
        "views.md": matrix_markdown(views),
        schema_file(ERASURE): pretty(erasure_schema()),
        schema_file(KEY_CHANGES): pretty(key_changes_schema()),
        schema_file(QUARANTINE): pretty(quarantine_schema()),
    }
    for contract, group in by_contract(views):
        files[schema_file(contract.topic)] = pretty(raw_schema(contract))
        files |= {schema_file(view.topic): pretty(clean_schema(view)) for view in group}
    return dict(sorted(files.items()))


def compare(files: Mapping[str, str], folder: Path) -> Drift:
    """
    How a folder, which need not exist, differs from the documents.
    """
    there = {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set[str]()
    return Drift(
        stale=tuple(name for name in files if name in there and (folder / name).read_bytes() != files[name].encode()),
        missing=tuple(name for name in files if name not in there),
        extra=tuple(sorted(name for name in there - files.keys() if _OURS.fullmatch(name))),
    )


def write(files: Mapping[str, str], folder: Path) -> None:
    """
    Write the documents; nothing else in the folder is touched.

    Raises:
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content.encode())
