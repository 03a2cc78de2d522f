"""The broker that the integration tests stand on, and the client that looks at it from outside."""

import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kafka import kcat
from tests.kafka.broker import EXTERNAL, KafkaCluster
from tests.kafka.jars import classpath
from tests.kafka.node import BrokerError
from tests.kafka.programs import MissingError, java, program

EVERY_BYTE = bytes(range(256))


@pytest.fixture(scope="module")
def own(kafka):
    """
    A broker that may be stopped.
    """
    if not kafka.nodes:
        pytest.skip("external brokers are not stopped")
    with KafkaCluster(heap_mib=256) as cluster:
        yield cluster


class TestCluster:
    def test_does_not_create_topics_by_itself(self, kafka):
        """
        A misspelt topic is an error and not a new topic.
        """
        at_once = {"topic.metadata.propagation.max.ms": "500"}  # of 30 s, within which it hopes for the topic
        with pytest.raises(kcat.KcatError, match="Unknown topic"):
            kcat.produce(kafka.bootstrap, "raw.misspelt", [(b"k", b"v")], options=at_once)

    def test_keeps_its_data_over_a_restart(self, own):
        """
        What was acknowledged is there after a power cut, on the same port.
        """
        own.create_topic("raw.order")
        kcat.produce(own.bootstrap, "raw.order", [(b"k", b"before")])
        own.kill(1)
        own.start(1)
        kcat.produce(own.bootstrap, "raw.order", [(b"k", b"after")])

        assert [record.value for record in kcat.consume(own.bootstrap, "raw.order")] == [b"before", b"after"]

    def test_a_stopped_node_does_not_answer(self, own):
        """
        After `stop` nothing listens; `stop` again is an error with a remedy; after `start` all is well.
        """
        own.create_topic("raw.log")
        own.stop(1)

        with pytest.raises(kcat.KcatError, match="transport failure"):
            kcat.consume(own.bootstrap, "raw.log")
        with pytest.raises(BrokerError, match="start it before"):
            own.stop(1)

        own.start(1)
        assert kcat.consume(own.bootstrap, "raw.log") == []

    def test_leaves_nothing_behind(self, own):
        """
        When the block ends, the ports are closed and the data is gone.
        """
        with KafkaCluster(heap_mib=256) as cluster:
            node = cluster._node(1)
            assert node.running

        assert not node.running
        assert not node.listens()
        assert not node.folder.exists()

    def test_says_why_a_broker_does_not_come_up(self, own):
        """
        The error ends with the broker's own log.
        """
        cluster = KafkaCluster(properties={"num.network.threads": "none"})
        with pytest.raises(BrokerError, match=r"Kafka node 1 .*(?s:.*)num\.network\.threads"), cluster:
            pass

    @pytest.mark.parametrize("brokers", [pytest.param(0, id="none"), pytest.param(2, id="no majority without one")])
    def test_has_one_broker_or_three(self, brokers):
        """
        Other sizes are refused.
        """
        with pytest.raises(ValueError, match="1 broker or 3"):
            KafkaCluster(brokers)

    def test_three_brokers_lose_one_and_nothing_else(self, own):
        """
        With three replicas, the topic is written and read while one node is dead, and again when it is back.
        """
        with KafkaCluster(3, heap_mib=256) as cluster:
            topic = cluster.create_topic("raw.order", partitions=3, config={"min.insync.replicas": "2"})
            for phase, act in ((b"all", None), (b"two", cluster.kill), (b"back", cluster.start)):
                if act:
                    act(2)
                kcat.produce(cluster.bootstrap, topic, [(str(key).encode(), phase) for key in range(30)])

            records = kcat.consume(cluster.bootstrap, topic)

        assert len(records) == 90
        assert {partition.partition for partition in records} == {0, 1, 2}


