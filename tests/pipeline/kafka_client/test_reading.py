"""Claims about readers: real clients on a real socket."""

import pytest

from pipeline.kafka_client import KafkaClientError, Reader
from tests.pipeline.kafka_client.conftest import TOPIC


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

    def test_reads_from_the_beginning_each_time(self, feeder, read):
        """
        A second reader gets what the first one got.
        """
        feeder.send(TOPIC, None, b"{}", 1)
        feeder.flush(10)

        assert read(1) == read(1) != []

    def test_returns_nothing_when_there_is_nothing(self, broker):
        """
        An empty topic gives an empty batch after the time-out.
        """
        with Reader(broker.bootstrap, [TOPIC]) as reader:
            assert reader.read(seconds=0.1) == []
