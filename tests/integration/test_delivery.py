"""Delivery on a real broker: what a join, a leave, a kill and a long sleep double, and that they lose nothing."""

import signal
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from pipeline import topics
from pipeline.agents import EXIT_UNEXPECTED
from pipeline.simulator import Simulator
from schemas import VIEWS
from tests.integration.deployment import Deployment
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster

CHUNK = 20
"""Small, so that a worker is busy for as long as the others need to come and go."""

EVENTS = 6_000


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):  # `kafka` first: it says what is missing on this machine
    """
    For the whole module: each test has a raw topic of its own.
    """
    assert kafka
    with KafkaCluster() as own:
        yield Deployment(own, tmp_path_factory.mktemp("deployment"))


class Load:
    """
    One raw topic full of events, and what comes of it.
    """

    def __init__(self, deployment, topic, delivery, events=EVENTS, **settings):
        self.deployment = deployment
        self.topic = topic
        self.group = topic
        (self.view,) = (view for view in VIEWS if view.recipient == "analytics" and view.contract.topic == topic)
        start = int(time.time() * 1_000) - 3_600_000
        self.placed = deployment.feed(Simulator(seed=3, start=start, broken=0, topics=[topic]).events(events))
        self.settings = {
            "QINGLIU_CHUNK": str(CHUNK),
            "QINGLIU_DELIVERY": delivery,
            "QINGLIU_SESSION_SECONDS": "6",
        } | settings

    @contextmanager
    def worker(self, **settings):
        with self.deployment.worker(self.group, **self.settings | settings) as worker:
            yield worker

    def wait(self, worker, share):
        """
        Wait until this share of the events is through, committed or not.
        """
        limit = time.monotonic() + 300
        while self.deployment.end_offsets([self.view.topic]).total() < share * len(self.placed):
            assert worker.process.poll() is None, worker.log.read_text()[-2000:]
            assert time.monotonic() < limit
            time.sleep(0.05)

    def busy(self):
        """
        Whether there is still work, without which a test would show nothing.
        """
        lags = topics.lag(self.deployment.kafka.bootstrap, self.group, [self.topic])
        return sum(lag.lag for lag in lags.values()) > 0

    def joined(self, worker):
        """
        Wait until a worker takes part.
        """
        limit = time.monotonic() + 120
        while "ready: " not in worker.log.read_text():
            assert worker.process.poll() is None, worker.log.read_text()[-2000:]
            assert time.monotonic() < limit
            time.sleep(0.05)

    def finish(self, worker):
        self.deployment.settle(worker, group=self.group)
        assert worker.stop() == 0

    def seen(self):
        """
        How often each raw record is seen by a reader of committed records.
        """
        return Counter(place for place, _ in self.deployment.sources(self.view))

    def written(self):
        """
        How many clean records there are, those of transactions that were given up included.
        """
        options = {"isolation.level": "read_uncommitted"}
        return len(kcat.consume(self.deployment.kafka.bootstrap, self.view.topic, options=options, timeout=300))


class TestAJoinAndALeave:
    @pytest.mark.parametrize(
        ("delivery", "topic", "instances"),
        [
            pytest.param("at_least_once", "raw.device", ("", ""), id="at least once"),
            pytest.param("at_least_once", "raw.location", ("a", "b"), id="with names"),
            pytest.param("exactly_once", "raw.order", ("", ""), id="exactly once"),
        ],
    )
    def test_under_load_double_nothing(self, deployment, delivery, topic, instances):
        """
        Chunks in hand are finished and committed before their partition is given away, and nothing else is begun.
        """
        load = Load(deployment, topic, delivery)
        with load.worker(QINGLIU_INSTANCE=instances[0]) as first:
            load.wait(first, 0.1)
            with load.worker(QINGLIU_INSTANCE=instances[1]) as second:
                load.joined(second)
                assert load.busy()
                assert first.stop() == 0
                assert load.busy()
                load.finish(second)

        assert load.seen() == Counter(load.placed.keys())


class TestExactlyOnce:
    def test_a_worker_killed_in_mid_transaction_doubles_nothing(self, deployment):
        """
        What it had written is never seen; the next one writes it again.
        """
        load = Load(deployment, "raw.log", "exactly_once", QINGLIU_COMMIT_SECONDS="3")
        for share in (0.2, 0.5):
            with load.worker() as worker:
                load.wait(worker, share)
                worker.kill()
        with load.worker() as worker:
            load.finish(worker)

        assert load.seen() == Counter(load.placed.keys())
        assert load.written() > len(load.placed)

    def test_a_worker_that_slept_while_another_had_its_partitions_commits_nothing(self, deployment):
        """
        It is fenced, and ends to be started again.
        """
        load = Load(deployment, "raw.interaction", "exactly_once", QINGLIU_COMMIT_SECONDS="3")
        with load.worker() as zombie, load.worker() as owner:
            load.wait(zombie, 0.2)
            load.joined(owner)
            assert load.busy()
            zombie.process.send_signal(signal.SIGSTOP)
            load.finish(owner)
            zombie.process.send_signal(signal.SIGCONT)
            code = zombie.process.wait(60)

        assert load.seen() == Counter(load.placed.keys())
        assert load.written() > len(load.placed)
        assert code == EXIT_UNEXPECTED
