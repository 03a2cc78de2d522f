"""Memory: one worker process through a million events on a real broker."""

from typing import Any, Final

from benchmarks.deployment import FILLED, STALLED_SECONDS, VIEWS_AN_EVENT, Deployment, deployed, send
from benchmarks.hot_path import SEED
from benchmarks.process import BenchmarkError, Child
from benchmarks.table import Say, Table
from pipeline.kafka_client import Feeder, now_ms
from pipeline.simulator import Simulator
from tests.kafka.broker import KafkaCluster

EVENTS: Final = 1_000_000
QUARTERS: Final = 4
SUBJECTS: Final = 80_000  # more than the 32,768 whose tokens are remembered, so that the caches fill
SLICE: Final = 5_000
AHEAD: Final = 50_000  # events; the worker always has a backlog and the broker's disk is not written in one go


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Resident memory after each quarter of the events, and the most there ever was.

    Args:
        events: in all.
        say: where progress goes.
    """
    count = events or EVENTS
    say(f"memory: simulating {SUBJECTS:,} people")
    stream = Simulator(SEED, topics=FILLED, start=now_ms(), subjects=SUBJECTS, rate=10_000, broken=0)
    marks = [count * quarter // QUARTERS for quarter in range(1, QUARTERS + 1)]
    with KafkaCluster() as broker, deployed(broker) as deployment, deployment.worker("worker") as worker:
        run = _Run(deployment, worker, stream)
        at = {}
        for mark in marks:
            run.until(mark)
            at[str(mark)] = round(worker.rss_mib(), 1)
            say(f"memory: {mark:,} events, {at[str(mark)]:.0f} MiB")
        return {"rss_mib_at": at, "peak_rss_mib": round(worker.peak_rss_mib(), 1), "events": count}


def table(results: dict[str, Any]) -> Table:
    """
    One row a quarter.
    """
    rows = [(f"{int(events):,}", f"{mib:.0f}") for events, mib in results["rss_mib_at"].items()]
    return Table(
        "Memory: one worker, resident memory after so many events",
        ("events", "RSS MiB"),
        [*rows, ("peak", f"{results['peak_rss_mib']:.0f}")],
    )


class _Run:
    """
    Feeds a worker, never far ahead of it.
    """

    def __init__(self, deployment: Deployment, worker: Child, stream: Simulator) -> None:
        self._deployment = deployment
        self._worker = worker
        self._stream = stream
        self._fed = 0

    def until(self, events: int) -> None:
        """
        Feed until so many were fed in all, and wait until the worker has written their clean records.
        """
        with Feeder(self._deployment.bootstrap) as feeder:
            while self._fed < events:
                self._fed += send(feeder, self._stream.events(min(SLICE, events - self._fed)))
                self._deployment.wait([self._worker], (self._fed - AHEAD) * VIEWS_AN_EVENT)
            if feeder.flush(STALLED_SECONDS) or feeder.failures:
                msg = f"the broker did not take all events: {dict(feeder.failures)}"
                raise BenchmarkError(msg)
        self._deployment.wait([self._worker], events * VIEWS_AN_EVENT)
