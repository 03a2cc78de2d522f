"""What a worker knows of persons, their devices and cookies: read to the end before the first event."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.compacted import CompactedReader
from pipeline.counts import Counts
from pipeline.currency import Currency
from pipeline.decision import Decide
from pipeline.engine import needs_salt
from pipeline.erasure.children import Children
from pipeline.keys import RootKeys
from pipeline.links.sightings import Sightings
from pipeline.links.table import LinkTable
from pipeline.others import SaltOf
from pipeline.settings import Settings
from pipeline.snapshots.file import Kept
from pipeline.snapshots.keeper import SnapshotKeeper
from pipeline.subjects.deciding import Decider
from pipeline.subjects.profiles import ProfileFeed, ProfileReader
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.store import SubjectStore
from pipeline.worker.preflight import CannotStart
from schemas.view import View

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
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


def known(settings: Settings, views: Sequence[View], keys: RootKeys, counts: Counts) -> State:
    """
    What reads the state of subjects and links, and what decides by it.
    """
    if not settings.subjects:
        log.warning(
            "subject state and links are off: consent counts as not given, nobody as a child or erased, and no device "
            "as seen with anybody"
        )
        return State()
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
    return State(
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


async def read_state(readers: Sequence[CompactedReader], counts: Counts, asked: "asyncio.Task[bool]") -> bool:
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
