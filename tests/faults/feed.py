"""Upstream: a producer that goes on at a steady rate, whatever happens, and knows where each event went."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from pipeline.simulator import Simulated
from tests.faults.verifier import Place

_TICK = 0.02

Report = Callable[[KafkaError | None, Message], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """
    An event that the brokers confirmed.

    Args:
        event: as the simulator made it.
        at: when it was handed to the producer, by the monotonic clock.
    """

    event: Simulated
    at: float


class Feed:
    """
    Sends events from a thread of its own, from `start` to `stop`.

    It waits for its brokers as long as it takes, and those of a key are in order. It repeats without doubling, but for
    what was under way when a leader went: librdkafka then begins a new epoch and may write the same event once more,
    as the real upstream does. That is an event of its own.

    Args:
        bootstrap: `host:port,host:port`.
        events: without end.
        rate: events a second.
    """

    def __init__(self, bootstrap: str, events: Iterator[Simulated], rate: float) -> None:
        self._events = events
        self._rate = rate
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "message.max.bytes": 8_000_000,  # some broken events are too large for a worker
                "message.timeout.ms": 0,  # for ever
                "linger.ms": 5,
                "partitioner": "murmur2_random",
                "reconnect.backoff.max.ms": 1_000,
                "log_level": 0,  # brokers that go away are what this is about
            }
        )
        self._placed: dict[Place, Sent] = {}
        self._said: deque[tuple[str, bytes, bytes, Callable[[], None]]] = deque()
        self._thread: threading.Thread | None = None
        self._going = threading.Event()
        self.sent = 0
        """Events handed to the producer."""
        self.confirmed = 0
        """Events that the brokers have."""
        self.failures: list[str] = []
        """Names of errors; there must not be any."""

    def start(self) -> None:
        """
        Begin to send.
        """
        self._going.set()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._thread.start()

    def say(self, topic: str, key: bytes, value: bytes, written: Callable[[], None]) -> None:
        """
        Send something else with the events.

        Args:
            topic: where to.
            key: of the record.
            value: of the record.
            written: called once the brokers have it.
        """
        self._said.append((topic, key, value, written))

    def stop(self, seconds: float) -> None:
        """
        Send no more, and wait until the brokers have everything.

        Raises:
            AssertionError: they do not, or an event failed for good.
        """
        self._going.clear()
        if self._thread is not None:
            self._thread.join()
        left = self._producer.flush(seconds)
        assert not left, f"{left} events were not confirmed within {seconds} s"
        assert not self.failures, self.failures[:3]

    def take(self, written: Mapping[Place, Message]) -> dict[Place, Sent]:
        """
        What lies in the raw topics since the last time; every event is confirmed.

        Args:
            written: what was read there.

        Raises:
            AssertionError: what was confirmed is not there, or something is that nobody sent.
        """
        placed, self._placed = self._placed, {}
        lost = placed.keys() - written.keys()
        assert not lost, f"brokers lost {len(lost)} events that they had confirmed"
        sent = {(place[0], each.event.key, each.event.value): each for place, each in placed.items()}
        strange = [place for place, each in written.items() if (place[0], each.key(), each.value()) not in sent]
        assert not strange, f"{len(strange)} raw records are nobody's"
        return {
            place: placed[place] if place in placed else sent[place[0], each.key(), each.value()]
            for place, each in written.items()
        }

    def _run(self) -> None:
        begun, before = time.monotonic(), self.sent
        while self._going.is_set():
            while self._said:
                self._say(*self._said.popleft())
            due = before + int((time.monotonic() - begun) * self._rate)
            while self.sent < due:
                self._send(next(self._events))
            self._producer.poll(_TICK)
            time.sleep(_TICK / 4)

    def _send(self, event: Simulated) -> None:
        at = time.monotonic()

        def report(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self.failures.append(error.name())
                return
            place = (message.topic(), message.partition(), message.offset())
            self._placed[place] = Sent(event, at)
            self.confirmed += 1

        self._hand_over(event.topic, event.value, event.key, report)
        self.sent += 1

    def _say(self, topic: str, key: bytes, value: bytes, written: Callable[[], None]) -> None:
        def report(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                self.failures.append(error.name())
            else:
                written()

        self._hand_over(topic, value, key, report)

    def _hand_over(self, topic: str, value: bytes, key: bytes | None, report: Report) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, on_delivery=report)
            except BufferError:  # brokers have been away for long
                self._producer.poll(_TICK)
            except KafkaException as error:
                self.failures.append(error.args[0].name())
                return
            else:
                return
