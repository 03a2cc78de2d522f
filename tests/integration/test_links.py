"""Links on a real broker: what one worker sees decides about what another reads, and a restart forgets nothing."""

import ast
import time
from collections import defaultdict
from contextlib import ExitStack
from uuid import uuid4

import pytest

from pipeline.codec import dumps, loads
from pipeline.kafka_client import now_ms
from pipeline.links.record import TOPIC
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Consent, Subject, format_time, write_value
from schemas import device
from tests.integration.deployment import Deployment
from tests.kafka import kcat
from tests.pipeline.events import DEVICE
from transforms.timestamp import DAY

WINDOW = 2  # days
HERE, THERE = 0, 1  # partitions, each of another worker
EVENTS = 5
PATIENCE = 1.5  # seconds until another worker has read a sighting
PATIENCE_TO_START = 60
BALANCED = 5  # until both have joined the group
ALICE, BOB = "u-alice-0001", "u-bob-0001"


class Story:
    """
    Scenes of events in chosen partitions, and what came of them.
    """

    def __init__(self, deployment):
        self.deployment = deployment
        self.places = defaultdict(list)
        self.written = defaultdict(int)

    def act(self, scene, partition, *, user=None, oaid, days=0):
        """
        A telephone sends some events; so many days from now, and with somebody's id or without.
        """
        event = DEVICE | {"user_id": user, "device_id": oaid, "occurred_at": format_time(now_ms() + days * DAY)}
        records = [(oaid.encode(), dumps(event | {"event_id": str(uuid4())})) for _ in range(EVENTS)]
        kcat.produce(self.deployment.kafka.bootstrap, "raw.device", records, partition=partition)
        first = self.written[partition]
        self.written[partition] += EVENTS
        self.places[scene] += [("raw.device", partition, first + number) for number in range(EVENTS)]

    def tell(self, user, subject):
        kcat.produce(self.deployment.kafka.bootstrap, SUBJECTS, [(user.encode(), write_value(subject))], partition=0)

    def tokens(self):
        """
        Of each scene whether advertisers got its telephone's token: of all of its events, or of none.
        """
        records = {place: loads(record.value) for place, record in self.deployment.sources(device.ADS)}
        return {
            scene: {"device_id" in records[place] if place in records else None for place in places}
            for scene, places in self.places.items()
        }


def oaid():
    return uuid4().hex


@pytest.fixture(scope="module")
def played(kafka, tmp_path_factory):
    """
    Two workers, then another one that starts anew.
    """
    deployment = Deployment(kafka, tmp_path_factory.mktemp("links"), partitions=2)
    story = Story(deployment)
    consent = Consent(granted=True, at=now_ms() - 60_000, policy_version="v3")
    story.tell(BOB, Subject({"ads": consent}))
    story.tell("u-child-0001", Subject({"ads": consent}, erased_at=now_ms() - 60_000))
    seen, bobs, erased, past, tablet, cookieless = (oaid() for _ in range(6))
    with ExitStack() as stack:
        workers = [stack.enter_context(deployment.worker(QINGLIU_LINK_DAYS=str(WINDOW))) for _ in range(2)]

        def settle():
            for worker in workers:
                deployment.settle(worker)

        until = time.monotonic() + PATIENCE_TO_START
        while not all("ready: " in worker.log.read_text() for worker in workers):
            assert time.monotonic() < until
            time.sleep(0.5)
        time.sleep(BALANCED)
        story.act("alone", THERE, oaid=seen)
        story.act("alone", HERE, oaid=cookieless)
        settle()
        story.act("with alice", HERE, user=ALICE, oaid=seen)
        story.act("with bob", HERE, user=BOB, oaid=bobs)
        story.act("with somebody erased", HERE, user="u-child-0001", oaid=erased)
        story.act("with alice, four days ago", HERE, user=ALICE, oaid=past, days=-4)
        settle()
        time.sleep(PATIENCE)
        story.act("alone, seen with alice elsewhere", THERE, oaid=seen)
        story.act("alone, seen with bob elsewhere", THERE, oaid=bobs)
        story.act("alone, seen with somebody erased elsewhere", THERE, oaid=erased)
        story.act("within the window", THERE, oaid=past, days=-2)
        story.act("after the window", THERE, oaid=past)
        story.act("another device", THERE, oaid=tablet)
        settle()
        assert [worker.stop() for worker in workers] == [0, 0]
        logs = [worker.log.read_text() for worker in workers]
    with deployment.worker(QINGLIU_LINK_DAYS=str(WINDOW)) as worker:
        story.act("alone, after a restart", THERE, oaid=seen)
        deployment.settle(worker)
        assert worker.stop() == 0
        logs.append(worker.log.read_text())
    return story, logs


class TestTwoWorkers:
    def test_go_by_what_either_has_seen(self, played):
        """
        Linked rules where the telephone was seen with somebody, standalone ones where not, not yet, or not any more.
        """
        story, _ = played

        assert story.tokens() == {
            "alone": {True},
            "with alice": {False},
            "with bob": {True},
            "with somebody erased": {None},
            "with alice, four days ago": {False},
            "alone, seen with alice elsewhere": {False},
            "alone, seen with bob elsewhere": {True},
            "alone, seen with somebody erased elsewhere": {True},  # who is gone leaves no trace, and links nothing
            "within the window": {False},
            "after the window": {True},
            "another device": {True},
            "alone, after a restart": {False},
        }

    def test_both_took_part(self, played):
        """
        Each with a partition of its own.
        """
        _, logs = played
        read = [ast.literal_eval(log.rpartition("stopped: ")[2].splitlines()[0])["read"] for log in logs[:2]]

        assert all(counts["raw.device"] >= 2 * EVENTS for counts in read)

    def test_write_each_pair_once(self, played):
        """
        None of who was erased; nobody's name is in the topic, nor in a log.
        """
        story, logs = played
        records = kcat.consume(story.deployment.kafka.bootstrap, TOPIC)

        assert len(records) == len({record.key for record in records}) == 3
        for name in (ALICE, BOB):
            assert not any(name.encode() in record.key + record.value for record in records)
            assert not any(name in log for log in logs)
