"""Delivery: one worker at least once and exactly once, in turns, over the same raw topics of a real broker."""

from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.deployment import FILLED, VIEWS_AN_EVENT, deployed
from benchmarks.end_to_end import textless, watch
from benchmarks.hot_path import SEED
from benchmarks.process import cpu_seconds
from benchmarks.table import Say, Table
from pipeline.kafka_client import now_ms
from pipeline.settings import AT_LEAST_ONCE, EXACTLY_ONCE
from pipeline.simulator import Simulator
from tests.kafka.broker import KafkaCluster

ROUNDS: Final = 4
EVENTS: Final = 40_000


class Turn(NamedTuple):
    """
    One worker reading everything.

    Args:
        rate: events a second.
        worker: microseconds of processor time an event.
        broker: the same of the broker.
    """

    rate: float
    worker: float
    broker: float

    @property
    def both(self) -> float:
        """
        What an event costs altogether.
        """
        return self.worker + self.broker


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Both ways in turns, after a round that warms up the broker; the medians of the rounds and of their ratios.

    Args:
        events: preloaded.
        say: where progress goes.
    """
    count = events or EVENTS
    turns: dict[str, list[Turn]] = {AT_LEAST_ONCE: [], EXACTLY_ONCE: []}
    with KafkaCluster() as broker, deployed(broker) as deployment:
        say(f"delivery: preloading {count} events")
        simulator = Simulator(SEED, topics=FILLED, broken=0, start=now_ms(), rate=10_000)
        deployment.feed(sorted(map(textless, simulator.events(count)), key=lambda event: event.topic))
        for number in range(ROUNDS + 1):
            for way in sorted(turns, reverse=bool(number % 2)):
                before = cpu_seconds(broker.pid(1))
                with deployment.worker(f"{way}{number}", QINGLIU_DELIVERY=way) as child:
                    run = watch([child], deployment, count)
                of_broker = (cpu_seconds(broker.pid(1)) - before) / count * 1e6
                turns[way].append(Turn(run.rate, run.cpu_microseconds, of_broker))
            said = ", ".join(
                f"{way} {done[-1].rate:,.0f} events/s, {done[-1].both:.0f} µs" for way, done in turns.items()
            )
            say(f"delivery: round {number} of {ROUNDS}, {said}")
    pairs = [*zip(turns[EXACTLY_ONCE][1:], turns[AT_LEAST_ONCE][1:], strict=True)]
    return {
        "events": count,
        "rate_ratio": round(median(own.rate / other.rate for own, other in pairs), 3),
        "cpu_ratio": round(median(own.both / other.both for own, other in pairs), 3),
        **{way: _medians(done[1:]) for way, done in turns.items()},
    }


def table(results: dict[str, Any]) -> Table:
    """
    One row a way.
    """
    rows = [
        (
            way.replace("_", " "),
            f"{results['events']:,}",
            f"{results[way]['events_per_second']:,}",
            f"{results[way]['worker_microseconds']:.0f}",
            f"{results[way]['broker_microseconds']:.0f}",
            f"{results['rate_ratio']:.2f}" if way == EXACTLY_ONCE else "",
            f"{results['cpu_ratio']:.2f}" if way == EXACTLY_ONCE else "",
        )
        for way in (AT_LEAST_ONCE, EXACTLY_ONCE)
    ]
    return Table(
        f"Delivery: one worker, {VIEWS_AN_EVENT} clean records an event",
        ("way", "events", "events/s", "worker µs", "broker µs", "rate ratio", "CPU ratio"),
        rows,
    )


def _medians(turns: list[Turn]) -> dict[str, Any]:
    return {
        "events_per_second": round(median(turn.rate for turn in turns)),
        "worker_microseconds": round(median(turn.worker for turn in turns), 1),
        "broker_microseconds": round(median(turn.broker for turn in turns), 1),
    }
