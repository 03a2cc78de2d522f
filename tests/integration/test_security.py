"""A real broker with TLS, client certificates and SASL: who is let in works as ever, all others hear one sentence."""

import asyncio
import base64
import gc
import json
import os
import secrets
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer, TopicPartition

from pipeline import topics
from pipeline.acl_plan import Rule
from pipeline.audit.record import TOPIC as AUDIT
from pipeline.cli import main
from pipeline.connection import Connection
from pipeline.erasure.notice import notice_topic
from pipeline.kafka_client import NO_GROUP, Feeder, KafkaClientError, Transactions, now_ms, read_all
from pipeline.simulator import Simulator
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.transport import topic_partitions
from tests.integration.deployment import CLEAN, Deployment
from tests.kafka.broker import KafkaCluster
from tests.kafka.certificates import Authority
from transforms.timestamp import HOUR

EVENTS = 100
PASSWORD = secrets.token_urlsafe(24)
KEY_PASSPHRASE = secrets.token_urlsafe(24)
LISTENERS = {"TLS": "SSL", "SCRAM": "SASL_SSL", "OAUTH": "SASL_SSL"}
USERS = ("admin", "qingliu", "apps", "ads", "consents", "officer", "auditor")
ROLES = {
    "worker": "User:qingliu",
    "upstream": "User:apps",
    "ads": "User:ads",
    "subjects": "User:consents",
    "officer": "User:officer",
    "auditor": "User:auditor",
}
JAAS = "org.apache.kafka.common.security"


def bearer(subject):
    """
    A token that the broker's own validator takes: it is not signed, and fit for tests alone.
    """
    now = int(time.time())
    parts = ({"alg": "none"}, {"sub": subject, "iat": now, "exp": now + 3_600})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


@dataclass
class Secured:
    """
    A broker with a listener for each way, and what a client needs for it.
    """

    cluster: KafkaCluster
    authority: Authority
    folder: Path

    def environment(self, listener, **others):
        """
        The settings of a client.
        """
        settings = {"SECURITY": LISTENERS[listener], "SECURITY_CA": self.authority.ca}
        settings |= getattr(self, f"_{listener.lower()}")()
        settings |= others
        return {f"QINGLIU_{name}": str(value) for name, value in settings.items() if value is not None}

    def file(self, name, text):
        path = self.folder / name
        path.write_text(f"{text}\n")
        return path

    def _tls(self):
        certificate, key = self.authority.issue("qingliu", passphrase=KEY_PASSPHRASE.encode())
        opener = self.file("key-passphrase", KEY_PASSPHRASE)
        return {"SECURITY_CERTIFICATE": certificate, "SECURITY_KEY": key, "SECURITY_KEY_PASSPHRASE": opener}

    def _scram(self):
        password = self.file("password", PASSWORD)
        return {"SECURITY_MECHANISM": "SCRAM-SHA-512", "SECURITY_USER": "qingliu", "SECURITY_PASSWORD": password}

    def _oauth(self):
        return {"SECURITY_MECHANISM": "OAUTHBEARER", "SECURITY_TOKEN": self.file("token", bearer("admin"))}


@pytest.fixture(scope="module")
def secured(kafka, tmp_path_factory):
    if not kafka.nodes:
        pytest.skip("external brokers keep their listeners")
    folder = tmp_path_factory.mktemp("secured")
    authority = Authority(folder / "ours")
    certificate, key = authority.issue("broker", host="localhost")
    identity = folder / "broker.pem"
    identity.write_bytes(key.read_bytes() + certificate.read_bytes())
    properties = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:admin;User:CN=qingliu",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(identity),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.ca),
        "listener.name.tls.ssl.client.auth": "required",
        "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.scram.scram-sha-512.sasl.jaas.config": f"{JAAS}.scram.ScramLoginModule required;",
        "listener.name.oauth.sasl.enabled.mechanisms": "OAUTHBEARER",
        "listener.name.oauth.oauthbearer.sasl.jaas.config": (
            f'{JAAS}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";'
        ),
    }
    with KafkaCluster(properties=properties, listeners=LISTENERS, users=dict.fromkeys(USERS, PASSWORD)) as cluster:
        yield Secured(cluster, authority, folder)


