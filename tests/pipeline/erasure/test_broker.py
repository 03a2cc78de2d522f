"""Claims about the brokers as an erasure reads and writes them, over an embedded one."""

from zlib import crc32

import pytest

from pipeline.erasure.broker import OF_WORKERS, Broker
from pipeline.kafka_client import EmbeddedBroker, GroupReader, KafkaClientError
from pipeline.links.record import TOPIC as LINKS
from pipeline.subjects.record import TOPIC as SUBJECTS

KEYS = [f"key-{number}".encode() for number in range(20)]
NOW = 1_790_000_000_000


@pytest.fixture(scope="module")
def brokers():
    with EmbeddedBroker() as embedded:
        for topic in (SUBJECTS, *OF_WORKERS, "requests"):
            embedded.create_topic(topic, 4)
        with Broker(embedded.bootstrap) as broker:
            yield embedded.bootstrap, broker


class TestBroker:
    def test_reads_what_it_wrote(self, brokers):
        """
        On return everything is there.
        """
        _, broker = brokers
        broker.write(SUBJECTS, ((key, b"value") for key in KEYS), NOW)

        found = list(broker.read(SUBJECTS))
        assert sorted(record.key for record in found) == sorted(KEYS)
        assert {(record.value, record.timestamp) for record in found} == {(b"value", NOW)}

    def test_deletes_where_workers_have_written(self, brokers):
        """
        By the partition that `pipeline.publisher` chooses, so that compaction finds the deletion.
        """
        _, broker = brokers
        broker.write(LINKS, ((key, None) for key in KEYS), NOW)

        assert {record.key: record.partition for record in broker.read(LINKS)} == {key: crc32(key) % 4 for key in KEYS}

    def test_misses_topics(self, brokers):
        """
        The sentence names them.
        """
        _, broker = brokers
        broker.check([SUBJECTS])
        with pytest.raises(KafkaClientError, match="missing topics: privacy.nothing"):
            broker.check([SUBJECTS, "privacy.nothing"])


class TestGroupReader:
    def test_goes_on_where_the_last_one_committed(self, brokers):
        """
        What was read and not committed is read again.
        """
        bootstrap, broker = brokers
        broker.write("requests", [(b"same", b"%d" % number) for number in range(4)], NOW)
        seen = []
        for done in (2, 2):
            with GroupReader(bootstrap, "readers", ["requests"]) as reader:
                records = []
                while len(records) < 4 - len(seen):
                    records += reader.read(10, 1.0)
                seen += [record.value for record in records[:done]]
                reader.commit(records[:done])

        assert seen == [b"0", b"1", b"2", b"3"]

    def test_misses_its_topic(self, brokers):
        """
        Before it joins the group.
        """
        bootstrap, _ = brokers
        with pytest.raises(KafkaClientError, match="missing topics: nothing"):
            GroupReader(bootstrap, "readers", ["nothing"])
