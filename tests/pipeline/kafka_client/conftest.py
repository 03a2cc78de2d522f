"""What tests of Kafka clients share: an embedded broker with one topic."""

import time

import pytest

from pipeline.kafka_client import EmbeddedBroker, Feeder, Reader

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


@pytest.fixture
def read(broker):
    """
    Reads the first records of a topic, or as many as come within ten seconds.
    """

    def first(count, topic=TOPIC):
        records = []
        until = time.monotonic() + 10
        with Reader(broker.bootstrap, [topic]) as reader:
            while len(records) < count and time.monotonic() < until:
                records += reader.read()
        return records

    return first
