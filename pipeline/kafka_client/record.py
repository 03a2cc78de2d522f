"""A record as it was read."""

import time
from typing import NamedTuple

from confluent_kafka import Message

from pipeline.kafka_client.reaching import KafkaClientError


class Record(NamedTuple):
    """
    A record as it was read.

    Args:
        topic: where from.
        partition: where from.
        offset: where from.
        timestamp: milliseconds since 1970 UTC.
        key: or None.
        value: or None.
        headers: in order.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def is_record(message: Message) -> bool:
    """
    Whether it is one, and not a word of the client's that it tries again.

    Raises:
        KafkaClientError: the partition cannot be read.
    """
    error = message.error()
    if error is None:
        return True
    if not error.retriable():
        msg = f"cannot read {message.topic()}: {error.name()}; check that the topic still exists and may be read"
        raise KafkaClientError(msg)
    return False


def to_record(message: Message) -> Record:
    """
    What stands in a message.
    """
    return Record(
        message.topic() or "",
        message.partition() or 0,
        message.offset() or 0,
        message.timestamp()[1],
        message.key(),
        message.value(),
        tuple(message.headers() or ()),  # type: ignore[arg-type]
    )


def now_ms() -> int:
    """
    The time for a record's timestamp: milliseconds since 1970 UTC.
    """
    return time.time_ns() // 1_000_000
