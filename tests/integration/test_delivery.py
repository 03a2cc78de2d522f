"""Delivery on a real broker: what a join, a leave, a kill and a long sleep double, and that they lose nothing."""

import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event

import pytest
from confluent_kafka import ConsumerGroupState
from confluent_kafka.admin import AdminClient
from kafka import KafkaAdminClient

from pipeline.agents import EXIT_UNEXPECTED
from pipeline.simulator import Simulator
from schemas import VIEWS
from tests.integration.deployment import Deployment, guardians
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster

CHUNK = 20
"""Small, so that a worker is busy for as long as the others need to come and go."""

EVENTS = 6_000
"""At a time."""

LONG = {"QINGLIU_COMMIT_SECONDS": "30"}
"""Of a worker that is interrupted: whenever that is, a transaction is open."""


def simulator(**settings):
    """
    Whole events of today, of the same people whatever the topic.
    """
    return Simulator(seed=3, start=int(time.time() * 1_000) - 3_600_000, broken=0, **settings)


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):  # `kafka` first: it says what is missing on this machine
    """
    For the whole module: each test has a raw topic of its own, and children's guardians agree.
    """
    assert kafka
    with KafkaCluster() as own:
        deployment = Deployment(own, tmp_path_factory.mktemp("deployment"))
        deployment.feed(guardians(simulator()))
        yield deployment


class Load:
    """
    One raw topic full of events, and what comes of it.
    """

    def __init__(self, deployment, topic, delivery, events=EVENTS):
        self.deployment = deployment
        self.topic = topic
        self.group = topic
        (self.view,) = (view for view in VIEWS if view.recipient == "analytics" and view.contract.topic == topic)
        self.simulator = simulator(topics=[topic])
        self.feed(events)
        self.settings = {
            "QINGLIU_CHUNK": str(CHUNK),
            "QINGLIU_DELIVERY": delivery,
            "QINGLIU_SESSION_SECONDS": "6",
        }

    def feed(self, events=EVENTS):
        """
        Place more events.
        """
        kcat.produce(
            self.deployment.kafka.bootstrap,
            self.topic,
            [(event.key, event.value) for event in self.simulator.events(events)],
            timeout=300,
        )

    def placed(self):
        """
        The coordinates of every raw record.
        """
        return {
            (self.topic, place.partition, offset) for place, lag in self.lags().items() for offset in range(lag.end)
        }

    def lags(self):
        lags = self.deployment.lag(self.group, [self.topic])
        return {place: lag for place, lag in lags.items() if place.topic == self.topic}

    def members(self, *names):
        """
        What each member of the group has, when these are there and have something.
        """
        admin = AdminClient({"bootstrap.servers": self.deployment.kafka.bootstrap})
        limit = time.monotonic() + 120
        while True:
            group = admin.describe_consumer_groups([self.group])[self.group].result()
            members = {
                each.group_instance_id: {(tp.topic, tp.partition) for tp in each.assignment.topic_partitions}
                for each in group.members
            }
            if group.state == ConsumerGroupState.STABLE and set(names) == members.keys() and all(members.values()):
                return members
            assert time.monotonic() < limit, f"{group.state} with {set(members)}"
            time.sleep(0.2)

    @contextmanager
    def worker(self, **settings):
        with self.deployment.worker(self.group, **self.settings | settings) as worker:
            yield worker

    def wait(self, worker, share):
        """
        Wait until this share of the first events is through, committed or not.
        """
        limit = time.monotonic() + 300
        while self.deployment.end_offsets([self.view.topic]).total() < share * EVENTS:
            assert worker.process.poll() is None, worker.log.read_text()[-2000:]
            assert time.monotonic() < limit
            time.sleep(0.05)

    def left(self):
        """
        How many events are not done yet: without any a test would show nothing.
        """
        return sum(lag.lag for lag in self.lags().values())

    @contextmanager
    def kept_up(self):
        """
        Place more events whenever there are few.
        """
        over = Event()

        def feed():
            while not over.wait(0.1):
                if self.left() < EVENTS:
                    self.feed()

        with ThreadPoolExecutor(1) as pool:
            feeding = pool.submit(feed)
            try:
                yield
            finally:
                over.set()
            feeding.result()

    def joined(self, worker):
        """
        Wait until a worker takes part.
        """
        limit = time.monotonic() + 120
        while "ready: " not in worker.log.read_text():
            assert worker.process.poll() is None, worker.log.read_text()[-2000:]
            assert time.monotonic() < limit
            time.sleep(0.1)

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
                with load.kept_up():
                    load.joined(second)
                    assert load.left() > 0
                    assert first.stop() == 0
                    assert load.left() > 0
                load.finish(second)

        assert load.seen() == Counter(load.placed())


class TestStaticMembership:
    def test_a_worker_that_comes_back_within_its_session_has_the_partitions_it_had(self, deployment):
        """
        And nobody else hears of it, whether it led the group or not.
        """
        load = Load(deployment, "raw.account", "at_least_once")
        with ExitStack() as stack:

            def start(name):
                return stack.enter_context(load.worker(QINGLIU_INSTANCE=name, QINGLIU_SESSION_SECONDS="300"))

            workers = {name: start(name) for name in ("a", "b")}
            for worker in workers.values():
                load.joined(worker)
            before = load.members("a", "b")
            for returning, other in (("a", "b"), ("b", "a")):
                said = len(workers[other].log.read_text())
                workers[returning].kill()
                workers[returning] = start(returning)
                load.feed()
                deployment.settle(workers[returning], group=load.group)

                assert load.members("a", "b") == before
                assert "rebalancing" not in workers[other].log.read_text()[said:]


class TestARawTopicMadeAnew:
    @pytest.mark.parametrize("delivery", ["at_least_once", "exactly_once"])
    def test_is_read_from_its_beginning(self, deployment, delivery):
        """
        By a worker that goes on all the while, though the offsets are lower than those it had committed.
        """
        load = Load(deployment, "raw.contact", delivery, events=200)
        with load.worker() as worker, KafkaAdminClient(bootstrap_servers=deployment.kafka.bootstrap) as admin:
            deployment.settle(worker, group=load.group)
            before = load.written()
            admin.delete_topics([load.topic])
            while load.topic in admin.list_topics():
                time.sleep(0.2)
            deployment.kafka.create_topic(load.topic, partitions=deployment.partitions)
            load.feed(100)
            load.finish(worker)

            assert load.written() - before == 100


class TestExactlyOnce:
    def test_a_worker_killed_in_mid_transaction_doubles_nothing(self, deployment):
        """
        What it had written is never seen; the next one writes it again.
        """
        load = Load(deployment, "raw.log", "exactly_once")
        for share in (0.2, 0.5):
            with load.worker(**LONG) as worker:
                load.wait(worker, share)
                worker.kill()
        with load.worker() as worker:
            load.finish(worker)

        assert load.seen() == Counter(load.placed())
        assert load.written() > len(load.placed())

    def test_a_worker_that_slept_while_another_had_its_partitions_commits_nothing(self, deployment):
        """
        It is fenced, and ends to be started again.
        """
        load = Load(deployment, "raw.interaction", "exactly_once")
        with load.worker(**LONG) as zombie:
            load.wait(zombie, 0.2)
            zombie.process.send_signal(signal.SIGSTOP)
            with load.worker() as owner:
                load.finish(owner)
            zombie.process.send_signal(signal.SIGCONT)
            code = zombie.process.wait(60)

        assert load.seen() == Counter(load.placed())
        assert load.written() > len(load.placed())
        assert code == EXIT_UNEXPECTED