class TestPrograms:
    @pytest.fixture
    def empty(self, tmp_path, monkeypatch):
        """
        A PATH with nothing on it.
        """
        for name in ("JAVA_HOME", "KAFKA_HOME", EXTERNAL, "CI"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        return tmp_path

    @pytest.mark.parametrize(
        ("find", "sentence"),
        [
            pytest.param(kcat.installed, "kcat is missing: install it (Debian package kcat)", id="kcat"),
            pytest.param(java, "java is missing: install Java 17 or later", id="java"),
            pytest.param(
                lambda: program("mvn", "install Maven"), "mvn is missing: install Maven", id="anything by its name"
            ),
        ],
    )
    def test_names_what_is_missing_and_the_remedy(self, empty, find, sentence):
        """
        One sentence.
        """
        with pytest.raises(MissingError, match="^" + re.escape(sentence)):
            find()

    def test_refuses_a_java_that_is_too_old(self, empty):
        """
        Java 8, which calls itself 1.8, and everything below 17.
        """
        old = empty / "java"
        old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
        old.chmod(0o755)

        with pytest.raises(MissingError, match="too old for Kafka: install Java 17"):
            java()

    def test_needs_maven_only_once(self, kafka, monkeypatch):
        """
        Jars that were resolved before are found without Maven.
        """
        before = classpath()
        monkeypatch.setenv("PATH", "")

        assert classpath() == before
        assert list(Path(before).parent.glob("kafka_*.jar"))

    def test_says_that_maven_is_missing(self, empty, monkeypatch):
        """
        With both ways out, and nothing half done stays behind.
        """
        monkeypatch.setattr("tests.kafka.jars.CACHE", empty / "cache")

        with pytest.raises(MissingError, match=r"mvn is missing.*KAFKA_HOME"):
            classpath()
        assert list((empty / "cache").iterdir()) == []

    def test_takes_the_jars_of_an_unpacked_release(self, empty, monkeypatch):
        """
        `KAFKA_HOME` goes before Maven, and one without jars is refused.
        """
        monkeypatch.setenv("KAFKA_HOME", str(empty))
        with pytest.raises(MissingError, match=r"holds no libs/kafka_\*\.jar"):
            classpath()

        (empty / "libs").mkdir()
        (empty / "libs" / "kafka_2.13-4.1.1.jar").touch()
        assert classpath() == str(empty / "libs" / "*")

    def test_uses_brokers_that_run_already(self, kafka, empty, monkeypatch):
        """
        Without Java and Maven; they can be written to and cannot be stopped or given settings.
        """
        monkeypatch.setenv(EXTERNAL, kafka.bootstrap)
        with KafkaCluster() as cluster:
            cluster.create_topic(f"raw.{uuid4().hex[:8]}")
            assert cluster.bootstrap == kafka.bootstrap
            assert cluster.nodes == ()
            with pytest.raises(BrokerError, match="the nodes are external"):
                cluster.stop(1)
        with pytest.raises(BrokerError, match="cannot be given settings"):
            KafkaCluster(properties={"num.io.threads": "2"})

    @pytest.mark.parametrize(
        ("ci", "outcome"),
        [pytest.param("", "1 skipped", id="on a desk"), pytest.param("true", "1 error", id="in CI")],
    )
    def test_a_missing_program_skips_on_a_desk_and_fails_in_ci(self, empty, ci, outcome):
        """
        In both cases the reason is in the report.
        """
        one = "tests/integration/test_broker.py::TestCluster::test_does_not_create_topics_by_itself"
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-W", "ignore::DeprecationWarning", "-p", "no:cacheprovider", one],
            cwd=Path(__file__).parents[2],
            env={"PATH": str(empty), "CI": ci},
            capture_output=True,
            text=True,
            check=False,
        )

        assert outcome in run.stdout
        assert "kcat is missing: install it" in run.stdout


