"""Erasure on a real broker: whoever is erased is gone, also from what is read once more, and recipients were told."""

import os
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from uuid import uuid4

import pytest

from pipeline.codec import dumps, loads
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import REQUESTS, UPSTREAM
from pipeline.kafka_client import Feeder, now_ms, read_all
from pipeline.links.record import TOPIC as LINKS
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Consent, Subject, format_time, write_value
from schemas import device
from tests.integration.deployment import Deployment
from tests.kafka.broker import KafkaCluster
from tests.pipeline.events import DEVICE
from transforms.timestamp import DAY, day_of

ANNA, BERT, CHILD = "u-anna", "u-bert", "u-child"
PHONE, TABLET, TOY = "a1b2c3d4e5f60718", "0011223344556677", "ffeeddccbbaa9988"
VIEWS = (device.ADS, device.ANALYTICS)
IDS = ("user_id", "device_id")
PATIENCE = 90


class Story:
    """
    What was written, scene by scene, and what came of it.
    """

    def __init__(self, deployment):
        self.deployment = deployment
        self.bootstrap = deployment.kafka.bootstrap
        self.places = defaultdict(set)

    def know(self, user, **known):
        """
        Upstream says something of somebody, who agrees to everything.
        """
        consents = {"ads": Consent(granted=True, at=now_ms() - 1_000, policy_version="v3")}
        self._write(SUBJECTS, user.encode(), write_value(Subject(consents, **known)))

    def act(self, scene, user, device_id, ago=0):
        """
        Something happens.
        """
        event = {name: value for name, value in DEVICE.items() if name != "user_id"}
        event |= {"device_id": device_id, "event_id": str(uuid4()), "occurred_at": format_time(now_ms() - ago)}
        event |= {} if user is None else {"user_id": user}
        self._write("raw.device", None, dumps(event), lambda *place: self.places[scene].add(("raw.device", *place)))

    def _write(self, topic, key, value, delivered=None):
        with Feeder(self.bootstrap) as feeder:
            feeder.send(topic, key, value, now_ms(), delivered=delivered)
            assert feeder.flush(30) == 0
            assert not feeder.failures

    def released(self):
        """
        By scene and recipient the ids in clean records, one set for each.
        """
        found = defaultdict(list)
        for view in VIEWS:
            scenes = {place: scene for scene, places in self.places.items() for place in places}
            for place, record in self.deployment.sources(view):
                clean = loads(record.value)
                found[scenes[place], view.recipient].append({(name, clean[name]) for name in IDS if name in clean})
        return found

    def told(self, recipient):
        """
        The tokens that a recipient was told to delete.
        """
        notices = [loads(record.value)["tokens"] for record in read_all(self.bootstrap, notice_topic(recipient))]
        return {(kind, token) for notice in notices for kind, held in notice.items() for token in held}

    def command(self, *arguments):
        keys = self.deployment.folder
        files = ("--keyset", str(keys / "keyset.json"), "--passphrase", str(keys / "passphrase"))
        return [sys.executable, "-m", "pipeline", "erase", "--bootstrap", self.bootstrap, *files, *arguments]

    @contextmanager
    def service(self):
        """
        What carries out requests, until the end of the block.
        """
        log = self.deployment.folder / "erasures.log"
        with log.open("wb") as output:
            process = subprocess.Popen(self.command("--follow"), stderr=output, stdout=output, env=os.environ)
            try:
                yield
                process.terminate()
                assert process.wait(PATIENCE) == 0, log.read_text()
            finally:
                process.kill()
                process.wait(20)

    def wait(self, holds):
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until
            time.sleep(0.5)


