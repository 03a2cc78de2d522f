"""The topic's records, as a verifier takes them."""

from collections.abc import Iterator

from pipeline.audit.record import TOPIC
from pipeline.audit.verify import Entry
from pipeline.kafka_client import read_all


def entries(bootstrap: str, since: int | None = None) -> Iterator[Entry]:
    """
    Every record that the topic holds now, each partition in its order.

    Args:
        bootstrap: `host:port`, several joined by commas.
        since: from this time on, in milliseconds since 1970 UTC.

    Raises:
        KafkaClientError: no broker answers, the topic is missing, or cannot be read.
    """
    for record in read_all(bootstrap, TOPIC, since):
        yield Entry(record.value, record.offset, record.partition, record.key)
