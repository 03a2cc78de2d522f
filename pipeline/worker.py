"""A worker: settings and keys in, a running app until told to stop."""

import asyncio
import gc
import logging
import os
import signal
from collections import deque
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from pipeline.agents import end
from pipeline.app import create_app
from pipeline.approvals.approver import ApprovalError
from pipeline.audit.log import AuditLog
from pipeline.audit.record import TOPIC as AUDIT
from pipeline.audit.signing import SigningKey
from pipeline.columns import effective_rules
from pipeline.compacted import CompactedReader
from pipeline.counts import Counts
from pipeline.currency import Currency
from pipeline.decision import Decide
from pipeline.engine import Engine, needs_salt
from pipeline.erasure.children import Children
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import REQUESTS, UPSTREAM
from pipeline.flood import Floods
from pipeline.grants.folder import Grants
from pipeline.keys import KeyWatch, RootKeys, load_officer_public, protection
from pipeline.links.record import TOPIC as LINKS
from pipeline.links.sightings import Sightings
from pipeline.links.table import LinkTable
from pipeline.logs import silenced
from pipeline.metrics import Metrics
from pipeline.others import SaltOf
from pipeline.parties import Directory, KeysOfParties, Parties
from pipeline.quarantine import quarantine_topic
from pipeline.residency import Residency, guard, hosts_of
from pipeline.sealing import Sealer
from pipeline.settings import Settings
from pipeline.snapshots.file import Kept
from pipeline.snapshots.keeper import SnapshotKeeper
from pipeline.status import Status
from pipeline.subjects.deciding import Decider
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.profiles import ProfileFeed, ProfileReader
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.store import SubjectStore
from pipeline.supervisor import HEALTHY, READY, STOPPING, Supervisor
from pipeline.transport import topic_partitions
from pipeline.watchdog import Watchdog
from pipeline.web import WebError, WebPort, serving
from schemas.view import View
from transforms import RedactText, Seal, Transform, bare
from transforms.memo import forget_everything
from transforms.text.taggers import FALLEN_BACK, falls_back

log: Final = logging.getLogger(__name__)

_HASH_SEED: Final = "PYTHONHASHSEED"
_FORGET_SECONDS: Final = 10.0  # to remember it all again takes half a second
_REPORT_SECONDS: Final = 30.0
_REFRESH_SECONDS: Final = 5.0


class CannotStart(RuntimeError):  # noqa: N818 — reads "cannot start"
    """
    What keeps a worker from starting: one sentence with what to do.
    """


def run(settings: Settings, views: Sequence[View]) -> int:
    """
    Process events until SIGTERM or SIGINT; the exit code.

    Raises:
        CannotStart: no broker answers, a topic is missing, subject state cannot be kept, the web port is in use, or
            hashes are predictable.
        KeysError: a key file is missing or does not open.
    """
    check_hashing()
    Residency.from_environment().check(hosts_of(settings.bootstrap), "the broker")
    keys = _load(settings)
    sealer = load_officer_public(settings.officer).sealer()
    guard()
    if names_fall_back(views):
        log.warning(FALLEN_BACK)
    with _parties(settings, views) as parties:
        return asyncio.run(_serve(settings, views, keys, sealer, parties))


def check_hashing(environment: Mapping[str, str] = os.environ) -> None:
    """
    Nobody outside knows under which names the hashes of Python's dicts collide.

    Protects against events whose keys all fall in one place, which take time by the square of their number.

    Raises:
        CannotStart: the seed of the hashes is fixed.
    """
    if environment.get(_HASH_SEED, "random") not in {"", "random"}:
        msg = f"{_HASH_SEED} is set, so that events can be made whose keys collide and take for ever; unset it"
        raise CannotStart(msg)


def _load(settings: Settings) -> RootKeys:
    return RootKeys.load(settings.keyset, protection(settings.passphrase, settings.kms))


def names_fall_back(views: Sequence[View]) -> bool:
    """
    Whether a view means texts to be searched with the model, which is not installed.
    """
    return any(isinstance(rule, RedactText) and falls_back(rule.names) for rule in _rules(views))


@contextmanager
def _parties(settings: Settings, views: Sequence[View]) -> Iterator[Directory]:
    """
    The public keys of parties, kept up to date meanwhile.
    """
    if settings.parties is None:
        if any(view.sealed for view in views) or any(isinstance(rule, Seal) for rule in _rules(views)):
            log.warning("views seal values to parties, and QINGLIU_PARTIES names no folder of keys: all are withheld")
        yield {}
        return
    parties = Parties(settings.parties)
    log.info("parties: %d public keys", len(parties))
    with parties.watched():
        yield parties


