"""`qingliu subjects`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, Problem, problems, read_time, views_option
from pipeline.codec import pretty
from pipeline.subjects.record import (
    TOPIC,
    Consent,
    Subject,
    Unreadable,
    as_dict,
    new_salt,
    read_birth_date,
    read_key,
    read_value,
    write_value,
)
from schemas.view import View

if TYPE_CHECKING:
    from pipeline.kafka_client import Record

_FLUSH_SECONDS: Final = 40.0  # above the client's own limit for one delivery


@click.group("subjects")
def command() -> None:
    """
    Write and read what is known of a person: consents, age, and what else decides about their events.
    """


@dataclass(frozen=True, slots=True)
class Found:
    """
    What the topic holds about a person.

    Args:
        subject: None when nothing is known.
        unreadable: why the latest record cannot be understood; None when it can.
        records: how many there are.
    """

    subject: Subject | None
    unreadable: str | None
    records: int


def _birth_date(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return read_birth_date(text)
    except Unreadable as unreadable:
        raise click.BadParameter(str(unreadable)) from None


def _shared(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        bootstrap_option,
        click.argument("user"),
    ):
        function = option(function)
    return function


@command.command("set")
@_shared
@click.option("--consent", "granted", multiple=True, metavar="PURPOSE", help="They agree; may stand several times.")
@click.option("--withdraw", "withdrawn", multiple=True, metavar="PURPOSE", help="They do not, or not any more.")
@click.option("--policy-version", metavar="TEXT", help="Of the policy that they saw; needed to change a consent.")
@click.option("--at", metavar="TIME", callback=read_time, help="When they said so, in RFC 3339. [now]")
@click.option("--birth-date", metavar="DATE", callback=_birth_date, help="As YYYY-MM-DD.")
@click.option("--guardian-consent/--no-guardian-consent", default=None, help="A child's parent or guardian agrees.")
@click.option("--tracking-opt-out/--no-tracking-opt-out", default=None, help="No advertising whatever they agreed to.")
@click.option(
    "--erased-at", metavar="TIME", callback=read_time, help="Nothing of them passes from then on, in RFC 3339."
)
@click.option("--registered-at", metavar="TIME", callback=read_time, help="When they registered, or did so again.")
@click.option("--forget", is_flag=True, help="Write a tombstone: nothing is known of them any more.")
@views_option
def set_(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    user: str,
    bootstrap: str | None,
    as_json: bool,
    granted: tuple[str, ...],
    withdrawn: tuple[str, ...],
    policy_version: str | None,
    at: int | None,
    forget: bool,
    **facts: Any,
) -> None:
    """
    Change what is known of a person. What no option names stays as the topic has it.

    Whoever has no salt, for values under a key of their own, gets one. An erasure destroys it.

    \b
    Example:
        qingliu subjects set u-10000000001 --consent ads --policy-version v3 --bootstrap localhost:9092
        qingliu subjects set u-10000000001 --withdraw ads --policy-version v3 --bootstrap localhost:9092
    """
    from pipeline.kafka_client import now_ms  # noqa: PLC0415 — loads when used

    told = {name: value for name, value in facts.items() if value is not None}
    _check_purposes((*granted, *withdrawn), views, policy_version)
    if forget and (granted or withdrawn or told):
        msg = "--forget leaves nothing to be said; give it alone"
        raise Problem(msg)
    if not (forget or granted or withdrawn or told):
        msg = "nothing is to be changed; say what, such as --consent ads --policy-version v3"
        raise Problem(msg)
    before = _find(bootstrap, user)
    if before.unreadable and not forget:
        click.echo(f"what was known could not be understood and is replaced: {before.unreadable}", err=True)
    consents = {
        purpose: Consent(purpose in granted, now_ms() if at is None else at, policy_version or "")
        for purpose in (*granted, *withdrawn)
    }
    known = before.subject or Subject()
    subject = None if forget else with_salt(known, replace(known, consents={**known.consents, **consents}, **told))
    _write(bootstrap or "", user, subject)
    _show(Found(subject, None, before.records + 1), as_json=as_json)


@command.command("show")
@_shared
@click.pass_context
def show(context: click.Context, *, user: str, bootstrap: str | None, as_json: bool) -> None:
    """
    Show what the topic says of a person. Exits with 1 when nothing is known, or it cannot be understood.

    \b
    Example:
        qingliu subjects show u-10000000001 --bootstrap localhost:9092
    """
    found = _find(bootstrap, user)
    _show(found, as_json=as_json)
    context.exit(FOUND if found.subject is None else 0)


def with_salt(before: Subject, after: Subject) -> Subject:
    """
    What is known then, with the salt that the person keeps, gets, or loses.

    Only a person's one writer may do this: two salts made at once would leave one of them lost.
    """
    if after.gone:
        return replace(after, salt=None)
    return after if after.salt and not before.gone else replace(after, salt=new_salt())


def latest(records: "Sequence[Record]") -> Found:
    """
    What the records of one person say in the end.

    They are compared by the time at which they were written, since they may lie in several partitions.
    """
    ordered = sorted(records, key=lambda record: (record.timestamp, record.offset))
    if not ordered or ordered[-1].value is None:
        return Found(None, None, len(ordered))
    try:
        return Found(read_value(ordered[-1].value), None, len(ordered))
    except Unreadable as unreadable:
        return Found(None, str(unreadable), len(ordered))


def _check_purposes(named: Sequence[str], views: Sequence[View], policy_version: str | None) -> None:
    purposes = sorted({purpose for view in views for purpose in view.purposes})
    for purpose in named:
        if purpose not in purposes:
            msg = f"no view has the purpose {purpose!r}; choose among {', '.join(purposes)}"
            raise Problem(msg)
        if named.count(purpose) > 1:
            msg = f"{purpose} is named twice; give it to --consent or to --withdraw, once"
            raise Problem(msg)
    if named and not policy_version:
        msg = "which policy they saw is missing; pass --policy-version"
        raise Problem(msg)


def _find(bootstrap: str | None, user: str) -> Found:
    from pipeline.kafka_client import KafkaClientError, read_all  # noqa: PLC0415

    key = user.encode()
    with problems(Unreadable):
        read_key(key)
    with problems(KafkaClientError):
        return latest([record for record in read_all(needed(bootstrap), TOPIC) if record.key == key])


def _write(bootstrap: str, user: str, subject: Subject | None) -> None:
    from pipeline.kafka_client import Feeder, KafkaClientError, now_ms  # noqa: PLC0415

    value = None if subject is None else write_value(subject)
    with problems(Unreadable):
        if value is not None:
            read_value(value)  # what a worker could not read is not written
    started = time.monotonic()
    with problems(KafkaClientError), Feeder(bootstrap) as feeder:
        feeder.send(TOPIC, user.encode(), value, now_ms())
        waiting = feeder.flush(_FLUSH_SECONDS)
        if waiting or feeder.failures:
            names = ", ".join(feeder.failures) or f"no answer within {time.monotonic() - started:.0f} s"
            msg = f"the broker did not take the record ({names}); look up the name in Kafka's errors"
            raise Problem(msg)


def _show(found: Found, *, as_json: bool) -> None:
    known = None if found.subject is None else as_dict(found.subject)
    if known and "salt" in known:
        known["salt"] = True  # it is half of the person's key
    if as_json:
        click.echo(pretty({"known": known, "unreadable": found.unreadable, "records": found.records}), nl=False)
        return
    if known is None:
        click.echo(f"cannot be understood: {found.unreadable}" if found.unreadable else "nothing is known")
        return
    for purpose, consent in known.pop("consents").items():
        word = "granted" if consent["granted"] else "withdrawn"
        click.echo(f"{purpose}: {word} at {consent['at']}, policy {consent['policy_version']}")
    for name, value in known.items():
        click.echo(f"{name}: {'yes' if value is True else value}")
    if not found.subject or replace(found.subject, salt=None) == Subject():
        click.echo("no consent, and nothing else")
