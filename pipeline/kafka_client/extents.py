"""Extent: which topic a name stands for, and what it holds."""

from typing import Final, NamedTuple

from confluent_kafka import Consumer, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from pipeline.kafka_client.reaching import (
    ANSWER_SECONDS,
    NO_GROUP,
    KafkaClientError,
    check_topics,
    partitions_of,
    reaching,
)

_IDENTITY_SECONDS: Final = 2.0  # the embedded broker never tells it


class Extent(NamedTuple):
    """
    Which topic a name stands for, and what it holds.

    Args:
        identity: of the cluster and, where brokers tell it, of the topic: another one after it was made anew.
        offsets: of each partition the first offset, and the one after the last.
    """

    identity: str
    offsets: dict[int, tuple[int, int]]


def extent(bootstrap: str, topic: str) -> Extent:
    """
    What a topic holds now.

    Raises:
        KafkaClientError: no broker answers, or the topic is missing.
    """
    consumer = Consumer({**reaching(bootstrap), "group.id": NO_GROUP})
    try:
        existing = partitions_of(consumer, bootstrap)
        check_topics(existing, [topic])
        cluster = consumer.list_topics(topic, timeout=ANSWER_SECONDS).cluster_id
        offsets = {
            number: consumer.get_watermark_offsets(TopicPartition(topic, number), ANSWER_SECONDS)
            for number in range(existing[topic])
        }
    except KafkaException as error:
        msg = f"{topic} could not be looked at ({error.args[0].name()}); check that all brokers run"
        raise KafkaClientError(msg) from None
    finally:
        consumer.close()
    return Extent(f"{cluster}/{_topic_id(bootstrap, topic)}", offsets)


def _topic_id(bootstrap: str, topic: str) -> str:
    admin = AdminClient(reaching(bootstrap))
    described = admin.describe_topics(TopicCollection([topic]), request_timeout=_IDENTITY_SECONDS)
    try:
        return str(described[topic].result().topic_id)
    except KafkaException:
        return ""
