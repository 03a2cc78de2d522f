"""A worker on a real broker: everything that goes in comes out clean, or is held; nothing is lost by a crash."""

import random
import time
from collections import Counter, defaultdict

import pytest
from confluent_kafka import Producer

from pipeline import topics
from pipeline.agents import EXIT_UNEXPECTED
from pipeline.codec import loads
from pipeline.quarantine import open_records
from pipeline.simulator import LeakScanner, Simulator
from schemas import VIEWS, device
from schemas.view import SUPPRESS
from tests.integration.deployment import CLEAN, GROUP, RAW, Deployment, guardians
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster

EVENTS = 8_000
TOKEN_BYTES = 24


def simulator(**settings):
    """
    Events of today: the broker deletes clean records by the time of their event.
    """
    return Simulator(start=int(time.time() * 1_000) - 3_600_000, **settings)


def due(view, places):
    """
    The raw records that a view has a clean record of: nobody has consented to anything, but guardians for children, and
    no party has a key.
    """
    return (
        set()
        if view.otherwise is SUPPRESS or view.sealed
        else {place for place in places if place[0] == view.contract.topic}
    )


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):  # `kafka` first: it says what is missing on this machine
    with KafkaCluster() as own:
        yield Deployment(own, tmp_path_factory.mktemp("deployment"))


@pytest.fixture(scope="module")
def run(deployment):
    """
    Simulated events, a worker that processed them all, and a clean stop.
    """
    stream = simulator(seed=7, broken=0.03)
    deployment.feed(guardians(stream))
    placed = deployment.feed(stream.events(EVENTS))
    good = {place for place, event in placed.items() if event.broken is None}
    with deployment.worker() as worker:
        deployment.settle(worker)
        code = worker.stop()
        log = worker.log.read_text()
    return placed, good, code, log


@pytest.fixture(scope="module")
def clean(deployment, run):
    """
    Every clean record of every view with the coordinates of its raw record.
    """
    return [(view, deployment.sources(view)) for view in VIEWS]


class TestCleanTopics:
    def test_hold_every_good_event_once(self, run, clean):
        """
        In each view, and nothing else.
        """
        _, good, _, _ = run
        for view, records in clean:
            assert Counter(place for place, _ in records) == Counter(due(view, good)), view.topic

    def test_hold_no_identifier(self, run, clean):
        """
        Neither in values nor in keys nor in headers, in no spelling.
        """
        placed, _, _, _ = run
        scanner = LeakScanner(identifier for event in placed.values() for identifier in event.identifiers)
        found = Counter(
            view.topic
            for view, records in clean
            for _, record in records
            for data in (record.value, record.key or b"", *(content for _, content in record.headers))
            if scanner.scan(data)
        )

        assert len(scanner) > EVENTS
        assert not found

    def test_are_keyed_by_released_tokens(self, clean):
        """
        Or by nothing; and a key's records lie in one partition.
        """
        for view, records in clean:
            partitions = defaultdict(set)
            for _, record in records:
                event = loads(record.value)
                tokens = [event[name] for name in view.key if name in event]
                expected = tokens[0].encode() if tokens else None
                assert record.key == expected
                assert record.key is None or len(record.key) == TOKEN_BYTES
                if record.key:
                    partitions[record.key].add(record.partition)
            assert all(len(places) == 1 for places in partitions.values())

    def test_keep_the_order_of_each_key(self, clean):
        """
        Records of one key that came from one partition keep its order.
        """
        for _, records in clean:
            last = {}
            for (_, partition, offset), record in sorted(records, key=lambda pair: (pair[1].partition, pair[1].offset)):
                if record.key is not None:
                    assert last.get((record.key, partition), -1) < offset
                    last[record.key, partition] = offset

    def test_say_policy_schema_and_source(self, clean):
        """
        Three headers, and nothing of the raw ones.
        """
        for view, records in clean:
            for _, record in records:
                assert [name for name, _ in record.headers] == ["policy", "schema", "source"]
                assert dict(record.headers)["policy"] == view.policy().encode()
                assert dict(record.headers)["schema"] == view.schema.encode()

    def test_bear_the_released_time(self, clean):
        """
        Whole minutes for analytics, whole hours for ads.
        """
        for view, records in clean:
            step = 60_000 if view.recipient == "analytics" else 3_600_000
            assert all(record.timestamp % step == 0 for _, record in records)


class TestQuarantine:
    def test_holds_every_broken_event(self, deployment, run):
        """
        By its coordinates, with a reason, and nothing else.
        """
        placed, good, _, _ = run
        held = [
            (record["topic"], record["partition"], record["offset"])
            for raw in RAW
            for record in (loads(each.value) for each in deployment.quarantined(raw))
            if record["part"] == 1
        ]

        assert Counter(held) == Counter(set(placed) - good)

    def test_is_readable_by_the_officer_alone(self, deployment, run):
        """
        The sealed part gives the raw record back; the readable part holds no identifier.
        """
        placed, _, _, _ = run
        scanner = LeakScanner(identifier for event in placed.values() for identifier in event.identifiers)
        for raw in RAW:
            parts = defaultdict(list)
            for record in deployment.quarantined(raw):
                assert not scanner.scan(record.value)
                held = loads(record.value)
                parts[raw, held["partition"], held["offset"]].append(record.value)
            for place, records in parts.items():
                event = placed[place]
                assert open_records(deployment.officer, records) == (event.key, event.value)


