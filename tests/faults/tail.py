"""A tail: topics read on where one stopped, as those see them who read what is committed."""

import time
from collections.abc import Iterable, Iterator

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

_PATIENCE = 120.0

Ends = dict[tuple[str, int], int]
"""The offset after the last record, by topic and partition."""


class Tail:
    """
    Reads on where it stopped.

    Args:
        bootstrap: `host:port,host:port`.
        topics: that it reads.
        partitions: of each.
    """

    def __init__(self, bootstrap: str, topics: Iterable[str], partitions: int) -> None:
        self._bootstrap = bootstrap
        self._positions = {(topic, number): 0 for topic in topics for number in range(partitions)}

    def forget(self, topic: str) -> None:
        """
        Begin a topic anew, which was made anew.
        """
        self._positions |= {place: 0 for place in self._positions if place[0] == topic}

    def read(self) -> Iterator[Message]:
        """
        Everything that was committed since the last time, each partition's in order.

        Raises:
            AssertionError: a transaction stays open, or the brokers do not let it be read.
        """
        ends = self.ends()
        consumer = Consumer(
            {
                "bootstrap.servers": self._bootstrap,
                "group.id": "verifier",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "error",
                "log_level": 0,
            }
        )
        try:
            left = {place for place, end in ends.items() if self._positions[place] < end}
            consumer.assign([TopicPartition(*place, self._positions[place]) for place in left])
            limit = time.monotonic() + _PATIENCE
            while left:
                assert time.monotonic() < limit, f"{len(left)} partitions cannot be read to their end"
                for message in consumer.consume(1_000, 0.5):
                    place = (message.topic(), message.partition())
                    self._positions[place] = message.offset() + (message.error() is None)
                    if message.error() is None:
                        yield message
                    elif message.error().code() == KafkaError._PARTITION_EOF and message.offset() >= ends[place]:
                        left.discard(place)
        finally:
            consumer.close()

    def ends(self) -> Ends:
        """
        The ends of all partitions, once no transaction is open in any; nobody must go on writing.

        Raises:
            AssertionError: one stays open, or no broker tells.
        """
        limit = time.monotonic() + _PATIENCE
        while (written := self.written()) != self._patient(IsolationLevel.READ_COMMITTED):
            assert time.monotonic() < limit, "a transaction stays open"
            time.sleep(0.5)
        return written

    def written(self) -> Ends:
        """
        The ends of all partitions by now, whether what lies there is committed or not.

        Raises:
            AssertionError: no broker tells.
        """
        return self._patient(IsolationLevel.READ_UNCOMMITTED)

    def _patient(self, level: IsolationLevel) -> Ends:
        limit = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._offsets(level)
            except KafkaException:
                assert time.monotonic() < limit, "a partition has no leader"
                time.sleep(0.5)

    def _offsets(self, level: IsolationLevel) -> Ends:
        asked = {TopicPartition(*place): OffsetSpec.latest() for place in self._positions}
        admin = AdminClient({"bootstrap.servers": self._bootstrap, "log_level": 0})
        answers = admin.list_offsets(asked, isolation_level=level, request_timeout=20)
        return {(place.topic, place.partition): answer.result().offset for place, answer in answers.items()}
