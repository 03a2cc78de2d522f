"""`qingliu simulate`."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from pipeline.cli.common import FOUND, Problem, problems
from transforms import Refused
from transforms.timestamp import read_timestamp

if TYPE_CHECKING:
    from pipeline.kafka_client import Feeder
    from pipeline.simulator import Simulated, Simulator

_PROGRESS_SECONDS: Final = 2.0
_EVENT_TIME_RATE: Final = 1_000.0  # events a second of event time when --rate sets no pace
_FLUSH_SECONDS: Final = 40.0  # above the client's own limit for one delivery


def _start(_context: click.Context, _option: click.Parameter, text: str | None) -> int:
    if text is None:
        return time.time_ns() // 1_000_000
    try:
        return read_timestamp(text)
    except Refused:
        msg = "write an RFC 3339 time with its zone, such as 2026-01-01T08:00:00+08:00"
        raise click.BadParameter(msg) from None


@click.command("simulate")
@click.option("--topic", "topics", multiple=True, help="A raw topic, such as raw.order; may stand several times. [all]")
@click.option("--count", type=click.IntRange(1), default=10, show_default=True, help="How many events.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of chance: equal arguments make equal events.")
@click.option("--start", metavar="TIME", callback=_start, help="When the first event happens, in RFC 3339. [now]")
@click.option(
    "--broken",
    type=click.FloatRange(0, 1),
    default=0.03,
    show_default=True,
    help="Share of events that no worker can process.",
)
@click.option("--rate", type=click.FloatRange(min=0.01), help="Events a second. [as fast as they are taken]")
@click.option("--bootstrap", metavar="HOST:PORT", help="Write them to these brokers rather than to standard output.")
def command(  # noqa: PLR0913 — one argument an option
    *,
    topics: tuple[str, ...],
    count: int,
    seed: int,
    start: int,
    broken: float,
    rate: float | None,
    bootstrap: str | None,
) -> None:
    """
    Make raw events with fictional people in them.

    On standard output each event is one line of its raw bytes, so lines of broken events need not be JSON and may be
    empty. A line feed within an event is written as a carriage return: JSON allows and forbids both in the same places,
    so the event means the same or is broken in the same way. Lines do not tell their topic; choose one with --topic to
    feed `qingliu apply`.

    With --bootstrap the events go to their topics, which must exist, keyed as upstream apps do it. Exits with 1 when
    some could not be delivered.

    \b
    Example:
        qingliu simulate --topic raw.order --count 1000 --seed 1 --start 2026-01-01T08:00:00+08:00 > orders.jsonl
        qingliu simulate --count 100000 --rate 500 --bootstrap localhost:9092
    """
    from pipeline.kafka_client import Feeder, KafkaClientError, check_topics  # noqa: PLC0415 — loads when used
    from pipeline.simulator import TOPICS, Simulator  # noqa: PLC0415

    chosen = tuple(dict.fromkeys(_choose(topic, TOPICS) for topic in topics)) or TOPICS
    with problems(ValueError):
        simulator = Simulator(seed, topics=chosen, broken=broken, start=start, rate=rate or _EVENT_TIME_RATE)
    events = _paced(simulator.events(count), rate)
    if bootstrap is None:
        _print(events, click.get_binary_stream("stdout"), Progress(count))
        return
    with problems(KafkaClientError), Feeder(bootstrap) as feeder:
        check_topics(feeder.partitions(), chosen)
        failed = _feed(events, feeder, simulator, Progress(count))
    sys.exit(FOUND if failed else 0)


@dataclass(slots=True)
class Progress:
    """
    Says on standard error how far long work has come.

    Args:
        total: number of events.
        clock: seconds.
    """

    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _said: float = field(init=False)

    def __post_init__(self) -> None:
        self._said = self.clock()

    def step(self) -> None:
        """
        One more event is done.
        """
        self.done += 1
        now = self.clock()
        if now - self._said >= _PROGRESS_SECONDS:
            self._said = now
            click.echo(f"{self.done:,} of {self.total:,} events", err=True)


def _choose(topic: str, topics: tuple[str, ...]) -> str:
    for name in (topic, f"raw.{topic}"):
        if name in topics:
            return name
    msg = f"unknown topic {topic!r}; choose among {', '.join(topics)}"
    raise Problem(msg)


def _paced(events: "Iterator[Simulated]", rate: float | None) -> "Iterator[Simulated]":
    begun = time.monotonic()
    for number, event in enumerate(events):
        if rate is not None:
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        yield event


def _print(events: "Iterator[Simulated]", out: BinaryIO, progress: Progress) -> None:
    for event in events:
        out.write(event.value.replace(b"\n", b"\r") + b"\n")
        progress.step()
    out.flush()


def _feed(events: "Iterator[Simulated]", feeder: "Feeder", simulator: "Simulator", progress: Progress) -> int:
    for number, event in enumerate(events):
        feeder.send(event.topic, event.key, event.value, simulator.start + int(number * 1_000 / simulator.rate))
        feeder.poll()
        progress.step()
    waiting = feeder.flush(_FLUSH_SECONDS)
    failed = waiting + feeder.failures.total()
    click.echo(f"delivered {feeder.delivered:,} of {progress.done:,} events", err=True)
    if failed:
        names = ", ".join(f"{name} {number:,}" for name, number in feeder.failures.most_common())
        click.echo(f"not delivered: {failed:,} ({names or 'no answer'}); look up the name in Kafka's errors", err=True)
    return failed
