"""The demo's consents: what is written to `privacy.subjects`, and which events may be released by them."""

import time
from typing import Final

from pipeline.kafka_client import Feeder, KafkaClientError, now_ms
from pipeline.simulator.consents import Consents

WITHDRAWN_SECONDS: Final = 5.0
"""
Seconds after which an event that makes use of a withdrawn consent is a failure.

One is promised where a machine is not busy with all the rest of a demo.
"""

_FLUSH_SECONDS: Final = 30.0


class Agreement:
    """
    Who has agreed to advertising, in the topic and here.

    Args:
        consents: of the simulated people; written at once.
        feeder: writes them.

    Raises:
        KafkaClientError: the broker did not take them.
    """

    def __init__(self, consents: Consents, feeder: Feeder) -> None:
        self.withdrawn = 0
        """How many people have withdrawn."""
        self._consents = consents
        self._feeder = feeder
        self._granting: dict[bytes, float] = {}
        for record in consents.records():
            feeder.send(record.topic, record.key, record.value, now_ms())
            if record.granted:
                self._granting[record.key] = float("inf")
        if feeder.flush(_FLUSH_SECONDS) or feeder.failures:
            msg = "the embedded broker did not take the consents; check that the loopback interface is up"
            raise KafkaClientError(msg)

    def withdraw(self) -> None:
        """
        Some people change their mind; once.
        """
        if self.withdrawn:
            return
        until = time.monotonic() + WITHDRAWN_SECONDS
        for record in self._consents.withdrawals(now_ms()):
            self._feeder.send(record.topic, record.key, record.value, now_ms())
            self._granting[record.key] = until
            self.withdrawn += 1

    def may_consent(self, person: bytes, at: float) -> bool:
        """
        Whether an event may be released by a consent: the person's, even if it names but a device of theirs.

        Args:
            person: user id of whoever acts. No two of the simulated people share a device.
            at: when it is sent, seconds of the monotonic clock.
        """
        return at < self._granting.get(person, float("-inf"))
