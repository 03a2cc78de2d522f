"""Rows: what is known of one person in a few words of at most 64 bits, and what a record makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from pipeline.subjects.profile import Profile
from pipeline.subjects.record import EARLIEST_BIRTH, SALT_BYTES, Subject

GRANTED: Final = (1 << 16) - 1
"""Of a head: one bit a purpose, in the store's order."""
OPTED_OUT: Final = 1 << 16
GUARDIAN: Final = 1 << 17
UNREADABLE: Final = 1 << 18
BIRTH_SHIFT: Final = 20
"""From this bit on the day of birth: days since 1899-12-31, 0 when it is not known."""
BIRTH: Final = (1 << 16) - 1
ERASED_SHIFT: Final = 36
"""From this bit on the minute of erasure: minutes since 1970 UTC and one, 0 when there is none."""
ERASED: Final = 1 << ERASED_SHIFT
"""A head from this one on is that of an erased person."""
MINUTE: Final = 60_000

AT_SHIFT: Final = 13
"""Of a consent, 55 bits: milliseconds since 1970 above this bit, version's index and whether it was granted below."""
VERSION: Final = (1 << AT_SHIFT) - 1

_BIRTH_OF_PROFILE: Final = 1 << 19  # of a head: no record says a day of birth, a profile does
_PLAIN_HEAD: Final = GRANTED | OPTED_OUT | GUARDIAN | UNREADABLE | _BIRTH_OF_PROFILE | BIRTH << BIRTH_SHIFT
_REGISTERED_SHIFT: Final = 16  # of a renewal: above the milliseconds of registering, below those within the minute
_WITHIN_MINUTE: Final = (1 << _REGISTERED_SHIFT) - 1
_PROFILE_OPTED_OUT: Final = 1 << 16  # of a profile: its day of birth below, its minute above
_RECORD_OPTED_OUT: Final = 1 << 17  # the record itself says so, and not only a profile
_PROFILE_SHIFT: Final = 18
_DAY_ZERO: Final = EARLIEST_BIRTH - timedelta(days=1)

NO_SALT: Final = bytes(SALT_BYTES)


@dataclass(frozen=True, slots=True)
class Row:
    """
    What is known of one person.

    Args:
        head: what a decision needs of nearly everybody.
        renewal: when they registered, and the erasure's milliseconds within its minute.
        profile: what the person's profile says.
        consents: one word a purpose, 0 when nothing was said.
        salt: of their own key; zeros when there is none.
    """

    head: int
    renewal: int
    profile: int
    consents: tuple[int, ...]
    salt: bytes = NO_SALT

    @property
    def erased_at(self) -> int | None:
        """
        Milliseconds since 1970 UTC.
        """
        minute = self.head >> ERASED_SHIFT
        return (minute - 1) * MINUTE + (self.renewal & _WITHIN_MINUTE) if minute else None

    @property
    def registered_at(self) -> int | None:
        """
        Milliseconds since 1970 UTC.
        """
        return self.renewal >> _REGISTERED_SHIFT or None

    @property
    def birth_date(self) -> date | None:
        """
        What a record said; a profile's does not count.
        """
        born = self.head >> BIRTH_SHIFT & BIRTH
        return None if not born or self.head & _BIRTH_OF_PROFILE else birth_date(born)

    @property
    def guardian(self) -> bool:
        """
        Whether a guardian agreed.
        """
        return bool(self.head & GUARDIAN)

    @property
    def opted_out(self) -> bool:
        """
        What a record said; a profile's does not count.
        """
        return bool(self.profile & _RECORD_OPTED_OUT)

    @property
    def says_nothing(self) -> bool:
        """
        Whether it can be forgotten.
        """
        return not (self.head or self.renewal or self.profile or any(self.consents) or any(self.salt))

    def known_profile(self) -> Profile | None:
        """
        What the person's profiles said, the minute of the latest; None when there was none.
        """
        minute = self.profile >> _PROFILE_SHIFT
        if not minute:
            return None
        born = self.profile & BIRTH
        return Profile(
            at=(minute - 1) * MINUTE,
            birth_date=birth_date(born) if born else None,
            tracking_opt_out=bool(self.profile & _PROFILE_OPTED_OUT),
        )


def heard(
    row: Row, subject: Subject, written_at: int, purposes: Sequence[str], version: Callable[[str], int]
) -> tuple[Row, bool]:
    """
    What a record makes of a row, and whether it knew less than was known.

    Of an erased person nothing stays but the erasure, until they registered again; what was said before the erasure
    does not count then either.

    Args:
        row: from before.
        subject: what the record says.
        written_at: when it was written, in milliseconds since 1970 UTC.
        purposes: in the order of the row's consents.
        version: gives the index of a policy's version.
    """
    before = row.erased_at
    erased = _erasure(before, subject.erased_at, written_at)
    registered = max(subject.registered_at or 0, 0)
    forgets = before is not None and subject.erased_at is None
    if erased is not None and erased <= written_at and registered <= erased:
        return _erased_row(len(purposes), erased, _after(row.profile, erased)), forgets
    consents, outdated = _merge(row.consents, subject, written_at, purposes, version)
    profile = row.profile & ~_RECORD_OPTED_OUT
    if erased is not None and erased <= written_at:
        consents = [word if word >> AT_SHIFT > erased else 0 for word in consents]
        profile = _after(profile, erased)
    head = sum((word & 1) << number for number, word in enumerate(consents))
    head |= GUARDIAN * subject.guardian_consent | _day(subject.birth_date) << BIRTH_SHIFT
    made = Row(
        head,
        registered << _REGISTERED_SHIFT,
        profile | _RECORD_OPTED_OUT * subject.tracking_opt_out,
        tuple(consents),
        subject.salt or NO_SALT,
    )
    return _completed(made, erased), outdated or forgets


