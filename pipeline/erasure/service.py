"""The service that carries out what `privacy.erasures` asks for."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from pipeline.erasure.carrying import SETTLE_SECONDS, Done, Eraser
from pipeline.erasure.record import REQUESTS, Request, read_request
from pipeline.subjects.record import Unreadable

if TYPE_CHECKING:
    from pipeline.kafka_client import Record

log: Final = logging.getLogger(__name__)

_MOST: Final = 10_000
"""Persons of one batch: what is known of each is held in memory, a few kB."""
_PATIENCE: Final = 0.2  # seconds to wait for a request before looking whether to end


class Requests(Protocol):
    """
    Where requests come from.
    """

    def read(self, maximum: int, seconds: float) -> Sequence["Record"]:
        """
        The next records.
        """
        ...

    def commit(self, records: Sequence["Record"]) -> None:
        """
        These, and all before them, are done with.
        """
        ...


class Service:
    """
    Carries requests out in batches, and commits each batch after everything of it is confirmed.

    While one batch waits for workers to go by the new state, what else comes in is suppressed at once already, and
    carried out with the next. A request that cannot be understood is told by partition and offset, and passed over:
    nobody knows whom to erase.

    Args:
        requests: of `privacy.erasures`.
        make: gives an eraser with the keys that stand now.
        stopping: whether to end after the batch in hand.
        clock: monotonic, in seconds.
        moved: called each time that it looked for requests, several times a second while it carries out none.
    """

    def __init__(
        self,
        requests: Requests,
        make: Callable[[], Eraser],
        stopping: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
        *,
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        self._requests = requests
        self._stopping = stopping
        self._clock = clock
        self._moved = moved
        self._records: list[Record] = []
        self._asked: list[Request] = []
        self._make = make
        self._eraser = make()
        self.unreadable = 0
        """Requests that were passed over."""

    def run(self) -> None:
        """
        Work until told to stop.
        """
        while not self._stopping():
            self._read(_PATIENCE)
            self.turn()

    def turn(self) -> Done | None:
        """
        Carry out what was read; None when that is nothing.
        """
        records, asked = self._records, self._asked
        self._records, self._asked = [], []
        done = None
        if asked:
            self._eraser = self._make()
            done = self._eraser.carry_out(asked, self._settle)
            log.info(
                "erased %d, told %s in %d notices, and forgot %d links",
                done.persons,
                ", ".join(sorted(done.notices)) or "nobody",
                done.notices.total(),
                done.links,
            )
        if records:
            self._requests.commit(records)
        return done

    def _settle(self) -> None:
        until = self._clock() + SETTLE_SECONDS
        while (left := until - self._clock()) > 0:
            self._read(min(left, _PATIENCE))

    def _read(self, seconds: float) -> None:
        """
        Take what comes in, and suppress whom it names.
        """
        records = self._requests.read(max(1, _MOST - len(self._asked)), seconds)
        self._moved()
        if not records:
            return
        self._records += records
        asked = [request for record in records if (request := self._request(record))]
        self._eraser.stop(asked)
        self._asked += asked

    def _request(self, record: "Record") -> Request | None:
        try:
            request = read_request(record.key, record.value)
        except Unreadable as unreadable:
            self.unreadable += 1
            log.warning(
                "nobody was erased by the request in partition %d of %s at offset %d: %s; write it again",
                record.partition,
                REQUESTS,
                record.offset,
                unreadable,
            )
            return None
        # A clock that is ahead would also erase what comes before the time that it tells.
        at = min(request.requested_at, record.timestamp)
        return Request(request.subject, at, request.reason, request.reference)
