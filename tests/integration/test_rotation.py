"""Rotation under load: a worker goes on with new keys, without a restart and without a gap."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer

from pipeline.cli import main
from pipeline.codec import loads
from pipeline.key_changes import announcement, changes_topic
from pipeline.keys import RootKeys
from pipeline.keys.sunset import sunset
from pipeline.simulator import Simulator
from schemas import contact, device
from schemas.view import Variant
from tests.integration.deployment import PASSPHRASE, RECIPIENTS, Deployment, guardians
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster

PACE = 1_000  # events a second
EVENT_ID = device.ANALYTICS.resolve(Variant(granted=True, linked=True))["event_id"]


class Load(Thread):
    """
    Events of now, written until told to stop; each by its coordinates.
    """

    def __init__(self, bootstrap, events, topics=None):
        super().__init__(daemon=True)
        self.placed = {}
        self._producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5})
        self._events = events
        self._topics = topics
        self._asked = Event()

    def run(self):
        while not self._asked.wait(1 / 20):
            for _ in range(PACE // 20):
                self._write(next(self._events))
            self._producer.poll(0)
        assert self._producer.flush(240) == 0  # what a busy machine has not taken yet

    def stop(self):
        self._asked.set()
        self.join()

    def _write(self, event):
        def placed(error, message):
            assert error is None
            self.placed[message.topic(), message.partition(), message.offset()] = event

        if self._topics is None or event.topic in self._topics:
            self._producer.produce(event.topic, event.value, event.key, on_delivery=placed)


def simulator(seed):
    return Simulator(seed=seed, start=int(time.time() * 1_000) - 3_600_000)


def wait_for(worker, said, seconds=60):
    limit = time.monotonic() + seconds
    while said not in (log := worker.log.read_text()):
        assert worker.process.poll() is None, log[-2000:]
        assert time.monotonic() < limit, f"{said!r} was not said within {seconds} s"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):  # `kafka` first: it says what is missing on this machine
    with KafkaCluster() as own:
        yield Deployment(own, tmp_path_factory.mktemp("rotation"))


@pytest.fixture(scope="module")
def run(deployment):
    """
    A worker whose keys are rotated while events come, and whose key file is spoilt afterwards.
    """
    keyset = deployment.folder / "keyset.json"
    stream = simulator(seed=1)
    deployment.feed(guardians(stream))
    with deployment.worker() as worker:
        wait_for(worker, "ready:")
        load = Load(deployment.kafka.bootstrap, stream.events())
        load.start()
        deployment.wait(worker, clean=100)
        options = ("--keyset", keyset, "--passphrase", deployment.folder / "passphrase")
        command = ["keys", "rotate", *map(str, options), "--bootstrap", deployment.kafka.bootstrap]
        assert CliRunner().invoke(main, command).exit_code == 0
        deployment.keys = RootKeys.load(keyset, PASSPHRASE)
        wait_for(worker, "version 2 makes tokens")
        time.sleep(1)  # of load with the new keys
        load.stop()
        deployment.settle(worker)
        keyset.write_text("half a file")
        wait_for(worker, "the keys in use stay")
        code = worker.stop()
        log = worker.log.read_text()
    return load.placed, code, log


@pytest.fixture(scope="module")
def clean(deployment, run):
    return deployment.sources(device.ANALYTICS)


class TestRotation:
    def test_loses_no_event_and_doubles_none(self, run, clean):
        """
        Each good one is in the clean topic once.
        """
        placed, code, log = run
        due = {place for place, event in placed.items() if place[0] == device.RAW.topic and event.broken is None}

        assert code == 0
        assert log.count("ready:") == 1
        assert Counter(place for place, _ in clean) == Counter(due)

    def test_tokens_change_their_version_once(self, clean):
        """
        In every partition: first those of version 1, then those of version 2, never one of the old after it.
        """
        versions = {}
        for (_, partition, offset), record in clean:
            token = loads(record.value)["event_id"]
            assert dict(record.headers)["source"][:2] == token[:2].encode()
            versions[partition, offset] = int(token.partition(".")[0])
        in_order = {
            partition: [version for (place, _), version in sorted(versions.items()) if place == partition]
            for partition, _ in versions
        }

        assert set(versions.values()) == {1, 2}
        assert all(found == sorted(found) for found in in_order.values())

    def test_tokens_of_both_versions_are_those_of_their_keys(self, deployment, run, clean):
        """
        Whoever holds the keys can name any of them as long as its version lives.
        """
        placed, _, _ = run
        for place, record in clean:
            token = loads(record.value)["event_id"]
            keys = deployment.keys.keyring("analytics", "analytics", int(token.partition(".")[0]))

            assert EVENT_ID.bind(keys, "event_id")(loads(placed[place].value)["event_id"]) == token

    def test_recipients_are_told(self, deployment, run):
        """
        Each on its own topic: both versions, and until when the older one stays.
        """
        for recipient in RECIPIENTS:
            (record,) = kcat.consume(deployment.kafka.bootstrap, changes_topic(recipient), timeout=60)
            assert loads(record.value) == announcement(deployment.keys)
            assert loads(record.value)["older"][0]["version"] == 1

    def test_a_bad_file_changes_nothing(self, run):
        """
        It is told, and the worker goes on.
        """
        _, _, log = run

        assert "is no key file" in log
        assert log.count("the keys in use stay") == 1


class TestExpiry:
    def test_events_of_an_expired_epoch_go_to_quarantine(self, deployment, run):
        """
        Whole, and nothing of them to anybody: conversations bear a token of the month.
        """
        keyset = deployment.folder / "keyset.json"
        next_month = (datetime.now(UTC).date().replace(day=1) + timedelta(days=32)).replace(day=1)
        deployment.keys = deployment.keys.expired(next_month)
        keyset.unlink()
        deployment.keys.save(keyset, PASSPHRASE)
        names = [contact.ANALYTICS.topic, "quarantine.raw.contact"]
        before = deployment.end_offsets(names)
        load = Load(deployment.kafka.bootstrap, simulator(seed=2).events(), topics={contact.RAW.topic})
        with deployment.worker() as worker:
            load.start()
            wait_for(worker, "ready:")
            load.stop()
            deployment.settle(worker)
            assert worker.stop() == 0

        assert load.placed
        after = deployment.end_offsets(names)
        assert {name: after[name] - before[name] for name in names} == dict(
            zip(names, (0, len(load.placed)), strict=True)
        )


class TestSunset:
    def test_stops_a_worker_that_runs(self, deployment, run):
        """
        It has the keys in memory until then; started again it says that they are gone.
        """
        keyset = deployment.folder / "keyset.json"
        keyset.unlink()
        deployment.keys.save(keyset, PASSPHRASE)
        with deployment.worker() as worker:
            wait_for(worker, "ready:")
            sunset(deployment.keys, "qingliu", keyset, [], deployment.folder / "sunset.json")
            assert worker.process.wait(60) == 0
            assert "these keys were destroyed on" in worker.log.read_text()
        with deployment.worker() as worker:
            assert worker.process.wait(60) == 2
