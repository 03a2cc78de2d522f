"""Quarantine records: why an event was held back, and the event itself, sealed to the privacy officer."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.broken import Broken, Reason
from pipeline.codec import dumps, parse
from pipeline.sealing import OfficerPrivateKey, Sealer

REPLAY_WRITER: Final = "qingliu-quarantine-replay"
"""The transactional id of who replays quarantine: one at a time."""

PART_BYTES: Final = 512 * 1024
"""Payload in one quarantine record: in base64 below Kafka's default limit of 1 MiB, whatever the event's size."""


def quarantine_topic(raw_topic: str) -> str:
    """
    Where events of a raw topic are held.
    """
    return f"quarantine.{raw_topic}"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """
    Makes quarantine records.

    A record tells coordinates, reason, path of the contract and policy. Everything that came with the event, value and
    key, is in `sealed`.

    Args:
        sealer: of the privacy officer.
        policy: hash of the views that held the event back.
    """

    sealer: Sealer
    policy: str

    def records(  # noqa: PLR0913, PLR0917 — a raw record's coordinates, key and value, as in Kafka
        self, topic: str, partition: int, offset: int, key: bytes | None, value: bytes | None, broken: Broken
    ) -> Iterator[bytes]:
        """
        The quarantine records of one raw record: one, or several parts of a very large one.
        """
        payload = _pack(key, value)
        parts = [payload[start : start + PART_BYTES] for start in range(0, len(payload), PART_BYTES)]
        for number, part in enumerate(parts, 1):
            box = self.sealer.seal(part, _context(topic, partition, offset, number, len(parts)))
            yield dumps(
                {
                    "topic": topic,
                    "partition": partition,
                    "offset": offset,
                    "part": number,
                    "parts": len(parts),
                    "reason": broken.reason.value,
                    "path": broken.path,
                    "detail": broken.detail,
                    "policy": self.policy,
                    "sealed": base64.b64encode(box).decode(),
                }
            )


def open_records(officer: OfficerPrivateKey, records: Sequence[bytes]) -> tuple[bytes | None, bytes | None]:
    """
    Key and value of the raw record behind all its quarantine records.

    Raises:
        ValueError: a part is missing, is of another event, or is no quarantine record.
        CannotOpen: the wrong key, or an altered record.
    """
    try:
        held = sorted(map(parse, records), key=lambda record: int(record["part"]))
        events = {(record["topic"], record["partition"], record["offset"], record["parts"]) for record in held}
        ((*_, parts),) = events
        complete = parts == len(held) and [record["part"] for record in held] == list(range(1, parts + 1))
        boxes = [base64.b64decode(record["sealed"], validate=True) for record in held]
    except (Broken, KeyError, TypeError, ValueError):
        complete = False
    if not complete:
        msg = "not all the quarantine records of one event; read the topic from its beginning"
        raise ValueError(msg)
    return _unpack(b"".join(officer.open(box, _context_of(record)) for box, record in zip(boxes, held, strict=True)))


def reason_of(record: bytes) -> Reason:
    """
    Why the event of a quarantine record was held back.
    """
    return Reason(parse(record)["reason"])


def _context_of(record: Mapping[str, Any]) -> bytes:
    return _context(record["topic"], record["partition"], record["offset"], record["part"], record["parts"])


def _context(topic: str, partition: int, offset: int, part: int, parts: int) -> bytes:
    return f"qingliu quarantine 1|{topic}|{partition}|{offset}|{part}/{parts}".encode()


def _pack(key: bytes | None, value: bytes | None) -> bytes:
    """
    Each as its length (8 bytes, all ones for null) and its bytes.
    """
    return b"".join(_NULL if item is None else len(item).to_bytes(8) + item for item in (key, value))


def _unpack(payload: bytes) -> tuple[bytes | None, bytes | None]:
    items: list[bytes | None] = []
    position = 0
    for _ in range(2):
        head = payload[position : position + 8]
        position += 8
        if head == _NULL:
            items.append(None)
            continue
        length = int.from_bytes(head)
        items.append(payload[position : position + length])
        position += length
    return items[0], items[1]


_NULL: Final = b"\xff" * 8
