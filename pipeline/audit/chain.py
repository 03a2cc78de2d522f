"""A chain: what one process says, each record bound to the one before it."""

import secrets
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

from pipeline.audit.record import FIRST, write
from pipeline.audit.signing import SigningKey
from pipeline.subjects.record import format_time


def _now() -> int:
    return time.time_ns() // 1_000_000


class Chain:
    """
    Numbers, binds and signs records in the order in which they are appended.

    Whoever appends has to publish in the same order, with `key` as the key of every record, so that they lie in one
    partition one after the other.

    Args:
        signing: of the deployment.
        now: milliseconds since 1970 UTC.
    """

    def __init__(self, signing: SigningKey, now: Callable[[], int] = _now) -> None:
        self.id: Final = secrets.token_hex(16)
        self.key: Final = self.id.encode()
        self._signing = signing
        self._now = now
        self._sequence = 0
        self._previous = FIRST

    def append(self, kind: str, body: Mapping[str, Any]) -> bytes:
        """
        The next record.

        Raises:
            Unreadable: the body does not fit the kind; the chain is as before.
        """
        members = {
            "chain": self.id,
            "sequence": self._sequence,
            "previous": self._previous,
            "at": format_time(self._now()),
            "kind": kind,
            **body,
        }
        value = write(members, self._signing.sign)
        self._sequence += 1
        self._previous = digest(value)
        return value

    def opening(self, program: str, policies: Mapping[str, str]) -> dict[str, Any]:
        """
        What the opening record says.

        Args:
            program: `qingliu worker`, or the command that writes.
            policies: hashes by clean topic.
        """
        return {
            "program": program,
            "version": version("qingliu"),
            "public_key": self._signing.public.to_text(),
            "policies": dict(policies),
        }


def digest(value: bytes) -> str:
    """
    What the next record says of this one.
    """
    return sha256(value).hexdigest()
