"""A worker that is held up on a real broker: what waits, waits safely, and what stands still is ended."""

import re
import signal
import socket
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Producer

from pipeline import topics
from pipeline.simulator import Simulator
from pipeline.watchdog import EXIT_STALLED
from schemas import VIEWS
from tests.integration.deployment import CLEAN, GROUP, RAW, Deployment
from tests.kafka.broker import KafkaCluster


def simulated(topic, number, *, seed):
    """
    Events of one topic, of today: the broker deletes clean records by the time of their event.
    """
    start = int(time.time() * 1_000) - 3_600_000
    return Simulator(seed=seed, start=start, broken=0, topics=[topic]).events(number)


def came_out(deployment, topic):
    """
    The raw records of a topic that analytics has a clean record of.
    """
    (view,) = (view for view in VIEWS if view.recipient == "analytics" and view.contract.topic == topic)
    return {place for place, _ in deployment.sources(view)}


def left_over(deployment, topic):
    lags = topics.lag(deployment.kafka.bootstrap, GROUP, [topic])
    return sum(lag.lag for place, lag in lags.items() if place.topic == topic)


def settle(deployment, worker, topic):
    """
    Wait until a topic is processed, confirmed and committed.
    """
    limit = time.monotonic() + 300
    while left := left_over(deployment, topic):
        assert worker.process.poll() is None, worker.log.read_text()[-2000:]
        assert time.monotonic() < limit, f"{left} records of {topic} are left"
        time.sleep(0.5)


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):  # `kafka` first: it says what is missing on this machine
    """
    For the whole module: each test has raw topics of its own.
    """
    with KafkaCluster() as own:
        if not own.nodes:
            pytest.skip("brokers that are not ours cannot be paused")
        yield Deployment(own, tmp_path_factory.mktemp("deployment"))


@contextmanager
def paused(deployment):
    """
    The broker holds still, as in a long garbage collection or with a disk that does not answer.
    """
    process = deployment.kafka._nodes[1].process
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
    limit = time.monotonic() + 60
    while not answers(deployment.kafka):
        assert time.monotonic() < limit
        time.sleep(0.5)


def answers(kafka):
    """
    Whether the controller, which has missed the broker meanwhile, has let it in again.
    """
    try:
        return bool(topics.lag(kafka.bootstrap, GROUP, RAW))
    except topics.TopicsError:
        return False


def resident_mib(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) // 1024


class TestAPausedBroker:
    def test_slows_the_input_and_loses_nothing(self, deployment):
        """
        For the time of the pause nothing is read ahead without bound, and afterwards everything arrives.
        """
        placed = deployment.feed(simulated("raw.device", 20_000, seed=21))
        with deployment.worker() as worker:
            deployment.wait(worker, 3_000)
            before = resident_mib(worker.process)
            with paused(deployment):
                time.sleep(15)
                held = resident_mib(worker.process)
            settle(deployment, worker, "raw.device")
            assert worker.stop() == 0

        assert came_out(deployment, "raw.device") == set(placed)
        assert held - before < 128


class TestStandingStill:
    def test_ends_the_worker_and_a_restart_finishes(self, deployment):
        """
        With a code of its own and the partition's name in the log.
        """
        placed = deployment.feed(simulated("raw.interaction", 10_000, seed=22))
        seen = deployment.end_offsets(CLEAN).total()
        with deployment.worker(QINGLIU_STALL_SECONDS="4") as worker:
            deployment.wait(worker, seen + 1_000)
            with paused(deployment):
                code = worker.process.wait(60)
            log = worker.log.read_text()
        with deployment.worker() as worker:
            settle(deployment, worker, "raw.interaction")
            assert worker.stop() == 0

        assert code == EXIT_STALLED, log
        assert re.search(r"nothing moved for 4 s in raw\.interaction partition \d, while records wait", log)
        assert came_out(deployment, "raw.interaction") == set(placed)

    def test_is_not_the_end_of_a_transaction(self, deployment, tmp_path):
        """
        Its marker stays ahead of what is committed, and is nothing to wait for; readiness and life are told meanwhile.
        """
        producer = Producer({"bootstrap.servers": deployment.kafka.bootstrap, "transactional.id": "upstream"})
        producer.init_transactions(30)
        producer.begin_transaction()
        for event in simulated("raw.order", 50, seed=23):
            producer.produce("raw.order", key=event.key, value=event.value)
        producer.commit_transaction(30)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.bind(str(tmp_path / "notify"))
            supervisor.settimeout(120)
            with deployment.worker(QINGLIU_STALL_SECONDS="3", NOTIFY_SOCKET=str(tmp_path / "notify")) as worker:
                said = [supervisor.recv(100) for _ in range(12)]
                left = left_over(deployment, "raw.order")
                assert worker.stop() == 0

        assert said[0] == b"READY=1"
        assert set(said[1:]) == {b"WATCHDOG=1"}
        assert 0 < left <= deployment.partitions
