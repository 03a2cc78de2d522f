"""A reader of all clean and quarantine topics: what is committed, as recipients read it."""

from collections.abc import Iterator

from confluent_kafka import Message

from pipeline.codec import loads
from pipeline.keys import RootKeys
from pipeline.quarantine import quarantine_topic
from pipeline.source import SourceTokens, token_version
from schemas.view import View
from tests.faults.oracle import HELD
from tests.faults.tail import Tail
from tests.faults.verifier import Place, Seen
from tests.faults.views import VIEWS

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
        self._views = {view.topic: view for view in VIEWS}
        self._tail = Tail(bootstrap, (*self._views, *_QUARANTINES), partitions)
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
        self._tail.forget(topic)

    def read(self) -> list[Seen]:
        """
        Everything that was committed since the last time, each partition's in order.

        Raises:
            AssertionError: a transaction stays open, or the brokers do not let it be read.
        """
        return [seen for message in self._tail.read() for seen in self._seen(message)]

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
