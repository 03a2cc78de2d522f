"""Delivery: one worker at least once and exactly once, in turns, over the same raw topics of a real broker."""

from statistics import median
from typing import Any, Final

from benchmarks.deployment import FILLED, VIEWS_AN_EVENT, deployed
from benchmarks.end_to_end import Run, textless, watch
from benchmarks.hot_path import SEED
from benchmarks.table import Say, Table
from pipeline.kafka_client import now_ms
from pipeline.settings import AT_LEAST_ONCE, EXACTLY_ONCE
from pipeline.simulator import Simulator
from tests.kafka.broker import KafkaCluster

ROUNDS: Final = 5
EVENTS: Final = 60_000


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Both ways in turns; the medians of the rounds and of their ratios.

    Args:
        events: preloaded.
        say: where progress goes.
    """
    count = events or EVENTS
    runs: dict[str, list[Run]] = {AT_LEAST_ONCE: [], EXACTLY_ONCE: []}
    with KafkaCluster() as broker, deployed(broker) as deployment:
        say(f"delivery: preloading {count} events")
        simulator = Simulator(SEED, topics=FILLED, broken=0, start=now_ms(), rate=10_000)
        deployment.feed(sorted(map(textless, simulator.events(count)), key=lambda event: event.topic))
        for number in range(1, ROUNDS + 1):
            for way in sorted(runs, reverse=bool(number % 2)):
                with deployment.worker(f"{way}{number}", QINGLIU_DELIVERY=way) as child:
                    runs[way].append(watch(child, deployment, count))
            rates = ", ".join(f"{way} {done[-1].rate:,.0f}" for way, done in runs.items())
            say(f"delivery: round {number} of {ROUNDS}, {rates} events/s")
    pairs = [*zip(runs[EXACTLY_ONCE], runs[AT_LEAST_ONCE], strict=True)]
    return {
        "events": count,
        "rate_ratio": round(median(own.rate / other.rate for own, other in pairs), 3),
        "cpu_ratio": round(median(own.cpu_microseconds / other.cpu_microseconds for own, other in pairs), 3),
        **{way: _medians(done) for way, done in runs.items()},
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
            f"{results[way]['cpu_microseconds']:.0f}",
            f"{results['rate_ratio']:.2f}" if way == EXACTLY_ONCE else "",
            f"{results['cpu_ratio']:.2f}" if way == EXACTLY_ONCE else "",
        )
        for way in (AT_LEAST_ONCE, EXACTLY_ONCE)
    ]
    return Table(
        f"Delivery: one worker, {VIEWS_AN_EVENT} clean records an event",
        ("way", "events", "events/s", "CPU µs", "rate ratio", "CPU ratio"),
        rows,
    )


def _medians(runs: list[Run]) -> dict[str, Any]:
    return {
        "events_per_second": round(median(run.rate for run in runs)),
        "cpu_microseconds": round(median(run.cpu_microseconds for run in runs), 1),
    }
