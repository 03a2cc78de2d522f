"""`qingliu redact`."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

import click

from pipeline.cli.common import Problem, problems
from pipeline.codec import dumps, pretty
from transforms.text.entities import ALL as ENTITIES
from transforms.text.fields import ALL as FIELDS
from transforms.text.names.mention import NamesUnavailable
from transforms.text.taggers import FALLEN_BACK, MODES, NamesMode, falls_back

_BLOCK: Final = 1 << 16  # bytes read at once, if so many are there
_PROGRESS_SECONDS: Final = 2.0

Write = Callable[[Sequence[str]], Iterator[bytes]]


@click.command("redact")
@click.option(
    "--field",
    type=click.Choice([field.name for field in FIELDS]),
    default="contact",
    show_default=True,
    help="Where the texts come from; contact, note and signature are searched wholly, the others behind a cheap gate.",
)
@click.option(
    "--how",
    type=click.Choice(["redact", "mask"]),
    default="redact",
    show_default=True,
    help="Write <CN_MOBILE> in place of a find, or an asterisk for each of its characters.",
)
@click.option(
    "--names",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help="What looks for names: the model (extra qingliu[ner]), the dictionary, the better installed one, or nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one object a line, with the spans.")
@click.option("--entities", is_flag=True, help="List what is looked for, and stop.")
def command(*, field: str, how: str, names: NamesMode, as_json: bool, entities: bool) -> None:
    """
    Texts in, one a line; the same texts out with what is personal in them replaced.

    With --json each line is {"text": redacted, "spans": [{"start", "end", "entity", "score"}]}; offsets count code
    points of the line as it came. Nothing is sent anywhere. A line that is not UTF-8 stops the command with exit
    code 2: what cannot be read cannot be searched.

    \b
    Example:
        echo "我叫王小明，电话138 0013 8000" | qingliu redact
        qingliu redact --field danmaku --json < danmaku.txt
    """
    if entities:
        _list(as_json=as_json)
        return
    if falls_back(names):
        click.echo(FALLEN_BACK, err=True)
    with problems(NamesUnavailable):
        write = _writer(field, how, names, as_json=as_json)
    try:
        _redact(write)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. The interpreter's last flush must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _list(*, as_json: bool) -> None:
    if as_json:
        rows = [{"entity": entity.name, "says": entity.says, "example": entity.example} for entity in ENTITIES]
        click.echo(pretty(rows), nl=False)
        return
    width = max(len(entity.name) for entity in ENTITIES)
    for entity in ENTITIES:
        click.echo(f"{entity.name:<{width}}  {entity.says}: {entity.example}")


def _writer(field: str, how: str, names: NamesMode, *, as_json: bool) -> Write:
    from transforms.text.anonymizer import anonymize, masking, redacting  # noqa: PLC0415 — Presidio loads for a second
    from transforms.text.detector import Detector  # noqa: PLC0415

    detector = Detector(field, names)
    operators = masking() if how == "mask" else redacting()

    def write(texts: Sequence[str]) -> Iterator[bytes]:
        for text, spans in zip(texts, detector.detect_many(texts), strict=True):
            redacted = anonymize(text, spans, operators)
            if as_json:
                yield dumps({"text": redacted, "spans": [span._asdict() for span in spans]})
            else:
                yield redacted.encode()

    return write


def _redact(write: Write) -> None:
    out = click.get_binary_stream("stdout")
    for texts, unreadable in _texts(click.get_binary_stream("stdin")):
        out.writelines(line + b"\n" for line in write(texts))
        out.flush()  # a reader of a live stream waits for no block to fill
        if unreadable is not None:
            msg = f"line {unreadable} is not UTF-8; convert the input first, such as with iconv -f GB18030 -t UTF-8"
            raise Problem(msg)


def _texts(source: BinaryIO) -> Iterator[tuple[list[str], int | None]]:
    """
    The lines that are there, as texts, and the number of the first one that is not UTF-8; on a terminal with progress.
    """
    shown, started, count = sys.stderr.isatty(), time.monotonic(), 0
    for lines in _blocks(source):
        texts: list[str] = []
        for line in lines:
            try:
                texts.append(line.decode())
            except UnicodeDecodeError:
                yield texts, count + len(texts) + 1
                return
        count += len(texts)
        yield texts, None
        if shown and time.monotonic() - started > _PROGRESS_SECONDS:
            started = time.monotonic()
            click.echo(f"\r{count:,} lines", nl=False, err=True)
    if shown:
        click.echo("\r\033[K", nl=False, err=True)


def _blocks(source: BinaryIO) -> Iterator[list[bytes]]:
    """
    Whole lines, as many at once as have come, so that names are searched for in batches and nobody waits.
    """
    read = getattr(source, "read1", source.read)
    rest: list[bytes] = []
    while block := read(_BLOCK):
        whole, newline, begun = block.rpartition(b"\n")
        if newline:
            yield b"".join((*rest, whole)).split(b"\n")
            rest = []
        if begun:
            rest.append(begun)
    if rest:
        yield [b"".join(rest)]
