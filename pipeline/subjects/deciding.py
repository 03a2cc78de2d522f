"""Deciding: what a person's state means for one event. Whatever cannot be decided is "no"."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.decision import Decide, Decision
from pipeline.subjects.row import (
    BIRTH,
    BIRTH_SHIFT,
    ERASED,
    GRANTED,
    GUARDIAN,
    OPTED_OUT,
    UNREADABLE,
    birth_date,
)
from pipeline.subjects.store import SubjectStore
from schemas.purposes import ADVERTISING
from transforms.age_band import age
from transforms.memo import Memo
from transforms.timestamp import DAY, SHANGHAI, day_of

log: Final = logging.getLogger(__name__)

CHILD: Final = 14
"""Below this age nothing of a person passes without a guardian's consent."""
TEENAGER: Final = 15
"""Below this age consent does not count for advertising."""

_NOBODY: Final = Decision()
_SUPPRESSED: Final = Decision(suppressed=True)
_DECISIONS: Final = 1_024
_SALTED: Final = 65_536  # decisions with the salt of one person
_WARN_SECONDS: Final = 60.0
_DAYS_TO_1970: Final = 25_568  # from day 0 of a head's day of birth, 1899-12-31
_SURELY_GROWN: Final = TEENAGER * 366 + 2  # days; the exact age is asked for below this
_PLAIN: Final = GRANTED | OPTED_OUT


