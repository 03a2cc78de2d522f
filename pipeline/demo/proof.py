"""The proof that quarantine gives back what it took: sealed events, opened with the officer's key."""

from typing import Final

from pipeline.codec import loads
from pipeline.demo.ledger import Place
from pipeline.kafka_client import Record
from pipeline.quarantine import open_records
from pipeline.sealing import OfficerPrivateKey

_EXAMPLES: Final = 4


class OpeningProof:
    """
    Follows the first few broken events into quarantine.

    Args:
        officer: whose key opens them.
    """

    def __init__(self, officer: OfficerPrivateKey) -> None:
        self._officer = officer
        self._sent: dict[Place, tuple[bytes | None, bytes | None]] = {}
        self._held: dict[Place, dict[int, bytes]] = {}

    def sent(self, place: Place, key: bytes | None, value: bytes | None) -> None:
        """
        A broken event was confirmed.
        """
        if len(self._sent) < _EXAMPLES:
            self._sent[place] = key, value
            self._held[place] = {}

    def held(self, place: Place, record: Record) -> None:
        """
        A quarantine record of an event was seen.
        """
        if place in self._held and record.value is not None:
            self._held[place][loads(record.value)["part"]] = record.value

    def holds(self) -> bool | None:
        """
        Whether every followed event that came to quarantine opens to its own bytes; None when there is none.
        """
        arrived = [place for place, parts in self._held.items() if parts]
        return all(self._opens(place) for place in arrived) if arrived else None

    def _opens(self, place: Place) -> bool:
        try:
            return open_records(self._officer, list(self._held[place].values())) == self._sent[place]
        except ValueError:
            return False
