"""Consents of the simulated people: who agrees to what consent is asked for, and who changes their mind."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from pipeline.simulator.people import Person
from pipeline.subjects.record import TOPIC, Consent, Subject, write_value

ADS: Final = "ads"
PURPOSES: Final = (ADS, "affiliate", "affiliate_sensitive")
"""Whoever agrees, agrees to all of them."""
GRANTING: Final = 0.4
"""Share of people who agree to advertising."""
WITHDRAWING: Final = 0.25
"""Share of those who withdraw it later."""

_POLICY: Final = "2026-01"
_DAY_MS: Final = 86_400_000
_BORN_KNOWN: Final = 0.5


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """
    A record of `privacy.subjects`.

    Args:
        key: user id.
        value: what is known.
        granted: whether it grants advertising, young age and opt-out left aside.
    """

    key: bytes
    value: bytes
    granted: bool

    @property
    def topic(self) -> str:
        """
        Where it goes.
        """
        return TOPIC


class Consents:
    """
    What is known of simulated people. Equal arguments make equal consents, and events do not depend on them.

    Args:
        seed: of chance.
        people: all of them.
        start: of the stream of events, milliseconds since 1970 UTC; what was said was said the day before.
    """

    def __init__(self, seed: int, people: tuple[Person, ...], start: int) -> None:
        rng = Random(f"consents of {seed}")  # noqa: S311 — repeatable test data, not secrets
        self._subjects = {person.user_id: _subject(rng, person, start - _DAY_MS) for person in people}
        granting = [user for user, subject in self._subjects.items() if subject.consents[ADS].granted]
        self._withdrawing = rng.sample(granting, int(len(granting) * WITHDRAWING))

    def records(self) -> Iterator[SubjectRecord]:
        """
        What is known before the first event.
        """
        for user, subject in self._subjects.items():
            yield _record(user, subject)

    def withdrawals(self, at: int) -> Iterator[SubjectRecord]:
        """
        What some people say in mid-stream.

        Args:
            at: when, milliseconds since 1970 UTC.
        """
        for user in self._withdrawing:
            consents = dict.fromkeys(PURPOSES, Consent(granted=False, at=at, policy_version=_POLICY))
            yield _record(user, replace(self._subjects[user], consents=consents))


def _subject(rng: Random, person: Person, at: int) -> Subject:
    born = person.id_card[6:14]
    return Subject(
        consents=dict.fromkeys(PURPOSES, Consent(rng.random() < GRANTING, at, _POLICY)),
        birth_date=date.fromisoformat(born) if rng.random() < _BORN_KNOWN else None,
        guardian_consent=person.guardian is not None,  # otherwise nothing of a child would come out
        tracking_opt_out=person.opted_out,
    )


def _record(user: str, subject: Subject) -> SubjectRecord:
    return SubjectRecord(user.encode(), write_value(subject), subject.consents[ADS].granted)
