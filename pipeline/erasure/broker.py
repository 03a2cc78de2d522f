"""The brokers, as an erasure reads and writes them."""

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Final, Self

from pipeline.kafka_client import Feeder, KafkaClientError, Record, check_topics, read_all
from pipeline.links.record import TOPIC as LINKS
from pipeline.subjects.profile import TOPIC as PROFILES

OF_WORKERS: Final = frozenset({LINKS, PROFILES})
"""Topics that workers write: a deletion has to lie in the partition that they chose, or compaction cannot find it."""

_FLUSH_SECONDS: Final = 40.0  # above the client's own limit for one delivery


class Broker:
    """
    Reads whole topics and writes records, each batch confirmed.

    Args:
        bootstrap: `host:port`, several joined by commas.
        moved: called for each record that was read or written.
    """

    def __init__(self, bootstrap: str, moved: Callable[[], None] = lambda: None) -> None:
        self._bootstrap = bootstrap
        self._moved = moved
        self._feeder = Feeder(bootstrap)
        self._as_workers = Feeder(bootstrap, "consistent")

    def check(self, topics: Iterable[str]) -> None:
        """
        See that topics exist.

        Raises:
            KafkaClientError: no broker answers, or one is missing.
        """
        check_topics(self._feeder.partitions(), topics)

    def read(self, topic: str) -> Iterator[Record]:
        """
        Every record that a topic holds now.

        Raises:
            KafkaClientError: the topic is missing or cannot be read.
        """
        for record in read_all(self._bootstrap, topic):
            self._moved()
            yield record

    def write(self, topic: str, records: Iterable[tuple[bytes, bytes | None]], timestamp: int) -> None:
        """
        Write records of a time; on return all of them are confirmed.

        Raises:
            KafkaClientError: one of them was not.
        """
        feeder = self._as_workers if topic in OF_WORKERS else self._feeder
        feeder.failures.clear()
        for key, value in records:
            feeder.send(topic, key, value, timestamp)
            self._moved()
        waiting = feeder.flush(_FLUSH_SECONDS)
        if waiting or feeder.failures:
            names = ", ".join(feeder.failures) or f"no answer within {_FLUSH_SECONDS:.0f} s"
            msg = f"the brokers did not take records of {topic} ({names}); look up the name in Kafka's errors"
            raise KafkaClientError(msg)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._feeder.__exit__(kind, error, where)
        self._as_workers.__exit__(kind, error, where)
