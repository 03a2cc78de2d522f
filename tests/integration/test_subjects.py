"""Subject state on a real broker: what people say decides about their next events, and a restart forgets nothing."""

import ast
import time
from collections import defaultdict
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from kafka import KafkaAdminClient

from pipeline import topics
from pipeline.agents import EXIT_UNEXPECTED
from pipeline.codec import dumps, loads
from pipeline.kafka_client import Feeder, now_ms
from pipeline.subjects.record import TOPIC, Consent, Subject, format_time, write_value
from schemas import device
from tests.integration.deployment import Deployment
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster
from tests.pipeline.events import DEVICE
from transforms.timestamp import DAY, day_of

PROMISED_SECONDS = 1.0
WITHDRAWALS = 300
EVENTS = 20  # of a person in each scene
PATIENCE = 60


def said(*, granted, before_ms=1_000, **more):
    return write_value(Subject({"ads": Consent(granted, now_ms() - before_ms, "v3")}, **more))


def years_ago(years, days=0):
    """
    The birth date of somebody whose birthday in Shanghai is in so many days.
    """
    today = day_of(now_ms() + days * DAY)
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)


class Story:
    """
    What was written, scene by scene, and what came of it.
    """

    def __init__(self, deployment):
        self.deployment = deployment
        self.places = defaultdict(set)
        self.log = ""

    def tell(self, *records, partition=None):
        """
        Write records of subjects.
        """
        if partition is not None:
            kcat.produce(self.deployment.kafka.bootstrap, TOPIC, records, partition=partition)
            return
        with Feeder(self.deployment.kafka.bootstrap) as feeder:
            for key, value in records:
                feeder.send(TOPIC, key, value, now_ms())
            assert feeder.flush(30) == 0
            assert not feeder.failures

    def trickle(self, users):
        """
        Withdraw consents one by one, with a producer that has long been connected.
        """
        with Feeder(self.deployment.kafka.bootstrap) as feeder:
            feeder.send(TOPIC, b"u-other-0001", said(granted=False), now_ms())
            assert feeder.flush(30) == 0
            assert not feeder.failures
            for user in users:
                feeder.send(TOPIC, user, said(granted=False, before_ms=0), now_ms())
                feeder.poll(0.02)
            assert feeder.flush(30) == 0
            assert not feeder.failures

    def act(self, scene, user):
        """
        Somebody does something.
        """
        with Feeder(self.deployment.kafka.bootstrap) as feeder:
            for _ in range(EVENTS):
                named = {"user_id": user.decode(), "event_id": str(uuid4()), "occurred_at": format_time(now_ms())}
                feeder.send(
                    "raw.device",
                    user,
                    dumps(DEVICE | named),
                    now_ms(),
                    delivered=lambda *place: self.places[scene].add(("raw.device", *place)),
                )
            assert feeder.flush(30) == 0
            assert not feeder.failures
        assert len(self.places[scene]) >= EVENTS

    def result(self):
        """
        By scene the events of each view.
        """
        found = {view.recipient: dict(self.deployment.sources(view)) for view in (device.ADS, device.ANALYTICS)}
        return {
            scene: {
                recipient: [loads(records[place].value) for place in places if place in records]
                for recipient, records in found.items()
            }
            for scene, places in self.places.items()
        }


