"""The topic's records, as a verifier takes them."""

from collections.abc import Iterator

from pipeline.audit.record import TOPIC
from pipeline.audit.verify import Entry
from pipeline.kafka_client import read_all


def entries(bootstrap: str) -> Iterator[Entry]:
    """
    Every record that the topic holds now, each partition in its order.

    Args:
        bootstrap: `host:port`, several joined by commas.

    Raises:
        KafkaClientError: no broker answers, the topic is missing, or cannot be read.
    """
    for record in read_all(bootstrap, TOPIC):
        yield Entry(record.value, record.offset, record.partition, record.key)
