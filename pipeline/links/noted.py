"""What was noted: whom events name together, and what was decided about it, until something that rests on changes."""

from collections.abc import Iterable
from typing import Final

from pipeline.decision import Decision
from transforms.memo import forgets

_NOTED: Final = 32_768  # of each sort; about 8 MiB
_RESTING: Final = 64  # notes that rest on one person or device before they are made anew
_RESTS: Final = 8 * _NOTED  # of each kind; a device alone rests on itself and on each of its persons
_PLACES: Final = 1 << 17  # 1 MiB

Named = tuple[str | None, str | None, str | None]
"""User, device and cookie."""

On = str | int | bytes
"""What a decision rests on: a user id, a person's hash, or the digest of a device or cookie."""

_Resting = tuple["Noted", ...]

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

    What rests on somebody has a place that others may share, since a dictionary of them takes seven times the memory.
    """

    __slots__ = ("_in_turn", "_resting", "_rests")

    def __init__(self) -> None:
        super().__init__()
        self._in_turn: dict[Named, Noted] = {}
        self._resting: list[_Resting] = [()] * _PLACES
        self._rests = 0

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

    def decided(self, known: Noted, decision: Decision, span: Span, persons: Iterable[int] = ()) -> None:
        """
        Remember a decision.

        Args:
            known: what it is about; it rests on the person, and where there is none on the device or cookie.
            decision: the same for all events of the span.
            span: when they happened.
            persons: hashes of those on whom it rests as well.
        """
        if self._rests >= _RESTS:
            self.clear()
        self._rest(known, known.alone if known.user is None else known.user)
        for person in persons:
            self._rest(known, person)
        known.decision = decision
        known.span = span

    def changed(self, on: On) -> None:
        """
        Something else is known now of a person, a device or a cookie.
        """
        place = hash(on) % _PLACES
        resting = self._resting[place]
        if resting:
            # Of persons by hash not all are told apart: there are few changes of theirs, and few that share a place.
            ended = [known for known in resting if type(on) is int or on in {known.user, known.alone}]
            for known in ended:
                known.span = _NEVER
            self._resting[place] = tuple([known for known in resting if known not in ended])
            self._rests -= len(ended)

    def clear(self) -> None:
        """
        Forget everything.
        """
        super().clear()
        self._in_turn.clear()
        if self._rests:
            self._resting = [()] * _PLACES
            self._rests = 0

    def _rest(self, known: Noted, on: On | None) -> None:
        place = hash(on) % _PLACES
        resting = self._resting[place]
        if known in resting:
            return
        if len(resting) >= _RESTING:
            for each in resting:
                each.span = _NEVER
            self._rests -= len(resting)
            resting = ()
        self._resting[place] = (*resting, known)
        self._rests += 1


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
        self._all: Final = (self.with_person, self.without, self.cookie_with_person, self.cookie_alone)
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