class Decider:
    """
    Asks the store, for each event.

    An age is full on the day after the birthday: of several ways to count, the one that is longest a child's. Whoever
    was born on 29 February is a year older on 2 March, or on 1 March of a leap year.

    Protects against releasing what a person has not agreed to, has withdrawn, or is too young to agree to, and
    everything of an erased one. When the store may not be believed any more nobody has consented, while children and
    erased persons stay suppressed.
    Does not protect a person of whom no user id is in the event.

    Args:
        store: with everything that was read.
        currency: of the store.
        counts: to be counted up.
        advertising: purposes that are not for the young, nor for whoever opted out.
        child: told of each event that is suppressed, of somebody who still is a child: user id, generation.
        clock: monotonic, in seconds.
        now: milliseconds since 1970 UTC.
    """

    def __init__(  # noqa: PLR0913 — two of them are clocks
        self,
        store: SubjectStore,
        currency: Currency,
        counts: SubjectCounts,
        *,
        advertising: Iterable[str] = ADVERTISING,
        child: Callable[[str, int], None] = lambda _user, _generation: None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._store = store
        self._counts = counts
        self._child = child
        self._clock = clock
        self._now = now
        self._warned = float("-inf")
        self._purposes = store.purposes
        forbidden = frozenset(advertising)
        self._advertising = sum(1 << number for number, name in enumerate(store.purposes) if name in forbidden)
        self._decisions = Memo(self._decision, _DECISIONS)
        self._salted = Memo(lambda parts: Decision(purposes=parts[0], generation=parts[1], salt=parts[2]), _SALTED)
        self.currency: Final = currency
        decide = self._bind(store.heads, currency)
        self.decide: Final = self._with_salt(decide) if store.keeps_salts else decide
        """`decide(user_id, device_id, cookie_id, time)`, as the engine asks it."""
        self.decide_hash: Final = self._bind_hash(currency)
        """
        `decide_hash(hash, time)`: the same about a person who is known by the hash of their id alone
        (`SubjectStore.hash_of`), and whether it is settled; no salt is told.
        """

    def believed(self) -> bool:
        """
        Whether the store is current.
        """
        return self._clock() <= self.currency.until

    def salt_of(self, subject: str) -> bytes | None:
        """
        Half of the own key of somebody whom an event merely names; None as long as the state is not current.
        """
        return self._store.salts[subject] if self.believed() else None

    def settled(self, user: str) -> bool:
        """
        Whether what is decided about a person stands for the day unless more is said of them.

        It does not where an erasure is known, which may be of a clock that is ahead and has yet to come to pass.
        """
        return self.believed() and self._store.heads[user] < ERASED

    def erased(self, subject: str, time: int) -> bool:
        """
        Whether nothing of somebody may pass whom an event merely names: erased, or not understood.

        Not a child: a parcel for one tells of whoever ordered it.

        Args:
            subject: id.
            time: of the event, in milliseconds since 1970 UTC.
        """
        head = self._store.heads[subject]
        return bool(head & UNREADABLE) or (head >= ERASED and self._generation(subject, time) is None)

    def _bind(self, heads: Mapping[str, int], currency: Currency) -> Decide:
        clock, decisions, weigh, undecided = self._clock, self._decisions, self._weigh, self._undecided
        to_day = SHANGHAI + _DAYS_TO_1970 * DAY

        def decide(user: str | None, _device: str | None, _cookie: str | None, time: int) -> Decision:
            if user is None:
                return _NOBODY
            head = heads[user]
            if clock() > currency.until:
                return undecided(head, user, time)
            if (
                head < ERASED
                and not head & UNREADABLE
                and (time + to_day) // DAY - (head >> BIRTH_SHIFT) > _SURELY_GROWN
            ):
                return decisions[head & _PLAIN]  # type: ignore[no-any-return]
            return weigh(head, user, time)

        return decide

    def _bind_hash(self, currency: Currency) -> Callable[[int, int], tuple[Decision, bool]]:
        clock, decisions, weigh, undecided = self._clock, self._decisions, self._weigh, self._undecided
        head_of, to_day = self._store.head_of, SHANGHAI + _DAYS_TO_1970 * DAY

        def decide_hash(hashed: int, time: int) -> tuple[Decision, bool]:
            head = head_of(hashed)
            if clock() > currency.until:
                return undecided(head, hashed, time), False
            if (
                head < ERASED
                and not head & UNREADABLE
                and (time + to_day) // DAY - (head >> BIRTH_SHIFT) > _SURELY_GROWN
            ):
                return decisions[head & _PLAIN], True
            return weigh(head, hashed, time), head < ERASED

        return decide_hash

    def _with_salt(self, decide: Decide) -> Decide:
        """
        The same with the salt of whoever has one, as long as the state is current: it may have been destroyed.
        """
        salts, salted, clock, currency = self._store.salts, self._salted, self._clock, self.currency

        def decide_with_salt(user: str | None, device: str | None, cookie: str | None, time: int) -> Decision:
            decision = decide(user, device, cookie, time)
            if user is None or decision.suppressed:
                return decision
            salt = salts[user]
            if salt is None or clock() > currency.until:
                return decision
            return salted[decision.purposes, decision.generation, salt]  # type: ignore[no-any-return]

        return decide_with_salt

    def _weigh(self, head: int, who: str | int, time: int) -> Decision:
        """
        What the state of a person says who may be young, erased, or not understood.
        """
        generation = self._generation(who, time) if head >= ERASED else 0
        if head & UNREADABLE or generation is None:
            return _SUPPRESSED
        granted = head & _PLAIN
        born = head >> BIRTH_SHIFT & BIRTH
        if born:
            years = age(birth_date(born), day_of(time - DAY))
            if years < CHILD and not head & GUARDIAN:
                # A clock that is years behind makes nobody a child who is none today.
                if isinstance(who, str) and age(birth_date(born), day_of(self._now() - DAY)) < CHILD:
                    self._child(who, generation)
                return _SUPPRESSED
            if years < TEENAGER:
                granted &= ~self._advertising
        decision: Decision = self._decisions[granted]
        return replace(decision, generation=generation) if generation else decision

    def _generation(self, who: str | int, time: int) -> int | None:
        """
        The generation of an erased person at the time of an event; None when the event is of who was erased.
        """
        row = self._store.row(who)
        erased, registered = row.erased_at, row.registered_at or 0
        if erased is None or erased > self._now():
            return 0
        return registered if erased < registered <= time else None

    def _undecided(self, head: int, who: str | int, time: int) -> Decision:
        self._counts.undecided += 1
        if self._clock() - self._warned >= _WARN_SECONDS:
            self._warned = self._clock()
            log.warning(
                "subject state is not current: consent counts as not given; %d decisions so far; "
                "check the broker and that its topic can be read",
                self._counts.undecided,
            )
        decision = self._weigh(head, who, time)
        return replace(decision, purposes=_NOBODY.purposes) if decision.suppressed or decision.renewed else _NOBODY

    def _decision(self, granted: int) -> Decision:
        if granted & OPTED_OUT:
            granted &= ~self._advertising
        return Decision(purposes=frozenset(name for number, name in enumerate(self._purposes) if granted >> number & 1))