def play(story):
    """
    Two lives of a worker.
    """
    deployment = story.deployment
    first, late, broken, erased = b"u-first-0001", b"u-late-0001", b"u-broken-0001", b"u-erased-0001"
    patient = b"u-patient-0001"
    story.tell((patient, said(granted=True)), (first, said(granted=True)), (broken, said(granted=True)))
    story.tell(*((b"u-many-%04d" % number, said(granted=True)) for number in range(WITHDRAWALS)))
    story.act("before the first start", patient)
    with deployment.worker() as worker:
        deployment.settle(worker)
        story.act("granted", first)
        story.act("unknown", b"u-unknown-0001")
        deployment.settle(worker)

        story.tell((first, said(granted=False, before_ms=0)))
        story.tell((late, said(granted=False, before_ms=1_000)), (late, said(granted=True, before_ms=600_000)))
        story.tell((broken, b'{"consents":{"ads":true}}'), (b"\xff", b"{}"))
        story.tell((erased, said(granted=True, erased_at=now_ms())))
        for name, years, days in PEOPLE:
            story.tell((f"u-{name}-0001".encode(), said(granted=True, birth_date=years_ago(years, days))))
        time.sleep(PROMISED_SECONDS)
        story.act("withdrawn", first)
        story.act("out of order", late)
        story.act("malformed", broken)
        story.act("erased", erased)
        for name, _, _ in PEOPLE:
            story.act(name, f"u-{name}-0001".encode())

        story.tell((broken, said(granted=True)))
        story.trickle(b"u-many-%04d" % number for number in range(WITHDRAWALS))
        time.sleep(PROMISED_SECONDS)
        story.act("repaired", broken)
        deployment.settle(worker)
        assert worker.stop() == 0
        story.log = worker.log.read_text()

    story.tell((patient, said(granted=False, before_ms=0)))
    take_back(deployment.kafka.bootstrap, patient, said(granted=True, before_ms=0))
    story.act("withdrawn while nobody read", patient)
    with deployment.worker(QINGLIU_SUBJECTS_MAX_LAG="5") as worker:
        deployment.settle(worker)
        deployment.partitions += 1
        wanted = [topics.Topic(TOPIC, deployment.partitions, 1)]
        topics.apply(deployment.kafka.bootstrap, topics.plan(deployment.kafka.bootstrap, wanted))
        story.tell((late, said(granted=True, before_ms=0)), partition=deployment.partitions - 1)
        until = time.monotonic() + PATIENCE
        while "has 1 more partitions" not in worker.log.read_text():
            assert time.monotonic() < until, worker.log.read_text()
            time.sleep(0.2)
        time.sleep(PROMISED_SECONDS)
        story.act("a new partition", late)
        deployment.settle(worker)
        assert worker.stop() == 0
        story.log += worker.log.read_text()


def take_back(bootstrap, key, value):
    """
    A record of a transaction that is aborted.
    """
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": "consents"})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(TOPIC, key=key, value=value)
    producer.flush(30)
    producer.abort_transaction(30)


PEOPLE = (
    ("thirteen", 13, -40),
    ("birthday14", 14, 0),
    ("fourteen", 14, -1),
    ("birthday15", 15, 0),
    ("fifteen", 15, -40),
)
"""Name, the birthday, and in how many days it is."""


@pytest.fixture(scope="module")
def story(kafka, tmp_path_factory):
    assert kafka
    with KafkaCluster() as own:
        told = Story(Deployment(own, tmp_path_factory.mktemp("subjects")))
        play(told)
        yield told


@pytest.fixture(scope="module")
def result(story):
    return story.result()


def counted(log):
    """
    What each life of a worker counted in the end.
    """
    lines = [line for line in log.splitlines() if ": stopped: " in line]
    return [ast.literal_eval(line.partition(": stopped: ")[2])["subjects"] for line in lines]


class TestConsent:
    @pytest.mark.parametrize(
        "scene",
        [
            pytest.param("before the first start", id="events that waited for the worker"),
            pytest.param("granted", id="granted before"),
            pytest.param("repaired", id="written again after a record that was not understood"),
            pytest.param("a new partition", id="granted in a partition that was added"),
            pytest.param("fifteen", id="old enough"),
        ],
    )
    def test_gives_ads_a_token_of_the_person(self, result, scene):
        """
        In every record from then on.
        """
        records = result[scene]["ads"]

        assert len(records) == EVENTS
        assert all("user_id" in record for record in records)

    @pytest.mark.parametrize(
        "scene",
        [
            pytest.param("unknown", id="of whom nothing is known"),
            pytest.param("withdrawn", id="who withdrew a second ago"),
            pytest.param("out of order", id="whose older grant came later"),
            pytest.param("withdrawn while nobody read", id="who withdrew while no worker ran"),
            pytest.param("fourteen", id="who is 14"),
            pytest.param("birthday15", id="whose 15th birthday it is"),
        ],
    )
    def test_is_missing_of_people(self, result, scene):
        """
        Nothing personal leaves for ads: no token of the person, none of the device. Analytics get theirs.
        """
        records = result[scene]["ads"]

        assert len(records) == len(result[scene]["analytics"]) == EVENTS
        assert all(record.keys() <= {"event_id", "occurred_at", "model", "os"} for record in records)

    @pytest.mark.parametrize(
        "scene",
        [
            pytest.param("malformed", id="whose record is not understood"),
            pytest.param("erased", id="who was erased"),
            pytest.param("thirteen", id="who is 13"),
            pytest.param("birthday14", id="whose 14th birthday it is"),
        ],
    )
    def test_nothing_at_all_leaves_of_people(self, result, scene):
        """
        For no recipient.
        """
        assert result[scene] == {"ads": [], "analytics": []}


