"""
The store: what is known of ten million persons, in less than 1 GiB; half a microsecond for who comes again.

A person's row is a few words in a bucket, a `bytes` object with the rows of all persons whose hashes end alike: first
the rest of each one's hash, which is searched, then the words of each. Nobody changes bucket, so that nothing ever
waits for a rehash. Buckets are few and large: below 512 bytes Python would allocate them itself, and of the holes that
they leave there when they grow the larger ones could not take any.

User ids are not kept but those asked for last, only their keyed hash (`pipeline.subjects.hashing`). Persons who share
one would be taken for one, of whom what came last holds, and the later word on each purpose.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from struct import Struct
from typing import Final, TypeVar

from pipeline.snapshots.buckets import pack, unpack
from pipeline.subjects.hashing import HASH_BYTES, hasher
from pipeline.subjects.profile import Profile
from pipeline.subjects.record import SALT_BYTES, Consent, Subject
from pipeline.subjects.row import (
    AT_SHIFT,
    ERASED,
    GRANTED,
    NO_SALT,
    OPTED_OUT,
    UNREADABLE,
    VERSION,
    Row,
    heard,
    profiled,
    scrubbed,
    without_profile,
    without_record,
)
from transforms.memo import Memo

_BUCKETS: Final = 1 << 18  # 38 rows each at ten million persons, 3.4 KB
_FORMAT: Final = 2  # of exported buckets; 1 had each hash before its words
_PURPOSES: Final = 16
_NEEDLE: Final = 9  # bytes of the hash that are searched for
_CHOOSING: Final = 8  # the bytes of the hash from this one on choose the bucket, the last ones first
_CONSENT_BYTES: Final = 7
_LOW: Final = 32  # bits of a profile, of which 48 are kept
_LOW_MASK: Final = (1 << _LOW) - 1

_WORD_AT: Final = Struct("<Q").unpack_from
_REMEMBERED: Final = 32_768  # heads, 5 MiB
_VERSIONS: Final = 4_096
_LOST_VERSION: Final = "?"

Who = TypeVar("Who", str, int)
"""A person's id, or the hash of it."""

