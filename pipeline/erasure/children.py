"""Children, below 14 and without a guardian's consent: whose events a worker meets is erased, here and upstream."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from pipeline.erasure.record import REQUESTS, UPSTREAM, Reason, Request, write_request, write_upstream
from pipeline.publisher import Publisher, Record

if TYPE_CHECKING:
    import asyncio

_REMEMBERED: Final = 65_536  # children, 10 MiB


class Children:
    """
    Asks for the erasure of each child, once while a worker runs.

    It makes no difference whether anything of the child was released: what was collected without a guardian has to go.
    The two requests wait here until they are sent, and until they are confirmed every chunk waits for them: the event
    that told of the child is not acknowledged before.

    Protects a child of whose age one learns late: what was released before is then covered by notices.
    Does not protect one of whom no event comes any more; ask for their erasure upstream.

    Args:
        now: milliseconds since 1970 UTC.
    """

    def __init__(self, now: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._now = now
        self._met: set[tuple[str, int]] = set()
        self._found: list[Request] = []
        self._waiting: list[asyncio.Future[Any]] = []

    def meet(self, user: str, generation: int) -> None:
        """
        An event is a child's.

        Args:
            user: id.
            generation: since when they are here again after an erasure, in milliseconds since 1970 UTC; 0 for others.
        """
        if (user, generation) in self._met:
            return
        if len(self._met) >= _REMEMBERED:
            self._met.clear()
        self._met.add((user, generation))
        self._found.append(Request(user, self._now(), Reason.CHILD))

    async def send(self, publisher: Publisher) -> list["asyncio.Future[Any]"]:
        """
        Write what waits; the futures of all that is not confirmed yet, whoever met the child.
        """
        found = list(self._found)
        if found:
            futures = await publisher.send(REQUESTS, [_record(each, *write_request(each)) for each in found], 0)
            futures += await publisher.send(UPSTREAM, [_record(each, *write_upstream(each)) for each in found], 0)
            self._found = [each for each in self._found if each not in found]
            self._waiting = [*futures, *(future for future in self._waiting if not future.done())]
        return list(self._waiting)


def _record(request: Request, key: bytes, value: bytes) -> Record:
    return request.requested_at, key, value, []