def play(story):
    """
    One life of a worker, and all of it once more.
    """
    deployment = story.deployment
    for user in (ANNA, BERT, CHILD):
        story.know(user)
    with deployment.worker() as worker, story.service():
        story.act("anna", ANNA, PHONE)
        story.act("the tablet with anna", ANNA, TABLET)
        story.act("the tablet with bert", BERT, TABLET)
        story.act("child", CHILD, TOY)
        deployment.settle(worker)
        story.act("the phone alone", None, PHONE)
        deployment.settle(worker)
        story.know(CHILD, birth_date=day_of(now_ms() - 10 * 365 * DAY))
        time.sleep(2)
        story.act("child, known as one", CHILD, TOY)

        done = subprocess.run(story.command(ANNA, "--json"), check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        story.done = loads(done.stdout)
        erased = now_ms()
        story.wait(lambda: story.told("analytics") > set() and list(read_all(story.bootstrap, UPSTREAM)))
        time.sleep(2)
        story.act("anna after", ANNA, PHONE)
        story.act("anna late", ANNA, PHONE, ago=3_600_000)
        story.act("the phone alone, after", None, PHONE)
        story.act("the phone alone, late", None, PHONE, ago=3_600_000)
        story.act("bert after", BERT, TABLET)
        deployment.settle(worker)
        story.know(ANNA, erased_at=erased, registered_at=now_ms())
        time.sleep(2)
        story.act("anna again", ANNA, PHONE)
        deployment.settle(worker)
        child = {token for scene in story.released()["child", "analytics"] for token in scene}
        story.wait(lambda: child <= story.told("analytics"))
        assert worker.stop() == 0

    story.first = story.released()
    with deployment.worker(group="once-more") as worker:
        deployment.settle(worker, group="once-more")
        assert worker.stop() == 0
    story.both = story.released()


@pytest.fixture(scope="module")
def story(kafka, tmp_path_factory):
    assert kafka
    with KafkaCluster() as own:
        told = Story(Deployment(own, tmp_path_factory.mktemp("erasure"), partitions=2))
        play(told)
        yield told


class TestErased:
    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    @pytest.mark.parametrize("scene", ["anna", "the tablet with anna", "the phone alone", "child"])
    def test_every_token_was_told(self, story, scene, recipient):
        """
        Of the person, of what they used, and of a child that was met as one later.
        """
        records = story.first[scene, recipient]
        tokens = set().union(*records)

        assert len(records) == 1
        assert tokens or scene == "the phone alone"
        assert tokens <= story.told(recipient)

    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    @pytest.mark.parametrize("scene", ["anna after", "anna late", "the phone alone, late", "child, known as one"])
    def test_nothing_of_them_passes(self, story, scene, recipient):
        """
        Whenever it happened, and whenever it is told.
        """
        assert story.both[scene, recipient] == []

    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    @pytest.mark.parametrize("scene", ["anna", "the tablet with anna", "the phone alone", "child"])
    def test_a_replay_yields_nothing_of_them(self, story, scene, recipient):
        """
        Read from the beginning by a worker that had never run.
        """
        assert story.both[scene, recipient] == story.first[scene, recipient]

    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    def test_a_replay_yields_all_of_others(self, story, recipient):
        """
        Once more, and of whoever came back.
        """
        for scene in ("the tablet with bert", "bert after", "anna again"):
            assert len(story.both[scene, recipient]) == 2, scene

    def test_others_keep_their_tokens(self, story):
        """
        The tablet has another one: it was erased with whom it was shared.
        """
        (before,), (after,) = story.first["the tablet with bert", "analytics"], story.first["bert after", "analytics"]

        assert before & after == {each for each in before if each[0] == "user_id"}
        assert not after & story.told("analytics")

    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    def test_whoever_registers_again_has_new_tokens(self, story, recipient):
        """
        None that anybody was told to delete.
        """
        for scene in ("anna again", "the phone alone, after"):
            (tokens,) = story.first[scene, recipient]
            assert not tokens & story.told(recipient)
        assert story.first["anna again", "analytics"][0]

    def test_links_are_forgotten(self, story):
        """
        Until they registered again, and not again by the replay.
        """
        assert story.done["links"] == 2
        assert story.done["devices"] == 2


class TestChildren:
    def test_are_asked_for_here_and_upstream(self, story):
        """
        Once.
        """
        here = [record.key for record in read_all(story.bootstrap, REQUESTS)]
        there = [record.key for record in read_all(story.bootstrap, UPSTREAM)]

        assert here == there == [CHILD.encode()]

    def test_leave_no_link(self, story):
        """
        Its last record is a deletion.
        """
        last = {record.key: record.value for record in read_all(story.bootstrap, LINKS)}

        assert list(last.values()).count(None) >= 2
