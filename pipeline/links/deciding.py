"""Deciding by links: an event that names a person is theirs, and a device or cookie alone is whose it was seen with."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pipeline.counts import LinkCounts
from pipeline.currency import Currency
from pipeline.decision import Decide, Decision
from pipeline.links.identifiers import Identifier, Identifiers
from pipeline.links.noted import Named, Noted, Notes, Shelf
from pipeline.links.record import KEPT_DAYS, day_at, start_of
from pipeline.links.sightings import Sightings, now_ms
from pipeline.links.store import CROWD, LinkStore
from pipeline.subjects.deciding import Decider
from pipeline.subjects.record import RENEWABLE
from pipeline.subjects.row import ERASED, OPTED_OUT
from pipeline.subjects.store import SubjectStore
from transforms.memo import Memo
from transforms.timestamp import DAY

log: Final = logging.getLogger(__name__)

_NOBODY: Final = Decision()
_SUPPRESSED: Final = Decision(suppressed=True)
_DECISIONS: Final = 1_024
_DAYS: Final = 64
_FOREVER: Final = float("inf")
_WARN_SECONDS: Final = 60.0


class LinkDecider:
    """
    Asks the links, and the persons to whom they lead.

    An event is linked up to the end of the last day of the window after the day of the last sighting, days being those
    of Asia/Shanghai: by its own time, so that a replay and a late event are treated alike, and at most by the present
    one, for clocks that are ahead. What happened before the sighting counts too. An event of several persons may do
    what each of them allows; what no longer can be told counts as linked to somebody who allows nothing.

    Protects against taking what a person's device does for nobody's; and, when links may not be believed any more,
    against doing so for any device.
    Does not protect a device that was never seen with anybody, nor the first events before it is.

    Args:
        persons: decides about persons.
        subjects: their store, which also knows erased devices and cookies.
        store: of links.
        sightings: writes what each event names together.
        notes: what was noted and decided, for whoever asks again.
        identifiers: hashes them.
        window: days for which a link holds.
        currency: of the store of links.
        counts: to be counted up.
        clock: monotonic, in seconds.
        now: milliseconds since 1970 UTC.
    """

    def __init__(  # noqa: PLR0913 — two of them are clocks
        self,
        *,
        persons: Decider,
        subjects: SubjectStore,
        store: LinkStore,
        sightings: Sightings,
        notes: Notes,
        identifiers: Identifiers,
        window: int,
        currency: Currency,
        counts: LinkCounts,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._persons = persons
        self._subjects = subjects
        self._store = store
        self._sightings = sightings
        self._notes = notes
        self._window = window
        self._currency = currency
        self._counts = counts
        self._clock = clock
        self._now = now
        self._warned = float("-inf")
        self._identifiers = identifiers
        # Shared by all that is noted on a day, so that whoever asks finds it in the processor's cache.
        self._days: Memo = Memo(lambda day: (start_of(day), start_of(day + 1)), _DAYS)
        self._decisions = Memo(lambda purposes: Decision(linked=True, purposes=purposes), _DECISIONS)
        subjects.listeners.append(self._changed)
        store.listeners.append(notes.changed)
        self.decide: Final = self._bind(persons.currency, currency)
        """`decide(user_id, device_id, cookie_id, time)`, as the engine asks it."""

    def _changed(self, user: str, hashed: int) -> None:
        """
        Something else is known of somebody, or of a device or cookie that was erased, which is rare.
        """
        if user.startswith(RENEWABLE):
            self._notes.clear()
            return
        self._notes.changed(user)
        self._notes.changed(hashed)

    def _bind(self, persons: Currency, links: Currency) -> Decide:
        notes, clock, at_length, person_alone = self._notes, self._clock, self._decide, self._persons.decide
        with_person, without = notes.with_person, notes.without
        cookie_with_person, cookie_alone = notes.cookie_with_person, notes.cookie_alone

        def decide(user: str | None, device: str | None, cookie: str | None, time: int) -> Decision:
            if device is not None:
                noted, name = (without if user is None else with_person), device
            elif cookie is not None:
                noted, name = (cookie_alone if user is None else cookie_with_person), cookie
            elif user is not None:
                return person_alone(user, None, None, time)
            else:
                return _NOBODY
            known = noted.get(name)
            if known is not None and known.user == user and (cookie is None or known.cookie == cookie):
                first, end = known.span
                if first <= time < end:
                    moment = clock()
                    if moment <= persons.until and moment <= links.until:
                        return known.decision
            return at_length(noted, name, (user, device, cookie), time)

        return decide

    def _decide(self, noted: Shelf, name: str, named: Named, time: int) -> Decision:
        """
        The same at length; remembered for the rest of the event's day where nothing but what is known can change it.
        """
        user, device, cookie = named
        now = self._now()
        today = day_at(now)
        self._notes.today(today)
        known = self._noted(noted, name, named, time)
        persons: tuple[int, ...] = ()
        if user is not None:
            decision = self._persons.decide(user, device, cookie, time)
            settled = self._persons.settled(user)
        elif known.alone is None:
            return _NOBODY
        else:
            decision, settled, persons = self._alone(known.alone, time, now, today)
        if known.erased:
            return self._renewed(decision, known.erased[: 2 if cookie is not None else 1], time, user)
        if settled and not decision.suppressed and not decision.rare:
            span = self._days[day_at(time)]
            noted.decided(known, decision, span if span[1] <= known.until else (span[0], known.until), persons)
        return decision

    def _noted(self, noted: Shelf, name: str, named: Named, time: int) -> Noted:
        """
        Whom and what an event names.
        """
        user, _, cookie = named
        known = noted.get(name)
        if known is not None and (known.user != user or (cookie is not None and known.cookie != cookie)):
            known = noted.in_turn(known, named)
            if known is not None:
                noted[name] = known
        if known is None or time >= known.until:
            known = self._look(noted, name, named, time)
        return known

    def _look(self, noted: Shelf, name: str, named: Named, time: int) -> Noted:
        user, device, cookie = named
        if device is not None and user is None and cookie is None:
            seen = self._notes.with_person.get(device)  # as nearly every device is
            if seen is not None:
                known = Noted(None, None, _FOREVER, seen.alone, seen.erased)
                noted.put(name, known)
                return known
        subjects = self._subjects
        make = self._identifiers
        first = None if device is None else make.device(device)
        second = None if cookie is None else make.cookie(cookie)
        until = _FOREVER
        head = 0 if user is None else subjects.heads[user]
        # Whoever was erased leaves no new trace, by a replay for instance, and their devices are nobody's.
        gone = user is not None and head >= ERASED and self._persons.erased(user, time)
        who = None if gone or user is None or not (first or second) else make.user(user)
        # Whoever opted out is not tracked by a cookie; of whom nothing passes, nothing must by a cookie either.
        unused = who is not None and head & OPTED_OUT and not self._suppressed(who.value, time)
        together = [each for each in (who, first, None if unused else second) if each]
        if len(together) > 1 or unused:
            until = self._days[self._sightings.note(together, time)][1]
        until = 0 if gone else until
        start = first or second
        known = Noted(user, cookie, until, start and start.digest, self._erased(first, second))
        if device is None or first:  # what identifies nothing is the name of nothing
            noted.put(name, known)
        return known

    def _erased(self, device: Identifier | None, cookie: Identifier | None) -> tuple[str | None, str | None] | None:
        """
        The keys of a device and a cookie in `privacy.subjects`, when one of them was erased.
        """
        find = self._subjects.find_head
        first, second = device and device.subject, cookie and cookie.subject
        return (first, second) if (first and find(first)) or (second and find(second)) else None

    def _suppressed(self, user: str, time: int) -> bool:
        return self._persons.decide(user, None, None, time).suppressed

    def _alone(self, digest: bytes, time: int, now: int, today: int) -> tuple[Decision, bool, tuple[int, ...]]:
        """
        What a device or cookie may do by itself; whether that can be remembered for all of the day; whom it leads to.
        """
        reached = self._store.reached[digest]
        persons = tuple([person for _, person in reached])
        day = day_at(time)
        settled = today - KEPT_DAYS + 1 < day <= today
        if self._clock() > self._currency.until:
            self._undecided()
            unknown, settled = True, False
        else:
            unknown = time < now - KEPT_DAYS * DAY  # links that may have held then are forgotten
        oldest = min(day, today) - self._window
        purposes: frozenset[str] | None = None
        for last, person in reached:
            if last < oldest:
                break
            if person == CROWD:
                unknown = True
                continue
            decision, stands = self._persons.decide_hash(person, time)
            if decision.suppressed:
                return _SUPPRESSED, False, persons
            settled = settled and stands
            purposes = decision.purposes if purposes is None else purposes & decision.purposes
        if unknown:
            return self._decisions[frozenset()], settled, persons
        return (_NOBODY if purposes is None else self._decisions[purposes]), settled, persons

    def _renewed(self, decision: Decision, erased: tuple[str | None, ...], time: int, user: str | None) -> Decision:
        """
        The same when a device or cookie was erased: what it did alone before is nobody's to have, later it is another.
        """
        device, cookie, *_ = (
            *(self._persons.decide(name, None, None, time) if name else _NOBODY for name in erased),
            _NOBODY,
        )
        if decision.suppressed or (user is None and (device.suppressed or cookie.suppressed)):
            return _SUPPRESSED
        return replace(decision, device_generation=device.generation, cookie_generation=cookie.generation)

    def _undecided(self) -> None:
        self._counts.undecided += 1
        if self._clock() - self._warned >= _WARN_SECONDS:
            self._warned = self._clock()
            log.warning(
                "links are not current: each device counts as somebody's who consented to nothing; %d decisions so "
                "far; check the broker and that its topic can be read",
                self._counts.undecided,
            )
