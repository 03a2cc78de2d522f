"""A stage for faults: three brokers, three workers, an upstream that goes on, and what is needed to judge them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from confluent_kafka import Consumer, KafkaException, TopicPartition

from pipeline.simulator import Simulator
from pipeline.subjects.record import TOPIC as SUBJECTS
from tests.faults.consents import Consents, needs_consent
from tests.faults.feed import Feed, Sent
from tests.faults.fleet import Fleet
from tests.faults.oracle import Oracle
from tests.faults.reader import Reader
from tests.faults.tail import Ends, Tail
from tests.faults.verifier import Due, Verdict, Verifier
from tests.faults.views import RAW, VIEWS
from tests.integration.deployment import GROUP, Deployment
from tests.kafka.broker import KafkaCluster

SESSION_SECONDS = 6.0
"""Silence after which the group gives a worker's partitions away; the least that brokers allow."""
_MAX_LAG = 5.0
_SPARE = 1.0
_PARTITIONS = 3
_SUBJECTS = 300
_POLL = 0.25
_PATIENCE = 240.0
_CONFIRM_SECONDS = 120
ENVIRONMENT = {
    "QINGLIU_SESSION_SECONDS": str(SESSION_SECONDS),
    "QINGLIU_SUBJECTS_MAX_LAG": str(_MAX_LAG),
    "QINGLIU_STALL_SECONDS": "30",
}
"""Of each worker: shorter times than a deployment has, so that a trial takes seconds and not minutes."""
_BROKERS = {
    "min.insync.replicas": "2",
    "broker.heartbeat.interval.ms": "1000",  # also the longest that an answer may take, on a busy machine
    "broker.session.timeout.ms": "6000",
    "group.min.session.timeout.ms": "1000",
    "transaction.max.timeout.ms": "900000",
}


