"""`qingliu audit`."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.audit.exposure import Period, Reached, reached
from pipeline.audit.signing import PublicKey, SigningKey
from pipeline.audit.verify import Entry, Report, Source, verify
from pipeline.cli.common import FOUND, Problem, problems, views_option
from pipeline.codec import pretty
from pipeline.engine import by_contract
from schemas.kinds import Kind
from schemas.view import View
from transforms import Refused
from transforms.timestamp import read_timestamp

if TYPE_CHECKING:
    from pipeline.erasure.tokens import Names
    from pipeline.keys import RootKeys

_PROGRESS: Final = 100_000  # records between two lines


@click.group("audit")
def command() -> None:
    """
    See what was released to whom, and that nothing of it was altered or taken away.
    """


def _bootstrap(function: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--bootstrap",
        metavar="HOST:PORT",
        envvar="QINGLIU_BOOTSTRAP",
        help="Brokers, joined by commas. [QINGLIU_BOOTSTRAP]",
    )(function)


def _keyset(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--kms",
            metavar="URI",
            envvar="QINGLIU_KMS",
            help="Key of a key management service, in its place. [QINGLIU_KMS]",
        ),
        click.option(
            "--passphrase",
            type=click.Path(path_type=Path),
            envvar="QINGLIU_PASSPHRASE",
            help="File with its passphrase. [QINGLIU_PASSPHRASE]",
        ),
        click.option(
            "--keyset",
            type=click.Path(path_type=Path),
            envvar="QINGLIU_KEYSET",
            help="Encrypted root keyset. [QINGLIU_KEYSET]",
        ),
    ):
        function = option(function)
    return function


_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return read_timestamp(text)
    except Refused:
        msg = "write an RFC 3339 time with its zone, such as 2026-01-01T08:00:00+08:00"
        raise click.BadParameter(msg) from None


@command.command("key")
@_keyset
def key(keyset: Path | None, passphrase: Path | None, kms: str | None) -> None:
    """
    Show the public key that audit records are checked with. Whoever verifies needs nothing else.

    \b
    Example:
        qingliu audit key --keyset keys/keyset.json --passphrase /run/secrets/qingliu > audit.pub
    """
    click.echo(SigningKey(_load(keyset, passphrase, kms).internal("audit")).public.to_text())


@command.command("verify")
@_bootstrap
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


@command.command("exposure")
@click.option("--subject", "user", required=True, metavar="USER", help="A user id, or phone:+86… for a consignee.")
@click.option("--recipient", required=True, help="Who may have got something of them.")
@click.option("--from", "start", metavar="TIME", callback=_moment, help="Events from then on, in RFC 3339. [all]")
@click.option("--to", "stop", metavar="TIME", callback=_moment, help="Events before then, in RFC 3339. [all]")
@click.option("--device", "devices", multiple=True, metavar="ID", help="A device of theirs; may stand several times.")
@click.option("--cookie", "cookies", multiple=True, metavar="ID", help="A cookie of theirs; may stand several times.")
@_bootstrap
@_keyset
@_json
@views_option
def exposure(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    user: str,
    recipient: str,
    start: int | None,
    stop: int | None,
    devices: tuple[str, ...],
    cookies: tuple[str, ...],
    bootstrap: str | None,
    keyset: Path | None,
    passphrase: Path | None,
    kms: str | None,
    as_json: bool,
) -> None:
    """
    Tell which fields of a person reached a recipient. Exits with 1 when any did.

    The recipient's clean topics are searched for every token of the person, under all versions and epochs of the keys
    that still exist. A period is that of the events, as released: where times are whole hours, the hour counts.

    Records without any token of the person cannot be found, by us as little as by their recipient; nor can those that
    retention has deleted, or whose tokens are of an epoch that has expired.

    \b
    Example:
        qingliu audit exposure --subject u-10000000001 --recipient ads --bootstrap localhost:9092 \\
            --keyset keys/keyset.json --passphrase /run/secrets/qingliu --from 2026-11-01T00:00:00+08:00
    """
    from pipeline.erasure.tokens import Tokenizer  # noqa: PLC0415 — loads when used
    from pipeline.kafka_client import KafkaClientError, now_ms, read_all  # noqa: PLC0415

    theirs = {view.topic: view for view in views if view.recipient == recipient}
    if not theirs:
        msg = (
            f"no view has the recipient {recipient!r}; choose one of {', '.join(sorted({v.recipient for v in views}))}"
        )
        raise Problem(msg)
    roots = _load(keyset, passphrase, kms)
    brokers = _needed(bootstrap)
    names = _names(brokers, user, devices, cookies)
    by_kind = Tokenizer(list(theirs.values()), roots, now_ms()).tokens(recipient, names)
    tokens = frozenset(token for kind in by_kind.values() for token in kind)
    found = {}
    with problems(KafkaClientError):
        for topic, view in theirs.items():
            click.echo(f"searching {topic}", err=True)
            found[topic] = reached(view, read_all(brokers, topic), tokens, Period(start, stop))
    if as_json:
        about = {"recipient": recipient, "tokens": {kind: len(each) for kind, each in by_kind.items()}}
        expired = f"{roots.since:%Y-%m-%d}"
        topics = {topic: each.as_dict() for topic, each in found.items()}
        click.echo(pretty({**about, "epochs_expired_before": expired, "topics": topics}), nl=False)
    else:
        _show_exposure(found, recipient)
    sys.exit(FOUND if any(each.records for each in found.values()) else 0)


def _load(keyset: Path | None, passphrase: Path | None, kms: str | None) -> "RootKeys":
    from pipeline.keys import KeysError, RootKeys, protection  # noqa: PLC0415 — Tink loads when used

    if keyset is None:
        msg = "the keyset file is missing; pass --keyset or set QINGLIU_KEYSET"
        raise Problem(msg)
    with problems(KeysError):
        return RootKeys.load(keyset, protection(passphrase, kms))


def _needed(bootstrap: str | None) -> str:
    if not bootstrap:
        msg = "no broker is given; pass --bootstrap host:port or set QINGLIU_BOOTSTRAP"
        raise Problem(msg)
    return bootstrap


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

    brokers = _needed(bootstrap)
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


def _names(bootstrap: str, user: str, devices: Sequence[str], cookies: Sequence[str]) -> "Names":
    """
    What identifies a person, with the generation of who came back after an erasure.
    """
    from pipeline.cli.subjects import latest  # noqa: PLC0415
    from pipeline.kafka_client import KafkaClientError, read_all  # noqa: PLC0415
    from pipeline.subjects.record import TOPIC  # noqa: PLC0415

    owned = {
        Kind.DEVICE_ID: frozenset((device, 0) for device in devices),
        Kind.COOKIE_ID: frozenset((cookie, 0) for cookie in cookies),
    }
    if user.startswith("phone:"):
        return {Kind.PHONE: frozenset({(user.removeprefix("phone:"), 0)}), **owned}
    with problems(KafkaClientError):
        known = latest([record for record in read_all(bootstrap, TOPIC) if record.key == user.encode()])
    if known.unreadable:
        click.echo(f"whether they came back after an erasure is not known: {known.unreadable}", err=True)
    registered = known.subject.registered_at if known.subject else None
    return {Kind.USER_ID: frozenset({(user, 0), (user, registered or 0)}), **owned}


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


def _show_exposure(found: Mapping[str, Reached], recipient: str) -> None:
    for topic, each in found.items():
        if not each.records:
            click.echo(f"{topic}: nothing in {each.searched:,} records")
            continue
        told = each.as_dict()
        click.echo(f"{topic}: {each.records:,} of {each.searched:,} records, {told['first']} – {told['last']}")
        for path, number in told["fields"].items():
            click.echo(f"    {path}: {number:,}")
        click.echo(f"    under policy {', '.join(told['policies'])}")
    records = sum(each.records for each in found.values())
    click.echo(f"{records:,} records with a token of the person reached {recipient}; those without cannot be found")
