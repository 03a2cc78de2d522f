"""How many records are in a group of topics, asked in one request."""

from collections.abc import Iterable
from typing import Final

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from benchmarks.process import BenchmarkError

_SECONDS: Final = 10.0


class Offsets:
    """
    The ends of some topics' partitions. Asking for 32 costs both sides together about a millisecond.

    Args:
        bootstrap: `host:port`.
        topics: that exist.
        partitions: of each.
    """

    def __init__(self, bootstrap: str, topics: Iterable[str], partitions: int) -> None:
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
        self._partitions = [TopicPartition(topic, number) for topic in topics for number in range(partitions)]

    def ends(self) -> int:
        """
        Records ever written.
        """
        return self._sum(OffsetSpec.latest())

    def truncated(self) -> int:
        """
        Records no longer kept.
        """
        return self._sum(OffsetSpec.earliest())

    def _sum(self, which: OffsetSpec) -> int:
        answers = self._admin.list_offsets(dict.fromkeys(self._partitions, which), request_timeout=_SECONDS)
        try:
            return sum(answer.result().offset for answer in answers.values())
        except KafkaException as error:
            msg = f"the broker does not tell its offsets: {error.args[0].name()}; check that it runs"
            raise BenchmarkError(msg) from None
