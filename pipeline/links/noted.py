"""What was noted: whom events name together, and what was decided about it, until something that rests on changes."""

from collections.abc import Iterable
from typing import Final

from pipeline.decision import Decision
from transforms.memo import forgets

_NOTED: Final = 65_536  # of each kind: persons, devices, cookies; about 20 MiB
_RESTING: Final = 64  # notes that rest on one person or device before they are made anew

Named = tuple[str | None, str | None, str | None]
"""User, device and cookie."""

On = str | int | bytes
"""What a decision rests on: a user id, a person's hash, or the digest of a device or cookie."""

Span = tuple[int, float]
"""First millisecond since 1970 UTC, and the one behind the last."""

_NEVER: Final[Span] = (0, 0)
_UNDECIDED: Final = Decision(suppressed=True)


class Noted:
    """
    What is known of the identifiers of an event.

    Args:
        user: id, None when the event names nobody.
        cookie: id; an event with less is known too.
        until: milliseconds since 1970 UTC from which on they are to be noted again.
        alone: digest of the device, or of the cookie where there is none; None when neither identifies anything.
        erased: keys of the device and the cookie in `privacy.subjects`, when one of them was erased.
    """

    __slots__ = ("alone", "cookie", "decision", "erased", "span", "until", "user")

    def __init__(
        self,
        user: str | None,
        cookie: str | None,
        until: float,
        alone: bytes | None,
        erased: tuple[str | None, str | None] | None,
    ) -> None:
        self.user = user
        self.cookie = cookie
        self.until = until
        self.alone = alone
        self.erased = erased
        self.decision = _UNDECIDED
        """What was decided, for events of the span."""
        self.span = _NEVER
        """First millisecond since 1970 UTC, and the one behind the last; one object for all that is noted on a day."""


class Shelf(dict[str, Noted]):
    """
    What was noted of one sort of event, by what it is looked up with.

    When it is full it starts anew, with all that rests on what it held: what nobody finds any more must not be kept
    by what could end it.
    """

    __slots__ = ("_in_turn", "_resting")

    def __init__(self) -> None:
        super().__init__()
        self._in_turn: dict[Named, Noted] = {}
        self._resting: dict[On, tuple[Noted, ...]] = {}

    def put(self, name: str, known: Noted) -> None:
        """
        Note something, in place of what was noted.
        """
        if len(self) >= _NOTED:
            self.clear()
        self[name] = known

    def in_turn(self, before: Noted, named: Named) -> Noted | None:
        """
        What was noted of a device that several use, when it is another's turn.
        """
        if len(self._in_turn) >= _NOTED:
            self.clear()
            return None
        self._in_turn[before.user, named[1], before.cookie] = before
        return self._in_turn.get(named)

    def decided(self, known: Noted, decision: Decision, span: Span, on: tuple[On, ...]) -> None:
        """
        Remember a decision.

        Args:
            known: what it is about.
            decision: the same for all events of the span.
            span: when they happened.
            on: all that it rests on.
        """
        if len(self._resting) >= 4 * _NOTED:
            self.clear()
        for each in on:
            resting = self._resting.get(each, ())
            if known not in resting:
                if len(resting) >= _RESTING:
                    _end(resting)
                    resting = ()
                self._resting[each] = (*resting, known)
        known.decision = decision
        known.span = span

    def changed(self, on: On) -> None:
        """
        Something else is known now of a person, a device or a cookie.
        """
        _end(self._resting.pop(on, ()))

    def clear(self) -> None:
        """
        Forget everything.
        """
        super().clear()
        self._in_turn.clear()
        self._resting.clear()


class Notes:
    """
    What was noted of identifiers that came lately.

    A decision about an event is remembered with it for all events of that day, until what it rests on changes: then
    whoever changed that says so, and before the next event is decided.
    """

    def __init__(self) -> None:
        self.with_person: Final = Shelf()
        """By the device, of events that name a person."""
        self.without: Final = Shelf()
        """By the device, of events that name nobody."""
        self.cookie_with_person: Final = Shelf()
        """By the cookie, of events without a device."""
        self.cookie_alone: Final = Shelf()
        self.person_alone: Final = Shelf()
        """By the user id, of events that name nothing else."""
        self._all: Final = (
            self.with_person,
            self.without,
            self.cookie_with_person,
            self.cookie_alone,
            self.person_alone,
        )
        self._day = 0
        forgets(self)

    def changed(self, on: On) -> None:
        """
        Something else is known now of a person, a device or a cookie.
        """
        for shelf in self._all:
            shelf.changed(on)

    def today(self, day: int) -> None:
        """
        On a new day everything is noted again.
        """
        if day != self._day:
            self._day = day
            self.clear()

    def clear(self) -> None:
        """
        Whoever asks again is looked up again.
        """
        for shelf in self._all:
            shelf.clear()


def _end(noted: Iterable[Noted]) -> None:
    for known in noted:
        known.span = _NEVER
