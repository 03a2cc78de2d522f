"""`qingliu schema`."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from pipeline.cli.common import FOUND, Problem, views_option
from pipeline.codec import pretty
from pipeline.render.generate import Drift, compare, documents, write
from schemas.view import View

_FOLDER: Final = Path("schemas/generated")


@click.command("schema")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="Folder of the documents.",
)
@click.option("--check", "checks", is_flag=True, help="Write nothing; compare the folder with what would be written.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@views_option
def command(
    *,
    views: tuple[View, ...],
    out: Path,
    checks: bool,
    as_json: bool,
) -> None:
    """
    Write JSON Schemas, the AsyncAPI document and the matrix of the views.

    With --check it exits with 1 when a file is stale, missing, or belongs to no view any more.

    \b
    Example:
        qingliu schema
        qingliu schema --check
    """
    files = documents(views)
    if checks:
        drift = compare(files, out)
        click.echo(pretty(asdict(drift)) if as_json else _drift(drift, out, len(files)), nl=False)
        sys.exit(FOUND if drift else 0)
    try:
        write(files, out)
    except OSError as error:
        msg = f"{out} cannot be written: {error.strerror}; choose another folder"
        raise Problem(msg) from None
    click.echo(pretty({"written": list(files)}) if as_json else f"{len(files)} files written to {out}\n", nl=False)
    for name in compare(files, out).extra:
        click.echo(f"{out / name} belongs to no view any more; delete it", err=True)


def _drift(drift: Drift, out: Path, count: int) -> str:
    lines = [
        *(f"stale: {out / name}; run qingliu schema" for name in drift.stale),
        *(f"missing: {out / name}; run qingliu schema" for name in drift.missing),
        *(f"extra: {out / name}; it belongs to no view any more, delete it" for name in drift.extra),
    ]
    return "".join(f"{line}\n" for line in lines or [f"{count} files are up to date"])