@pytest.fixture(scope="module")
def deployment(secured, tmp_path_factory):
    """
    Every topic, and what each role is allowed: the worker that comes by SCRAM has no other rights.
    """
    deployment = Deployment(secured.cluster, tmp_path_factory.mktemp("deployment"), partitions=1)
    given = run_topics(secured, "apply", *PERMISSIONS)
    assert given.exit_code == 0, given.output
    return deployment


@pytest.fixture
def set_environment(monkeypatch):
    def set_all(environment):
        for name in [name for name in os.environ if name.startswith("QINGLIU_SECURITY")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return set_all


PERMISSIONS = [
    "--acls",
    *(word for role, principal in ROLES.items() for word in ("--principal", f"{role}={principal}")),
]


def run_topics(secured, name, *arguments):
    """
    `qingliu topics` over the inside listener, where everybody is a super user.
    """
    fixed = ["--bootstrap", secured.cluster.bootstrap, "--partitions", "1"]
    return CliRunner().invoke(main, ["topics", name, *fixed, *arguments])


@pytest.mark.parametrize("listener", LISTENERS)
class TestLetsIn:
    def test_a_worker_that_processes_all_it_is_given(self, secured, deployment, set_environment, listener):
        """
        Subjects, links, audit, events and outputs go over the secured listener; the log tells no secret.
        """
        environment = secured.environment(listener)
        before = deployment.end_offsets(CLEAN).total()
        set_environment({})
        with Feeder(secured.cluster.bootstrap) as feeder:
            for event in Simulator(seed=7, start=now_ms() - HOUR).events(EVENTS):
                feeder.send(event.topic, event.key, event.value, now_ms())
            assert feeder.flush(30) == 0
        with deployment.worker(bootstrap=secured.cluster.address(listener), **environment) as worker:
            deployment.settle(worker)
            code = worker.stop()

        assert code == 0
        assert deployment.end_offsets(CLEAN).total() > before
        log = worker.log.read_text()
        assert not [secret for secret in (PASSWORD, KEY_PASSPHRASE, bearer("admin")[:20]) if secret in log]

    def test_commands(self, secured, deployment, set_environment, listener):
        """
        Those that plan topics, and those that read and write records.
        """
        address = secured.cluster.address(listener)
        set_environment(secured.environment(listener, **({"SECURITY_USER": "admin"} if listener == "SCRAM" else {})))
        name = secured.cluster.create_topic(f"mine.{listener}")
        with Feeder(address) as feeder:
            feeder.send(name, None, b"1", 0)
            assert feeder.flush(30) == 0
        Transactions(address, "mine").write([(name, None, b"2")])

        assert [record.value for record in read_all(address, name)] == [b"1", b"2"]
        assert name in topics.existing(address)
        planned = CliRunner().invoke(main, ["topics", "plan", "--bootstrap", address, "--partitions", "1", "--json"])
        assert planned.exit_code == 0, planned.output


GROUPS = {"ads": "ads.reports", "apps": "upstream.erasing", "qingliu": "qingliu"}


class Listener:
    """
    Reads and writes as one user, and hears what the broker says to it.
    """

    def __init__(self, address, user):
        self.address = address
        self.group = GROUPS.get(user, NO_GROUP)

    def write(self, topic):
        said = []
        producer = Producer(self._settings())
        producer.produce(topic, b"{}", on_delivery=lambda error, _: said.append(error and error.name()))
        producer.flush(30)
        return said

    def read(self, topic, group=""):
        named = {"group.id": group or self.group, "enable.partition.eof": True}
        consumer = Consumer(self._settings() | named)
        try:
            hidden = consumer.list_topics(topic, 20).topics[topic].error  # what may not even be described
            if hidden:
                return hidden.name()
            if not group:
                consumer.assign([TopicPartition(topic, 0, 0)])
            else:
                consumer.subscribe([topic])
            message = consumer.poll(20)
            return message.error().name() if message.error() else ""
        finally:
            consumer.close()

    def _settings(self):
        settings = {"bootstrap.servers": self.address, "broker.address.family": "v4", "log_level": 2}
        return settings | Connection.from_environment().librdkafka()


READS = {"", "_PARTITION_EOF"}
HELD = "quarantine.raw.order"


class TestPermissions:
    @pytest.fixture
    @staticmethod
    def as_user(secured, deployment, set_environment):
        assert deployment

        def become(user):
            set_environment(secured.environment("SCRAM", SECURITY_USER=user))
            return Listener(secured.cluster.address("SCRAM"), user)

        return become

    @pytest.mark.parametrize(
        ("user", "topic"),
        [
            pytest.param("ads", "clean.ads.order", id="a recipient its own"),
            pytest.param("ads", notice_topic("ads"), id="a recipient its erasures"),
            pytest.param("qingliu", "raw.order", id="the worker raw"),
            pytest.param("officer", HELD, id="the officer quarantine"),
            pytest.param("auditor", AUDIT, id="the auditor the audit"),
        ],
    )
    def test_lets_read(self, as_user, user, topic):
        """
        What the role is for.
        """
        assert as_user(user).read(topic) in READS

    @pytest.mark.parametrize(
        ("user", "topic"),
        [
            pytest.param("ads", "clean.analytics.order", id="a recipient another's"),
            pytest.param("ads", notice_topic("analytics"), id="a recipient another's erasures"),
            pytest.param("ads", "raw.order", id="a recipient raw"),
            pytest.param("ads", SUBJECTS, id="a recipient subjects"),
            pytest.param("apps", "raw.order", id="upstream raw"),
            pytest.param("consents", "raw.order", id="who keeps consents raw"),
            pytest.param("officer", "raw.order", id="the officer raw"),
            pytest.param("auditor", "clean.ads.order", id="the auditor clean"),
            pytest.param("qingliu", AUDIT, id="the worker the audit"),
        ],
    )
    def test_refuses_to_read(self, as_user, user, topic):
        """
        By the broker's word.
        """
        assert as_user(user).read(topic) == "TOPIC_AUTHORIZATION_FAILED"

    @pytest.mark.parametrize(("user", "topic"), [("officer", HELD), ("auditor", AUDIT), ("consents", SUBJECTS)])
    def test_lets_commands_read(self, as_user, user, topic):
        """
        To the end of the topic, without a group.
        """
        assert isinstance(list(read_all(as_user(user).address, topic)), list)

    def test_keeps_recipients_to_groups_of_their_own(self, as_user):
        """
        In another's it could take records away from them.
        """
        listener = as_user("ads")

        assert listener.read("clean.ads.order", group="ads.reports") in READS
        assert listener.read("clean.ads.order", group="qingliu") == "GROUP_AUTHORIZATION_FAILED"

    @pytest.mark.parametrize(
        ("user", "topic", "refused"),
        [
            pytest.param("apps", "raw.device", [None], id="upstream raw"),
            pytest.param("apps", "clean.ads.order", ["TOPIC_AUTHORIZATION_FAILED"], id="upstream clean"),
            pytest.param("ads", "clean.ads.order", ["TOPIC_AUTHORIZATION_FAILED"], id="a recipient its own"),
            pytest.param("auditor", AUDIT, ["TOPIC_AUTHORIZATION_FAILED"], id="the auditor the audit"),
        ],
    )
    def test_lets_write_or_refuses(self, as_user, user, topic, refused):
        """
        A recipient writes nothing, upstream raw alone.
        """
        assert as_user(user).write(topic) == refused

    def test_are_planned_once_and_named_when_nobody_planned_them(self, secured, deployment):
        """
        After `apply` the plan is empty; a right that was given by hand shows, and is not taken away.
        """
        assert deployment
        assert run_topics(secured, "plan", "--check", *PERMISSIONS).exit_code == 0
        topics.allow(secured.cluster.bootstrap, [Rule("User:stranger", "TOPIC", "raw.", "PREFIXED", "READ")])

        shown = run_topics(secured, "plan", "--check", *PERMISSIONS)

        assert shown.exit_code == 1
        assert "not planned: User:stranger may read topic all that begin with raw." in shown.stdout
        assert run_topics(secured, "apply", *PERMISSIONS).stdout == shown.stdout


def by_aiokafka(address):
    asyncio.run(topic_partitions([address]))


def by_librdkafka(address):
    with Feeder(address) as feeder:
        feeder.partitions()


def by_kafka_python(address):
    topics.existing(address)


@pytest.mark.parametrize("client", [by_aiokafka, by_librdkafka, by_kafka_python])
class TestKeepsOut:
    @pytest.fixture(autouse=True)
    @staticmethod
    def unfinished():
        """
        The clients leave the sockets of failed handshakes to the garbage collector, which warns of them.
        """
        yield
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    @pytest.fixture(autouse=True)
    @staticmethod
    def impatient(monkeypatch):
        """
        One of them tries for as long as it is let.
        """
        monkeypatch.setattr("pipeline.kafka_client.reaching.ANSWER_SECONDS", 2.0)

    @staticmethod
    def refusal(client, address, caplog):
        caplog.set_level("DEBUG")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            with pytest.raises((ConnectionError, KafkaClientError, topics.TopicsError)) as refused:
                client(address)
        sentence = str(refused.value)
        assert "\n" not in sentence
        return sentence

    def test_a_wrong_password(self, secured, set_environment, caplog, client):
        """
        The sentence says by what way; the password is nowhere.
        """
        wrong = "open-sesame"
        password = secured.file("wrong-password", wrong)
        set_environment(secured.environment("SCRAM", SECURITY_PASSWORD=password))

        sentence = self.refusal(client, secured.cluster.address("SCRAM"), caplog)

        assert "does not let this client in by SCRAM-SHA-512; check QINGLIU_SECURITY_USER" in sentence
        assert wrong not in sentence + caplog.text

    def test_a_broker_that_nobody_known_vouches_for(self, secured, set_environment, caplog, tmp_path, client):
        """
        Another authority's certificates are given: no password is sent.
        """
        set_environment(secured.environment("SCRAM", SECURITY_CA=Authority(tmp_path / "theirs").ca))

        sentence = self.refusal(client, secured.cluster.address("SCRAM"), caplog)

        assert "is vouched for by nobody in QINGLIU_SECURITY_CA" in sentence

    def test_a_broker_with_a_certificate_for_another_host(self, secured, set_environment, caplog, client):
        """
        It is the right broker, at an address that its certificate does not name.
        """
        set_environment(secured.environment("SCRAM"))
        address = secured.cluster.address("SCRAM").replace("localhost", "127.0.0.1")

        assert "has a certificate for another host name" in self.refusal(client, address, caplog)

    def test_a_client_whose_certificate_the_broker_does_not_know(
        self, secured, set_environment, caplog, tmp_path, client
    ):
        """
        It is another authority's.
        """
        certificate, key = Authority(tmp_path / "theirs").issue("qingliu")
        others = {"SECURITY_CERTIFICATE": certificate, "SECURITY_KEY": key, "SECURITY_KEY_PASSPHRASE": None}
        set_environment(secured.environment("TLS", **others))

        sentence = self.refusal(client, secured.cluster.address("TLS"), caplog)

        assert "refuses this client's certificate" in sentence

    def test_a_client_that_speaks_in_clear(self, secured, set_environment, caplog, client):
        """
        With no setting at all.
        """
        set_environment({})

        assert "check QINGLIU_SECURITY" in self.refusal(client, secured.cluster.address("TLS"), caplog)