class TestWorker:
    def test_reads_withdrawals_within_a_second(self, story):
        """
        99 of 100, from writing to having read.
        """
        first, _ = counted(story.log)

        assert first["withdrawals"] >= WITHDRAWALS
        assert first["withdrawal_p99_ms"] is not None
        assert first["withdrawal_p99_ms"] <= PROMISED_SECONDS * 1_000

    def test_counts_what_it_did_not_understand(self, story):
        """
        The record of somebody and the one of nobody, and says where they lie; no decision was left open.
        """
        first, second = counted(story.log)

        assert first["unreadable"] == second["unreadable"] == 2
        assert first["outdated"] == 1
        assert first["undecided"] == 0

    def test_reads_everything_again_before_its_first_chunk(self, story):
        """
        A second life knows as many people as the first.
        """
        first, second = counted(story.log)

        assert second["records"] > first["known"] == second["known"]

    def test_names_nobody(self, story):
        """
        In no line of its log.
        """
        assert "u-" not in story.log


class TestStale:
    def test_a_broker_that_is_gone_is_a_no(self, kafka, tmp_path):
        """
        A worker that cannot ask is not the one who answers: what it had read counts no longer than was set.
        """
        assert kafka
        with KafkaCluster() as own:
            deployment = Deployment(own, tmp_path, partitions=1)
            story = Story(deployment)
            story.tell((b"u-1", said(granted=True)))
            open_transaction = Producer({"bootstrap.servers": own.bootstrap, "transactional.id": "hangs"})
            with deployment.worker(QINGLIU_SUBJECTS_MAX_LAG="2") as worker:
                story.act("current", b"u-1")
                deployment.settle(worker)
                open_transaction.init_transactions(30)
                open_transaction.begin_transaction()
                open_transaction.produce(TOPIC, key=b"u-2", value=said(granted=True))
                open_transaction.flush(30)
                time.sleep(4)
                story.act("behind a transaction that hangs", b"u-1")
                deployment.settle(worker)
                open_transaction.abort_transaction(30)
                time.sleep(2)
                story.act("current again", b"u-1")
                deployment.settle(worker)
                assert worker.stop() == 0
                log = worker.log.read_text()
            result = story.result()

        granted = {scene: ["user_id" in record for record in records["ads"]] for scene, records in result.items()}
        assert granted == {
            "current": [True] * EVENTS,
            "behind a transaction that hangs": [False] * EVENTS,
            "current again": [True] * EVENTS,
        }
        assert counted(log)[0]["undecided"] == EVENTS
        assert log.count("subject state is not current") == 1


class TestMadeAnew:
    def test_a_topic_that_was_made_anew_ends_the_worker(self, kafka, tmp_path):
        """
        What it knows may be wrong; the next one reads everything before its first event.
        """
        assert kafka
        with KafkaCluster() as own:
            story = Story(Deployment(own, tmp_path, partitions=1))
            story.tell((b"u-1", said(granted=True)), (b"u-1", said(granted=True)))
            with story.deployment.worker() as worker:
                story.act("before", b"u-1")
                story.deployment.settle(worker)
                with KafkaAdminClient(bootstrap_servers=own.bootstrap) as admin:
                    admin.delete_topics([TOPIC])
                until = time.monotonic() + PATIENCE
                while TOPIC in topics.existing(own.bootstrap):
                    assert time.monotonic() < until
                    time.sleep(0.2)
                own.create_topic(TOPIC, partitions=1)
                code = worker.process.wait(PATIENCE)
                log = worker.log.read_text()

        assert code == EXIT_UNEXPECTED, log
        assert "OffsetOutOfRange" in log


class TestOff:
    def test_nobody_has_consented(self, kafka, tmp_path):
        """
        As a deployment without subject state has it, which its log says.
        """
        assert kafka
        with KafkaCluster() as own:
            story = Story(Deployment(own, tmp_path, partitions=1))
            story.tell((b"u-1", said(granted=True)))
            with story.deployment.worker(QINGLIU_SUBJECTS="off") as worker:
                story.act("off", b"u-1")
                story.deployment.settle(worker)
                assert worker.stop() == 0
                log = worker.log.read_text()
            records = story.result()["off"]["ads"]

        assert len(records) == EVENTS
        assert not any("user_id" in record for record in records)
        assert "subject state and links are off" in log
