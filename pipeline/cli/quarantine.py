"""`qingliu quarantine`."""

import base64
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.broken import Broken, Reason
from pipeline.cli.broker import bootstrap_option, needed
from pipeline.cli.common import FOUND, Problem, choose_contract, problems, views_option
from pipeline.cli.passphrase import read_passphrase
from pipeline.codec import dumps, loads, pretty
from pipeline.engine import TopicEngine, by_contract
from pipeline.quarantine import REPLAY_WRITER, quarantine_topic
from pipeline.subjects.record import format_time
from schemas.view import View
from transforms.base import CannotOpen

if TYPE_CHECKING:
    from pipeline.held import Coordinates, Held
    from pipeline.kafka_client import Transactions
    from pipeline.sealing import OfficerPrivateKey

Event = tuple[bytes | None, bytes | None]
"""Key and value of a raw record."""

_TOGETHER: Final = 200  # events a transaction


@click.group("quarantine")
def command() -> None:
    """
    Look at events that were held back, open them as the privacy officer, and replay them.
    """


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Which held events are meant.

    Args:
        bootstrap: brokers.
        topics: raw.
        reasons: any when empty.
        places: partition and offset; any when empty.
    """

    bootstrap: str
    topics: tuple[str, ...]
    reasons: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def events(self) -> "tuple[list[Held], int]":
        """
        The events, topic by topic, and how many records could not be read.
        """
        from pipeline.held import gather  # noqa: PLC0415 — Kafka clients load where they are used
        from pipeline.kafka_client import KafkaClientError, read_all  # noqa: PLC0415

        chosen, unreadable = [], 0
        with problems(KafkaClientError):
            for topic in self.topics:
                held, damaged = gather(read_all(self.bootstrap, quarantine_topic(topic)))
                chosen += [event for event in held if self._means(event)]
                unreadable += damaged
        return chosen, unreadable

    def _means(self, event: "Held") -> bool:
        of_reason = not self.reasons or event.reason.value in self.reasons
        return of_reason and (not self.places or event.coordinates[1:] in self.places)


def _place(_context: click.Context, _option: click.Parameter, texts: Sequence[str]) -> tuple[tuple[int, int], ...]:
    places = []
    for text in texts:
        partition, colon, offset = text.partition(":")
        if not (colon and partition.isdecimal() and offset.isdecimal()):
            msg = "write partition and offset of the raw record, such as 3:1024"
            raise click.BadParameter(msg)
        places.append((int(partition), int(offset)))
    return tuple(places)


def _selection(function: Callable[..., None]) -> Callable[..., None]:
    """
    The options that say which events are meant, passed on as `selection`, and `views`.
    """

    @wraps(function)  # and the options that it has already
    def chosen(
        *,
        views: tuple[View, ...],
        bootstrap: str | None,
        topics: tuple[str, ...],
        reasons: tuple[str, ...],
        places: tuple[tuple[int, int], ...],
        **others: Any,
    ) -> None:
        raw = [choose_contract(views, topic).topic for topic in topics]
        every = [contract.topic for contract, _ in by_contract(views)]
        function(
            selection=Selection(needed(bootstrap), tuple(dict.fromkeys(raw or every)), reasons, places),
            views=views,
            **others,
        )

    wrapped: Callable[..., None] = chosen
    for option in (
        click.option(
            "--at",
            "places",
            multiple=True,
            metavar="P:O",
            callback=_place,
            help="Partition and offset of the raw record.",
        ),
        click.option(
            "--reason",
            "reasons",
            multiple=True,
            metavar="REASON",
            type=click.Choice([reason.value for reason in Reason]),
            help="Why they are held, as `list` says it; may stand several times. [any]",
        ),
        click.option(
            "--topic", "topics", multiple=True, metavar="NAME", help="A raw topic; may stand several times. [all]"
        ),
        bootstrap_option,
        views_option,
    ):
        wrapped = option(wrapped)
    return wrapped


def _officer(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--passphrase", type=click.Path(path_type=Path), help="File with its passphrase; asked for otherwise."
        ),
        click.option("--key", required=True, type=click.Path(path_type=Path), help="The officer's private key."),
    ):
        function = option(function)
    return function


@command.command("list")
@_selection
@click.option("--each", is_flag=True, help="One line an event, instead of how many there are of each sort.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(*, selection: Selection, views: tuple[View, ...], each: bool, as_json: bool) -> None:  # noqa: ARG001 — views chose the topics
    """
    Say what is held and why. Needs no key, and shows nothing of what is in an event.

    Exits with 1 when something is held that was not replayed.

    \b
    Example:
        qingliu quarantine list --topic raw.order --bootstrap localhost:9092
    """
    held, unreadable = selection.events()
    lines = [_line(event) for event in held] if each else _sorts(held)
    if as_json:
        click.echo(pretty({"held": lines, "events": len(held), "unreadable_records": unreadable}), nl=False)
    else:
        for line in lines:
            click.echo("  ".join(f"{name} {value}" for name, value in line.items() if value != ""))
        click.echo(f"{len(held)} events held, {sum(event.replayed_at is not None for event in held)} of them replayed")
        _tell_unreadable(unreadable)
    if any(event.replayed_at is None for event in held):
        sys.exit(FOUND)


@command.command("open")
@_selection
@_officer
def open_(*, selection: Selection, views: tuple[View, ...], key: Path, passphrase: Path | None) -> None:  # noqa: ARG001 — as above
    """
    Print held events in clear, one JSON object a line. WHAT IT PRINTS IS PERSONAL DATA.

    A value that is no UTF-8 is printed as value_base64. Corrected, the lines are what `replay --fixed` takes. Exits
    with 1 when an event could not be opened.

    \b
    Example:
        qingliu quarantine open --key officer.key --topic raw.order --at 3:1024 > held.jsonl
    """
    officer = _load(key, passphrase)
    held, unreadable = selection.events()
    opened = _opened(held, officer)
    for event in held:
        if event.coordinates in opened:
            click.echo(dumps(_clear(event, opened[event.coordinates])))
    _tell_unreadable(unreadable)
    if len(opened) < len(held):
        click.echo(f"{len(held) - len(opened)} events could not be opened: of some a part is missing", err=True)
        sys.exit(FOUND)


@command.command("replay")
@_selection
@_officer
@click.option("--fixed", type=click.Path(path_type=Path), help="Lines of `open`, corrected; only they are replayed.")
@click.option("--dry-run", is_flag=True, help="Only say what would be replayed.")
def replay(  # noqa: PLR0913 — one argument an option
    *,
    selection: Selection,
    views: tuple[View, ...],
    key: Path,
    passphrase: Path | None,
    fixed: Path | None,
    dry_run: bool,
) -> None:
    """
    Write held events to their raw topics again, once, so that they pass the views of today.

    Without --fixed as they were: after a contract or a transform was corrected. What would be held again is told and
    not written. An event and the mark that it was replayed are written together, so that none is replayed twice, also
    when this is run again or by two people. Exits with 1 when something could not be replayed.

    \b
    Example:
        qingliu quarantine replay --key officer.key --topic raw.order --reason missing --fixed held.jsonl
    """
    officer = _load(key, passphrase)
    writer = None if dry_run else _writer(selection.bootstrap)  # before reading, so that of two at a time one is fenced
    held, unreadable = selection.events()
    waiting = [event for event in held if event.replayed_at is None]
    events = _opened(waiting, officer)
    if fixed:
        events = _corrected(events, fixed)
    passing, broken = _checked(events, views)
    for coordinates, error in broken.items():
        click.echo(
            f"still broken: {_named(coordinates)}: {error.reason.sentence} {error.path} {error.detail}".rstrip(),
            err=True,
        )
    if writer is not None:
        _write(writer, passing)
    _tell_unreadable(unreadable)
    skipped = 0 if fixed else len(waiting) - len(events)
    word = "would be replayed" if dry_run else "replayed"
    click.echo(f"{len(passing)} {word}, {len(broken)} still broken, {len(held) - len(waiting)} replayed before")
    if skipped:
        click.echo(f"{skipped} could not be opened: of some a part is missing", err=True)
    if broken or skipped:
        sys.exit(FOUND)


def _line(event: "Held") -> dict[str, Any]:
    return {
        "event": _named(event.coordinates),
        "reason": event.reason.value,
        "path": event.path,
        "detail": event.detail,
        "held": format_time(event.held_at),
        "policy": event.policy,
        "complete": event.complete,
        "replayed": format_time(event.replayed_at) if event.replayed_at is not None else "",
    }


def _sorts(held: "Sequence[Held]") -> list[dict[str, Any]]:
    def sort(event: "Held") -> tuple[str, str, str]:
        return event.coordinates[0], event.reason.value, event.path

    lines = []
    for (topic, reason, path), group in groupby(sorted(held, key=sort), key=sort):
        events = list(group)
        lines.append(
            {
                "topic": topic,
                "reason": reason,
                "path": path,
                "events": len(events),
                "replayed": sum(event.replayed_at is not None for event in events),
                "first": format_time(min(event.held_at for event in events)),
                "last": format_time(max(event.held_at for event in events)),
            }
        )
    return lines


def _load(key: Path, passphrase: Path | None) -> "OfficerPrivateKey":
    from pipeline.keys import KeysError, load_officer  # noqa: PLC0415 — loads where it is used

    with problems(KeysError):
        return load_officer(key, read_passphrase(passphrase, "the officer's private key"))


def _opened(held: "Sequence[Held]", officer: "OfficerPrivateKey") -> "dict[Coordinates, Event]":
    try:
        return {event.coordinates: event.open(officer) for event in held if event.complete}
    except CannotOpen:
        msg = "an event does not open with this key; give the private key of the officer for whom it was sealed"
        raise Problem(msg) from None


def _clear(event: "Held", opened: Event) -> dict[str, Any]:
    topic, partition, offset = event.coordinates
    line = {"topic": topic, "partition": partition, "offset": offset, "reason": event.reason.value, "path": event.path}
    for name, part in zip(("key", "value"), opened, strict=True):
        try:
            line[name] = None if part is None else part.decode()
        except UnicodeDecodeError:
            line[f"{name}_base64"] = base64.b64encode(part or b"").decode()
    return line


def _corrected(events: "Mapping[Coordinates, Event]", file: Path) -> "dict[Coordinates, Event]":
    """
    The events of a file, with the keys that they came with.
    """
    corrected: dict[Coordinates, Event] = {}
    for number, (coordinates, value) in enumerate(_lines(file), 1):
        if coordinates not in events:
            msg = f"line {number} of {file}: {_named(coordinates)} is not held, was replayed before, or is not selected"
            raise Problem(msg)
        corrected[coordinates] = (events[coordinates][0], value)
    return corrected


def _lines(file: Path) -> "Iterator[tuple[Coordinates, bytes]]":
    with problems(OSError):
        texts = file.read_bytes().splitlines()
    for number, text in enumerate(texts, 1):
        try:
            line = loads(text)
            value = line["value"]
            coordinates = str(line["topic"]), int(line["partition"]), int(line["offset"])
        except (KeyError, TypeError, ValueError):
            msg = f"line {number} of {file} is no corrected event; keep topic, partition, offset and value of `open`"
            raise Problem(msg) from None
        yield coordinates, value.encode() if isinstance(value, str) else dumps(value)


def _checked(
    events: "Mapping[Coordinates, Event]", views: Sequence[View]
) -> "tuple[dict[Coordinates, Event], dict[Coordinates, Broken]]":
    """
    Those that would pass the views, and those that would be held again.
    """
    from pipeline.keys import RootKeys  # noqa: PLC0415 — loads where it is used

    keys = RootKeys.generate()  # whether an event passes does not depend on whose keys make its tokens
    engines = {contract.topic: TopicEngine(contract, group, keys) for contract, group in by_contract(views)}
    passing, broken = {}, {}
    for coordinates, event in events.items():
        try:
            engines[coordinates[0]].process(event[1])
            passing[coordinates] = event
        except Broken as error:
            broken[coordinates] = error
    return passing, broken


def _writer(bootstrap: str) -> "Transactions":
    from pipeline.kafka_client import KafkaClientError, Transactions  # noqa: PLC0415 — loads where it is used

    with problems(KafkaClientError):
        return Transactions(bootstrap, REPLAY_WRITER)


def _write(writer: "Transactions", events: "Mapping[Coordinates, Event]") -> None:
    from pipeline.held import replay_mark  # noqa: PLC0415 — as above
    from pipeline.kafka_client import KafkaClientError  # noqa: PLC0415

    places = list(events)
    with problems(KafkaClientError):
        for start in range(0, len(places), _TOGETHER):
            together = places[start : start + _TOGETHER]
            raw = [(place[0], *events[place]) for place in together]
            marks = [(quarantine_topic(place[0]), None, replay_mark(place)) for place in together]
            writer.write([*raw, *marks])
            click.echo(f"{start + len(together)} of {len(places)} written", err=True)


def _named(coordinates: "Coordinates") -> str:
    topic, partition, offset = coordinates
    return f"{topic} {partition}:{offset}"


def _tell_unreadable(number: int) -> None:
    if number:
        click.echo(
            f"{number} records of quarantine topics could not be read as such; somebody else writes to them", err=True
        )
