"""`qingliu audit`."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import click

from pipeline.audit.signing import PublicKey, SigningKey
from pipeline.audit.verify import Entry, Report, Source, verify
from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, Problem, problems, read_time, views_option
from pipeline.cli.exposure import command as exposure
from pipeline.cli.keyset import keyset_options, open_keys
from pipeline.codec import pretty
from pipeline.engine import by_contract
from schemas.view import View

_PROGRESS: Final = 100_000  # records between two lines


@click.group("audit")
def command() -> None:
    """
    See what was released to whom, and that nothing of it was altered or taken away.
    """


_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@command.command("key")
@keyset_options
def key(path: Path | None, passphrase: Path | None, kms: str | None) -> None:
    """
    Show the public key that audit records are checked with. Whoever verifies needs nothing else.

    \b
    Example:
        qingliu audit key --keyset keys/keyset.json --passphrase /run/secrets/qingliu > audit.pub
    """
    roots, _ = open_keys(path, passphrase, kms)
    click.echo(SigningKey(roots.internal("audit")).public.to_text())


@command.command("verify")
@bootstrap_option
@click.option(
    "--file",
    "lines",
    type=click.File("rb"),
    help="Read records from a file instead, one a line in the order of the topic; - for standard input.",
)
@click.option(
    "--public-key", metavar="KEY|FILE", help="As `qingliu audit key` shows it; otherwise the one that the log names."
)
@click.option(
    "--group",
    default="qingliu",
    show_default=True,
    envvar="QINGLIU_GROUP",
    help="Consumer group whose committed offsets the end of the log is held against. [QINGLIU_GROUP]",
)
@click.option(
    "--also",
    type=click.File("rb"),
    multiple=True,
    help="Records of commands that had no broker, as they lie beside the keyset; repeatable.",
)
@click.option(
    "--since",
    metavar="TIME",
    callback=read_time,
    help="Look at records from then on alone. What cannot be said then is said.",
)
@_json
@views_option
def verify_(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    bootstrap: str | None,
    lines: Any,
    public_key: str | None,
    group: str,
    also: tuple[Any, ...],
    since: int | None,
    as_json: bool,
) -> None:
    """
    Look for records that are missing, moved, altered, or not signed with the key. Exits with 1 when there are any.

    Raw offsets that no record speaks of are looked for as well, since a whole chain may be missing.
    A chain without an end is in order: its worker runs still, or was killed, and what it had not finished was processed
    again. The end of the log is checked only with --bootstrap.

    With --since it takes the time of what is new instead of that of three years; run it whole now and then.

    \b
    Example:
        qingliu audit verify --bootstrap localhost:9092 --public-key audit.pub
        qingliu audit verify --bootstrap localhost:9092 --public-key audit.pub --since 2026-11-01T00:00:00+08:00 \\
            --also keys/keyset.json.audit
        kcat -C -e -q -b localhost:9092 -t privacy.audit -p 0 | qingliu audit verify --file - --public-key audit.pub
    """
    given = None if public_key is None else _public_key(public_key)
    if lines is not None and since is not None:
        msg = "a file's records have no times of their own to begin from; leave --since out, or read from --bootstrap"
        raise Problem(msg)
    committed = {} if lines is not None else _committed(bootstrap, group, views)
    told = _of_topic(needed(bootstrap), since) if lines is None else _of_file(lines)
    report = verify(chain(told, *map(_of_file, also)), given, committed, since)
    if as_json:
        click.echo(pretty(report.as_dict()), nl=False)
    else:
        _show_report(report)
    sys.exit(0 if report.whole else FOUND)


def _public_key(text: str) -> PublicKey:
    file = Path(text)
    with problems(ValueError):
        return PublicKey.from_text(file.read_text("utf-8") if file.is_file() else text)


def _committed(bootstrap: str | None, group: str, views: Sequence[View]) -> Mapping[Source, int]:
    """
    The offsets that are committed before the records are read.
    """
    from pipeline import topics  # noqa: PLC0415 — kafka-python loads when used

    with problems(topics.TopicsError):
        lags = topics.lag(needed(bootstrap), group, [contract.topic for contract, _ in by_contract(views)])
    return {Source(group, *place): lag.committed for place, lag in lags.items() if lag.committed}


def _of_topic(brokers: str, since: int | None) -> Iterator[Entry]:
    from pipeline.audit.topic import entries  # noqa: PLC0415 — confluent-kafka loads when used
    from pipeline.kafka_client import KafkaClientError  # noqa: PLC0415

    with problems(KafkaClientError):
        for number, entry in enumerate(entries(brokers, since), 1):
            if number % _PROGRESS == 0:
                click.echo(f"{number:,} records so far", err=True)
            yield entry


def _of_file(lines: Iterable[bytes]) -> Iterator[Entry]:
    return (Entry(line.rstrip(b"\n"), number) for number, line in enumerate(lines))


def _show_report(report: Report) -> None:
    for finding in report.findings:
        click.echo(f"{finding.what.value}: {finding.where}: {finding.text}")
    ended = report.chains - len(report.unended)
    click.echo(
        f"{report.records:,} records of {report.chains:,} chains, {ended:,} of them ended; "
        f"{report.chunks:,} chunks of {report.read:,} raw records"
    )
    if report.cut:
        why = "began before, or have" if report.since is not None else "have"
        click.echo(f"{len(report.cut):,} chains {why} lost their beginning, as retention demands")
    if report.public_key is not None and not report.given:
        click.echo(
            f"checked with the key that the log itself names ({report.public_key.to_text()}); "
            "compare it with `qingliu audit key`, or pass --public-key"
        )
    for sentence in report.unsaid:
        click.echo(f"not said: {sentence}")
    click.echo("whole" if report.whole else f"NOT WHOLE: {len(report.findings):,} findings")


command.add_command(exposure)
