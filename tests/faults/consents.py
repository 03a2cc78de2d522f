"""Who agreed to advertising, who took it back and when, and what may therefore be made of an event of theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from pipeline.decision import Decision
from pipeline.kafka_client import now_ms
from pipeline.simulator import Simulated, Simulator
from pipeline.simulator.consents import PURPOSES
from pipeline.subjects.record import Consent, Subject, read_value, write_value

GRANTED = frozenset(PURPOSES)
_DAY_MS = 86_400_000
_GROWN = date(1990, 1, 1)


@dataclass
class Consents:
    """
    What people said, as an oracle knows it.

    Everybody is grown up, so that nothing but their word decides. Whoever opted out of tracking is left out: that can
    also be heard in a profile, whenever it is read.

    Args:
        stream: whose people they are.
        bound: seconds after a withdrawal was confirmed in which workers must have read it, or believe nothing any more.
    """

    stream: Simulator
    bound: float
    granting: tuple[str, ...] = ()
    withdrawn: dict[str, float] = field(default_factory=dict)
    """Since when nothing may be made of their events that needs consent; seconds of the monotonic clock."""
    _users: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = [(record.key.decode(), read_value(record.value)) for record in self.stream.consents().records()]
        self._users = tuple(user for user, _ in known)
        self.granting = tuple(user for user, subject in known[::2] if not subject.tracking_opt_out)

    def opening(self) -> list[tuple[bytes, bytes]]:
        """
        What was said before the first event, as records of `privacy.subjects`.
        """
        granting = frozenset(self.granting)
        return [_record(user, granted=user in granting, at=now_ms() - _DAY_MS) for user in self._users]

    def choose(self, chance: Random, number: int) -> list[str]:
        """
        Some who have agreed and have not taken it back.
        """
        return chance.sample([user for user in self.granting if user not in self.withdrawn], number)

    def withdrawal(self, user: str) -> tuple[bytes, bytes]:
        """
        A withdrawal as a record.
        """
        return _record(user, granted=False, at=now_ms())

    def confirmed(self, user: str, at: float) -> None:
        """
        Note that a withdrawal was written.
        """
        self.withdrawn[user] = at + self.bound

    def again(self) -> list[tuple[bytes, bytes]]:
        """
        Let everybody agree again who had taken it back; as records.
        """
        users = [*self.withdrawn]
        self.withdrawn.clear()
        return [_record(user, granted=True, at=now_ms()) for user in users]

    def took_back(self, event: Simulated, at: float) -> bool:
        """
        Whether nothing may be made any more of an event that needs consent.
        """
        return at >= self.withdrawn.get(event.person.decode(), float("inf"))

    def decisions(self, event: Simulated, at: float) -> Sequence[Decision]:
        """
        Every decision that a worker may have come to.

        "Nothing consented" is always one: a worker that cannot be sure that it knows the latest word says no. Whether
        a device was seen with its owner depends on what was processed before.

        Args:
            event: as it was sent.
            at: when, by the monotonic clock.
        """
        granted = event.person.decode() in self.granting and not self.took_back(event, at)
        consenting = [GRANTED] if granted else []
        if event.key == event.person:
            return [Decision(purposes=purposes) for purposes in (*consenting, frozenset())]
        linked = [Decision(linked=True, purposes=purposes) for purposes in (*consenting, frozenset())]
        return [*linked, Decision()]


def needs_consent(decisions: Iterable[Decision]) -> list[bool]:
    """
    Which of them rest on somebody's word.
    """
    return [bool(decision.purposes) for decision in decisions]


def _record(user: str, *, granted: bool, at: int) -> tuple[bytes, bytes]:
    consents = dict.fromkeys(PURPOSES, Consent(granted, at, "v1"))
    return user.encode(), write_value(Subject(consents, birth_date=_GROWN, guardian_consent=True))
