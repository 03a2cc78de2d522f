"""Deciding: what a person's state means for one event. Whatever cannot be decided is "no"."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.decision import Decide, Decision
from pipeline.subjects.store import (
    BIRTH,
    BIRTH_SHIFT,
    ERASED,
    ERASED_SHIFT,
    GRANTED,
    GUARDIAN,
    MINUTE,
    OPTED_OUT,
    UNREADABLE,
    SubjectStore,
    birth_date,
)
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
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._store = store
        self._currency = currency
        self._counts = counts
        self._clock = clock
        self._now = now
        self._warned = float("-inf")
        self._purposes = store.purposes
        forbidden = frozenset(advertising)
        self._advertising = sum(1 << number for number, name in enumerate(store.purposes) if name in forbidden)
        self._decisions = Memo(self._decision, _DECISIONS)
        self.decide: Final = self._bind(store.heads, currency)
        """`decide(user_id, device_id, cookie_id, time)`, as the engine asks it."""

    def believed(self) -> bool:
        """
        Whether the store is current.
        """
        return self._clock() <= self._currency.until

    def decide_hash(self, hashed: int, time: int) -> Decision:
        """
        The same about a person who is known by their hash alone (`SubjectStore.hash_of`).

        Args:
            hashed: of the user id.
            time: of the event, in milliseconds since 1970 UTC.
        """
        head = self._store.head_of(hashed)
        return self._undecided(head, time) if self._clock() > self._currency.until else self._weigh(head, time)

    def erased(self, subject: str, _time: int) -> bool:
        """
        Whether nothing of somebody may pass whom an event merely names: erased, or not understood.

        Not a child: a parcel for one tells of whoever ordered it.
        """
        return self._erased(self._store.heads[subject])

    def _erased(self, head: int) -> bool:
        return bool(head & UNREADABLE) or (head >= ERASED and ((head >> ERASED_SHIFT) - 1) * MINUTE <= self._now())

    def _bind(self, heads: Mapping[str, int], currency: Currency) -> Decide:
        clock, decisions, weigh, undecided = self._clock, self._decisions, self._weigh, self._undecided
        to_day = SHANGHAI + _DAYS_TO_1970 * DAY

        def decide(user: str | None, _device: str | None, _cookie: str | None, time: int) -> Decision:
            if user is None:
                return _NOBODY
            head = heads[user]
            if clock() > currency.until:
                return undecided(head, time)
            if (
                head < ERASED
                and not head & UNREADABLE
                and (time + to_day) // DAY - (head >> BIRTH_SHIFT) > _SURELY_GROWN
            ):
                return decisions[head & _PLAIN]  # type: ignore[no-any-return]
            return weigh(head, time)

        return decide

    def _weigh(self, head: int, time: int) -> Decision:
        """
        What the state of a person says who may be young, erased, or not understood.
        """
        if self._erased(head):
            return _SUPPRESSED
        granted = head & _PLAIN
        born = head >> BIRTH_SHIFT & BIRTH
        if born:
            years = age(birth_date(born), day_of(time - DAY))
            if years < CHILD and not head & GUARDIAN:
                return _SUPPRESSED
            if years < TEENAGER:
                granted &= ~self._advertising
        return self._decisions[granted]  # type: ignore[no-any-return]

    def _undecided(self, head: int, time: int) -> Decision:
        self._counts.undecided += 1
        if self._clock() - self._warned >= _WARN_SECONDS:
            self._warned = self._clock()
            log.warning(
                "subject state is not current: consent counts as not given; %d decisions so far; "
                "check the broker and that its topic can be read",
                self._counts.undecided,
            )
        return _SUPPRESSED if self._weigh(head, time).suppressed else _NOBODY

    def _decision(self, granted: int) -> Decision:
        if granted & OPTED_OUT:
            granted &= ~self._advertising
        return Decision(purposes=frozenset(name for number, name in enumerate(self._purposes) if granted >> number & 1))
