"""Opening: what a party makes of the records of a clean topic with its private key."""

from dataclasses import dataclass
from typing import Any

from pipeline.codec import loads
from schemas.view import SEALED
from transforms.base import CannotOpen
from transforms.boxes import PREFIX, PartyPrivateKey, place_of


@dataclass(slots=True)
class Opened:
    """
    A record with its boxes opened.

    Args:
        record: a box that does not open stands in it as it came; one that was sealed as a whole is the record in it.
        boxes: how many there were.
        closed: how many of them did not open.
    """

    record: Any
    boxes: int = 0
    closed: int = 0

    @property
    def for_another(self) -> bool:
        """
        Whether there are boxes and none opens: the record is another party's.
        """
        return self.boxes == self.closed > 0


def open_record(record: Any, key: PartyPrivateKey, topic: str) -> Opened:
    """
    Open every box of a clean record.

    Args:
        record: as parsed.
        key: of the party.
        topic: the clean topic that the record comes from; a box of another one does not open.
    """
    opened = Opened(None)
    opened.record = _open(record, "", key, topic, opened)
    if opened.boxes > opened.closed and type(record) is dict and record.keys() == {SEALED}:
        opened.record = loads(opened.record[SEALED])  # it was sealed as a whole
    return opened


def _open(value: Any, path: str, key: PartyPrivateKey, topic: str, opened: Opened) -> Any:
    match value:
        case dict():
            prefix = f"{path}." if path else ""
            return {name: _open(inner, prefix + name, key, topic, opened) for name, inner in value.items()}
        case list():
            return [_open(inner, f"{path}[]", key, topic, opened) for inner in value]
        case str() if value.startswith(PREFIX):
            opened.boxes += 1
            try:
                return key.open(value, place_of(topic, path))
            except CannotOpen:
                opened.closed += 1
    return value
