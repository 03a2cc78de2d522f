"""
The store: what is known of ten million persons, in about 60 bytes each; half a microsecond for who comes again.

A person's row is a few 64-bit words in a bucket, a `bytes` object with the rows of all persons whose hashes end alike;
a row is found by searching the bucket for the hash. Buckets never move, so that nothing ever waits for a rehash.

User ids are not kept but those asked for last, only their keyed hash (`pipeline.subjects.hashing`). Persons who share
one would be taken for one, of whom what came last holds, and the later word on each purpose.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from struct import Struct
from typing import Final

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

_BUCKETS: Final = 1 << 20  # 8 MiB of empty ones; ten rows each at ten million persons
_PURPOSES: Final = 16
_NEEDLE: Final = 8  # bytes of the hash that a row begins with; the others choose the bucket
_HEAD: Final = _NEEDLE

_WORD_AT: Final = Struct("<Q").unpack_from
_REMEMBERED: Final = 65_536  # heads, 11 MiB
_VERSIONS: Final = 4_096
_LOST_VERSION: Final = "?"


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
        self._digest = hasher(key)
        self._words = Struct(f"<{3 + len(self.purposes)}Q")
        self._row_size = _NEEDLE + self._words.size + SALT_BYTES * salts
        self._versions: dict[str, int] = {_LOST_VERSION: 0}
        self._size = 0
        self._remembered = Memo(self._finder(), _REMEMBERED)
        self._salts = Memo(self._salt, _REMEMBERED)
        self.heads: Final[Mapping[str, int]] = self._remembered
        """The head of a person's row, 0 when nothing is known. Whoever acts, acts again soon: some are remembered."""
        self._by_hash = Memo(self._head, _REMEMBERED)
        self.listeners: Final[list[Callable[[str, int], None]]] = []
        """Told of each person of whom something else may be known now, by id and hash, for whoever remembers them."""
        self.salts: Final[Mapping[str, bytes | None]] = self._salts
        """The salt of a person's own key; None when there is none, or salts are not kept."""

    def hash_of(self, user: str) -> int:
        """
        The hash that stands for a person, below 2**88, the same for ever under one key.
        """
        return int.from_bytes(self._digest(user), "little")

    def head_of(self, hashed: int) -> int:
        """
        The head of a person who is known by the hash alone; 0 when nothing is known.
        """
        return self._by_hash[hashed]  # type: ignore[no-any-return]

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
        digest, at, before = self._find(user)
        row, outdated = heard(before, subject, written_at, self.purposes, self._version)
        self._write(digest, at, row)
        return Change(_withdrew(before.head, row.head), outdated)

    def mark_unreadable(self, user: str) -> Change:
        """
        The latest record of a person could not be understood.
        """
        digest, at, before = self._find(user)
        self._write(digest, at, replace(before, head=before.head | UNREADABLE))
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
        digest, at, before = self._find(user)
        row = profiled(before, profile)
        if row != before:
            self._write(digest, at, row)
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
        _, at, row = self._find(user)
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
        digest = self._digest(who) if isinstance(who, str) else who.to_bytes(HASH_BYTES, "little")
        return self._read(digest, self._at(digest))

    @property
    def layout(self) -> dict[str, object]:
        """
        What another store has to have in common for `restore` to understand `export`.
        """
        return {"purposes": list(self.purposes), "salts": self.keeps_salts, "buckets": len(self._buckets)}

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
        self._by_hash.clear()
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
        self._by_hash.clear()
        self._salts.clear()

    def _reduce(self, user: str, change: Callable[[Row], Row]) -> Change:
        digest, at, before = self._find(user)
        if at < 0:
            return Change(withdrew=False, outdated=False)
        row = change(before)
        if row.says_nothing:
            number = self._number(digest)
            bucket = self._buckets[number]
            self._buckets[number] = bucket[:at] + bucket[at + self._row_size :]
            self._size -= 1
        else:
            self._write(digest, at, row)
        return Change(_withdrew(before.head, row.head), outdated=False)

    def _scrubbed(self, bucket: bytes, now: int) -> bytes:
        size, kept = self._row_size, bucket
        for at in range(0, len(bucket), size):
            if _WORD_AT(bucket, at + _HEAD)[0] >= ERASED:
                row = scrubbed(self._unpack(bucket, at), now)
                kept = kept[:at] + self._pack(bucket[at : at + _NEEDLE], row) + kept[at + size :]
        return kept

    def _version(self, text: str) -> int:
        """
        The index of a policy's version: there are few, and past 4,096 they are not told apart any more.
        """
        known = self._versions.get(text)
        if known is None:
            known = 0 if len(self._versions) >= _VERSIONS else self._versions.setdefault(text, len(self._versions))
        return known

    def _find(self, user: str) -> tuple[bytes, int, Row]:
        """
        Where a row is that is about to change, or -1, and what it holds.
        """
        self._remembered.pop(user, None)
        self._salts.pop(user, None)
        digest = self._digest(user)
        hashed = int.from_bytes(digest, "little")
        self._by_hash.pop(hashed, None)
        for listener in self.listeners:
            listener(user, hashed)
        at = self._at(digest)
        return digest, at, self._read(digest, at)

    def _salt(self, user: str) -> bytes | None:
        salt = self.row(user).salt
        return salt if any(salt) else None

    def _head(self, hashed: int) -> int:
        digest = hashed.to_bytes(HASH_BYTES, "little")
        at = self._at(digest)
        return 0 if at < 0 else int(_WORD_AT(self._buckets[self._number(digest)], at + _HEAD)[0])

    def _number(self, digest: bytes) -> int:
        return int.from_bytes(digest[_NEEDLE:], "little") & self._mask

    def _at(self, digest: bytes) -> int:
        bucket, needle = self._buckets[self._number(digest)], digest[:_NEEDLE]
        at = bucket.find(needle)
        while at >= 0 and at % self._row_size:
            at = bucket.find(needle, at + 1)
        return at

    def _read(self, digest: bytes, at: int) -> Row:
        if at < 0:
            return Row(0, 0, 0, (0,) * len(self.purposes))
        return self._unpack(self._buckets[self._number(digest)], at)

    def _unpack(self, bucket: bytes, at: int) -> Row:
        head, renewal, profile, *consents = self._words.unpack_from(bucket, at + _NEEDLE)
        after = at + _NEEDLE + self._words.size
        salt = bucket[after : after + SALT_BYTES] if self.keeps_salts else NO_SALT
        return Row(head, renewal, profile, tuple(consents), salt)

    def _pack(self, needle: bytes, row: Row) -> bytes:
        words = self._words.pack(row.head, row.renewal, row.profile, *row.consents)
        return needle + words + (row.salt if self.keeps_salts else b"")

    def _write(self, digest: bytes, at: int, row: Row) -> None:
        number, packed = self._number(digest), self._pack(digest[:_NEEDLE], row)
        bucket = self._buckets[number]
        if at < 0:
            self._size += 1
            self._buckets[number] = bucket + packed
        else:
            self._buckets[number] = bucket[:at] + packed + bucket[at + len(packed) :]

    def _finder(self) -> Callable[[str], int]:
        """
        What looks a head up; one function, since calls of others would take as long as the search.
        """
        buckets, mask, row = self._buckets, self._mask, self._row_size
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


def _withdrew(before: int, after: int) -> bool:
    granted = before & ~after & GRANTED
    opted_out = ~before & after & OPTED_OUT
    erased = before < ERASED <= after
    return bool(granted or opted_out or erased)
