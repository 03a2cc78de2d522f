"""`qingliu erase`."""

import signal
import threading
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import Problem, problems, views_option
from pipeline.cli.keyset import given, keyset_options
from pipeline.codec import pretty
from pipeline.erasure.record import REQUESTS, Reason, Request, read_request, write_request
from pipeline.others import phone_subject
from pipeline.subjects.record import Unreadable
from pipeline.supervisor import HEALTHY, READY, STOPPING, Supervisor
from pipeline.watchdog import Pulse, Watchdog
from schemas.view import View
from transforms import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.erasure.carrying import Done, Eraser
    from pipeline.kafka_client import GroupReader

GROUP: Final = "qingliu-erasures"

_STALL_SECONDS: Final = 180.0  # above what any client waits for a broker before it gives up


@click.command("erase")
@click.argument("users", nargs=-1, metavar="[USER]...")
@click.option("--phone", "phones", multiple=True, metavar="NUMBER", help="Who is known by it alone: a consignee.")
@click.option(
    "--file", "lists", multiple=True, type=click.File("r", "utf-8"), help="User ids, one a line; - is standard input."
)
@click.option(
    "--phone-file",
    "phone_lists",
    multiple=True,
    type=click.File("r", "utf-8"),
    help="Telephone numbers, one a line; - is standard input.",
)
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    default=Reason.OPERATOR.value,
    show_default=True,
    help="Why. No recipient is told.",
)
@click.option("--reference", metavar="TEXT", help="Of your case; nothing personal.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--follow", is_flag=True, help="Carry out what comes by privacy.erasures, until SIGTERM.")
@click.option("--group", default=GROUP, show_default=True, help="Consumer group for --follow.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@bootstrap_option
@keyset_options
@views_option
def command(  # noqa: PLR0913 — one argument an option
    *,
    views: tuple[View, ...],
    users: tuple[str, ...],
    phones: tuple[str, ...],
    lists: tuple[Iterable[str], ...],
    phone_lists: tuple[Iterable[str], ...],
    reason: str,
    reference: str | None,
    dry_run: bool,
    follow: bool,
    group: str,
    as_json: bool,
    bootstrap: str | None,
    path: Path | None,
    passphrase: Path | None,
    kms: str | None,
) -> None:
    """
    Erase persons: nothing of them passes any more, and each recipient is told which tokens to delete.

    It returns when all of it is done and confirmed. Interrupted, it is simply run again.

    Whoever shares the machine sees the arguments of a command, and a shell keeps them in its history: --file and
    --phone-file name nobody there.

    \b
    Example:
        qingliu erase --file - --reason request --bootstrap localhost:9092 \\
            --keyset keys/keyset.json --passphrase secrets/passphrase
        qingliu erase --phone-file consignees.txt
        qingliu erase --follow
    """
    from pipeline.erasure.office import erasers  # noqa: PLC0415 — loads when used
    from pipeline.kafka_client import GroupReader, KafkaClientError, now_ms  # noqa: PLC0415
    from pipeline.keys import KeysError, RootKeys, protection  # noqa: PLC0415

    _check_standard_input((*lists, *phone_lists))
    numbers = (*phones, *_lines(phone_lists))
    subjects = dict.fromkeys((*users, *_lines(lists), *map(_phone, numbers)))
    _check(subjects, follow=follow, dry_run=dry_run)
    requests = [_request(subject, now_ms(), reason, reference) for subject in subjects]
    brokers, keyset = needed(bootstrap), given(path)
    with problems(KafkaClientError, KeysError):

        def load() -> RootKeys:
            return RootKeys.load(keyset, protection(passphrase, kms))

        pulse = Pulse()
        with erasers(brokers, views, load, _unsaid if follow else _say, pulse, audited=not dry_run) as make:
            if follow:
                with GroupReader(brokers, group, [REQUESTS]) as reader:
                    _serve(reader, make, pulse)
                return
            eraser = make()
            if dry_run:
                done = eraser.survey(requests)
            else:
                eraser.stop(requests)
                done = eraser.carry_out(requests)
    _show(done, dry_run=dry_run, as_json=as_json)


def _serve(reader: "GroupReader", make: "Callable[[], Eraser]", pulse: Pulse) -> None:
    from pipeline.erasure.service import Service  # noqa: PLC0415
    from pipeline.logs import configure  # noqa: PLC0415

    configure()
    supervisor = Supervisor.from_environment()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    service = Service(reader, make, stop.is_set, moved=pulse)
    watchdog = Watchdog(_STALL_SECONDS, lambda: {"carrying out erasures": pulse.beats}, lambda: supervisor.say(HEALTHY))
    with watchdog.beside():
        supervisor.say(READY)
        service.run()
        supervisor.say(STOPPING)


def _say(step: str) -> None:
    click.echo(step, err=True)


def _unsaid(step: str) -> None:
    """
    Nothing: the service's log tells what came of each batch.
    """


def _check_standard_input(lists: Iterable[Iterable[str]]) -> None:
    if sum(getattr(each, "name", "") == "<stdin>" for each in lists) > 1:
        msg = "standard input can be one list only; put the others into files"
        raise Problem(msg)


def _check(subjects: Collection[str], *, follow: bool, dry_run: bool) -> None:
    if follow and (subjects or dry_run):
        msg = f"--follow takes whom to erase from {REQUESTS}; give it nobody, and no --dry-run"
        raise Problem(msg)
    if not follow and not subjects:
        msg = "nobody is to be erased; name user ids, or give --file, --phone, --phone-file or --follow"
        raise Problem(msg)


def _request(subject: str, at: int, reason: str, reference: str | None) -> Request:
    with problems(Unreadable):
        return read_request(*write_request(Request(subject, at, Reason(reason), reference)))


def _phone(number: str) -> str:
    with problems(Refused):
        return phone_subject(number)


def _lines(lists: Iterable[Iterable[str]]) -> Iterator[str]:
    return (line.strip() for lines in lists for line in lines if line.strip())


def _show(done: "Done", *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        numbers = {
            "dry_run": dry_run,
            "persons": done.persons,
            "devices": done.devices,
            "links": done.links,
            "notices": dict(done.notices),
            "tokens": dict(done.tokens),
        }
        click.echo(pretty(numbers), nl=False)
        return
    would = "would be " if dry_run else ""
    click.echo(f"{done.persons} {would}erased, with {done.devices} devices and cookies and {done.links} links")
    for recipient, number in sorted(done.notices.items()):
        click.echo(f"{recipient}: {would}told of {done.tokens[recipient]} tokens in {number} notices")
