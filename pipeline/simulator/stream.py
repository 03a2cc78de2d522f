"""The simulator: a stream of raw events whose planted identifiers are known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from random import Random
from typing import Any, Final

from pipeline.simulator.breakage import Breaker
from pipeline.simulator.consents import Consents
from pipeline.simulator.draw import pick
from pipeline.simulator.goods import catalogue
from pipeline.simulator.people import Population
from pipeline.simulator.scene import Scene, World, scene
from pipeline.simulator.spelling import add_null, add_unknown, write
from pipeline.simulator.topics import MAKERS
from schemas import VIEWS
from schemas.contract import Contract

START: Final = 1_767_196_800_000
"""2026-01-01 in Beijing, milliseconds since 1970 UTC."""

TOPICS: Final = tuple(MAKERS)
"""The raw topics that are simulated."""

_CONTRACTS: Final[Mapping[str, Contract]] = {view.contract.topic: view.contract for view in VIEWS}
_EARLIEST: Final = 946_684_800_000  # the year 2000, and 2100: the bounds of every contract
_LATEST: Final = 4_102_444_800_000
_ALWAYS_KNOWN: Final = frozenset({"raw.account", "raw.order"})
_KNOWN: Final = 0.6  # share of other events with a user; with these, five in seven
_LATE: Final = 0.02  # share of events out of order
_MOST_LATE: Final = 30_000.0  # milliseconds
_UNKNOWN_FIELD: Final = 0.01
_NULL: Final = 0.03


@dataclass(frozen=True, slots=True)
class Simulated:
    """
    One record of a raw topic, and what is known about it.

    Args:
        topic: `raw.<name>`.
        key: user id, or device id, or None: as upstream apps key their records.
        person: user id of whoever acts, also where the event does not name them.
        value: JSON in UTF-8, unless broken.
        broken: the kind of breakage, out of `pipeline.simulator.breakage.KINDS`; None for an event that has to pass.
        identifiers: every personal identifier in it, as written; a MAC address also as bare digits, and a free text
            only when it names somebody, because what is left of others after redaction may be all of it.
    """

    topic: str
    key: bytes | None
    person: bytes
    value: bytes
    broken: str | None
    identifiers: tuple[str, ...]


@dataclass(slots=True)
class Simulator:
    """
    Makes raw events of a shop's customers who live in Chinese cities, carry telephones, move, search and buy.

    Two simulators with equal arguments make equal streams. No two events of a stream share an `event_id`. Whatever
    is planted as an identifier is long or rare enough that a clean record does not hold it by chance; numbers that
    clean records may hold are shorter.

    All personal data are generated. Names, telephone, card and identity numbers have valid forms and checks, so that
    detectors find them; any match with a real one is chance.

    Args:
        seed: of the random generator.
        topics: among `TOPICS`; each event is of one of them, with equal shares; one that stands twice has two shares.
        broken: share of events that cannot be processed, 0–1.
        start: time of the first event, milliseconds since 1970 UTC, 2000–2100.
        subjects: number of people, from 1.
        rate: events a second of event time; above 0.

    Raises:
        ValueError: an argument is out of range, or a topic is unknown.
    """

    seed: int
    topics: Sequence[str] = TOPICS
    broken: float = 0.03
    start: int = START
    subjects: int = 5_000
    rate: float = 1_000.0
    _world: World = field(init=False, repr=False)
    _breaker: Breaker = field(init=False, repr=False)
    _clock: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._check()
        rng = Random(self.seed)  # noqa: S311 — repeatable test data, not secrets
        articles = catalogue(rng)
        self._world = World(rng, Population(rng, self.subjects, self.start), articles)
        self._breaker = Breaker(rng)
        self._clock = float(self.start)

    def events(self, count: int | None = None) -> Iterator[Simulated]:
        """
        The next events of the stream; without a count, forever.
        """
        for _ in repeat(None) if count is None else repeat(None, count):
            yield self._next()

    def consents(self) -> Consents:
        """
        What is known of the people, for `privacy.subjects`.
        """
        return Consents(self.seed, self._world.population.people, self.start)

    def _next(self) -> Simulated:
        world = self._world
        rng = world.rng
        topic = pick(rng, self.topics)
        known = topic in _ALWAYS_KNOWN or rng.random() < _KNOWN
        present = scene(world, self._tick(), known=known)
        event = MAKERS[topic](present)
        if rng.random() < _UNKNOWN_FIELD:
            add_unknown(rng, event, present.person, present.planted)
        if rng.random() < _NULL:
            add_null(rng, event, _CONTRACTS[topic])
        key, person = _key(present, event), present.person.user_id.encode()
        if rng.random() < self.broken:
            kind, record, identifiers = self._breaker.break_event(_CONTRACTS[topic], event, present.planted)
            return Simulated(topic, key, person, record, kind, identifiers)
        return Simulated(topic, key, person, write(rng, event), None, tuple(dict.fromkeys(present.planted)))

    def _tick(self) -> int:
        rng = self._world.rng
        self._clock += (0.5 + rng.random()) * 1_000 / self.rate
        late = rng.random() * _MOST_LATE if rng.random() < _LATE else 0.0
        return max(self.start, int(self._clock - late))

    def _check(self) -> None:
        unknown = sorted(set(self.topics) - set(TOPICS))
        if unknown or not self.topics:
            msg = f"cannot simulate {', '.join(unknown) or 'no topic at all'}; topics are {', '.join(TOPICS)}"
            raise ValueError(msg)
        if not 0 <= self.broken <= 1:
            msg = f"broken is a share from 0 to 1, not {self.broken}"
            raise ValueError(msg)
        if self.subjects < 1 or self.rate <= 0:
            msg = f"subjects starts at 1 and rate above 0, not {self.subjects} and {self.rate}"
            raise ValueError(msg)
        if not _EARLIEST <= self.start < _LATEST:
            msg = f"start is milliseconds since 1970 between the years 2000 and 2100, not {self.start}"
            raise ValueError(msg)


def _key(present: Scene, event: Mapping[str, Any]) -> bytes | None:
    if present.known:
        return present.person.user_id.encode()
    if present.device.tracked and event.get("device_id"):
        return present.device.device_id.encode()
    return None
