"""Topics and consumer lag on a real broker."""

import gc
import socket
import threading
import warnings
from dataclasses import replace
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from pipeline.topics import (
    AddPartitions,
    AlterConfig,
    Create,
    Lag,
    Partition,
    Refusal,
    Topic,
    TopicsError,
    apply,
    existing,
    lag,
    plan,
    wanted,
)
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster

OTHER = {"retention.ms": "5000"}


def fresh(**changes):
    settings = {"retention.ms": "86400000", "cleanup.policy": "delete", "min.insync.replicas": "1"}
    return replace(Topic(f"raw.{uuid4().hex[:8]}", partitions=2, replication=1, config=settings), **changes)


def create_one(bootstrap):
    topic = fresh()
    apply(bootstrap, [Create(topic)])
    return topic.name


def commit(bootstrap, group, offsets):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    try:
        consumer.commit(
            offsets=[TopicPartition(name, part, offset) for (name, part), offset in offsets.items()], asynchronous=False
        )
    finally:
        consumer.close()


class TestPlan:
    def test_after_apply_it_is_empty(self, kafka):
        """
        Every shipped sort of topic is created as declared, and there is nothing left to do.
        """
        raw, clean = f"raw.{uuid4().hex[:8]}", f"clean.{uuid4().hex[:8]}"
        goal = wanted([raw], [clean], partitions=3, replication=1)
        changes = plan(kafka.bootstrap, goal)
        assert changes == tuple(Create(topic) for topic in goal)

        apply(kafka.bootstrap, changes)

        assert plan(kafka.bootstrap, goal) == ()
        found = existing(kafka.bootstrap)
        assert {name: found[name] for name in (raw, clean, f"quarantine.{raw}")} == dict.fromkeys(
            (raw, clean, f"quarantine.{raw}"), 3
        )

    def test_a_created_topic_can_be_written_at_once(self, kafka):
        """
        When `apply` returns, every partition has a leader.
        """
        topic = fresh(partitions=8)
        apply(kafka.bootstrap, plan(kafka.bootstrap, [topic]))
        for partition in range(8):
            kcat.produce(kafka.bootstrap, topic.name, [(b"k", b"v")], partition=partition)

        assert {record.partition for record in kcat.consume(kafka.bootstrap, topic.name)} == set(range(8))

    def test_adds_partitions_and_keeps_records(self, kafka):
        """
        Nothing that was written is lost.
        """
        small = fresh()
        large = replace(small, partitions=5)
        apply(kafka.bootstrap, plan(kafka.bootstrap, [small]))
        kcat.produce(kafka.bootstrap, small.name, [(b"k", b"v")])

        changes = plan(kafka.bootstrap, [large])
        apply(kafka.bootstrap, changes)

        assert changes == (AddPartitions(large, 2),)
        assert existing(kafka.bootstrap)[small.name] == 5
        assert plan(kafka.bootstrap, [large]) == ()
        assert [record.value for record in kcat.consume(kafka.bootstrap, small.name)] == [b"v"]

    def test_mends_drift_and_leaves_other_settings_alone(self, kafka):
        """
        What somebody changed by hand is put back; what no declaration names stays.
        """
        declared = fresh()
        altered = replace(declared, config={**declared.config, "retention.ms": "5000", "segment.bytes": "2000000"})
        apply(kafka.bootstrap, plan(kafka.bootstrap, [altered]))

        changes = plan(kafka.bootstrap, [declared])
        apply(kafka.bootstrap, changes)

        assert changes == (AlterConfig(declared, {"retention.ms": ("5000", "86400000")}),)
        assert plan(kafka.bootstrap, [declared]) == ()
        assert plan(kafka.bootstrap, [replace(declared, config={"segment.bytes": "2000000"})]) == ()

    def test_a_default_of_the_broker_is_no_drift(self, kafka):
        """
        What holds is compared, not who set it.
        """
        topic = fresh(config={})
        apply(kafka.bootstrap, plan(kafka.bootstrap, [topic]))

        assert plan(kafka.bootstrap, [replace(topic, config={"cleanup.policy": "delete"})]) == ()

    def test_refuses_what_would_lose_records(self, kafka):
        """
        Fewer partitions and other replicas are named with their remedy, and applying them changes nothing.
        """
        topic = fresh(partitions=3)
        smaller = replace(topic, partitions=1, replication=3, config={"retention.ms": "7"})
        apply(kafka.bootstrap, plan(kafka.bootstrap, [topic]))

        changes = plan(kafka.bootstrap, [smaller])
        with pytest.raises(TopicsError, match="nothing was changed"):
            apply(kafka.bootstrap, changes)

        assert [type(change) for change in changes] == [Refusal, Refusal, AlterConfig]
        assert "declare 1" in changes[0].reason
        assert "declare 3" in changes[1].reason
        assert plan(kafka.bootstrap, [topic]) == ()

    def test_internal_topics_are_not_listed(self, kafka):
        """
        The offsets of groups are Kafka's own.
        """
        commit(kafka.bootstrap, "anyone", {(create_one(kafka.bootstrap), 0): 0})

        assert "__consumer_offsets" not in existing(kafka.bootstrap)


