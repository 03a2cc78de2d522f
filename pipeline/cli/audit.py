"""`qingliu audit`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from pipeline.audit.signing import PublicKey, SigningKey
from pipeline.audit.verify import Entry, Report, Source, verify
from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, problems, views_option
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
@_json
@views_option
def verify_(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    bootstrap: str | None,
    lines: Any,
    public_key: str | None,
    group: str,
    as_json: bool,
) -> None:
    """
    Look for records that are missing, moved, altered, or not signed with the key. Exits with 1 when there are any.

    Raw offsets that no record speaks of are looked for as well, since a whole chain may be missing.
    A chain without an end is in order: its worker runs still, or was killed, and what it had not finished was processed
    again. The end of the log is checked only with --bootstrap.

    \b
    Example:
        qingliu audit verify --bootstrap localhost:9092 --public-key audit.pub
        kcat -C -e -q -b localhost:9092 -t privacy.audit -p 0 | qingliu audit verify --file - --public-key audit.pub
    """
    given = None if public_key is None else _public_key(public_key)
    if lines is not None:
        values = (line.rstrip(b"\n") for line in lines)
        report = verify((Entry(value, number) for number, value in enumerate(values)), given)
    else:
        report = verify(*_of_topic(bootstrap, given, group, views))
    if as_json:
        click.echo(pretty(report.as_dict()), nl=False)
    else:
        _show_report(report)
    sys.exit(0 if report.whole else FOUND)


def _public_key(text: str) -> PublicKey:
    file = Path(text)
    with problems(ValueError):
        return PublicKey.from_text(file.read_text("utf-8") if file.is_file() else text)


def _of_topic(
    bootstrap: str | None, public_key: PublicKey | None, group: str, views: Sequence[View]
) -> tuple[Iterator[Entry], PublicKey | None, Mapping[Source, int]]:
    """
    What to verify: the records of the topic, and the offsets that were committed before they were read.
    """
    from pipeline import topics  # noqa: PLC0415 — kafka-python loads when used
    from pipeline.audit.topic import entries  # noqa: PLC0415
    from pipeline.kafka_client import KafkaClientError  # noqa: PLC0415

    brokers = needed(bootstrap)
    with problems(topics.TopicsError):
        lags = topics.lag(brokers, group, [contract.topic for contract, _ in by_contract(views)])
    committed = {Source(group, *place): lag.committed for place, lag in lags.items() if lag.committed}

    def told() -> Iterator[Entry]:
        with problems(KafkaClientError):
            for number, entry in enumerate(entries(brokers), 1):
                if number % _PROGRESS == 0:
                    click.echo(f"{number:,} records so far", err=True)
                yield entry

    return told(), public_key, committed


def _show_report(report: Report) -> None:
    for finding in report.findings:
        click.echo(f"{finding.what.value}: {finding.where}: {finding.text}")
    ended = report.chains - len(report.unended)
    click.echo(
        f"{report.records:,} records of {report.chains:,} chains, {ended:,} of them ended; "
        f"{report.chunks:,} chunks of {report.read:,} raw records"
    )
    if report.cut:
        click.echo(f"{len(report.cut):,} chains have lost their beginning, as retention demands")
    if report.public_key is not None and not report.given:
        click.echo(
            f"checked with the key that the log itself names ({report.public_key.to_text()}); "
            "compare it with `qingliu audit key`, or pass --public-key"
        )
    click.echo("whole" if report.whole else f"NOT WHOLE: {len(report.findings):,} findings")


command.add_command(exposure)
