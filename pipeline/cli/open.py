"""`qingliu open`."""

import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from pipeline.broken import Broken
from pipeline.cli.common import FOUND, Problem, problems
from pipeline.cli.passphrase import read_passphrase
from pipeline.codec import dumps, parse
from pipeline.opening import open_record

if TYPE_CHECKING:
    from transforms.boxes import PartyPrivateKey

_PROGRESS_SECONDS: Final = 2.0


@click.command("open")
@click.argument("records", type=click.File("rb"), default="-")
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Your private key, NAME.key.")
@click.option("--passphrase", type=click.Path(path_type=Path), help="File with its passphrase; asked for otherwise.")
@click.option("--topic", required=True, help="The clean topic that the lines are of, such as clean.merchant.order.")
def command(records: BinaryIO, key: Path, passphrase: Path | None, topic: str) -> None:
    """
    Clean records in, one a line; those for you out, with what was sealed to you in clear.

    Reads RECORDS, a file of JSON lines, or standard input. Records that were sealed to others are left out, those in
    which nothing was sealed pass as they are. The summary goes to standard error. Exits with 1 when a record opens in
    part: somebody put a box where it does not belong.

    \b
    Example:
        kcat -C -e -b broker:9092 -t clean.merchant.order |
            qingliu open --key m-100.key --passphrase m-100.txt --topic clean.merchant.order
    """
    from pipeline.keys import KeysError, load_party  # noqa: PLC0415 — Tink loads where it is used

    with problems(KeysError):
        private = load_party(key, read_passphrase(passphrase, "the private key"))
    counts: Counter[str] = Counter()
    try:
        _open(records, private, topic, counts)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. The interpreter's last flush must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    click.echo(_summary(counts), err=True)
    if counts["partly"]:
        sys.exit(FOUND)


def _open(records: BinaryIO, key: "PartyPrivateKey", topic: str, counts: Counter[str]) -> None:
    out = click.get_binary_stream("stdout")
    shown = time.monotonic() if sys.stderr.isatty() else float("inf")
    for number, line in enumerate(records, 1):
        try:
            record = parse(line)
        except Broken:
            msg = f"line {number} is no JSON object; give clean records as they stand in {topic}, one a line"
            raise Problem(msg) from None
        opened = open_record(record, key, topic)
        if opened.for_another:
            counts["others"] += 1
        else:
            counts["partly" if opened.closed else "opened" if opened.boxes else "clear"] += 1
            out.write(dumps(opened.record) + b"\n")
            out.flush()  # a reader of a live stream waits for no block to fill
        if time.monotonic() - shown > _PROGRESS_SECONDS:
            shown = time.monotonic()
            click.echo(_summary(counts), err=True)


def _summary(counts: Counter[str]) -> str:
    return (
        f"{counts['opened']} opened, {counts['clear']} without boxes, {counts['others']} for others, "
        f"{counts['partly']} opened in part"
    )
