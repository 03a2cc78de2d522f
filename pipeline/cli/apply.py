"""`qingliu apply`."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import click

from pipeline.broken import Broken
from pipeline.cli.common import FOUND, Problem, choose_view, problems, views_option
from pipeline.cli.keyset import open_keys
from pipeline.engine import Keys, TopicEngine
from schemas.view import View
from transforms.text.names.mention import NamesUnavailable

if TYPE_CHECKING:
    from pipeline.keys import RootKeys

_PROGRESS_SECONDS: Final = 2.0

Hold = Callable[[int, bytes, Broken], None]
"""`hold(number of the line from 0, line, why)`."""


class Totals(NamedTuple):
    """
    What became of the events: each is in exactly one of these.
    """

    passed: int
    suppressed: int
    broken: int


@click.command("apply")
@click.option("--topic", required=True, help="The raw topic that the lines are of, such as raw.order.")
@click.option("--recipient", required=True, help="Whose view to apply.")
@click.option(
    "--keyset",
    type=click.Path(path_type=Path),
    envvar="QINGLIU_KEYSET",
    help="Encrypted root keyset. [QINGLIU_KEYSET]",
)
@click.option(
    "--passphrase",
    type=click.Path(path_type=Path),
    envvar="QINGLIU_PASSPHRASE",
    help="File with its passphrase. [QINGLIU_PASSPHRASE]",
)
@click.option(
    "--kms", metavar="URI", envvar="QINGLIU_KMS", help="Key of a key management service, in its place. [QINGLIU_KMS]"
)
@click.option("--throwaway-keys", is_flag=True, help="Try it out with keys that are forgotten afterwards.")
@click.option(
    "--quarantine",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the sealed events that cannot be processed safely; needs --officer.",
)
@click.option(
    "--officer",
    type=click.Path(path_type=Path),
    envvar="QINGLIU_OFFICER",
    help="The officer's public key. [QINGLIU_OFFICER]",
)
@click.option(
    "--parties",
    type=click.Path(path_type=Path),
    envvar="QINGLIU_PARTIES",
    help="Folder of public keys to which the view seals values. [QINGLIU_PARTIES]",
)
@views_option
def command(  # noqa: PLR0913, PLR0917 — one argument an option
    views: tuple[View, ...],
    topic: str,
    recipient: str,
    keyset: Path | None,
    passphrase: Path | None,
    kms: str | None,
    throwaway_keys: bool,  # noqa: FBT001 — click passes flags by name
    quarantine: Path | None,
    officer: Path | None,
    parties: Path | None,
) -> None:
    """
    JSON lines in, one recipient's clean lines out, without Kafka: for backfill and for trying views out.

    The summary goes to standard error. Exits with 1 when an event could not be processed; with --quarantine it is
    sealed into that file, line for line as on the quarantine topic (partition 0, the line's number from 0 as offset),
    otherwise it is only counted. Empty lines are skipped.

    \b
    Example:
        qingliu simulate --topic order --count 1000 --seed 1 |
            qingliu apply --topic order --recipient ads --throwaway-keys > clean.jsonl
    """
    view = choose_view(views, topic, recipient)
    keys = _load_keys(keyset, passphrase, kms, throwaway=throwaway_keys)
    with ExitStack() as stack:
        hold = _holder(view, officer, quarantine, stack)
        try:
            with problems(NamesUnavailable):
                engine = TopicEngine(view.contract, [view], _with_parties(keys, parties))
            totals = _apply(engine, hold)
        except BrokenPipeError:
            # The reader, such as `head`, has seen enough. The interpreter's last flush must not complain either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
    click.echo(f"passed {totals.passed}, suppressed {totals.suppressed}, quarantined {totals.broken}", err=True)
    sys.exit(FOUND if totals.broken else 0)


def _load_keys(keyset: Path | None, passphrase: Path | None, kms: str | None, *, throwaway: bool) -> "RootKeys":
    from pipeline.keys import RootKeys  # noqa: PLC0415 — Tink loads only where it is used

    if throwaway:
        return RootKeys.generate()
    if keyset is None or not (passphrase or kms):
        msg = "no keys are given; pass --keyset and --passphrase, or --throwaway-keys to try it out"
        raise Problem(msg)
    return open_keys(keyset, passphrase, kms)[0]


def _with_parties(keys: "RootKeys", folder: Path | None) -> Keys:
    from pipeline.keys import KeysError  # noqa: PLC0415
    from pipeline.parties import KeysOfParties, Parties  # noqa: PLC0415

    if folder is None:
        return keys
    with problems(KeysError):
        return KeysOfParties(keys, Parties(folder))


def _holder(view: View, officer: Path | None, file: Path | None, stack: ExitStack) -> Hold:
    """
    What is done with an event that cannot be processed safely: nothing, or sealing it into a file.
    """
    from pipeline.keys import KeysError, load_officer_public  # noqa: PLC0415
    from pipeline.quarantine import Quarantine  # noqa: PLC0415

    if file is None:
        return lambda _number, _line, _broken: None
    if officer is None:
        msg = "--quarantine needs the officer's public key; pass --officer"
        raise Problem(msg)
    with problems(KeysError):
        quarantine = Quarantine(load_officer_public(officer).sealer(), view.policy())
    try:
        out = stack.enter_context(file.open("xb"))  # a file of an earlier run is not lost
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror}; choose another file"
        raise Problem(msg) from None

    def hold(number: int, line: bytes, broken: Broken) -> None:
        for record in quarantine.records(view.contract.topic, 0, number, None, line, broken):
            out.write(record + b"\n")

    return hold


def _apply(engine: TopicEngine, hold: Hold) -> Totals:
    out = click.get_binary_stream("stdout")
    passed = suppressed = broken = 0
    for number, line in _lines(click.get_binary_stream("stdin")):
        try:
            (result,) = engine.process(line)
        except Broken as why:
            hold(number, line, why)
            broken += 1
            continue
        if result is None:
            suppressed += 1
            continue
        out.write(result[0] + b"\n")
        out.flush()  # a reader of a live stream waits for no block to fill
        passed += 1
    return Totals(passed, suppressed, broken)


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """
    The lines that are not empty, each with its number from 0; on a terminal with progress.
    """
    shown, started = sys.stderr.isatty(), time.monotonic()
    for number, line in enumerate(source):
        if line.strip():
            yield number, line.removesuffix(b"\n")
        if shown and time.monotonic() - started > _PROGRESS_SECONDS:
            started = time.monotonic()
            click.echo(f"\r{number + 1:,} lines", nl=False, err=True)
    if shown:
        click.echo("\r\033[K", nl=False, err=True)
