"""A reader of all clean and quarantine topics: what is committed, as recipients read it."""

import time
from collections.abc import Iterator

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from pipeline.codec import loads
from pipeline.keys import RootKeys
from pipeline.quarantine import quarantine_topic
from pipeline.source import SourceTokens, token_version
from schemas.view import View
from tests.faults.oracle import HELD
from tests.faults.verifier import Place, Seen
from tests.faults.views import VIEWS

_PATIENCE = 120.0
_QUARANTINES = tuple(dict.fromkeys(quarantine_topic(view.contract.topic) for view in VIEWS))


class Reader:
    """
    Reads on where it stopped.

    Args:
        bootstrap: `host:port,host:port`.
        keys: of the deployment, to know of which event a record was made.
        partitions: of each topic.
    """

    def __init__(self, bootstrap: str, keys: RootKeys, partitions: int) -> None:
        self._bootstrap = bootstrap
        self._views = {view.topic: view for view in VIEWS}
        self._positions = {
            (topic, number): 0 for topic in (*self._views, *_QUARANTINES) for number in range(partitions)
        }
        self._tokens = {
            (view.topic, version): SourceTokens(
                keys.keyring(view.recipient, view.purpose, version), view.contract.topic
            )
            for view in VIEWS
            for version in keys.versions
        }

    def forget(self, topic: str) -> None:
        """
        Begin a topic anew, which was made anew.
        """
        self._positions |= {place: 0 for place in self._positions if place[0] == topic}

    def read(self) -> list[Seen]:
        """
        Everything that was committed since the last time, each partition's in order.

        Raises:
            AssertionError: a transaction stays open, or the brokers do not let it be read.
        """
        ends = self._ends()
        found: list[Seen] = []
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
                        found += self._seen(message)
                    elif message.error().code() == KafkaError._PARTITION_EOF and message.offset() >= ends[place]:
                        left.discard(place)
        finally:
            consumer.close()
        return found

    def _ends(self) -> dict[tuple[str, int], int]:
        """
        The ends of all partitions, once no transaction is open in any.
        """
        limit = time.monotonic() + _PATIENCE
        while True:
            try:
                committed, written = (self._offsets(level) for level in IsolationLevel)
            except KafkaException:
                committed, written = {}, None
            if committed == written:
                return committed
            assert time.monotonic() < limit, "a transaction stays open, or a partition has no leader"
            time.sleep(0.5)

    def _offsets(self, level: IsolationLevel) -> dict[tuple[str, int], int]:
        asked = {TopicPartition(*place): OffsetSpec.latest() for place in self._positions}
        admin = AdminClient({"bootstrap.servers": self._bootstrap, "log_level": 0})
        answers = admin.list_offsets(asked, isolation_level=level, request_timeout=20)
        return {(place.topic, place.partition): answer.result().offset for place, answer in answers.items()}

    def _seen(self, message: Message) -> Iterator[Seen]:
        view = self._views.get(message.topic())
        if view is not None:
            place = self._place(view, dict(message.headers())["source"])
            yield Seen(message.topic(), message.partition(), message.key(), place, message.value())
            return
        held = loads(message.value())
        if held["part"] == 1:
            place = (held["topic"], held["partition"], held["offset"])
            yield Seen(message.topic(), message.partition(), None, place, HELD)

    def _place(self, view: View, source: bytes) -> Place:
        return view.contract.topic, *self._tokens[view.topic, token_version(source)].open(source)