class TestKcat:
    def test_reads_what_it_wrote(self, kafka, topic):
        """
        As many records as written, with keys, values, headers, offsets from 0 and a time.
        """
        name = topic("raw.device")
        written = [(str(n % 3).encode(), f'{{"n": {n}}}'.encode()) for n in range(1000)]
        kcat.produce(kafka.bootstrap, name, written, headers=[("trace", "a=b,=c"), ("trace", "清流")])

        records = kcat.consume(kafka.bootstrap, name, count=1000)

        assert [(record.key, record.value) for record in records] == written
        assert [record.offset for record in records] == list(range(1000))
        assert {record.headers for record in records} == {(("trace", b"a=b,=c"), ("trace", "清流".encode()))}
        assert all(record.timestamp > 1_600_000_000_000 for record in records)

    def test_keeps_the_order_of_each_key(self, kafka, topic):
        """
        A key stays in one partition, and its records stay in order.
        """
        name = topic("raw.location", partitions=4)
        kcat.produce(kafka.bootstrap, name, [(f"k{n % 20}".encode(), str(n).encode()) for n in range(2000)])

        records = sorted(kcat.consume(kafka.bootstrap, name), key=lambda record: record.key)

        assert len({record.partition for record in records}) == 4
        for key, group in groupby(records, key=lambda record: record.key):
            same = list(group)
            assert len({record.partition for record in same}) == 1
            assert [int(record.value) for record in same] == list(range(int(key[1:]), 2000, 20))

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            pytest.param(b"k", b"v", id="plain"),
            pytest.param(None, b"v", id="no key"),
            pytest.param(b"", b"v", id="empty key"),
            pytest.param(b"k", b"", id="empty value"),
            pytest.param(b"k", None, id="tombstone"),
            pytest.param(EVERY_BYTE, EVERY_BYTE, id="every byte"),
            pytest.param(b"k#", b"#end-of-", id="begin of a key's end"),
            pytest.param(b"k", b"|end-of-record|", id="begin of a record's end"),
            pytest.param(None, b"\n\r\n\x85\xe2\x80\xa8", id="line ends"),
            pytest.param(None, b'{"name": "\xff\xfe"}', id="bad UTF-8 in JSON"),
            pytest.param(b"k", b"v" * 900_000, id="large"),
        ],
    )
    def test_changes_no_byte(self, kafka, topic, key, value):
        """
        Keys and values are bytes, and come back as they went, between neighbours that do too.
        """
        name = topic("raw.log")
        written = [(b"before", b"1"), (key, value), (b"after", b"2")]
        kcat.produce(kafka.bootstrap, name, written)

        assert [(record.key, record.value) for record in kcat.consume(kafka.bootstrap, name)] == written

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(batch=st.lists(st.tuples(st.none() | st.binary(), st.binary(min_size=1)), min_size=1, max_size=50))
    def test_changes_no_byte_of_any_batch(self, kafka, topic, batch):
        """
        For all batches of bytes.
        """
        name = topic("raw.log")
        kcat.produce(kafka.bootstrap, name, batch)

        assert [(record.key, record.value) for record in kcat.consume(kafka.bootstrap, name)] == batch

    def test_a_partition_by_number(self, kafka, topic):
        """
        A record goes where it is told, and one partition can be read alone.
        """
        name = topic("raw.order", partitions=3)
        for partition in range(3):
            kcat.produce(kafka.bootstrap, name, [(b"k", str(partition).encode())], partition=partition)

        (record,) = kcat.consume(kafka.bootstrap, name, partition=1)

        assert (record.partition, record.value) == (1, b"1")

    def test_a_record_past_one_mebibyte(self, kafka, topic):
        """
        Client and topic take it when both are told to.
        """
        name = topic("raw.log", config={"max.message.bytes": str(3 * 2**20)})
        large = b"v" * (2 * 2**20)
        kcat.produce(kafka.bootstrap, name, [(None, large)], options={"message.max.bytes": str(3 * 2**20)})

        assert [record.value for record in kcat.consume(kafka.bootstrap, name)] == [large]

    @pytest.mark.parametrize(
        ("batch", "remedy"),
        [
            pytest.param([(b"k", kcat.RECORD_END.encode())], "takes for the end", id="end of record in a value"),
            pytest.param([(kcat.KEY_END.encode(), b"v")], "takes for the end", id="end of key in a key"),
            pytest.param([(None, b"")], "give it a key", id="neither key nor value"),
            pytest.param([(None, None)], "give it a key", id="tombstone of nothing"),
            pytest.param([(b"a", None), (b"b", b"")], "a call of their own", id="empty beside a tombstone"),
        ],
    )
    def test_refuses_what_it_would_change(self, batch, remedy):
        """
        A record that kcat would split, skip or alter is never sent.
        """
        with pytest.raises(ValueError, match=remedy):
            kcat.produce("127.0.0.1:1", "raw.log", batch)

    def test_waits_for_a_count(self, kafka, topic):
        """
        Fewer records than asked for are an error that says how many there were.
        """
        name = topic("raw.log")
        kcat.produce(kafka.bootstrap, name, [(b"k", b"1"), (b"k", b"2")])

        assert len(kcat.consume(kafka.bootstrap, name, count=2)) == 2
        with pytest.raises(kcat.KcatError, match="had read 2 records"):
            kcat.consume(kafka.bootstrap, name, count=3, timeout=3)