class TestApply:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            pytest.param({"replication": 3}, "only 1 broker", id="more replicas than brokers"),
            pytest.param({"config": {"retention.ms": "soon"}}, "retention.ms", id="setting of the wrong type"),
            pytest.param({"config": {"retention.days": "1"}}, "retention.days", id="unknown setting"),
        ],
    )
    def test_says_why_a_topic_was_not_created(self, kafka, changes, reason):
        """
        The broker's reason and the topic in one sentence; the topic does not exist.
        """
        topic = fresh(**changes)
        with pytest.raises(TopicsError) as error:
            apply(kafka.bootstrap, plan(kafka.bootstrap, [topic]))

        assert f"refused to create topic {topic.name}" in str(error.value)
        assert reason in str(error.value)
        assert "\n" not in str(error.value)
        assert topic.name not in existing(kafka.bootstrap)

    @pytest.mark.parametrize(
        ("key", "value"),
        [pytest.param("retention.ms", "soon", id="wrong type"), pytest.param("retention.days", "1", id="unknown")],
    )
    def test_says_why_a_setting_was_not_altered(self, kafka, key, value):
        """
        The broker's reason and the topic in one sentence.
        """
        topic = replace(fresh(), name=create_one(kafka.bootstrap), config={key: value})
        with pytest.raises(TopicsError, match=rf"refused to alter topic {topic.name}: .*{key}"):
            apply(kafka.bootstrap, plan(kafka.bootstrap, [topic]))

    @pytest.mark.parametrize(
        ("late", "reason"),
        [
            pytest.param(Create, "already exists", id="created meanwhile"),
            pytest.param(lambda topic: AddPartitions(topic, 1), "already has 2", id="extended meanwhile"),
        ],
    )
    def test_a_plan_that_is_out_of_date_is_refused(self, kafka, late, reason):
        """
        Somebody else was faster: the sentence says to plan again.
        """
        topic = replace(fresh(), name=create_one(kafka.bootstrap))
        with pytest.raises(TopicsError, match=f"{reason}.*plan again"):
            apply(kafka.bootstrap, [late(topic)])


class TestLag:
    def test_counts_from_the_commit_to_the_end(self, kafka, topic):
        """
        Each partition has its own.
        """
        name = topic("raw.order", partitions=2)
        kcat.produce(kafka.bootstrap, name, [(b"k", b"v")] * 10, partition=0)
        kcat.produce(kafka.bootstrap, name, [(b"k", b"v")] * 4, partition=1)
        commit(kafka.bootstrap, name, {(name, 0): 3, (name, 1): 4})

        assert lag(kafka.bootstrap, name) == {Partition(name, 0): Lag(3, 10, 7), Partition(name, 1): Lag(4, 4, 0)}

    @pytest.mark.parametrize(
        ("end", "left"),
        [
            pytest.param("commit_transaction", 4, id="records"),
            pytest.param("abort_transaction", 0, id="records that were taken back"),
        ],
    )
    def test_ends_of_transactions_are_no_records(self, kafka, topic, end, left):
        """
        A consumer that has read everything is not behind, although it never commits the offset of an end.
        """
        name = topic("raw.order")
        producer = Producer({"bootstrap.servers": kafka.bootstrap, "transactional.id": name})
        producer.init_transactions(30)
        for number in (1, 2):
            producer.begin_transaction()
            for _ in range(2):
                producer.produce(name, b"v")
            producer.flush(30)
            (producer.commit_transaction if number == 1 else getattr(producer, end))(30)
        commit(kafka.bootstrap, name, {(name, 0): 2})

        assert lag(kafka.bootstrap, name) == {Partition(name, 0): Lag(2, 6, left)}

        commit(kafka.bootstrap, name, {(name, 0): 5})

        assert lag(kafka.bootstrap, name) == {Partition(name, 0): Lag(5, 6, 0)}

    def test_shows_a_partition_that_nobody_took_up(self, kafka, topic):
        """
        Without a commit, everything that is kept is behind.
        """
        name = topic("raw.order", partitions=2)
        kcat.produce(kafka.bootstrap, name, [(b"k", b"v")] * 5, partition=1)
        commit(kafka.bootstrap, name, {(name, 0): 0})

        assert lag(kafka.bootstrap, name)[Partition(name, 1)] == Lag(None, 5, 5)

    def test_a_group_that_never_committed_has_no_lag_of_its_own(self, kafka, topic):
        """
        Unless topics are named, which then count in full.
        """
        name = topic("raw.order")
        kcat.produce(kafka.bootstrap, name, [(b"k", b"v")] * 5)

        assert lag(kafka.bootstrap, "nobody") == {}
        assert lag(kafka.bootstrap, "nobody", [name, "raw.absent"]) == {Partition(name, 0): Lag(None, 5, 5)}

    def test_a_young_cluster_can_be_asked(self):
        """
        The first question makes the broker create its offsets topic, and is answered.
        """
        with KafkaCluster(heap_mib=256) as young:
            assert lag(young.bootstrap, "first") == {}


