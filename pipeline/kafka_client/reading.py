"""Reading records: outside any group, as a member of one, or all that a topic holds."""

import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Final, Self

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from pipeline.kafka_client.reaching import (
    ANSWER_SECONDS,
    NO_GROUP,
    KafkaClientError,
    check_topics,
    partitions_of,
    reaching,
)
from pipeline.kafka_client.record import Record, is_record, to_record

_LOOK_SECONDS: Final = 0.1  # a read waits for all of it, unless there is as much as was asked for
_WORK_MS: Final = 3_600_000  # between two reads of a group's member, while it does what it has read
_READ_AT_ONCE: Final = 1_000
_FETCH_WAIT_MS: Final = 10  # the embedded broker answers an empty fetch only after all of it


class Reader:
    """
    Reads topics from their beginning, outside any group: it commits nothing and disturbs nobody.

    Args:
        bootstrap: `host:port`, several joined by commas.
        topics: that exist.

    Raises:
        KafkaClientError: no broker answers, or a topic is missing.
    """

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        self._consumer = Consumer(
            {
                **reaching(bootstrap),
                "group.id": NO_GROUP,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "fetch.wait.max.ms": _FETCH_WAIT_MS,
                "allow.auto.create.topics": False,
            }
        )
        try:
            existing = partitions_of(self._consumer, bootstrap)
            check_topics(existing, topics)
            self._consumer.assign(
                [TopicPartition(topic, number, 0) for topic in topics for number in range(existing[topic])]
            )
        except BaseException:
            self._consumer.close()
            raise

    def read(self, maximum: int = 500, seconds: float = 0.1) -> list[Record]:
        """
        The next records: as many as there are after so many seconds, or the maximum sooner.

        Raises:
            KafkaClientError: a partition cannot be read.
        """
        return [to_record(message) for message in self._consumer.consume(maximum, seconds) if is_record(message)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._consumer.close()


class GroupReader:
    """
    Reads topics as a member of a consumer group, and commits what it is told.

    Args:
        bootstrap: `host:port`, several joined by commas.
        group: whose members share the topics; the next one goes on where the last one committed.
        topics: that exist.

    Raises:
        KafkaClientError: no broker answers, or a topic is missing.
    """

    def __init__(self, bootstrap: str, group: str, topics: Sequence[str]) -> None:
        self._group = group
        self._consumer = Consumer(
            {
                **reaching(bootstrap),
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "fetch.wait.max.ms": _FETCH_WAIT_MS,
                "max.poll.interval.ms": _WORK_MS,
                "allow.auto.create.topics": False,
            }
        )
        try:
            check_topics(partitions_of(self._consumer, bootstrap), topics)
            self._consumer.subscribe(list(topics))
        except BaseException:
            self._consumer.close()
            raise

    def read(self, maximum: int, seconds: float) -> list[Record]:
        """
        The next records: as many as there are after so many seconds, or the maximum sooner.

        Raises:
            KafkaClientError: a partition cannot be read.
        """
        return [to_record(message) for message in self._consumer.consume(maximum, seconds) if is_record(message)]

    def commit(self, records: Iterable[Record]) -> None:
        """
        These records, and all before them, are done with.

        Raises:
            KafkaClientError: the group did not take it; the records will be read again.
        """
        ends: dict[tuple[str, int], int] = {}
        for record in records:
            place = record.topic, record.partition
            ends[place] = max(record.offset + 1, ends.get(place, 0))
        if not ends:
            return
        try:
            self._consumer.commit(
                offsets=[TopicPartition(*place, end) for place, end in ends.items()], asynchronous=False
            )
        except KafkaException as error:
            name = error.args[0].name()
            msg = f"the group {self._group} did not take what was done ({name}); it is read again after a restart"
            raise KafkaClientError(msg) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._consumer.close()


def read_all(bootstrap: str, topic: str, since: int | None = None) -> Iterator[Record]:
    """
    Every record that a topic holds now, partition by partition in order.

    Args:
        bootstrap: `host:port`, several joined by commas.
        topic: its name.
        since: from the first record of each partition on that has this time or a later one, in milliseconds since 1970
            UTC; None for all.

    Raises:
        KafkaClientError: no broker answers, the topic is missing, or a partition cannot be read.
    """
    consumer = Consumer(
        {
            **reaching(bootstrap),
            "group.id": NO_GROUP,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": _FETCH_WAIT_MS,
            "allow.auto.create.topics": False,
        }
    )
    try:
        existing = partitions_of(consumer, bootstrap)
        check_topics(existing, [topic])
        first = OFFSET_BEGINNING if since is None else since
        partitions = [TopicPartition(topic, number, first) for number in range(existing[topic])]
        consumer.assign(partitions if since is None else _from_time(consumer, partitions))
        unfinished = set(range(existing[topic]))
        answered = time.monotonic()
        while unfinished:
            for message in consumer.consume(_READ_AT_ONCE, _LOOK_SECONDS):
                answered = time.monotonic()
                error = message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 — its public name
                    unfinished.discard(message.partition())
                elif is_record(message):
                    yield to_record(message)
            if time.monotonic() - answered > ANSWER_SECONDS:
                msg = f"{topic} could not be read within {ANSWER_SECONDS:.0f} s; check that all brokers run"
                raise KafkaClientError(msg)
    finally:
        consumer.close()


def _from_time(consumer: Consumer, partitions: list[TopicPartition]) -> list[TopicPartition]:
    """
    The partitions, each from the first record of a time on, which stands in place of the offset.
    """
    try:
        return list(consumer.offsets_for_times(partitions, timeout=ANSWER_SECONDS))
    except KafkaException as error:
        msg = f"no broker says where that time begins: {error.args[0].str()}; check that all brokers run"
        raise KafkaClientError(msg) from None
