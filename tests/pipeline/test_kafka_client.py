"""Claims about the embedded broker, the feeder and the reader: real clients on a real socket."""

import socket
import time
from collections import defaultdict

import pytest

from pipeline.kafka_client import RETAINED_BYTES, EmbeddedBroker, Feeder, KafkaClientError, Reader, check_topics

TOPIC = "raw.order"


@pytest.fixture
def broker():
    with EmbeddedBroker() as running:
        running.create_topic(TOPIC, 3)
        yield running


@pytest.fixture
def feeder(broker):
    with Feeder(broker.bootstrap) as feeding:
        yield feeding


def read(broker, count, topic=TOPIC):
    """
    The first records of a topic, or as many as come within ten seconds.
    """
    records = []
    until = time.monotonic() + 10
    with Reader(broker.bootstrap, [topic]) as reader:
        while len(records) < count and time.monotonic() < until:
            records += reader.read()
    return records


class TestEmbeddedBroker:
    def test_has_the_partitions_that_were_asked_for(self, broker, feeder):
        """
        A created topic has exactly its partitions.
        """
        broker.create_topic("clean.ads.order", 7)

        assert feeder.partitions() == {TOPIC: 3, "clean.ads.order": 7}

    @pytest.mark.parametrize(
        ("name", "partitions"), [pytest.param(TOPIC, 3, id="exists"), pytest.param("raw.log", 0, id="no partition")]
    )
    def test_refuses_to_create_a_topic(self, broker, name, partitions):
        """
        What the broker would not make is an error that names the topic.
        """
        with pytest.raises(KafkaClientError, match=name):
            broker.create_topic(name, partitions)

    def test_makes_a_topic_that_is_written_to_with_four_partitions(self, broker, feeder):
        """
        Automatic creation is on and takes no wishes.
        """
        feeder.send("raw.misspelt", None, b"{}", 1)
        feeder.flush(10)

        assert feeder.partitions()["raw.misspelt"] == 4

    def test_is_gone_after_its_block(self):
        """
        Nothing listens any more, and the broker says so.
        """
        with EmbeddedBroker() as broker:
            host, _, port = broker.bootstrap.partition(":")

        with pytest.raises(ConnectionRefusedError), socket.create_connection((host, int(port)), timeout=5):
            pass
        with pytest.raises(KafkaClientError, match="with"):
            _ = broker.bootstrap

    def test_forgets_what_exceeds_its_limit(self, broker, feeder):
        """
        The oldest batches of a full partition are gone for a late reader: the limit is real.
        """
        broker.create_topic("raw.log", 1)
        size = 64 << 10
        kept = RETAINED_BYTES // size
        for _ in range(2 * kept):
            feeder.send("raw.log", None, b"v" * size, 1)
            feeder.flush(10)

        first = read(broker, 1, "raw.log")[0].offset

        assert kept <= first <= kept + 2


class TestRoundTrip:
    @pytest.mark.parametrize(
        ("key", "value"),
        [
            pytest.param(b"u-1", b'{"a":1}', id="key and value"),
            pytest.param(None, b"{}", id="no key"),
            pytest.param(b"\x00\xff", bytes(range(256)), id="every byte"),
            pytest.param(b"k", b"", id="empty value"),
            pytest.param(b"k", None, id="no value"),
            pytest.param(b"k", b"x" * (3 << 19), id="above 1 MiB"),
        ],
    )
    def test_brings_every_byte_back(self, broker, feeder, key, value):
        """
        Key, value and timestamp are read as they were written.
        """
        feeder.send(TOPIC, key, value, 1_767_196_800_123)
        feeder.flush(10)

        (record,) = read(broker, 1)

        assert (record.topic, record.key, record.value) == (TOPIC, key, value)
        assert record.timestamp == 1_767_196_800_123
        assert record.headers == ()

    def test_brings_headers_back(self, broker, feeder):
        """
        Headers keep their order, and a name may stand twice.
        """
        headers = (("source", b"\x00\xff"), ("policy", b"1"), ("source", b"2"))
        feeder.send(TOPIC, b"k", b"{}", 1, headers=headers)
        feeder.flush(10)

        assert read(broker, 1)[0].headers == headers

    def test_tells_where_each_record_went(self, broker, feeder):
        """
        The confirmed coordinates are those at which the record is read.
        """
        confirmed = {}
        for number in range(200):
            value = str(number).encode()
            feeder.send(
                TOPIC,
                value,
                value,
                1,
                delivered=lambda partition, offset, value=value: confirmed.update({(partition, offset): value}),
            )
        feeder.flush(10)

        assert feeder.delivered == 200
        assert {(record.partition, record.offset): record.value for record in read(broker, 200)} == confirmed

    def test_keeps_the_order_of_a_key(self, broker, feeder):
        """
        Records of one key are on one partition, in the order in which they were sent.
        """
        for number in range(300):
            feeder.send(TOPIC, f"u-{number % 7}".encode(), str(number).encode(), 1)
        feeder.flush(10)

        by_key = defaultdict(list)
        for record in sorted(read(broker, 300), key=lambda record: record.offset):
            by_key[record.key].append((record.partition, int(record.value)))

        assert len(by_key) == 7
        for places in by_key.values():
            assert len({partition for partition, _ in places}) == 1
            assert [number for _, number in places] == sorted(number for _, number in places)

    def test_waits_while_its_queue_is_full(self, broker, feeder):
        """
        More records than the queue holds all arrive.
        """
        for number in range(50_000):
            feeder.send(TOPIC, None, b"%d" % number, 1)

        assert feeder.flush(30) == 0
        assert feeder.delivered == 50_000
        assert not feeder.failures


class TestFeeder:
    def test_counts_what_no_broker_takes(self, feeder):
        """
        A record that is too large for any broker fails by name and is not counted as delivered.
        """
        feeder.send(TOPIC, None, b"x" * (5 << 20), 1)
        feeder.flush(10)

        assert feeder.failures == {"MSG_SIZE_TOO_LARGE": 1}
        assert feeder.delivered == 0


class TestReader:
    def test_refuses_topics_that_are_missing(self, broker):
        """
        The error names the missing topics alone, and what makes them.
        """
        with pytest.raises(KafkaClientError, match=r"missing topics: raw\.log; .*topics apply"):
            Reader(broker.bootstrap, [TOPIC, "raw.log"])

    def test_does_not_create_what_it_looks_for(self, broker, feeder):
        """
        Looking for a topic leaves none behind.
        """
        with pytest.raises(KafkaClientError):
            Reader(broker.bootstrap, ["raw.log"])

        assert set(feeder.partitions()) == {TOPIC}

    def test_reads_from_the_beginning_each_time(self, broker, feeder):
        """
        A second reader gets what the first one got.
        """
        feeder.send(TOPIC, None, b"{}", 1)
        feeder.flush(10)

        assert read(broker, 1) == read(broker, 1) != []

    def test_returns_nothing_when_there_is_nothing(self, broker):
        """
        An empty topic gives an empty batch after the time-out.
        """
        with Reader(broker.bootstrap, [TOPIC]) as reader:
            assert reader.read(seconds=0.1) == []


class TestCheckTopics:
    @pytest.mark.parametrize(
        "existing", [pytest.param({}, id="absent"), pytest.param({"raw.log": 0}, id="without partitions")]
    )
    def test_a_topic_needs_a_partition(self, existing):
        """
        A topic that is there in name only counts as missing.
        """
        with pytest.raises(KafkaClientError, match=r"raw\.log"):
            check_topics(existing, ["raw.log"])