@dataclass
class Stage:
    """
    What schedules act upon.

    Args:
        cluster: three brokers.
        deployment: topics and keys.
        fleet: three workers, of which the last reaches the brokers through proxies.
        feed: upstream.
        chance: whom it hits.
    """

    cluster: KafkaCluster
    deployment: Deployment
    fleet: Fleet
    feed: Feed
    chance: Random
    consents: Consents
    _oracle: Oracle = field(init=False)
    _reader: Reader = field(init=False)
    _raw: Tail = field(init=False)
    _verifier: Verifier = field(default_factory=Verifier)
    _lost: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._oracle = Oracle(self.deployment.keys)
        self._reader = Reader(self.cluster.bootstrap, self.deployment.keys, self.deployment.partitions)
        self._raw = Tail(self.cluster.bootstrap, RAW, self.deployment.partitions)

    def withdraw(self, number: int) -> list[str]:
        """
        Let some people take their consent back, in mid-stream.
        """
        chosen = self.consents.choose(self.chance, number)
        for user in chosen:
            key, value = self.consents.withdrawal(user)
            self.feed.say(SUBJECTS, key, value, lambda user=user: self.consents.confirmed(user, time.monotonic()))
        return chosen

    def consent_again(self) -> None:
        """
        Let them agree again.
        """
        for key, value in self.consents.again():
            self.feed.say(SUBJECTS, key, value, lambda: None)

    def silence(self, chosen: list[str], seconds: float) -> None:
        """
        Wait until withdrawals must be known everywhere, and some time longer, in which people go on.
        """
        limit = time.monotonic() + _PATIENCE
        while not all(user in self.consents.withdrawn for user in chosen):
            assert time.monotonic() < limit, "withdrawals were not confirmed"
            time.sleep(_POLL)
        known = max(self.consents.withdrawn[user] for user in chosen)
        time.sleep(max(0.0, known + seconds - time.monotonic()))

    def made_anew(self, topic: str) -> None:
        """
        Note that a topic lost its records just now.
        """
        self._lost[topic] = time.monotonic()
        self._reader.forget(topic)
        self._verifier.forget(topic)

    def catch_up(self) -> None:
        """
        Wait until everything that was sent until now is processed and committed.

        Raises:
            AssertionError: it is not, after minutes.
        """
        sent, limit = self.feed.sent, time.monotonic() + _PATIENCE
        while self.feed.confirmed < sent:
            assert not self.feed.failures, self.feed.failures[:3]
            self._patient(limit, f"{sent - self.feed.confirmed} events are not confirmed")
        ends = self._raw.written()
        while left := self._left(ends):
            self._patient(limit, f"{left} events are not committed")

    def deliver(self, delivery: str) -> None:
        """
        Go on with another delivery: `at_least_once` or `exactly_once`.

        While workers of both are there, records may be doubled as at least once may double them.
        """
        if self.fleet.change(QINGLIU_DELIVERY=delivery):
            self.settle()

    def settle(self) -> Verdict:
        """
        Let everything come to an end, hold what recipients read against what was produced since the last time, go on.

        Raises:
            AssertionError: it does not come to an end.
        """
        try:
            self.feed.stop(_CONFIRM_SECONDS)
            self.catch_up()
            return self._judge()
        finally:
            self.feed.start()

    def _judge(self) -> Verdict:
        written = {(each.topic(), each.partition(), each.offset()): each for each in self._raw.read()}
        events = {place: self._due(sent) for place, sent in self.feed.take(written).items()}
        return self._verifier.judge(events, self._reader.read())

    def _due(self, sent: Sent) -> Due:
        decisions = self.consents.decisions(sent.event, sent.at)
        return Due(
            self._oracle.outcomes(sent.event.topic, sent.event.value, decisions),
            needs_consent(decisions),
            self.consents.took_back(sent.event, sent.at),
            frozenset(topic for topic, until in self._lost.items() if sent.at < until),
        )

    def _left(self, ends: Ends) -> int:
        consumer = Consumer({"bootstrap.servers": self.cluster.bootstrap, "group.id": GROUP, "log_level": 0})
        try:
            committed = consumer.committed([TopicPartition(*place) for place in ends], timeout=10)
        except KafkaException:  # the group's coordinator is on its way
            return sum(ends.values())
        finally:
            consumer.close()
        done = {(each.topic, each.partition): each.offset if each.error is None else 0 for each in committed}
        return sum(max(0, end - max(0, done.get(place, 0))) for place, end in ends.items())

    def _patient(self, limit: float, what: str) -> None:
        assert time.monotonic() < limit, f"{what} after {_PATIENCE:g} s\n{self.fleet.last_words()}"
        time.sleep(_POLL)


@contextmanager
def staged(folder: Path, delivery: str, *, rate: float, seed: int) -> Iterator[Stage]:
    """
    Brokers, topics and workers that are ready.

    Args:
        folder: for keys and logs.
        delivery: `at_least_once` or `exactly_once`.
        rate: events a second.
        seed: of events and of whom faults hit.
    """
    with ExitStack() as stack:
        cluster = stack.enter_context(KafkaCluster(3, heap_mib=384, properties=_BROKERS, proxied=True))
        clean = [view.topic for view in VIEWS]
        deployment = Deployment(cluster, folder, _PARTITIONS, RAW, clean, replication=3)
        start = int(time.time() * 1_000) - 3_600_000  # brokers delete clean records by the time of their event
        stream = Simulator(seed, RAW, broken=0.02, start=start, subjects=_SUBJECTS)
        consents = Consents(stream, _MAX_LAG + _SPARE)
        feed = Feed(cluster.bootstrap, stream.events(), rate)
        for key, value in consents.opening():
            feed.say(SUBJECTS, key, value, lambda: None)
        bootstraps = [cluster.bootstrap, cluster.bootstrap, cluster.proxied]
        fleet = stack.enter_context(Fleet(deployment, bootstraps, {**ENVIRONMENT, "QINGLIU_DELIVERY": delivery}))
        feed.start()
        for worker in fleet.workers:
            worker.wait_ready()
        stage = Stage(cluster, deployment, fleet, feed, Random(seed), consents)
        stage.settle()  # while workers join one after the other, records may be doubled without any fault
        yield stage
