"""Schedules: what goes wrong, and for how long."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from pipeline.topics import TopicsError
from tests.faults.faketime import faked
from tests.faults.stage import SESSION_SECONDS, Stage
from tests.faults.views import VIEWS
from tests.integration.deployment import GROUP

_BETWEEN_KILLS = 5.0
_BROKER_AWAY = 4.0
_OVER_SESSION = 4.0
_HOUR = 3_600
_PATIENCE = 120

T = TypeVar("T")
_RECREATED = "clean.analytics.device"
_REFUSED = "clean.ads.device"
_NARROW = ("clean.analytics.order", "clean.ads.order")


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    A fault, or several in a row.

    Args:
        play: lets it happen for about so many seconds, and leaves everything whole.
        what: happens.
        short: seconds in CI.
        long: seconds of a round in a soak.
    """

    play: Callable[[Stage, float], None]
    what: str
    short: float = 10
    long: float = 30


def _quiet(_: Stage, seconds: float) -> None:
    time.sleep(seconds)


def _worker_kill(stage: Stage, seconds: float) -> None:
    for _ in _every(_BETWEEN_KILLS, seconds):
        stage.chance.choice(stage.fleet.running() or stage.fleet.workers).kill()


def _rolling_stops(stage: Stage, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        for worker in stage.fleet.workers:
            code = worker.stop()
            assert code == 0, f"{worker.name} ended with {code}:\n{worker.last_words()}"
            worker.start()
            worker.wait_ready()
        if time.monotonic() > end:
            return


def _worker_cut(stage: Stage, seconds: float) -> None:
    for _ in _every(2 * SESSION_SECONDS + _OVER_SESSION, seconds):
        stage.cluster.cut()
        time.sleep(SESSION_SECONDS + _OVER_SESSION)
        stage.cluster.heal()


def _worker_pause(stage: Stage, seconds: float) -> None:
    for _ in _every(2 * SESSION_SECONDS + _OVER_SESSION, seconds):
        worker = stage.chance.choice(stage.fleet.running() or stage.fleet.workers)
        worker.pause()
        time.sleep(SESSION_SECONDS + _OVER_SESSION)
        worker.resume()


def _leader_kill(stage: Stage, seconds: float) -> None:
    topics = [view.topic for view in VIEWS]
    _broker_kill(stage, seconds, lambda: stage.cluster.leader(stage.chance.choice(topics)))


def _controller_kill(stage: Stage, seconds: float) -> None:
    _broker_kill(stage, seconds, stage.cluster.controller)


def _coordinator_kill(stage: Stage, seconds: float) -> None:
    _broker_kill(stage, seconds, lambda: stage.cluster.coordinator(GROUP))


def _all_brokers_down(stage: Stage, seconds: float) -> None:
    for number in stage.cluster.nodes:
        stage.cluster.kill(number)
    time.sleep(seconds)
    stage.cluster.start(*stage.cluster.nodes)


def _slow_brokers(stage: Stage, seconds: float) -> None:
    for _ in _every(0.5, seconds):
        for number in stage.cluster.nodes:
            stage.cluster.pause(number)
        time.sleep(0.42)
        for number in stage.cluster.nodes:
            stage.cluster.resume(number)


def _full_disk(stage: Stage, seconds: float) -> None:
    number = stage.chance.choice(stage.cluster.nodes)
    stage.cluster.refuse_writes(number)
    time.sleep(seconds)
    assert not stage.cluster.running(number), "Kafka goes on where it cannot write"
    stage.cluster.start(number)


def _topic_recreated(stage: Stage, seconds: float) -> None:
    with KafkaAdminClient(bootstrap_servers=stage.cluster.bootstrap.split(",")) as admin:
        admin.delete_topics([_RECREATED])
        limit = time.monotonic() + _PATIENCE
        while _RECREATED in admin.list_topics():
            assert time.monotonic() < limit, f"{_RECREATED} is still there"
            time.sleep(0.2)
    time.sleep(1)
    stage.cluster.create_topic(_RECREATED, partitions=stage.deployment.partitions)
    stage.made_anew(_RECREATED)
    time.sleep(seconds)


def _record_refused(stage: Stage, seconds: float) -> None:
    stage.deployment.configure(_REFUSED, {"max.message.bytes": "100"})
    time.sleep(seconds)
    stage.deployment.configure(_REFUSED, {"max.message.bytes": "1048588"})


def _too_few_replicas(stage: Stage, seconds: float) -> None:
    number = stage.chance.choice(stage.cluster.nodes)
    stage.cluster.kill(number)
    limit = time.monotonic() + _PATIENCE
    # Until then a leader writes first and complains afterwards: what is refused would be there all the same.
    while any(_patiently(lambda t=topic: stage.cluster.in_sync(t)) == len(stage.cluster.nodes) for topic in _NARROW):
        assert time.monotonic() < limit, f"node {number} still counts as in sync"
        time.sleep(0.5)
    for topic in _NARROW:
        _patiently(lambda t=topic: stage.deployment.configure(t, {"min.insync.replicas": "3"}))
    time.sleep(seconds)
    stage.chance.choice(stage.fleet.running() or stage.fleet.workers).kill()
    stage.cluster.start(number)
    for topic in _NARROW:
        stage.deployment.configure(topic, {"min.insync.replicas": "2"})


def _clock_jumps(stage: Stage, seconds: float) -> None:
    worker = stage.fleet.workers[0]
    with faked(worker, stage.deployment.folder / "clock") as jump:
        for ahead in (2 * _HOUR, -2 * _HOUR, 0):
            jump(ahead)
            time.sleep(seconds / 3)


SCHEDULES = {
    "quiet": Schedule(_quiet, "nothing"),
    "worker_kill": Schedule(_worker_kill, "every 5 s one of three workers, by chance, is killed (`kill -9`)", 12),
    "rolling_stops": Schedule(_rolling_stops, "one worker after the other is stopped (SIGTERM) and started again", 0),
    "worker_cut": Schedule(
        _worker_cut, "one worker is cut off for 10 s, longer than its session (6 s); nothing is closed"
    ),
    "worker_pause": Schedule(
        _worker_pause, "one worker is paused for 10 s, longer than its session, and goes on (SIGSTOP)"
    ),
    "leader_kill": Schedule(_leader_kill, "the broker that leads a clean partition is killed; back after 4 s", 8),
    "controller_kill": Schedule(_controller_kill, "the same with the active controller", 8),
    "coordinator_kill": Schedule(_coordinator_kill, "the same with the coordinator of the workers' group", 8),
    "all_brokers_down": Schedule(
        _all_brokers_down, "all brokers are killed at once, and back after 30 s (CI: 10 s)", 10, 30
    ),
    "slow_brokers": Schedule(_slow_brokers, "all brokers get a sixth of the time, in turns of half a second (SIGSTOP)"),
    "full_disk": Schedule(
        _full_disk, "one broker can write to no file any more (EFBIG), ends, and is started 5 s later", 5, 20
    ),
    "topic_recreated": Schedule(_topic_recreated, "a clean topic is deleted and, a second later, made anew", 8),
    "record_refused": Schedule(_record_refused, "a clean topic refuses every record (max.message.bytes)", 8),
    "too_few_replicas": Schedule(
        _too_few_replicas,
        "two clean topics need three replicas while a broker is away; a worker that waits is killed",
        8,
    ),
    "clock_jumps": Schedule(
        _clock_jumps, "the clock of one worker goes two hours ahead, two hours back, and right again", 12
    ),
}
"""By name."""


def _broker_kill(stage: Stage, seconds: float, victim: Callable[[], int]) -> None:
    for _ in _every(2 * _BROKER_AWAY, seconds):
        number = victim()
        stage.cluster.kill(number)
        time.sleep(_BROKER_AWAY)
        stage.cluster.start(number)


def _patiently(ask: Callable[[], T]) -> T:
    """
    Ask until an answer comes: clients that look for a node may come upon the one that is away.
    """
    limit = time.monotonic() + _PATIENCE
    while True:
        try:
            return ask()
        except (KafkaError, TopicsError):
            if time.monotonic() > limit:
                raise
            time.sleep(0.5)


def _every(interval: float, seconds: float) -> Iterator[None]:
    """
    Once, and again at every interval that begins before the time is over; returns when it is.
    """
    begun = time.monotonic()
    turn = 0
    while turn == 0 or time.monotonic() - begun < seconds:
        yield
        turn += 1
        time.sleep(max(0.0, begun + turn * interval - time.monotonic()))
