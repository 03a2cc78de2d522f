"""The sample: one simulated event beside what each recipient got of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.demo.ledger import Place
from pipeline.engine import by_contract
from pipeline.kafka_client import Record
from schemas.view import SUPPRESS, View

_PAUSE: Final = 3.0  # seconds for which a sample is left to be read
_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Sample:
    """
    A raw event and its clean records.

    Args:
        topic: raw.
        raw: the event's bytes, simulated.
        clean: by clean topic.
    """

    topic: str
    raw: bytes
    clean: Mapping[str, bytes]


def outlets(views: Sequence[View]) -> Mapping[str, tuple[str, ...]]:
    """
    The clean topics of each raw topic that get a record of every whole event.

    Nobody has consented to anything, and what is sealed nobody here can read.
    """
    return {
        contract.topic: tuple(view.topic for view in group if view.otherwise is not SUPPRESS and not view.sealed)
        for contract, group in by_contract(views)
    }


class Sampler:
    """
    Follows one event at a time through the pipeline, taking the raw topics in turn.

    Args:
        outlets: the clean topics of each raw topic.
    """

    def __init__(self, outlets: Mapping[str, tuple[str, ...]]) -> None:
        self.latest: Sample | None = None
        """The last event of which every clean record was seen."""
        self._outlets = outlets
        self._order = list(outlets)
        self._place: Place | None = None
        self._raw = b""
        self._clean: dict[str, bytes] = {}
        self._not_before = 0.0

    def sent(self, place: Place, raw: bytes, now: float) -> None:
        """
        A whole event was confirmed; follow it when it is its topic's turn and no other is followed.
        """
        if place[0] != self._order[0] or now < self._not_before:
            return
        self._place, self._raw, self._clean = place, raw, {}
        self._not_before = now + _PATIENCE

    def seen(self, place: Place, record: Record, now: float) -> None:
        """
        A clean record of an event was seen; one that only some events have, or that is sealed, is not looked at.
        """
        if place != self._place or record.topic not in self._outlets[place[0]]:
            return
        self._clean[record.topic] = record.value or b""
        if len(self._clean) == len(self._outlets[place[0]]):
            clean = {topic: self._clean[topic] for topic in self._outlets[place[0]]}
            self.latest = Sample(place[0], self._raw, clean)
            self._order.append(self._order.pop(0))
            self._place, self._not_before = None, now + _PAUSE
