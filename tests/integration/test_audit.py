"""The audit on a real broker: all is said, what is taken away shows, and exposure equals an oracle's answer."""

import json
import os
import time
from collections import Counter, defaultdict
from dataclasses import replace
from functools import partial

import pytest
from click.testing import CliRunner

from pipeline import topics
from pipeline.audit import topic as audit_topic
from pipeline.audit.record import CHUNK, START, read
from pipeline.audit.signing import SigningKey
from pipeline.audit.verify import Source, What, verify
from pipeline.bound import BoundView
from pipeline.cli import main
from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.engine import by_contract
from pipeline.interpret import release
from pipeline.kafka_client import Feeder, now_ms
from pipeline.simulator import LeakScanner, Simulator
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Consent, Subject, format_time, write_value
from schemas import VIEWS
from tests.integration.deployment import GROUP, RAW, Deployment
from tests.kafka.broker import KafkaCluster
from transforms.normalize import identifies_nothing
from transforms.timestamp import HOUR

EVENTS = 4_000
CONSENTED = Decision(purposes=frozenset({"ads"}))


def simulator(**settings):
    """
    Events of today: the broker deletes clean records by the time of their event.
    """
    return Simulator(start=int(time.time() * 1_000) - HOUR, **settings)


def person(event):
    return loads(event.value).get("user_id")


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):
    assert kafka
    with KafkaCluster() as own:
        yield Deployment(own, tmp_path_factory.mktemp("deployment"))