class TestStop:
    def test_on_a_signal_is_clean(self, run):
        """
        SIGTERM ends a worker with 0.
        """
        _, _, code, log = run

        assert code == 0, log

    def test_commits_everything_it_finished(self, deployment, run):
        """
        After it no raw record is left over.
        """
        assert run
        left = topics.lag(deployment.kafka.bootstrap, GROUP, RAW)

        assert sum(lag.lag for lag in left.values()) == 0
        assert len(left) == len(RAW) * deployment.partitions

    def test_leaves_nothing_on_disk(self, deployment, run):
        """
        A worker keeps no state of its own.
        """
        assert run
        assert list(deployment.here.iterdir()) == []

    def test_leaves_no_identifier_in_the_log(self, run):
        """
        What a worker says of itself holds no value.
        """
        placed, _, _, log = run
        scanner = LeakScanner(identifier for event in placed.values() for identifier in event.identifiers)

        assert "released" in log
        assert not scanner.scan(log)


class TestCrash:
    def test_ten_kills_lose_nothing(self, kafka, tmp_path):
        """
        A worker killed ten times in mid-stream and started again: each of 100,000 events is in every view.
        """
        assert kafka
        chance = random.Random(11)
        with KafkaCluster() as own:
            deployment = Deployment(own, tmp_path)
            stream = simulator(seed=11, broken=0)
            deployment.feed(guardians(stream))
            placed = deployment.feed(stream.events(100_000))
            for life in range(1, 11):
                with deployment.worker(QINGLIU_SESSION_SECONDS="6") as worker:
                    deployment.wait(worker, int(life * 0.08 * 2 * len(placed)) + chance.randrange(2_000))
                    worker.kill()
            with deployment.worker(QINGLIU_SESSION_SECONDS="6") as worker:
                deployment.settle(worker)
                assert worker.stop() == 0
            for view in VIEWS:
                found = Counter(place for place, _ in deployment.sources(view))
                expected = due(view, placed)
                assert expected - set(found) == set(), view.topic
                assert set(found) - expected == set(), view.topic


class TestProducers:
    @pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
    def test_may_compress_as_they_like(self, deployment, codec):
        """
        Upstream chooses the codec.
        """
        before = {place for place, _ in deployment.sources(device.ANALYTICS)}
        events = simulator(seed=14, broken=0, topics=["raw.device"]).events(200)
        kcat.produce(
            deployment.kafka.bootstrap,
            "raw.device",
            [(event.key, event.value) for event in events],
            options={"compression.codec": codec},
        )
        with deployment.worker() as worker:
            deployment.settle(worker)
            assert worker.stop() == 0

        assert len({place for place, _ in deployment.sources(device.ANALYTICS)} - before) == 200

    def test_may_take_back_what_they_said(self, deployment):
        """
        Records of an aborted transaction reach nobody.
        """
        before = Counter(place for place, _ in deployment.sources(device.ANALYTICS))
        settings = {"bootstrap.servers": deployment.kafka.bootstrap, "transactional.id": "upstream"}
        kept, taken_back = (list(simulator(seed=seed, broken=0, topics=["raw.device"]).events(50)) for seed in (15, 16))
        producer = Producer(settings)
        producer.init_transactions(30)
        for events, end in ((taken_back, producer.abort_transaction), (kept, producer.commit_transaction)):
            producer.begin_transaction()
            for event in events:
                producer.produce("raw.device", key=event.key, value=event.value)
            producer.flush(30)
            end(30)
        with deployment.worker() as worker:
            deployment.wait(worker, deployment.end_offsets(CLEAN).total() + 100)
            assert worker.stop() == 0
        after = Counter(place for place, _ in deployment.sources(device.ANALYTICS))

        assert (after - before).total() == 50


class TestUnexpected:
    def test_a_refused_record_ends_the_worker_before_it_is_acknowledged(self, kafka, tmp_path):
        """
        Exit code 75, no value in the log, and after the repair and another start nothing is missing.
        """
        assert kafka
        small = {"max.message.bytes": "100"}
        with KafkaCluster() as own:
            deployment = Deployment(own, tmp_path)
            deployment.configure("clean.ads.device", small)
            placed = deployment.feed(simulator(seed=13, broken=0, topics=["raw.device"]).events(2_000))
            with deployment.worker() as worker:
                assert worker.process.wait(90) == EXIT_UNEXPECTED
                log = worker.log.read_text()
            deployment.configure("clean.ads.device", {"max.message.bytes": "1048588"})
            with deployment.worker() as worker:
                deployment.settle(worker)
                assert worker.stop() == 0
            found = {place for place, _ in deployment.sources(device.ADS)}

        assert "MessageSizeTooLarge" in log
        assert "Traceback" not in log
        assert not LeakScanner(name for event in placed.values() for name in event.identifiers).scan(log)
        assert found == set(placed)


class TestStart:
    def test_names_missing_topics(self, kafka, tmp_path):
        """
        One sentence, exit code 2, and what to do.
        """
        assert CLEAN
        with KafkaCluster() as own:
            deployment = Deployment(own, tmp_path, clean=[name for name in CLEAN if name != "clean.ads.order"])
            with deployment.worker() as worker:
                assert worker.process.wait(60) == 2
                said = worker.log.read_text()

        assert "missing topics: clean.ads.order; create them with `qingliu topics apply`" in said
        assert "Traceback" not in said
        assert kafka
