"""Metrics: a worker's counts as Prometheus reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import accumulate
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from pipeline.counts import BOUNDS_MS, Delays
from pipeline.status import Status
from schemas.view import View

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

_Family = CounterMetricFamily | GaugeMetricFamily


class Metrics:
    """
    What `/metrics` says: the worker's counts, its state, and its process.

    Labels are topics, partitions, recipients, reasons, versions, hashes of policies and ids of grants, all of which
    somebody declared. Nothing comes from an event, and names of unknown fields are not told.

    Args:
        status: of the worker.
        views: in force.
    """

    def __init__(self, status: Status, views: Sequence[View]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_WorkerCollector(status, views))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """
        All of them, in Prometheus' text format.
        """
        return generate_latest(self._registry)


class _WorkerCollector(Collector):
    def __init__(self, status: Status, views: Sequence[View]) -> None:
        self._status = status
        self._views = views

    def collect(self) -> Iterable[Metric]:
        yield from self._work()
        yield from self._state()
        yield from self._standing()
        yield from self._versions()

    def _work(self) -> Iterator[Metric]:
        """
        What became of events.
        """
        counts = self._status.counts
        by_view = ("topic", "recipient")
        yield _counter("events_read", "Raw events read.", ("topic",), counts.read)
        yield _counter("records_released", "Clean records written.", by_view, counts.released)
        yield _counter("records_suppressed", "Events of which a recipient gets no record.", by_view, counts.suppressed)
        yield _counter("events_quarantined", "Events held.", ("topic", "reason"), counts.quarantined)
        yield _counter("records_granted", "Records that a grant let pass.", ("grant", "topic"), counts.granted)
        unknown = {topic: paths.total() for topic, paths in counts.unknown.items()}
        yield _counter("fields_unknown", "Fields that the contract does not have, all dropped.", ("topic",), unknown)
        yield _counter("floods", "Times that too many events of a topic were broken.", ("topic",), counts.floods)
        app = self._status.app
        stopped = dict.fromkeys(app.floods.stopped, 1) if app else {}
        yield _gauge("topic_stopped", "1 for a topic that a flood has stopped.", ("topic",), stopped)

    def _state(self) -> Iterator[Metric]:
        """
        What is known of persons and their devices, and how well.
        """
        status = self._status
        subjects, links = status.counts.subjects, status.counts.links
        age = {reader.topic: status.age(reader) for reader in status.readers}
        yield _gauge("state_age_seconds", "Since the end of a topic of state was last seen.", ("topic",), age)
        loaded = {reader.topic: int(reader.loaded) for reader in status.readers}
        yield _gauge("state_loaded", "1 once a topic of state was read to its end.", ("topic",), loaded)
        by_store = ("store",)
        known = {"subjects": subjects.known, "links": links.known}
        yield _gauge("state_known", "Persons, and links, of which something is known.", by_store, known)
        read = {"subjects": subjects.records, "profiles": subjects.profiles, "links": links.records}
        yield _counter("state_records_read", "Records of state read since the start.", by_store, read)
        unreadable = {"subjects": subjects.unreadable, "links": links.unreadable}
        yield _counter("state_records_unreadable", "Records of state not understood.", by_store, unreadable)
        outdated = {"subjects": subjects.outdated, "links": links.outdated}
        yield _counter("state_records_outdated", "Records that knew less than earlier ones.", by_store, outdated)
        undecided = {"subjects": subjects.undecided, "links": links.undecided}
        yield _counter("decisions_stale", 'Decisions that were "no" for stale state.', by_store, undecided)
        yield _counter("erasures_read", "Records that say that somebody was erased.", (), {(): subjects.erased})
        yield _delays("withdrawal_seconds", "From writing a withdrawal to having read it.", subjects.withdrawals)

    def _standing(self) -> Iterator[Metric]:
        """
        Whether it moves.
        """
        status = self._status
        yield _gauge("ready", "Whether it is ready.", (), {(): int(not status.missing())})
        _, seconds = status.standing()
        yield _gauge("standing_seconds", "For how long records wait while nothing moves.", (), {(): seconds})
        lags = status.app.lags() if status.app else {}
        waiting = {(topic, str(partition)): lag for (topic, partition), lag in lags.items()}
        said = "Raw records not finished, as far as the broker has told."
        yield _gauge("lag_records", said, ("topic", "partition"), waiting)
        rebalances = status.app.rebalancing_count if status.app else 0
        yield _counter("rebalances", "Times that the group was divided anew.", (), {(): rebalances})

    def _versions(self) -> Iterator[Metric]:
        """
        What it works by.
        """
        yield _gauge("key_version", "Of the root key that makes tokens.", (), {(): self._status.key_version})
        yield InfoMetricFamily("qingliu_build", "Of the program.", {"version": version("qingliu")})
        info = InfoMetricFamily("qingliu_view", "The views in force.", labels=("topic", "recipient"))
        for view in self._views:
            info.add_metric((view.topic, view.recipient), {"policy": view.policy(), "schema": view.schema})
        yield info


_Values = Mapping[Any, float]  # by label, or by a tuple of them


def _counter(name: str, said: str, labels: Sequence[str], values: _Values) -> Metric:
    return _filled(CounterMetricFamily(f"qingliu_{name}", said, labels=labels), values)


def _gauge(name: str, said: str, labels: Sequence[str], values: _Values) -> Metric:
    return _filled(GaugeMetricFamily(f"qingliu_{name}", said, labels=labels), values)


def _filled(family: _Family, values: _Values) -> Metric:
    for label, value in sorted(values.items()):
        family.add_metric((label,) if isinstance(label, str) else label, value)
    return family


def _delays(name: str, said: str, delays: Delays) -> Metric:
    totals = accumulate(delays.buckets[bound] for bound in BOUNDS_MS)
    bounds = [_bound(bound) for bound in BOUNDS_MS]
    return HistogramMetricFamily(
        f"qingliu_{name}", said, buckets=list(zip(bounds, totals, strict=True)), sum_value=delays.total_ms / 1_000
    )


def _bound(ms: float) -> str:
    return "+Inf" if ms == float("inf") else str(ms / 1_000)