@pytest.fixture(scope="module")
def placed(deployment):
    """
    Simulated events of which a worker that was killed processed some, and another one the rest, at last those that name
    nobody: by then it is known whose devices they are of. The two busiest people have consented to advertising.
    """
    events = list(simulator(seed=21, broken=0.02, subjects=40).events(EVENTS))
    busiest = Counter(person(event) for event in events if event.broken is None)
    del busiest[None]
    consent = write_value(Subject({"ads": Consent(granted=True, at=now_ms() - HOUR, policy_version="v3")}))
    with Feeder(deployment.kafka.bootstrap) as feeder:
        for user, _ in busiest.most_common(2):
            feeder.send(SUBJECTS, user.encode(), consent, now_ms())
        assert feeder.flush(30) == 0
    placed = deployment.feed(event for event in events if event.broken or person(event))
    with deployment.worker() as worker:
        deployment.wait(worker, EVENTS // 4)
        worker.kill()
    with deployment.worker() as worker:
        deployment.settle(worker)
        with Feeder(deployment.kafka.bootstrap) as feeder:
            for event in events:
                if not event.broken and not person(event):
                    place = partial(_place, placed, event)
                    feeder.send(event.topic, event.key, event.value, now_ms(), delivered=place)
            assert feeder.flush(30) == 0
        deployment.settle(worker)
        assert worker.stop() == 0
    return placed


def _place(placed, event, partition, offset):
    placed[event.topic, partition, offset] = event


@pytest.fixture(scope="module")
def entries(deployment, placed):
    assert placed
    return list(audit_topic.entries(deployment.kafka.bootstrap))


@pytest.fixture(scope="module")
def committed(deployment, placed):
    assert placed
    lags = topics.lag(deployment.kafka.bootstrap, GROUP, RAW)
    return {Source(GROUP, *place): lag.committed for place, lag in lags.items() if lag.committed}


@pytest.fixture(scope="module")
def audit(deployment):
    """
    Calls the command with this deployment's broker and keys: `audit("verify", …)`.
    """

    def call(name, *arguments):
        environment = {name: None for name in os.environ if "QINGLIU" in name}
        given = ["--bootstrap", deployment.kafka.bootstrap]
        if name == "exposure":
            given += ["--keyset", str(deployment.folder / "keyset.json")]
            given += ["--passphrase", str(deployment.folder / "passphrase")]
        return CliRunner().invoke(main, ["audit", name, *given, *arguments], env=environment)

    return call


class TestRecords:
    def test_speak_of_every_event(self, placed, entries):
        """
        Each chunk's counts add up, and each event is in one.
        """
        spoken, read_again = set(), Counter()
        for record in (read(entry.value) for entry in entries):
            if record.kind != CHUNK:
                continue
            body = record.body
            held = sum(body["quarantined"].values())
            assert body["views"].keys() == {view.recipient for view in VIEWS if view.contract.topic == body["topic"]}
            for view in body["views"].values():
                assert sum(view["released"].values()) + view["suppressed"] + held == body["read"]
            spoken |= {(body["topic"], body["partition"], offset) for offset in range(body["first"], body["last"] + 1)}
            read_again[body["topic"]] += body["read"]

        assert spoken == set(placed)
        assert read_again.total() >= len(placed)

    def test_name_nobody(self, placed, entries):
        """
        No identifier of any event is in them.
        """
        scanner = LeakScanner(identifier for event in placed.values() for identifier in event.identifiers)

        assert not any(scanner.scan(entry.value) for entry in entries)


class TestVerify:
    def test_of_what_workers_wrote_finds_nothing(self, deployment, audit, entries):
        """
        One was killed, which is said and no error; what it had processed was processed again.
        """
        assert entries
        key = SigningKey(deployment.keys.internal("audit")).public.to_text()
        result = audit("verify", "--public-key", key, "--json")
        report = json.loads(result.stdout)

        assert result.exit_code == 0, report["findings"]
        assert (report["chains"], len(report["unended"])) == (2, 1)
        assert report["records"] == len(entries)

    def test_since_a_time_looks_at_what_is_later_alone(self, deployment, audit, entries):
        """
        Here at the second worker's chain, and says what cannot be said then.
        """
        began = max(read(entry.value).at for entry in entries if read(entry.value).kind == START)
        key = SigningKey(deployment.keys.internal("audit")).public.to_text()
        result = audit("verify", "--public-key", key, "--since", format_time(began), "--json")
        report = json.loads(result.stdout)

        assert result.exit_code == 0, report["findings"]
        assert report["since"] == format_time(began)
        assert report["records"] == sum(entry.key == _closed(entries) for entry in entries)
        assert f"whether anything is missing or altered before {format_time(began)}" in report["not_said"]

    @pytest.mark.parametrize("place", ["second", "middle", "last"])
    def test_finds_a_record_that_is_missing(self, entries, committed, place):
        """
        Of the chain that was closed. The first of a partition may have gone by retention.
        """
        chain = [entry for entry in entries if entry.key == _closed(entries)]
        gone = chain[{"second": 1, "middle": len(chain) // 2, "last": -1}[place]]
        report = verify([entry for entry in entries if entry is not gone], None, committed)

        assert report.findings or len(report.unended) == 2

    def test_finds_a_chain_that_is_missing(self, entries, committed):
        """
        The offsets that its group has committed tell, although the records that are left are whole.
        """
        report = verify([entry for entry in entries if entry.key != _closed(entries)], None, committed)

        assert {finding.what for finding in report.findings} == {What.TRUNCATED}


class TestExposure:
    @pytest.mark.parametrize("recipient", ["analytics", "ads"])
    @pytest.mark.parametrize("rank", [pytest.param(0, id="consented"), pytest.param(2, id="not consented")])
    def test_equals_an_oracles_answer(self, deployment, placed, audit, recipient, rank):
        """
        The interpreter, asked about each event of the person, and each of their devices that names nobody: what it
        releases with a token of theirs, and no more.
        """
        good = {place: loads(event.value) for place, event in placed.items() if event.broken is None}
        people = Counter(event["user_id"] for event in good.values() if event.get("user_id"))
        user = people.most_common(rank + 1)[-1][0]
        owned = set().union(*(things(event) for event in good.values() if event.get("user_id") == user))
        decision = CONSENTED if rank < 2 else Decision()
        own, through = defaultdict(Counter), defaultdict(Counter)
        for contract, views in by_contract(VIEWS):
            for view in (each for each in views if each.recipient == recipient):
                bound = BoundView(view, deployment.keys.keyring(view.recipient, view.purpose))
                for event in (event for (topic, _, _), event in good.items() if topic == contract.topic):
                    if event.get("user_id") == user:
                        note(own, view, release(bound, event, decision), {"user_id"})
                    elif not event.get("user_id") and things(event) & owned:
                        released = release(bound, event, replace(decision, linked=True))
                        note(through, view, released, {"device_id", "cookie_id"})

        result = audit("exposure", "--subject", user, "--recipient", recipient, "--json")
        told = json.loads(result.stdout)["topics"]

        assert result.exit_code == (1 if own else 0)
        assert bool(own) is bool(through) is (recipient == "analytics" or rank < 2)
        assert counted(told) == own
        assert counted({topic: each["through_device"] for topic, each in told.items()}) == through

    def test_is_bounded_by_a_period(self, placed, audit):
        """
        Nothing reached anybody tomorrow.
        """
        user = next(filter(None, (person(event) for event in placed.values() if event.broken is None)))
        tomorrow = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))

        assert audit("exposure", "--subject", user, "--recipient", "analytics", "--from", tomorrow).exit_code == 0


def things(event):
    """
    The devices and cookies of an event.
    """
    ids = {event.get(name) for name in ("device_id", "cookie_id")}
    return {each for each in ids if each and not identifies_nothing(each)}


def note(expected, view, released, tokens):
    """
    What a recipient got is to be found when it has one of these tokens.
    """
    if released and tokens & released.keys():
        expected[view.topic].update(set(paths(released)))
        expected[view.topic]["*"] += 1


def counted(told):
    return {
        topic: Counter(each["fields"]) + Counter({"*": each["records"]})
        for topic, each in told.items()
        if each["records"]
    }


def _closed(entries):
    """
    The key of the chain whose worker was stopped: the one that was opened last.
    """
    starts = [(read(entry.value).at, entry.key) for entry in entries if read(entry.value).kind == START]
    return max(starts)[1]


def paths(value, path=""):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{path}[]")
    else:
        yield path
