"""Candidates: whom a token may be of, and in which generation, by what `privacy.subjects` says of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.erasure.record import PHONE
from pipeline.erasure.tokens import Names
from pipeline.links.identifiers import Identifiers
from pipeline.others import phone_subject
from pipeline.subjects.record import RENEWABLE, Subject, Unreadable, read_key, read_value
from schemas.kinds import Kind
from transforms import Refused

if TYPE_CHECKING:
    from pipeline.kafka_client import Record

_NEW: Final = Subject()


class Candidate(NamedTuple):
    """
    Somebody, or a device or cookie, and what they may be found by.

    Args:
        id: as it is told when they are found.
        names: what tokens are made of, in the generation that is theirs now.
        salt: of the person's own key; None when there is none.
    """

    id: str
    names: Names
    salt: bytes | None = None


@dataclass(slots=True)
class _Known:
    """
    What records say of one subject, as workers take them.

    Args:
        latest: the last word; None when it could not be understood.
        erased_at: of the latest erasure: no later word but a tombstone takes it back.
    """

    latest: Subject | None = None
    erased_at: int = 0

    def take(self, value: bytes | None) -> None:
        if value is None:
            self.latest, self.erased_at = _NEW, 0
            return
        try:
            said = read_value(value)
        except Unreadable:
            self.latest = None
            return
        self.latest, self.erased_at = said, max(self.erased_at, said.erased_at or 0)

    @property
    def generation(self) -> int | None:
        """
        That of their tokens today: 0 of whoever was never erased, None of whom nothing passes.
        """
        if self.latest is None:
            return None
        if not self.erased_at:
            return 0
        registered = self.latest.registered_at or 0
        return registered if registered > self.erased_at else None


class Candidates:
    """
    Everybody of whom a topic of subjects tells.

    Protects who was erased: they are no candidates, and who registered again is one by the tokens of since then alone,
    so that an erased person's tokens and ciphertexts lead to nobody.
    Does not protect against whoever keeps a list of ids and looks without asking; such a list and the keys are enough.

    Args:
        records: of `privacy.subjects`, in their order.
        identifiers: name devices and cookies as that topic does.
    """

    def __init__(self, records: "Iterable[Record]", identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._known: dict[str, _Known] = {}
        for record in records:
            try:
                subject = read_key(record.key)
            except Unreadable:
                continue
            self._known.setdefault(subject, _Known()).take(record.value)

    def __iter__(self) -> Iterator[Candidate]:
        """
        Persons: by user id, and consignees by number. Devices and cookies stand in the topic without their names.
        """
        for subject in self._known:
            if not subject.startswith(RENEWABLE):
                yield self._candidate(subject, _person(subject))

    def listed(self, ids: Iterable[str]) -> Iterator[Candidate]:
        """
        Those of a list, in which each may be a user id, a device's, a cookie's, or a telephone number.
        """
        for each in ids:
            yield self._candidate(each, self._readings(each))

    def _candidate(self, written: str, readings: Mapping[Kind, tuple[str, str]]) -> Candidate:
        names = {
            kind: frozenset({(value, generation)})
            for kind, (value, subject) in readings.items()
            if (generation := self._generation(subject)) is not None
        }
        known = self._known.get(written)
        salt = known.latest.salt if known and known.latest and known.generation is not None else None
        return Candidate(written, names, salt)

    def _generation(self, subject: str) -> int | None:
        known = self._known.get(subject)
        return 0 if known is None else known.generation

    def _readings(self, written: str) -> Mapping[Kind, tuple[str, str]]:
        """
        What an id may be: by kind its value, and the subject that it stands under.
        """
        things = {Kind.DEVICE_ID: self._identifiers.device(written), Kind.COOKIE_ID: self._identifiers.cookie(written)}
        readings = {kind: (thing.value, thing.subject) for kind, thing in things.items() if thing}
        try:
            number = phone_subject(written)
        except Refused:
            return {**_person(written), **readings}
        return {**_person(written), **readings, **_person(number)}


def _person(subject: str) -> Mapping[Kind, tuple[str, str]]:
    if subject.startswith(PHONE):
        return {Kind.PHONE: (subject.removeprefix(PHONE), subject)}
    return {Kind.USER_ID: (subject, subject)}