class TestPermissions:
    @pytest.fixture(scope="class")
    @staticmethod
    def guarded(kafka):
        """
        A broker where everybody may do everything but what the tests forbid.
        """
        if not kafka.nodes:
            pytest.skip("external brokers keep their permissions")
        rules = {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "true",
        }
        with KafkaCluster(heap_mib=256, properties=rules) as cluster:
            yield cluster

    @staticmethod
    def forbid(cluster, sort, name, operation):
        """
        From now on nobody may do this; everything else stays as it was.
        """
        pattern = ResourcePattern(sort, name)
        rest = ACL("User:*", "*", ACLOperation.ALL, ACLPermissionType.ALLOW, pattern)
        rule = ACL("User:*", "*", operation, ACLPermissionType.DENY, pattern)
        with KafkaAdminClient(bootstrap_servers=cluster.bootstrap) as admin:
            assert not admin.create_acls([rest, rule])["failed"]

    @pytest.mark.parametrize(
        "operation",
        [
            pytest.param(ACLOperation.DESCRIBE, id="see the topic"),
            pytest.param(ACLOperation.DESCRIBE_CONFIGS, id="see its settings"),
            pytest.param(ACLOperation.ALTER, id="add partitions"),
            pytest.param(ACLOperation.ALTER_CONFIGS, id="alter settings"),
        ],
    )
    def test_says_which_topic_is_out_of_reach(self, guarded, operation):
        """
        One sentence with the topic and the permissions to grant; what cannot be seen is not planned.
        """
        topic = fresh()
        apply(guarded.bootstrap, [Create(topic)])
        self.forbid(guarded, ResourceType.TOPIC, topic.name, operation)
        goal = replace(topic, partitions=3) if operation == ACLOperation.ALTER else replace(topic, config=OTHER)

        with pytest.raises(TopicsError) as error:
            apply(guarded.bootstrap, plan(guarded.bootstrap, [goal]))

        assert topic.name in str(error.value)
        assert "grant it" in str(error.value)

    def test_says_that_the_group_is_out_of_reach(self, guarded):
        """
        A lag that may not be seen is not zero.
        """
        self.forbid(guarded, ResourceType.GROUP, "secret", ACLOperation.DESCRIBE)

        with pytest.raises(TopicsError, match="Describe on the group"):
            lag(guarded.bootstrap, "secret")


class TestConnection:
    @pytest.fixture(autouse=True)
    @staticmethod
    def unfinished():
        """
        The library leaves the sockets of failed handshakes to the garbage collector, which warns of them.
        """
        yield
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    @pytest.mark.parametrize(
        "security",
        [
            pytest.param({"security_protocol": "SSL"}, id="TLS to a broker in clear"),
            pytest.param(
                {
                    "security_protocol": "SASL_PLAINTEXT",
                    "sasl_mechanism": "PLAIN",
                    "sasl_plain_username": "reader",
                    "sasl_plain_password": "open-sesame",
                },
                id="credentials that nobody asked for",
            ),
        ],
    )
    def test_says_that_the_handshake_fails(self, kafka, caplog, security):
        """
        One sentence with what to check; no thread is left, and the password is nowhere.
        """
        caplog.set_level("DEBUG")
        before = threading.active_count()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            with pytest.raises(TopicsError) as error:
                existing(kafka.bootstrap, **security)

        assert "check the security protocol, the credentials" in str(error.value)
        assert "\n" not in str(error.value)
        assert "open-sesame" not in str(error.value) + caplog.text
        assert threading.active_count() == before

    def test_says_that_a_setting_is_unknown(self, kafka):
        """
        A misspelt security setting is not ignored.
        """
        with pytest.raises(TopicsError, match="does not know one of the security settings"):
            existing(kafka.bootstrap, ssl_ca_file="ca.pem")

    def test_gives_up_on_a_server_that_never_answers(self):
        """
        Something listens and says nothing.
        """
        with socket.create_server(("127.0.0.1", 0)) as mute:
            address = f"127.0.0.1:{mute.getsockname()[1]}"
            with pytest.raises(TopicsError, match=f"something listens at {address} and no broker answers"):
                existing(address)
