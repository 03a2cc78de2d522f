"""Entries: what the topic holds, where it lies."""

from pipeline.audit.record import TOPIC
from pipeline.audit.topic import entries
from pipeline.audit.verify import Entry
from pipeline.kafka_client import EmbeddedBroker, Feeder, now_ms
from tests.pipeline.audit.chains import chain, chunk


def test_are_the_records_with_their_places():
    """
    Value, offset, partition and key, which a verifier looks at.
    """
    values = chain(chunk(0, 9))
    with EmbeddedBroker() as broker:
        broker.create_topic(TOPIC, 1)
        with Feeder(broker.bootstrap) as feeder:
            for value in values:
                feeder.send(TOPIC, b"key", value, now_ms())
            assert feeder.flush(10) == 0

        found = list(entries(broker.bootstrap))

    assert found == [Entry(value, offset, 0, b"key") for offset, value in enumerate(values)]
