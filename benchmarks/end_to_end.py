"""End to end: preloaded raw topics through worker processes, beside the plain way against the same broker."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

from benchmarks.deployment import FILLED, VIEWS_AN_EVENT, Broker, Deployment, deployed
from benchmarks.hot_path import SEED, without_texts
from benchmarks.process import BenchmarkError, Child
from benchmarks.table import Say, Table
from pipeline.kafka_client import EmbeddedBroker, now_ms
from pipeline.simulator import Simulated, Simulator
from tests.kafka.broker import KafkaCluster
from tests.kafka.programs import MissingError

ROUNDS: Final = 3
PLAIN_EVENTS: Final = 6_000


@dataclass(frozen=True, slots=True)
class Setting:
    """
    A broker, and how many events it is preloaded with.

    Args:
        broker: to be started.
        events: unless told otherwise.
        texts: whether events have their free text, whose search outweighs all else.
        most: that it keeps; the embedded broker truncates a partition at 5 MiB, raw orders are 0.9 KB, and four
            partitions do not fill evenly.
        two: whether two workers of one group are measured too, together on all processors. The embedded broker takes
            seconds to let them join.
    """

    broker: Callable[[], AbstractContextManager[Broker]]
    events: int
    most: int
    texts: bool = False
    two: bool = False


SETTINGS: Final[Mapping[str, Setting]] = {
    "embedded": Setting(EmbeddedBroker, 40_000, 40_000),
    "kafka": Setting(KafkaCluster, 200_000, 5_000_000, two=True),
    "kafka_with_texts": Setting(KafkaCluster, 40_000, 5_000_000, texts=True),
}


@dataclass(frozen=True, slots=True)
class Run:
    """
    Processes reading raw topics from their beginning.

    Args:
        rate: events a second, from the first clean record to the last.
        rate_from_start: events a second, from the start of the processes.
        cpu_microseconds: processor time of the processes an event, from the first clean record to the last.
        peak_rss_mib: of the largest process.
    """

    rate: float
    rate_from_start: float
    cpu_microseconds: float
    peak_rss_mib: float


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    The ways in turns, on both brokers; the medians of the rounds.

    Args:
        events: preloaded; the embedded broker holds 40,000. The plain way is stopped after 6,000.
        say: where progress goes.
    """
    results = {}
    for name, setting in SETTINGS.items():
        count = min(events or setting.events, setting.most)
        try:
            with setting.broker() as broker:
                results[name] = _broker(name, broker, count, say, setting)
        except MissingError as missing:
            say(f"end to end, {name}: skipped, {missing}")
    return results


def table(results: dict[str, Any]) -> Table:
    """
    One row a broker and way.
    """
    rows = []
    for name, result in results.items():
        rows.append((*_row(name, "worker", result, ""), f"{result['ratio_to_plain']:.1f}"))
        if "two_workers_events" in result:
            ratio = result["two_workers_ratio_to_plain"]
            rows.append((*_row("", "two workers", result, "two_workers_"), f"{ratio:.1f}"))
        rows.append((*_row("", "plain", result, "plain_"), ""))
    return Table(
        f"End to end: {VIEWS_AN_EVENT} clean records an event, from the first clean record to the last",
        ("broker", "way", "events", "events/s", "range", "CPU µs", "RSS MiB", "ratio"),
        rows,
    )


def watch(children: Sequence[Child], deployment: Deployment, events: int) -> Run:
    """
    Look on while processes write the clean records of so many events.

    Raises:
        BenchmarkError: one ended, nothing moved for a minute, or it was over at once.
    """
    before = deployment.clean.ends()
    began = time.monotonic()
    first = deployment.wait(children, before + 1)
    cpu = _cpu_seconds(children)
    last = deployment.wait(children, before + events * VIEWS_AN_EVENT)
    seen = (last.records - first.records) / VIEWS_AN_EVENT
    if not seen:
        msg = f"{events} events are over before they can be timed; measure over more --events"
        raise BenchmarkError(msg)
    return Run(
        rate=seen / (last.at - first.at),
        rate_from_start=(last.records - before) / VIEWS_AN_EVENT / (last.at - began),
        cpu_microseconds=(_cpu_seconds(children) - cpu) / seen * 1e6,
        peak_rss_mib=max(child.peak_rss_mib() for child in children),
    )


def _broker(name: str, broker: Broker, count: int, say: Say, setting: Setting) -> dict[str, Any]:
    with deployed(broker) as deployment:
        say(f"end to end, {name}: preloading {count} events")
        events = Simulator(SEED, topics=FILLED, broken=0, start=now_ms(), rate=10_000).events(count)
        if not setting.texts:
            events = map(textless, events)
        # Topic after topic, so that batches fill: the embedded broker answers a fetch with one batch a partition.
        deployment.feed(sorted(events, key=lambda event: event.topic))
        one: list[Run] = []
        two: list[Run] = []
        plain: list[Run] = []
        plain_count = min(PLAIN_EVENTS, count)
        for number in range(1, ROUNDS + 1):
            one.append(_run([deployment.worker(f"one{number}")], deployment, count))
            if setting.two:
                two.append(_run([deployment.worker(f"two{number}", each) for each in (1, 2)], deployment, count))
            plain.append(_run([deployment.plain(f"plain{number}")], deployment, plain_count))
            rates = ", ".join(f"{runs[-1].rate:,.0f}" for runs in (one, two, plain) if runs)
            rates = f"{rates} events/s, the last in the plain way"
            say(f"end to end, {name}: round {number} of {ROUNDS}, {rates}")
        deployment.check_kept()
    return {
        **_medians("", count, one, plain),
        **(_medians("two_workers_", count, two, plain) if two else {}),
        **_medians("plain_", plain_count, plain),
    }


def textless(event: Simulated) -> Simulated:
    """
    An event without its free text.
    """
    return replace(event, value=without_texts(event.topic, event.value))


def _run(children: Sequence[Child], deployment: Deployment, events: int) -> Run:
    with ExitStack() as running:
        for child in children:
            running.enter_context(child)
        return watch(children, deployment, events)


def _cpu_seconds(children: Sequence[Child]) -> float:
    return sum(child.cpu_seconds() for child in children)


def _medians(prefix: str, events: int, runs: Sequence[Run], beside: Sequence[Run] = ()) -> dict[str, Any]:
    rates = sorted(run.rate for run in runs)
    ratios = [run.rate / other.rate for run, other in zip(runs, beside, strict=False)]
    return {
        **({f"{prefix}ratio_to_plain": round(median(ratios), 2)} if ratios else {}),
        f"{prefix}events": events,
        f"{prefix}events_per_second": round(median(rates)),
        f"{prefix}events_per_second_range": [round(rates[0]), round(rates[-1])],
        f"{prefix}events_per_second_from_start": round(median(run.rate_from_start for run in runs)),
        f"{prefix}cpu_microseconds": round(median(run.cpu_microseconds for run in runs), 1),
        f"{prefix or 'worker_'}peak_rss_mib": round(max(run.peak_rss_mib for run in runs), 1),
    }


def _row(name: str, way: str, result: dict[str, Any], prefix: str) -> tuple[str, ...]:
    low, high = result[f"{prefix}events_per_second_range"]
    return (
        name,
        way,
        f"{result[f'{prefix}events']:,}",
        f"{result[f'{prefix}events_per_second']:,}",
        f"{low:,}–{high:,}",
        f"{result[f'{prefix}cpu_microseconds']:.0f}",
        f"{result[(prefix or 'worker_') + 'peak_rss_mib']:.0f}",
    )