def _rules(views: Sequence[View]) -> Iterator[Transform]:
    for view in views:
        for variant in view.variants():
            yield from map(bare, effective_rules(view, variant).values())


def needed_topics(views: Sequence[View], *, subjects: bool = True) -> tuple[str, ...]:
    """
    Every topic that these views read or write, or by which their recipients are told of erasures.

    Args:
        views: of all raw topics.
        subjects: whether the state of subjects is read, and links.
    """
    raw = dict.fromkeys(view.contract.topic for view in views)
    held = [quarantine_topic(topic) for topic in raw]
    told = dict.fromkeys(notice_topic(view.recipient) for view in views)
    private = (*told, REQUESTS, UPSTREAM, SUBJECTS, PROFILES, LINKS) if subjects else ()
    return (*raw, *(view.topic for view in views), *held, AUDIT, *private)


def check_topics(existing: Mapping[str, int], needed: Sequence[str]) -> None:
    """
    Hold what exists against what is needed.

    Raises:
        CannotStart: a topic is missing.
    """
    missing = [topic for topic in needed if not existing.get(topic)]
    if missing:
        msg = f"missing topics: {', '.join(missing)}; create them with `qingliu topics apply`"
        raise CannotStart(msg)


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
    state = _state(settings, views, keys, counts)
    status.readers = state.readers
    grants = _grants(settings, views, state.persons, counts)
    erased = state.persons.erased if state.persons else None
    engine = Engine(views, KeysOfParties(keys, parties), state.decide, erased, grants, state.salt_of)
    try:
        with silenced("aiokafka"):  # the sentence below says it better
            existing = await topic_partitions(settings.bootstrap)
        check_topics(existing, needed_topics(views, subjects=settings.subjects))
    except ConnectionError as error:
        raise CannotStart(str(error)) from None
    asked = _asked_to_stop()
    if state.readers and not await _read_state(state.readers, counts, asked):
        return 0
    audit = AuditLog(
        settings.bootstrap,
        SigningKey(keys.internal("audit")),
        settings.group,
        settings.delivery_seconds,
    )
    await _kept(audit.start({view.topic: view.policy() for view in views}))
    await _say(grants, audit)
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
    _keep_what_is_made()

    async def use(keys: RootKeys) -> None:
        await app.use(engine.with_keys(KeysOfParties(keys, parties)))
        status.key_version = keys.version
        _keep_what_is_made()

    supervisor = Supervisor.from_environment()
    watchdog = Watchdog(settings.stall_seconds, lambda: app.waiting(counts.turns), lambda: supervisor.say(HEALTHY))
    watched = asyncio.create_task(watchdog.run())
    status.app, status.watchdog = app, watchdog
    supervisor.say(READY)
    log.info("ready: %d topics, %d views", len(engine.topics), len(views))
    tasks = [
        *map(asyncio.create_task, (_report(counts), _forget(counts), _remind(app.floods))),
        *([asyncio.create_task(_refresh(grants, audit))] if grants else ()),
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
    await app.stop()
    await _kept(audit.stop())
    for reader in state.readers:
        await reader.stop()
    log.info("stopped: %s", counts.as_dict())
    return 0


def _asked_to_stop() -> "asyncio.Task[bool]":
    """
    Done once somebody asks this process to stop.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return asyncio.create_task(stop.wait())


async def _kept(said: Awaitable[None]) -> None:
    """
    Wait until the audit has kept something: what cannot be said must not be done.
    """
    try:
        await said
    except Exception as error:  # noqa: BLE001 — whatever it is
        end(error)


async def _read_state(readers: Sequence[CompactedReader], counts: Counts, asked: "asyncio.Task[bool]") -> bool:
    """
    Read all that is known of subjects, so that no event is decided upon before; False when asked to stop meanwhile.
    """
    reading = asyncio.gather(*(reader.start() for reader in readers))
    await asyncio.wait((reading, asked), return_when=asyncio.FIRST_COMPLETED)
    if not reading.done():
        log.info("stopping: the state of subjects was not read to its end, and no event was processed")
        reading.cancel()
        for reader in readers:
            await reader.stop()
        return False
    await reading
    log.info("subject state: %d subjects known from %d records", counts.subjects.known, counts.subjects.records)
    log.info("links: %d known from %d records", counts.links.known, counts.links.records)
    return True


@dataclass(frozen=True, slots=True)
class _State:
    """
    What is known of persons, their devices and cookies; nothing when that is off.

    Args:
        readers: of the topics it is kept in.
        decide: by it, for each event.
        persons: decides about persons alone.
        salt_of: tells half of the own key of others whom events name.
        sightings: what events add to it.
        profiles: what `raw.account` adds to it.
        children: whom events tell to be one.
    """

    readers: tuple[CompactedReader, ...] = ()
    decide: Decide | None = None
    persons: Decider | None = None
    salt_of: SaltOf | None = None
    sightings: Sightings | None = None
    profiles: ProfileFeed | None = None
    children: Children | None = None


def _state(settings: Settings, views: Sequence[View], keys: RootKeys, counts: Counts) -> _State:
    """
    What reads the state of subjects and links, and what decides by it.
    """
    if not settings.subjects:
        log.warning(
            "subject state and links are off: consent counts as not given, nobody as a child or erased, and no device "
            "as seen with anybody"
        )
        return _State()
    try:
        subjects = SubjectStore(
            [purpose for view in views for purpose in view.purposes],
            keys.internal("subjects"),
            salts=needs_salt(views),
        )
    except ValueError as error:
        raise CannotStart(str(error)) from None
    currency, max_lag = Currency(), settings.subjects_max_lag
    keeper = _keeper(settings, keys, "subjects", subjects)
    children = Children()
    persons = Decider(subjects, currency, counts.subjects, child=children.meet)
    links = LinkTable(keys.internal("links"), settings.link_days, persons, subjects, counts.links)
    reader = SubjectReader(settings.bootstrap, subjects, currency, counts.subjects, max_lag, keeper=keeper)
    return _State(
        readers=(
            reader,
            ProfileReader(settings.bootstrap, subjects, counts.subjects, max_lag, reader),
            links.reader(settings.bootstrap, max_lag, _keeper(settings, keys, "links", links.kept)),
        ),
        decide=links.decide,
        persons=persons,
        salt_of=persons.salt_of,
        sightings=links.sightings,
        profiles=ProfileFeed(subjects),
        children=children,
    )


def _keeper(settings: Settings, keys: RootKeys, name: str, store: Kept) -> SnapshotKeeper | None:
    """
    What keeps a store from one start to the next, where there is a folder for it.
    """
    if settings.snapshots is None:
        return None
    return SnapshotKeeper(settings.snapshots, name, keys.internal(f"snapshot of {name}"), store, settings.bootstrap)


def _keep_what_is_made() -> None:
    """
    Let the collector of garbage leave alone what is there now, without what is there no more.

    What was made until now stays; what an event makes is gone after its chunk. Looking through all of it every 700
    objects, which is Python's default, took an eighth of a worker's time.
    """
    gc.unfreeze()  # or the engine of earlier keys, which refers to itself, would stay for ever
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _grants(settings: Settings, views: Sequence[View], decider: Decider | None, counts: Counts) -> Grants | None:
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


async def _refresh(grants: Grants, audit: AuditLog) -> None:
    """
    Read the grants again and again, so that one that was taken away ends within seconds, and tell the audit of each.
    """
    while True:
        await asyncio.sleep(_REFRESH_SECONDS)
        try:
            grants.refresh()
        except (ApprovalError, OSError) as error:
            log.error("no grant counts any more: %s", str(error))  # noqa: TRY400 — the sentence says it all
        await _say(grants, audit)


async def _say(grants: Grants | None, audit: AuditLog) -> None:
    """
    Tell the audit which grants count now.

    It is said before the loop turns to any chunk, so that what was released under a grant is never told of before the
    grant; what is not kept ends the worker before such a chunk is acknowledged.
    """
    news = grants.news if grants else deque()
    said = [audit.say(*news.popleft()) for _ in range(len(news))]
    for each in said:
        await _kept(each)


async def _forget(counts: Counts) -> None:
    """
    Forget what was remembered of values soon after somebody was erased; all of it, since nobody knows which is theirs.
    """
    erased = counts.subjects.erased
    while True:
        await asyncio.sleep(_FORGET_SECONDS)
        if counts.subjects.erased != erased:
            erased = counts.subjects.erased
            forget_everything()


async def _remind(floods: Floods) -> None:
    """
    Tell of floods also while a topic that was stopped brings nothing.
    """
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        floods.remind()


async def _report(counts: Counts) -> None:
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        log.info("so far: %s", counts.as_dict())