_Place = tuple[int, bytes, int]
"""Where a row is: its bucket's number, the hash that is searched for, and where that stands; -1 when it does not."""


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
        salts: whether the salts of persons' own keys are kept, 16 bytes each.

    Raises:
        ValueError: there are more than 16 purposes, or the key has another length.
    """

    def __init__(self, purposes: Sequence[str], key: bytes, buckets: int = _BUCKETS, *, salts: bool = False) -> None:
        self.purposes: Final = tuple(dict.fromkeys(purposes))
        if len(self.purposes) > _PURPOSES:
            msg = f"{len(self.purposes)} purposes are more than the {_PURPOSES} that a subject's state has room for"
            raise ValueError(msg)
        self.keeps_salts: Final = salts
        self._buckets = [b""] * buckets
        self._mask = buckets - 1
        self.digest_of: Final = hasher(key)
        """The hash that stands for a person as 11 bytes, the same for ever under one key."""
        said = _CONSENT_BYTES * len(self.purposes)
        self._consents = range(0, said, _CONSENT_BYTES)
        self._words = Struct(f"<QQIH{said}s{SALT_BYTES * salts}s")
        self._width = self._words.size
        self._row_size = _NEEDLE + self._width
        self._versions: dict[str, int] = {_LOST_VERSION: 0}
        self._size = 0
        self.find_head: Final = self._finder(self.digest_of)
        """The head of a person's row, 0 when nothing is known, not remembered: for who is asked about but once."""
        self.head_of: Final = self._finder(_digest)
        """The same of a person who is known by the hash alone."""
        self._remembered = Memo(self.find_head, _REMEMBERED)
        self._salts = Memo(self._salt, _REMEMBERED)
        self.heads: Final[Mapping[str, int]] = self._remembered
        """The same, and some are remembered: whoever acts, acts again soon."""
        self.listeners: Final[list[Callable[[str, int], None]]] = []
        """Told of each person of whom something else may be known now, by id and hash, for whoever remembers them."""
        self.salts: Final[Mapping[str, bytes | None]] = self._salts
        """The salt of a person's own key; None when there is none, or salts are not kept."""

    def hash_of(self, user: str) -> int:
        """
        The same hash as a number, below 2**88.
        """
        return int.from_bytes(self.digest_of(user), "little")

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
        place, before = self._find(user)
        row, outdated = heard(before, subject, written_at, self.purposes, self._version)
        self._write(place, row)
        return Change(_withdrew(before.head, row.head), outdated)

    def mark_unreadable(self, user: str) -> Change:
        """
        The latest record of a person could not be understood.
        """
        place, before = self._find(user)
        self._write(place, replace(before, head=before.head | UNREADABLE))
        return Change(withdrew=not before.head & UNREADABLE, outdated=False)

    def forget(self, user: str) -> Change:
        """
        No record says anything of a person any more.
        """
        return self._reduce(user, without_record)

    def put_profile(self, user: str, profile: Profile) -> Change:
        """
        Take what a profile says of a person, in whatever order and however often.
        """
        place, before = self._find(user)
        row = profiled(before, profile)
        if row != before:
            self._write(place, row)
        return Change(_withdrew(before.head, row.head), outdated=False)

    def forget_profile(self, user: str) -> Change:
        """
        No profile says anything of a person any more.
        """
        return self._reduce(user, without_profile)

    def get(self, user: str) -> Subject | None:
        """
        What records say of a person; None when nothing is known, or it could not be understood.
        """
        (_, _, at), row = self._find(user)
        if at < 0 or row.head & UNREADABLE:
            return None
        versions = list(self._versions)
        return Subject(
            consents={
                purpose: Consent(bool(word & 1), word >> AT_SHIFT, versions[(word & VERSION) >> 1])
                for purpose, word in zip(self.purposes, row.consents, strict=True)
                if word
            },
            birth_date=row.birth_date,
            guardian_consent=row.guardian,
            tracking_opt_out=row.opted_out,
            erased_at=row.erased_at,
            registered_at=row.registered_at,
            salt=row.salt if any(row.salt) else None,
        )

    def profile(self, user: str) -> Profile | None:
        """
        What profiles said of a person, all together.
        """
        return self.row(user).known_profile()

    def row(self, who: str | int) -> Row:
        """
        Everything that is known of a person, by id or by hash.
        """
        digest = self.digest_of(who) if isinstance(who, str) else _digest(who)
        return self._read(self._place(digest))

    @property
    def layout(self) -> dict[str, object]:
        """
        What another store has to have in common for `restore` to understand `export`.
        """
        return {
            "format": _FORMAT,
            "purposes": list(self.purposes),
            "salts": self.keeps_salts,
            "buckets": len(self._buckets),
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """
        The versions of policies, by the index that consents have.
        """
        return tuple(self._versions)

    def export(self, first: int, number: int, now: int) -> bytes:
        """
        Some buckets, with the length of each before it; of the erased only hash and erasure.

        Args:
            first: bucket, from 0.
            number: of buckets.
            now: milliseconds since 1970 UTC, when an erasure has come to pass.
        """
        return pack(self._scrubbed(bucket, now) for bucket in self._buckets[first : first + number])

    def frozen(self) -> "SubjectStore":
        """
        The store as it is now, for `export`: later changes do not reach it. It takes some milliseconds.
        """
        other = copy(self)
        other._buckets = self._buckets.copy()  # the buckets themselves never change, they are replaced  # noqa: SLF001
        other._versions = dict(self._versions)  # noqa: SLF001
        return other

    def restore(self, first: int, exported: bytes) -> int:
        """
        Take buckets that `export` gave; the number of the next one.

        Raises:
            ValueError: they are damaged, or of another layout.
        """
        for bucket in unpack(exported, self._row_size):
            if first >= len(self._buckets):
                msg = "these buckets are damaged, or more than this store has"
                raise ValueError(msg)
            self._size += (len(bucket) - len(self._buckets[first])) // self._row_size
            self._buckets[first] = bucket
            first += 1
        self._remembered.clear()
        self._salts.clear()
        return first

    def restore_notes(self, versions: Sequence[str]) -> None:
        """
        Take the versions of policies that restored consents name.
        """
        self._versions = {version: number for number, version in enumerate(versions)}

    def clear(self) -> None:
        """
        Know nothing.
        """
        self._buckets[:] = [b""] * len(self._buckets)
        self._versions = {_LOST_VERSION: 0}
        self._size = 0
        self._remembered.clear()
        self._salts.clear()

    def _reduce(self, user: str, change: Callable[[Row], Row]) -> Change:
        place, before = self._find(user)
        number, _, at = place
        if at < 0:
            return Change(withdrew=False, outdated=False)
        row = change(before)
        if row.says_nothing:
            bucket = self._buckets[number]
            words = self._words_at(bucket, at)
            self._buckets[number] = bucket[:at] + bucket[at + _NEEDLE : words] + bucket[words + self._width :]
            self._size -= 1
        else:
            self._write(place, row)
        return Change(_withdrew(before.head, row.head), outdated=False)

    def _scrubbed(self, bucket: bytes, now: int) -> bytes:
        width, kept = self._width, bucket
        for at in range(self._words_at(bucket, 0), len(bucket), width):
            if _WORD_AT(bucket, at)[0] >= ERASED:
                kept = kept[:at] + self._pack(scrubbed(self._unpack(bucket, at), now)) + kept[at + width :]
        return kept

    def _version(self, text: str) -> int:
        """
        The index of a policy's version: there are few, and past 4,096 they are not told apart any more.
        """
        known = self._versions.get(text)
        if known is None:
            known = 0 if len(self._versions) >= _VERSIONS else self._versions.setdefault(text, len(self._versions))
        return known

    def _find(self, user: str) -> tuple[_Place, Row]:
        """
        Where a row is that is about to change, and what it holds.
        """
        self._remembered.pop(user, None)
        self._salts.pop(user, None)
        digest = self.digest_of(user)
        hashed = int.from_bytes(digest, "little")
        for listener in self.listeners:
            listener(user, hashed)
        place = self._place(digest)
        return place, self._read(place)

    def _salt(self, user: str) -> bytes | None:
        salt = self.row(user).salt
        return salt if any(salt) else None

    def _place(self, digest: bytes) -> _Place:
        number, needle = int.from_bytes(digest[_CHOOSING:], "big") & self._mask, digest[:_NEEDLE]
        bucket = self._buckets[number]
        end = self._words_at(bucket, 0)
        at = bucket.find(needle, 0, end)
        while at >= 0 and at % _NEEDLE:
            at = bucket.find(needle, at + 1, end)
        return number, needle, at

    def _words_at(self, bucket: bytes, at: int) -> int:
        """
        Where the words of the row are whose hash is there.
        """
        return len(bucket) // self._row_size * _NEEDLE + at // _NEEDLE * self._width

    def _read(self, place: _Place) -> Row:
        number, _, at = place
        if at < 0:
            return Row(0, 0, 0, (0,) * len(self.purposes))
        bucket = self._buckets[number]
        return self._unpack(bucket, self._words_at(bucket, at))

    def _unpack(self, bucket: bytes, at: int) -> Row:
        head, renewal, low, high, said, salt = self._words.unpack_from(bucket, at)
        consents = [int.from_bytes(said[at : at + _CONSENT_BYTES], "little") for at in self._consents]
        return Row(head, renewal, high << _LOW | low, tuple(consents), salt or NO_SALT)

    def _pack(self, row: Row) -> bytes:
        said = b"".join([word.to_bytes(_CONSENT_BYTES, "little") for word in row.consents])
        return self._words.pack(row.head, row.renewal, row.profile & _LOW_MASK, row.profile >> _LOW, said, row.salt)

    def _write(self, place: _Place, row: Row) -> None:
        (number, needle, at), packed = place, self._pack(row)
        bucket = self._buckets[number]
        view, words = memoryview(bucket), self._words_at(bucket, max(at, 0))
        if at < 0:
            self._size += 1
            self._buckets[number] = b"".join((view[:words], needle, view[words:], packed))
        else:
            self._buckets[number] = b"".join((view[:words], packed, view[words + self._width :]))

    def _finder(self, digest_of: Callable[[Who], bytes]) -> Callable[[Who], int]:
        """
        What looks a head up; one function but for the hash, since calls of others would take as long as the search.
        """
        buckets, mask, row, width = self._buckets, self._mask, self._row_size, self._width
        head, number = _WORD_AT, int.from_bytes

        def find(who: Who) -> int:
            digest = digest_of(who)
            bucket = buckets[number(digest[_CHOOSING:], "big") & mask]
            needle = digest[:_NEEDLE]
            end = len(bucket) // row * _NEEDLE
            at = bucket.find(needle, 0, end)
            while at >= 0:
                if not at % _NEEDLE:
                    return head(bucket, end + at // _NEEDLE * width)[0]  # type: ignore[no-any-return]
                at = bucket.find(needle, at + 1, end)  # the same bytes by chance, across two hashes
            return 0

        return find


def _digest(hashed: int) -> bytes:
    return hashed.to_bytes(HASH_BYTES, "little")


def _withdrew(before: int, after: int) -> bool:
    granted = before & ~after & GRANTED
    opted_out = ~before & after & OPTED_OUT
    erased = before < ERASED <= after
    return bool(granted or opted_out or erased)
