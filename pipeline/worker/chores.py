"""Chores: what a worker does beside its events, again and again."""

import asyncio
import gc
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from typing import Final

from pipeline.agents import end
from pipeline.approvals.approver import ApprovalError
from pipeline.audit.log import AuditLog
from pipeline.counts import Counts
from pipeline.flood import Floods
from pipeline.grants.folder import Grants
from pipeline.settings import Settings
from pipeline.subjects.deciding import Decider
from pipeline.worker.preflight import CannotStart
from schemas.view import View
from transforms.memo import forget_everything

log: Final = logging.getLogger(__name__)

_FORGET_SECONDS: Final = 10.0  # to remember it all again takes half a second
_REPORT_SECONDS: Final = 30.0
_REFRESH_SECONDS: Final = 5.0


async def report(counts: Counts) -> None:
    """
    Tell what has been done so far.
    """
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        log.info("so far: %s", counts.as_dict())


async def forget(counts: Counts) -> None:
    """
    Forget what was remembered of values soon after somebody was erased; all of it, since nobody knows which is theirs.
    """
    erased = counts.subjects.erased
    while True:
        await asyncio.sleep(_FORGET_SECONDS)
        if counts.subjects.erased != erased:
            erased = counts.subjects.erased
            forget_everything()


async def remind(floods: Floods) -> None:
    """
    Tell of floods also while a topic that was stopped brings nothing.
    """
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        floods.remind()


def grants_of(settings: Settings, views: Sequence[View], decider: Decider | None, counts: Counts) -> Grants | None:
    """
    What may pass without consent, because two approvers signed for it.
    """
    if settings.grants is None or settings.approvers is None or decider is None:
        return None
    grants = Grants(settings.grants, settings.approvers, views, believed=decider.believed)
    counts.granted = grants.used
    try:
        grants.refresh()
    except ApprovalError as error:
        raise CannotStart(str(error)) from None
    return grants


async def refresh(grants: Grants, audit: AuditLog) -> None:
    """
    Read the grants again and again, so that one that was taken away ends within seconds, and tell the audit of each.
    """
    while True:
        await asyncio.sleep(_REFRESH_SECONDS)
        try:
            grants.refresh()
        except (ApprovalError, OSError) as error:
            log.error("no grant counts any more: %s", str(error))  # noqa: TRY400 — the sentence says it all
        await say(grants, audit)


async def say(grants: Grants | None, audit: AuditLog) -> None:
    """
    Tell the audit which grants count now.

    It is said before the loop turns to any chunk, so that what was released under a grant is never told of before the
    grant; what is not kept ends the worker before such a chunk is acknowledged.
    """
    news = grants.news if grants else deque()
    said = [audit.say(*news.popleft()) for _ in range(len(news))]
    for each in said:
        await kept(each)


async def kept(said: Awaitable[None]) -> None:
    """
    Wait until the audit has kept something: what cannot be said must not be done.

    Ends the process where it has not.
    """
    try:
        await said
    except Exception as error:  # noqa: BLE001 — whatever it is
        end(error)


def keep_what_is_made() -> None:
    """
    Let the collector of garbage leave alone what is there now, without what is there no more.

    What was made until now stays; what an event makes is gone after its chunk. Looking through all of it every 700
    objects, which is Python's default, took an eighth of a worker's time.
    """
    gc.unfreeze()  # or the engine of earlier keys, which refers to itself, would stay for ever
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
