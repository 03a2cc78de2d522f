"""Claims about the embedded broker, on a real socket."""

import socket

import pytest

from pipeline.kafka_client import RETAINED_BYTES, EmbeddedBroker, KafkaClientError
from tests.pipeline.kafka_client.conftest import TOPIC


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

    def test_forgets_what_exceeds_its_limit(self, broker, feeder, read):
        """
        The oldest batches of a full partition are gone for a late reader: the limit is real.
        """
        broker.create_topic("raw.log", 1)
        size = 64 << 10
        kept = RETAINED_BYTES // size
        for _ in range(2 * kept):
            feeder.send("raw.log", None, b"v" * size, 1)
            feeder.flush(10)

        first = read(1, "raw.log")[0].offset

        assert kept <= first <= kept + 2
