"""Run: settings and keys in, a running app until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from pipeline import heap
from pipeline.agents import end
from pipeline.app import ViewsApp, create_app
from pipeline.audit.log import AuditLog
from pipeline.audit.signing import SigningKey
from pipeline.compacted import CompactedReader
from pipeline.engine import Engine
from pipeline.keys import KeyWatch, RootKeys, load_officer_public, protection
from pipeline.logs import silenced
from pipeline.metrics import Metrics
from pipeline.parties import Directory, KeysOfParties, Parties
from pipeline.residency import Residency, guard, hosts_of
from pipeline.sealing import Sealer
from pipeline.settings import Settings
from pipeline.status import Status
from pipeline.supervisor import HEALTHY, READY, STOPPING, Supervisor
from pipeline.transport import topic_partitions
from pipeline.watchdog import Watchdog, at_most
from pipeline.web import WebError, WebPort, serving
from pipeline.worker.chores import forget, grants_of, keep_what_is_made, kept, refresh, remind, report, say
from pipeline.worker.preflight import (
    CannotStart,
    check_hashing,
    check_topics,
    names_fall_back,
    needed_topics,
    seals,
)
from pipeline.worker.state import known, read_state
from schemas.view import View
from transforms.text.taggers import FALLEN_BACK

log: Final = logging.getLogger(__name__)


def run(settings: Settings, views: Sequence[View]) -> int:
    """
    Process events until SIGTERM or SIGINT; the exit code.

    Raises:
        CannotStart: no broker answers, a topic is missing, subject state cannot be kept, the web port is in use, or
            hashes are predictable.
        KeysError: a key file is missing or does not open.
    """
    heap.compact()
    check_hashing()
    Residency.from_environment().check(hosts_of(settings.bootstrap), "the broker")
    keys = _load(settings)
    sealer = load_officer_public(settings.officer).sealer()
    guard()
    if names_fall_back(views):
        log.warning(FALLEN_BACK)
    with _parties(settings, views) as parties:
        return asyncio.run(_serve(settings, views, keys, sealer, parties))


def _load(settings: Settings) -> RootKeys:
    return RootKeys.load(settings.keyset, protection(settings.passphrase, settings.kms))


@contextmanager
def _parties(settings: Settings, views: Sequence[View]) -> Iterator[Directory]:
    """
    The public keys of parties, kept up to date meanwhile.
    """
    if settings.parties is None:
        if seals(views):
            log.warning("views seal values to parties, and QINGLIU_PARTIES names no folder of keys: all are withheld")
        yield {}
        return
    parties = Parties(settings.parties)
    log.info("parties: %d public keys", len(parties))
    with parties.watched():
        yield parties


async def _serve(settings: Settings, views: Sequence[View], keys: RootKeys, sealer: Sealer, parties: Directory) -> int:
    """
    Work, with the web port open from before anything is read, so that it can say what is missing.
    """
    status = Status(max_lag=settings.subjects_max_lag, key_version=keys.version)
    port = partial(WebPort, status, Metrics(status, views))
    try:
        async with serving(settings.web, settings.web_token, port):
            return await _run(settings, views, keys, sealer, parties, status)
    except WebError as error:
        raise CannotStart(str(error)) from None


async def _run(  # noqa: PLR0913, PLR0917 — what a worker begins with
    settings: Settings, views: Sequence[View], keys: RootKeys, sealer: Sealer, parties: Directory, status: Status
) -> int:
    counts = status.counts
    state = known(settings, views, keys, counts)
    status.readers = state.readers
    grants = grants_of(settings, views, state.persons, counts)
    erased = state.persons.erased if state.persons else None
    engine = Engine(views, KeysOfParties(keys, parties), state.decide, erased, grants, state.salt_of)
    try:
        with silenced("aiokafka"):  # the sentence below says it better
            existing = await topic_partitions(settings.bootstrap)
        check_topics(existing, needed_topics(views, subjects=settings.subjects))
    except ConnectionError as error:
        raise CannotStart(str(error)) from None
    asked = _asked_to_stop()
    if state.readers and not await read_state(state.readers, counts, asked):
        return 0
    audit = AuditLog(
        settings.bootstrap,
        SigningKey(keys.internal("audit")),
        settings.group,
        settings.delivery_seconds,
    )
    await kept(audit.start({view.topic: view.policy() for view in views}))
    await say(grants, audit)
    app = create_app(
        settings,
        engine,
        sealer,
        counts,
        audit,
        sightings=state.sightings,
        profiles=state.profiles,
        children=state.children,
    )
    app.finalize()
    await app.start()
    keep_what_is_made()

    async def use(keys: RootKeys) -> None:
        await app.use(engine.with_keys(KeysOfParties(keys, parties)))
        status.key_version = keys.version
        keep_what_is_made()

    supervisor = Supervisor.from_environment()
    watchdog = Watchdog(settings.stall_seconds, lambda: app.waiting(counts.turns), lambda: supervisor.say(HEALTHY))
    watched = asyncio.create_task(watchdog.run())
    status.app, status.watchdog = app, watchdog
    supervisor.say(READY)
    log.info("ready: %d topics, %d views", len(engine.topics), len(views))
    tasks = [
        *map(asyncio.create_task, (report(counts), forget(counts), remind(app.floods))),
        *([asyncio.create_task(refresh(grants, audit))] if grants else ()),
    ]
    ended = asyncio.create_task(app.wait_until_stopped())
    watch = KeyWatch(settings.keyset, keys, partial(_load, settings), use)
    destroyed = asyncio.create_task(watch.run())
    await asyncio.wait((ended, asked, destroyed, watched), return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    if ended.done() or app.crash_reason is not None:
        end(app.crash_reason or RuntimeError("Faust stopped by itself"))
    for task in (destroyed, watched):
        failure = task.exception() if task.done() else None
        if failure:
            end(failure)
        task.cancel()
    status.stopping = True
    supervisor.say(STOPPING)
    log.info("stopping: finishing and committing the chunks in hand")
    late = f"asked to stop, it could not finish within {settings.stop_seconds:g} s what it has in hand: see the brokers"
    with at_most(settings.stop_seconds, late):
        await _finish(app, audit, state.readers)
    log.info("stopped: %s", counts.as_dict())
    return 0


async def _finish(app: ViewsApp, audit: AuditLog, readers: Iterable[CompactedReader]) -> None:
    """
    Commit what is in hand, close the audit's chain, and read no more.
    """
    await app.stop()
    await kept(audit.stop())
    for reader in readers:
        await reader.stop()


def _asked_to_stop() -> "asyncio.Task[bool]":
    """
    Done once somebody asks this process to stop.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return asyncio.create_task(stop.wait())