def profiled(row: Row, profile: Profile) -> Row:
    """
    What a profile makes of a row: the youngest day of birth that was ever said, and an opt-out.

    It does not matter in which order profiles come, or how often. One from before an erasure says nothing, to the
    minute; where profiles from before and after are heard before the erasure itself, the youngest day of all stays.
    """
    erased = row.erased_at
    minute = max(profile.at // MINUTE, 0) + 1
    word = minute << _PROFILE_SHIFT | _day(profile.birth_date) | _PROFILE_OPTED_OUT * profile.tracking_opt_out
    if erased is not None:
        word = _after(word, erased)
    known = row.profile
    latest = max(known >> _PROFILE_SHIFT, word >> _PROFILE_SHIFT)
    flags = (known | word) & (_PROFILE_OPTED_OUT | _RECORD_OPTED_OUT)
    return _completed(replace(row, profile=latest << _PROFILE_SHIFT | flags | max(known & BIRTH, word & BIRTH)), erased)


def without_profile(row: Row) -> Row:
    """
    The row as if there had never been a profile.
    """
    return _completed(replace(row, profile=row.profile & _RECORD_OPTED_OUT), row.erased_at)


def without_record(row: Row) -> Row:
    """
    The row as if there had never been a record.
    """
    nothing = Row(0, 0, row.profile & ~_RECORD_OPTED_OUT, (0,) * len(row.consents))
    return _completed(nothing, None)


def scrubbed(row: Row, now: int) -> Row:
    """
    The row without what an erasure that has come to pass leaves no room for.
    """
    erased = row.erased_at
    if erased is None or erased > now or (row.registered_at or 0) > erased:
        return row
    made = _erased_row(len(row.consents), erased, _after(row.profile, erased))
    return replace(made, head=made.head | row.head & UNREADABLE)


def birth_date(day: int) -> date:
    """
    The date of a day of birth as heads have it.
    """
    return _DAY_ZERO + timedelta(days=day)


def _erasure(before: int | None, said: int | None, written_at: int) -> int | None:
    """
    The erasure that holds: the last one that has come to pass, or the first that will.
    """
    known = [at for at in (before, said) if at is not None]
    past = [at for at in known if at <= written_at]
    return max(past) if past else min(known, default=None)


def _erased_row(purposes: int, erased: int, profile: int) -> Row:
    return _completed(Row(0, 0, profile & ~_RECORD_OPTED_OUT, (0,) * purposes), erased)


def _after(profile: int, erased: int) -> int:
    """
    A profile, if it is from after an erasure.
    """
    minute = profile >> _PROFILE_SHIFT
    return profile if minute and minute - 1 > erased // MINUTE else profile & _RECORD_OPTED_OUT


def _completed(row: Row, erased: int | None) -> Row:
    """
    The row with everything in its head that follows from the rest.
    """
    head = row.head & _PLAIN_HEAD & ~OPTED_OUT
    if head & _BIRTH_OF_PROFILE:
        head &= ~(_BIRTH_OF_PROFILE | BIRTH << BIRTH_SHIFT)
    if not head >> BIRTH_SHIFT and row.profile & BIRTH:
        head |= _BIRTH_OF_PROFILE | (row.profile & BIRTH) << BIRTH_SHIFT
    if row.profile & (_PROFILE_OPTED_OUT | _RECORD_OPTED_OUT):
        head |= OPTED_OUT
    renewal = row.renewal & ~_WITHIN_MINUTE
    if erased is not None:
        minute, within = divmod(max(erased, 0), MINUTE)
        head |= minute + 1 << ERASED_SHIFT
        renewal |= within
    return replace(row, head=head, renewal=renewal)


def _merge(
    before: tuple[int, ...], subject: Subject, latest: int, purposes: Sequence[str], version: Callable[[str], int]
) -> tuple[list[int], bool]:
    merged, outdated = [], False
    for purpose, old in zip(purposes, before, strict=True):
        consent = subject.consents.get(purpose)
        if consent is None:
            merged.append(old & ~1)
            continue
        index = version(consent.policy_version)
        new = max(min(consent.at, latest), 0) << AT_SHIFT | index << 1 | consent.granted
        old_at, new_at = old >> AT_SHIFT, new >> AT_SHIFT
        if new_at == old_at:
            new &= ~(~old & 1)
        elif new_at < old_at:
            outdated = True
            new = old
        merged.append(new)
    return merged, outdated


def _day(born: date | None) -> int:
    return 0 if born is None else (born - _DAY_ZERO).days
