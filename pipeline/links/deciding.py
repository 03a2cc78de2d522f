"""Deciding by links: an event that names a person is theirs, and a device or cookie alone is whose it was seen with."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pipeline.counts import LinkCounts
from pipeline.currency import Currency
from pipeline.decision import Decide, Decision
from pipeline.links.identifiers import Identifiers
from pipeline.links.record import KEPT_DAYS, day_at
from pipeline.links.sightings import Noted, Sightings, now_ms
from pipeline.links.store import CROWD, LinkStore
from pipeline.subjects.deciding import Decider
from pipeline.subjects.row import ERASED, OPTED_OUT
from pipeline.subjects.store import SubjectStore
from transforms.memo import Memo
from transforms.timestamp import DAY, SHANGHAI

log: Final = logging.getLogger(__name__)

_NOBODY: Final = Decision()
_SUPPRESSED: Final = Decision(suppressed=True)
_NOTED: Final = 65_536  # devices or cookies, 20 MiB
_DECISIONS: Final = 1_024
_WARN_SECONDS: Final = 60.0
_FRESH_SECONDS: Final = 1.0


_Named = tuple[str | None, str | None, str | None]
"""User, device and cookie."""


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
        sightings: notes what each event names together.
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
        self._window = window
        self._currency = currency
        self._counts = counts
        self._clock = clock
        self._now = now
        self._warned = float("-inf")
        self._identifiers = identifiers
        self._renewals = subjects.renewals
        self._decisions = Memo(lambda purposes: Decision(linked=True, purposes=purposes), _DECISIONS)
        self._bounds = (float("-inf"), 0, 0)
        alone = self._bind_alone()
        self.decide: Final = self._bind(persons.decide, alone)
        """`decide(user_id, device_id, cookie_id, time)`, as the engine asks it."""
        self.without_salt: Final = self._bind(persons.without_salt, alone)
        """The same for topics of which no view needs a salt."""

    def _bind(self, person: Decide, alone: Callable[[bytes, int], Decision]) -> Decide:
        subjects, look, renewed = self._subjects, self._look, self._renewed
        with_person, without, cookie_of_person, cookie_alone = self._sightings.noted

        def decide(user: str | None, device: str | None, cookie: str | None, time: int) -> Decision:
            if device is not None:
                noted, name = (without if user is None else with_person), device
            elif cookie is not None:
                noted, name = (cookie_alone if user is None else cookie_of_person), cookie
            else:
                return person(user, None, None, time)
            known = noted.get(name)
            if (
                known is None
                or time >= known.until
                or (known.cookie != cookie and cookie is not None)
                or known.user != user
                or subjects.renewals != self._renewals
            ):
                known = look(noted, name, (user, device, cookie), time)
            if user is not None:
                decision = person(user, device, cookie, time)
            elif known.alone is None:
                return _NOBODY
            else:
                decision = alone(known.alone, time)
            if known.erased:
                return renewed(decision, known.erased[: 2 if cookie is not None else 1], time, user)
            return decision

        return decide

    def _look(self, noted: dict[str, Noted], name: str, named: _Named, time: int) -> Noted:
        """
        Whom and what an event names, noted.
        """
        user, device, cookie = named
        subjects = self._subjects
        if subjects.renewals != self._renewals:
            self._renewals = subjects.renewals
            self._sightings.note_anew()
        before = noted.get(name)
        if before is not None:
            known = self._in_turn(before, named)
            if known is not None and time < known.until:
                noted[name] = known
                return known
        if len(noted) >= _NOTED:
            noted.clear()
        first = None if device is None else self._identifiers.device(device)
        second = None if cookie is None else self._identifiers.cookie(cookie)
        until = float("inf")
        # Whoever was erased leaves no new trace, by a replay for instance, and their devices are nobody's.
        gone = user is not None and subjects.heads[user] >= ERASED and self._persons.erased(user, time)
        who = None if gone else user
        if (who is not None) + (first is not None) + (second is not None) > 1:
            # Whoever opted out is not tracked by a cookie; of whom nothing passes, nothing must by a cookie either.
            unused = who is not None and subjects.heads[who] & OPTED_OUT and not self._suppressed(who, time)
            until = self._sightings.note(who, device, None if unused else cookie, time)
        until = 0 if gone else until
        names = (first and first.subject, second and second.subject)
        erased = names if any(name and subjects.heads[name] for name in names) else None
        start = first or second
        known = Noted(user, cookie, until, start and start.digest, erased)
        if device is None or first:  # what identifies nothing is the name of nothing
            noted[name] = known
        return known

    def _in_turn(self, before: Noted, named: _Named) -> Noted | None:
        """
        What was noted of a device that several use, when it is another's turn.
        """
        in_turn = self._sightings.in_turn
        if len(in_turn) >= _NOTED:
            in_turn.clear()
        in_turn[before.user, named[1], before.cookie] = before
        return in_turn.get(named)

    def _suppressed(self, user: str, time: int) -> bool:
        return self._persons.decide(user, None, None, time).suppressed

    def _bind_alone(self) -> Callable[[bytes, int], Decision]:
        """
        What a device or cookie does by itself, at a time of which links are known: all else at length.
        """
        reached_from, decide_hash, decisions = self._store.reached, self._persons.decide_hash, self._decisions
        clock, currency, window, at_length = self._clock, self._currency, self._window, self._alone

        def alone(digest: bytes, time: int) -> Decision:
            fresh, first, last = self._bounds
            moment = clock()
            if moment >= fresh or not first <= time <= last or moment > currency.until:
                return at_length(digest, time)
            oldest = (time + SHANGHAI) // DAY - window
            purposes: frozenset[str] | None = None
            for day, person in reached_from[digest]:
                if day < oldest:
                    break
                if person == CROWD:
                    return at_length(digest, time)
                decision = decide_hash(person, time)
                if decision.suppressed:
                    return _SUPPRESSED
                allowed = decision.purposes
                purposes = allowed if purposes is None or purposes is allowed else purposes & allowed
            return _NOBODY if purposes is None else decisions[purposes]

        return alone

    def _alone(self, digest: bytes, time: int) -> Decision:
        """
        The same at length, and anew between which times it need not be.
        """
        reached = self._store.reached[digest]
        now = self._now()
        self._bounds = (self._clock() + _FRESH_SECONDS, now - KEPT_DAYS * DAY + int(_FRESH_SECONDS * 1_000), now)
        if self._clock() > self._currency.until:
            self._undecided()
            unknown = True
        else:
            unknown = time < now - KEPT_DAYS * DAY  # links that may have held then are forgotten
            if not reached and not unknown:
                return _NOBODY
        oldest = day_at(min(time, now)) - self._window
        purposes: frozenset[str] | None = None
        for day, person in reached:
            if day < oldest:
                break
            if person == CROWD:
                unknown = True
                continue
            decision = self._persons.decide_hash(person, time)
            if decision.suppressed:
                return _SUPPRESSED
            purposes = decision.purposes if purposes is None else purposes & decision.purposes
        if unknown:
            return self._decisions[frozenset()]  # type: ignore[no-any-return]
        return _NOBODY if purposes is None else self._decisions[purposes]

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
