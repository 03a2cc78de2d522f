"""A worker that is held up on a real broker: what waits, waits safely, and what stands still is ended."""

import os
import re
import secrets
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Producer

from pipeline import topics
from pipeline.simulator import LeakScanner, Simulator
from pipeline.watchdog import EXIT_STALLED
from schemas import VIEWS
from tests.integration.deployment import CLEAN, GROUP, RAW, Deployment
from tests.kafka.broker import KafkaCluster
from tests.kafka.jars import classpath
from tests.kafka.programs import java

PADDED_MIB = 256
"""What waits for the worker, in MiB: far more than it may hold."""

STALL_SECONDS = int(os.environ.get("QINGLIU_TEST_STALL_SECONDS", "20"))
"""For how long its output is slow, and again for how long it stands: minutes, for who has the time."""

SLOW_BYTES = 800_000 // STALL_SECONDS
"""A second, from all producers together: about a thousand clean records in that time."""


def simulated(topic, number, *, seed, broken=0.0):
    """
    Events of one topic, of today: the broker deletes clean records by the time of their event.
    """
    start = int(time.time() * 1_000) - 3_600_000
    return Simulator(seed=seed, start=start, broken=broken, topics=[topic]).events(number)


def came_out(deployment, topic):
    """
    The raw records of a topic that analytics has a clean record of.
    """
    (view,) = (view for view in VIEWS if view.recipient == "analytics" and view.contract.topic == topic)
    return {place for place, _ in deployment.sources(view)}


def good(placed):
    return {place for place, event in placed.items() if event.broken is None}


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


def resident_mib(worker):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{worker.process.pid}/status").read_text())[1]) // 1024


def watched(worker):
    """
    What a worker that lives holds a second later.
    """
    time.sleep(1)
    assert worker.process.poll() is None, worker.log.read_text()[-2000:]
    return resident_mib(worker)


def write_padded(deployment, topic, number):
    """
    Whole events with a member beside that no contract has and that makes them large; where they lie.
    """
    placed = set()
    producer = Producer({"bootstrap.servers": deployment.kafka.bootstrap, "linger.ms": 20})

    def delivered(error, message):
        assert error is None
        placed.add((topic, message.partition(), message.offset()))

    for event in simulated(topic, number, seed=21):
        padding = secrets.token_hex(PADDED_MIB * 2**19 // number).encode()
        producer.produce(topic, event.value[:-1] + b',"padding":"' + padding + b'"}', event.key, on_delivery=delivered)
        producer.poll(0 if len(producer) < 1_000 else 1)
    assert producer.flush(120) == 0
    return placed


@contextmanager
def slow_producers(deployment):
    """
    Whoever writes may write so little that most waits all the while, until the function that is given is called.
    """
    limit_producers(deployment, SLOW_BYTES)
    try:
        yield lambda: limit_producers(deployment, 10**9)
    finally:
        limit_producers(deployment, 10**9)


def limit_producers(deployment, rate):
    """
    Set what every client may write, in bytes a second; kafka-python has no words for it.
    """
    command = [java(), "-cp", classpath(), "kafka.admin.ConfigCommand", "--bootstrap-server"]
    change = ["--alter", "--entity-type", "clients", "--entity-default", "--add-config", f"producer_byte_rate={rate}"]
    subprocess.run([*command, deployment.kafka.bootstrap, *change], check=True, capture_output=True)


class TestAnOutputThatIsSlow:
    def test_slows_the_input_and_loses_nothing(self, deployment):
        """
        First the broker takes a few records a second, while it gives as many as are asked for; then it holds still.
        Four times as much waits as the worker may hold, and afterwards everything arrives.
        """
        placed = write_padded(deployment, "raw.device", 6_000)
        settings = {"QINGLIU_DELIVERY_SECONDS": "3600", "QINGLIU_STALL_SECONDS": "3600"}
        with slow_producers(deployment) as let_go, deployment.worker(**settings) as worker:
            deployment.wait(worker, 500)
            held = [resident_mib(worker)]
            held += [watched(worker) for _ in range(STALL_SECONDS)]
            with paused(deployment):
                held += [watched(worker) for _ in range(STALL_SECONDS)]
            left = left_over(deployment, "raw.device")
            let_go()
            settle(deployment, worker, "raw.device")
            held.append(resident_mib(worker))
            assert worker.stop() == 0

        assert left > 3_000
        assert came_out(deployment, "raw.device") == placed
        assert max(held) - held[0] < PADDED_MIB // 4


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

    def test_does_not_keep_a_worker_from_stopping(self, deployment):
        """
        While no broker answers; what it had in hand is done by the next one.
        """
        placed = deployment.feed(simulated("raw.order", 10_000, seed=27))
        seen = deployment.end_offsets(CLEAN).total()
        with deployment.worker(QINGLIU_STOP_SECONDS="3") as worker:
            deployment.wait(worker, seen + 1_000)
            with paused(deployment):
                worker.process.terminate()
                code = worker.process.wait(60)
            log = worker.log.read_text()
        with deployment.worker() as worker:
            settle(deployment, worker, "raw.order")
            assert worker.stop() == 0

        assert code == EXIT_STALLED, log
        assert "could not finish within 3 s what it has in hand" in log
        assert came_out(deployment, "raw.order") == set(placed)

    def test_is_not_the_end_of_a_transaction(self, deployment, tmp_path):
        """
        Its marker stays ahead of what is committed, and is nothing to wait for, nor lag; readiness and life are told
        meanwhile.
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
        assert left == 0


class TestAFlood:
    def test_raises_an_alarm_and_good_events_pass(self, deployment):
        """
        All of them, and the alarm holds nothing of the broken ones.
        """
        placed = deployment.feed(simulated("raw.log", 2_000, seed=24, broken=0.8))
        with deployment.worker() as worker:
            settle(deployment, worker, "raw.log")
            assert worker.stop() == 0
            log = worker.log.read_text()

        assert re.search(r"ERROR pipeline\.flood: raw\.log: a flood of broken events, [78]\d % of the last \d+", log)
        assert not LeakScanner(name for event in placed.values() for name in event.identifiers).scan(log)
        assert came_out(deployment, "raw.log") == good(placed)

    def test_stops_its_topic_where_that_is_wished_and_no_other(self, deployment):
        """
        The worker lives on and can be stopped; nothing is lost, and with an alarm alone the good events come out.
        """
        placed = deployment.feed(simulated("raw.location", 3_000, seed=25, broken=0.9))
        others = deployment.feed(simulated("raw.contact", 1_000, seed=26))
        with deployment.worker(QINGLIU_FLOOD="stop", QINGLIU_CHUNK="100") as worker:
            settle(deployment, worker, "raw.contact")
            assert worker.stop() == 0
            log = worker.log.read_text()
        left = left_over(deployment, "raw.location")
        with deployment.worker() as worker:
            settle(deployment, worker, "raw.location")
            assert worker.stop() == 0

        assert "raw.location: a flood of broken events" in log
        assert "start it with QINGLIU_FLOOD=alarm" in log
        assert 0 < left < len(placed)
        assert came_out(deployment, "raw.contact") == set(others)
        assert came_out(deployment, "raw.location") == good(placed)
