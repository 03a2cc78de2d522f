"""
Feeding and reading Kafka outside a worker, and a broker for trying things out. The only door to confluent-kafka.

Workers do not use it: they read and write through `pipeline.transport`.
"""

from pipeline.kafka_client.embedded import RETAINED_BYTES, EmbeddedBroker
from pipeline.kafka_client.extents import Extent, extent
from pipeline.kafka_client.reaching import NO_GROUP, KafkaClientError, MissingTopicsError, check_topics
from pipeline.kafka_client.reading import GroupReader, Reader, read_all
from pipeline.kafka_client.record import Record, now_ms
from pipeline.kafka_client.writing import Feeder, Transactions

__all__ = [
    "NO_GROUP",
    "RETAINED_BYTES",
    "EmbeddedBroker",
    "Extent",
    "Feeder",
    "GroupReader",
    "KafkaClientError",
    "MissingTopicsError",
    "Reader",
    "Record",
    "Transactions",
    "check_topics",
    "extent",
    "now_ms",
    "read_all",
]
