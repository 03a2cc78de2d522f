"""
The store: what is known of ten million persons, in about 50 bytes each; half a microsecond for who comes again.

A person's row is a few 64-bit words in a bucket, a `bytes` object with the rows of all persons whose hashes end alike;
a row is found by searching the bucket for the hash. Buckets never move, so that nothing ever waits for a rehash.

User ids are not kept but those asked for last, only their keyed hash (`pipeline.subjects.hashing`). Persons who share
one would be taken for one, of whom what came last holds, and the later word on each purpose.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from struct import Struct
from typing import Final

from pipeline.subjects.hashing import HASH_BYTES, hasher
from pipeline.subjects.record import EARLIEST_BIRTH, Consent, Subject
from transforms.memo import Memo

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

_BUCKETS: Final = 1 << 20  # 8 MiB of empty ones; ten rows each at ten million persons
_PURPOSES: Final = 16
_NEEDLE: Final = 8  # bytes of the hash that a row begins with; the others choose the bucket
_HEAD: Final = _NEEDLE

_AT_SHIFT: Final = 20  # of a consent: milliseconds since 1970 above, version's index and granted below
_WORD_AT: Final = Struct("<Q").unpack_from
_REMEMBERED: Final = 65_536  # heads, 11 MiB
_VERSIONS: Final = 4_096
_LOST_VERSION: Final = "?"
_DAY_ZERO: Final = EARLIEST_BIRTH - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """
    What a record changed.

    Args:
        withdrew: something that was allowed before is not any more.
        outdated: the record knew less than was already known, so that the topic, once compacted, will know less too.
    """

    withdrew: bool
    outdated: bool


class SubjectStore:
    """
    Persons by user id.

    Of each purpose the later word holds, in whatever order the records come; of two at the same millisecond the
    withdrawal. A purpose that the latest record leaves out is not consented to. An erasure stays until a tombstone.
    Everything else is as the latest record says.

    Args:
        purposes: what consent can be for; consents for others are not kept.
        key: of the hash, 32 bytes.
        buckets: a power of two.

    Raises:
        ValueError: there are more than 16 purposes, or the key has another length.
    """

    def __init__(self, purposes: Sequence[str], key: bytes, buckets: int = _BUCKETS) -> None:
        self.purposes: Final = tuple(dict.fromkeys(purposes))
        if len(self.purposes) > _PURPOSES:
            msg = f"{len(self.purposes)} purposes are more than the {_PURPOSES} that a subject's state has room for"
            raise ValueError(msg)
        self._buckets = [b""] * buckets
        self._mask = buckets - 1
        self._digest = hasher(key)
        self._row = Struct(f"<{_NEEDLE}s{1 + len(self.purposes)}Q")
        self._versions: dict[str, int] = {_LOST_VERSION: 0}
        self._size = 0
        self._remembered = Memo(self._finder(), _REMEMBERED)
        self.heads: Final[Mapping[str, int]] = self._remembered
        """The head of a person's row, 0 when nothing is known. Whoever acts, acts again soon: some are remembered."""

    def hash_of(self, user: str) -> int:
        """
        The hash that stands for a person, below 2**88, the same for ever under one key.
        """
        return int.from_bytes(self._digest(user), "little")

    def head_of(self, hashed: int) -> int:
        """
        The head of a person who is known by the hash alone; 0 when nothing is known.
        """
        digest = hashed.to_bytes(HASH_BYTES, "little")
        return self._words(digest, self._at(digest))[0]

    def __len__(self) -> int:
        """
        How many persons something is known of.
        """
        return self._size

    def put(self, user: str, subject: Subject, written_at: int) -> Change:
        """
        Take what the latest record says of a person.

        Args:
            user: id.
            subject: what it says.
            written_at: when it was written, in milliseconds since 1970 UTC; no word in it counts as a later one, or
                the grant of a clock that is ahead would outlive withdrawals.
        """
        self._remembered.pop(user, None)
        digest = self._digest(user)
        at = self._at(digest)
        before = self._words(digest, at)
        consents, outdated = self._merge(before[1:], subject, written_at)
        erased = before[0] >> ERASED_SHIFT
        if subject.erased_at is not None:
            minute = max(subject.erased_at // MINUTE, 0) + 1
            erased = min(erased, minute) if erased else minute
        elif erased:
            outdated = True
        head = sum((word & 1) << number for number, word in enumerate(consents))
        head |= OPTED_OUT * subject.tracking_opt_out | GUARDIAN * subject.guardian_consent
        head |= _day(subject.birth_date) << BIRTH_SHIFT | erased << ERASED_SHIFT
        self._write(digest, at, (head, *consents))
        return Change(_withdrew(before[0], head), outdated)

    def mark_unreadable(self, user: str) -> Change:
        """
        The latest record of a person could not be understood.
        """
        self._remembered.pop(user, None)
        digest = self._digest(user)
        at = self._at(digest)
        before = self._words(digest, at)
        self._write(digest, at, (before[0] | UNREADABLE, *before[1:]))
        return Change(withdrew=not before[0] & UNREADABLE, outdated=False)

    def forget(self, user: str) -> Change:
        """
        Nothing is known of a person any more.
        """
        self._remembered.pop(user, None)
        digest = self._digest(user)
        at = self._at(digest)
        if at < 0:
            return Change(withdrew=False, outdated=False)
        before = self._words(digest, at)
        number = self._number(digest)
        bucket = self._buckets[number]
        self._buckets[number] = bucket[:at] + bucket[at + self._row.size :]
        self._size -= 1
        return Change(_withdrew(before[0], 0), outdated=False)

    def get(self, user: str) -> Subject | None:
        """
        What is known of a person, to the minute of an erasure; None when nothing is, or it could not be understood.
        """
        self._remembered.pop(user, None)
        digest = self._digest(user)
        at = self._at(digest)
        head, *consents = self._words(digest, at)
        if at < 0 or head & UNREADABLE:
            return None
        versions = list(self._versions)
        born, erased = head >> BIRTH_SHIFT & BIRTH, head >> ERASED_SHIFT
        return Subject(
            consents={
                purpose: Consent(bool(word & 1), word >> _AT_SHIFT, versions[(word & (1 << _AT_SHIFT) - 1) >> 1])
                for purpose, word in zip(self.purposes, consents, strict=True)
                if word
            },
            birth_date=birth_date(born) if born else None,
            guardian_consent=bool(head & GUARDIAN),
            tracking_opt_out=bool(head & OPTED_OUT),
            erased_at=(erased - 1) * MINUTE if erased else None,
        )

    def _merge(self, before: tuple[int, ...], subject: Subject, latest: int) -> tuple[list[int], bool]:
        merged, outdated = [], False
        for purpose, old in zip(self.purposes, before, strict=True):
            consent = subject.consents.get(purpose)
            if consent is None:
                merged.append(old & ~1)
                continue
            version = self._version(consent.policy_version)
            new = max(min(consent.at, latest), 0) << _AT_SHIFT | version << 1 | consent.granted
            old_at, new_at = old >> _AT_SHIFT, new >> _AT_SHIFT
            if new_at == old_at:
                new &= ~(~old & 1)
            elif new_at < old_at:
                outdated = True
                new = old
            merged.append(new)
        return merged, outdated

    def _version(self, text: str) -> int:
        """
        The index of a policy's version: there are few, and past 4,096 they are not told apart any more.
        """
        known = self._versions.get(text)
        if known is None:
            known = 0 if len(self._versions) >= _VERSIONS else self._versions.setdefault(text, len(self._versions))
        return known

    def _number(self, digest: bytes) -> int:
        return int.from_bytes(digest[_NEEDLE:], "little") & self._mask

    def _at(self, digest: bytes) -> int:
        bucket, needle = self._buckets[self._number(digest)], digest[:_NEEDLE]
        at = bucket.find(needle)
        while at >= 0 and at % self._row.size:
            at = bucket.find(needle, at + 1)
        return at

    def _words(self, digest: bytes, at: int) -> tuple[int, ...]:
        if at < 0:
            return (0,) * (1 + len(self.purposes))
        return self._row.unpack_from(self._buckets[self._number(digest)], at)[1:]

    def _write(self, digest: bytes, at: int, words: tuple[int, ...]) -> None:
        number, row = self._number(digest), self._row.pack(digest[:_NEEDLE], *words)
        bucket = self._buckets[number]
        if at < 0:
            self._size += 1
            self._buckets[number] = bucket + row
        else:
            self._buckets[number] = bucket[:at] + row + bucket[at + len(row) :]

    def _finder(self) -> Callable[[str], int]:
        """
        What looks a head up; one function, since calls of others would take as long as the search.
        """
        buckets, mask, row = self._buckets, self._mask, self._row.size
        digest_of, head, number = self._digest, _WORD_AT, int.from_bytes

        def find(user: str) -> int:
            digest = digest_of(user)
            bucket = buckets[number(digest[_NEEDLE:], "little") & mask]
            needle = digest[:_NEEDLE]
            at = bucket.find(needle)
            while at >= 0:
                if not at % row:
                    return head(bucket, at + _HEAD)[0]  # type: ignore[no-any-return]
                at = bucket.find(needle, at + 1)  # the same bytes by chance, across two words
            return 0

        return find


def birth_date(day: int) -> date:
    """
    The date of a day of birth as heads have it.
    """
    return _DAY_ZERO + timedelta(days=day)


def _day(born: date | None) -> int:
    return 0 if born is None else (born - _DAY_ZERO).days


def _withdrew(before: int, after: int) -> bool:
    granted = before & ~after & GRANTED
    opted_out = ~before & after & OPTED_OUT
    erased = before < ERASED <= after
    return bool(granted or opted_out or erased)
