"""`qingliu audit exposure`."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.audit.exposure import Period, Reached, Share, reached
from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, Problem, problems, read_time, views_option
from pipeline.cli.keyset import keyset_options, open_keys
from pipeline.cli.subjects import latest
from pipeline.codec import pretty
from pipeline.erasure.record import PHONE
from pipeline.links.identifiers import Identifier, identifiers_of
from pipeline.links.record import TOPIC as LINKS
from pipeline.links.record import WINDOW_DAYS, Boxes, start_of
from pipeline.subjects.hashing import hasher
from pipeline.subjects.record import TOPIC as SUBJECTS
from schemas.view import View

if TYPE_CHECKING:
    from pipeline.audit.marks import Marks
    from pipeline.erasure.state import History
    from pipeline.keys import RootKeys

Things = Mapping[Identifier, int | None]
"""Devices and cookies, with before when an event counts as the person's."""


@click.command("exposure")
@click.option("--subject", required=True, metavar="USER", help="A user id, or phone:+86… for a consignee.")
@click.option("--recipient", required=True, help="Who may have got something of them.")
@click.option("--from", "start", metavar="TIME", callback=read_time, help="Events from then on, in RFC 3339. [all]")
@click.option("--to", "stop", metavar="TIME", callback=read_time, help="Events before then, in RFC 3339. [all]")
@click.option("--device", "devices", multiple=True, metavar="ID", help="A device of theirs; may stand several times.")
@click.option("--cookie", "cookies", multiple=True, metavar="ID", help="A cookie of theirs; may stand several times.")
@click.option("--links/--no-links", default=True, help="Look for devices and cookies that were seen with them. [links]")
@click.option(
    "--link-days",
    type=click.IntRange(1, 400),
    metavar="DAYS",
    default=WINDOW_DAYS,
    show_default=True,
    envvar="QINGLIU_LINK_DAYS",
    help="Days for which a device stays linked with a person. [QINGLIU_LINK_DAYS]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@bootstrap_option
@keyset_options
@views_option
def command(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    subject: str,
    recipient: str,
    start: int | None,
    stop: int | None,
    devices: tuple[str, ...],
    cookies: tuple[str, ...],
    links: bool,
    link_days: int,
    bootstrap: str | None,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
    as_json: bool,
) -> None:
    """
    Tell which fields of a person reached a recipient. Exits with 1 when any did.

    The recipient's clean topics are searched for every token of the person, under all versions and epochs of the keys
    that still exist. Records that name nobody but have a token of their device or cookie are counted apart: devices
    that were seen with them, up to when the link ended, and those that you name, at any time. On a shared device such a
    record may be about somebody else. A period is that of the events, as released: where times are whole hours, the
    hour counts.

    Records without any of these tokens cannot be found, by us as little as by their recipient; nor can those that
    are sealed as a whole to a party, that retention has deleted, or whose tokens are of an epoch that has expired.
    Links are forgotten a week after they ended, and with an erasure: name devices of before.

    \b
    Example:
        qingliu audit exposure --subject u-10000000001 --recipient ads --bootstrap localhost:9092 \\
            --keyset keys/keyset.json --passphrase /run/secrets/qingliu --from 2026-11-01T00:00:00+08:00
    """
    from pipeline.audit.marks import marks_of  # noqa: PLC0415 — loads when used
    from pipeline.erasure.tokens import Tokenizer  # noqa: PLC0415
    from pipeline.kafka_client import KafkaClientError, now_ms, read_all  # noqa: PLC0415

    theirs = {view.topic: view for view in views if view.recipient == recipient}
    if not theirs:
        msg = (
            f"no view has the recipient {recipient!r}; choose one of {', '.join(sorted({v.recipient for v in views}))}"
        )
        raise Problem(msg)
    roots, _ = open_keys(path, passphrase, kms)
    brokers = needed(bootstrap)
    found = {}
    with problems(KafkaClientError):
        linked = _linked(brokers, subject, roots, link_days, start) if links else {}
        things = {**linked, **dict.fromkeys(_named(roots, devices, cookies))}
        known = _known(brokers, subject, things)
        marks = marks_of(subject, things, known, Tokenizer(list(theirs.values()), roots, now_ms()), recipient)
        for topic, view in theirs.items():
            click.echo(f"searching {topic}", err=True)
            found[topic] = reached(view, read_all(brokers, topic), marks, Period(start, stop))
    if as_json:
        _print_json(found, recipient, roots, marks, linked)
    else:
        _show(found, recipient)
    sys.exit(FOUND if any(each.records for each in found.values()) else 0)


def _linked(brokers: str, subject: str, roots: "RootKeys", days: int, start: int | None) -> Things:
    """
    Devices and cookies that were seen with a person, as far as their links reach into the period.
    """
    from pipeline.erasure.reach import reach  # noqa: PLC0415
    from pipeline.kafka_client import MissingTopicsError, read_all  # noqa: PLC0415

    if subject.startswith(PHONE):
        return {}
    click.echo(f"reading {LINKS}", err=True)
    person = hasher(roots.internal("subjects"))(subject)
    try:
        boxes = Boxes(roots.internal("links"))
        links = reach(lambda: read_all(brokers, LINKS), boxes, {subject: person}, deleted=False)
    except MissingTopicsError:
        click.echo(f"which devices are theirs is not known: there is no {LINKS}; name them with --device", err=True)
        return {}
    ends = {thing: start_of(day + days + 1) for thing, day in links.belongings[subject].items()}
    return {thing: end for thing, end in ends.items() if start is None or end > start}


def _named(roots: "RootKeys", devices: Sequence[str], cookies: Sequence[str]) -> list[Identifier]:
    """
    Devices and cookies by the ids that were given.
    """
    make = identifiers_of(roots)
    named = [*map(make.device, devices), *map(make.cookie, cookies)]
    if None in named:
        msg = "an id of zeros alone identifies no device and no cookie; leave it out"
        raise Problem(msg)
    return [each for each in named if each]


def _known(brokers: str, subject: str, things: Iterable[Identifier]) -> "Mapping[str, History]":
    """
    What is known of who came back after an erasure: the person, devices, cookies.
    """
    from pipeline.erasure.state import history  # noqa: PLC0415
    from pipeline.kafka_client import MissingTopicsError, Record, read_all  # noqa: PLC0415

    asked = (subject, *(thing.subject for thing in things))
    said: dict[bytes | None, list[Record]] = {each.encode(): [] for each in asked}
    try:
        for record in read_all(brokers, SUBJECTS):
            if record.key in said:
                said[record.key].append(record)
    except MissingTopicsError:
        click.echo(f"whether they came back after an erasure is not known: there is no {SUBJECTS}", err=True)
    for records in said.values():
        if unreadable := latest(records).unreadable:
            click.echo(f"whether they came back after an erasure is not known: {unreadable}", err=True)
    return {key.decode(): history(records, None) for key, records in said.items() if key}


def _print_json(
    found: Mapping[str, Reached], recipient: str, roots: "RootKeys", marks: "Marks", linked: Things
) -> None:
    told = {
        "recipient": recipient,
        "tokens": marks.kinds,
        "linked": len(linked),
        "epochs_expired_before": f"{roots.since:%Y-%m-%d}",
        "topics": {topic: each.as_dict() for topic, each in found.items()},
    }
    click.echo(pretty(told), nl=False)


def _show(found: Mapping[str, Reached], recipient: str) -> None:
    for topic, each in found.items():
        if each.sealed:
            click.echo(f"{topic}: {each.searched:,} records are sealed as a whole: only their party can tell of whom")
            continue
        if not each.records:
            click.echo(f"{topic}: nothing in {each.searched:,} records")
            continue
        click.echo(f"{topic}: {each.records:,} of {each.searched:,} records")
        _show_share(each.own, "with a token of the person")
        _show_share(each.through, "through a device or cookie alone")
    own, through = (sum(getattr(each, name).records for each in found.values()) for name in ("own", "through"))
    click.echo(
        f"{own:,} records with a token of the person reached {recipient}, and {through:,} through a device or cookie "
        "alone; those without cannot be found"
    )


def _show_share(share: Share, how: str) -> None:
    if not share.records:
        return
    told = share.as_dict()
    click.echo(f"  {how}: {share.records:,}, {told['first']} – {told['last']}")
    for path, number in told["fields"].items():
        click.echo(f"    {path}: {number:,}")
    click.echo(f"    under policy {', '.join(told['policies'])}")
