"""
The store: who was seen with what, ten million pairs in about 40 bytes each, and by which chains a person is reached.

A link is a row of 22 bytes in a bucket of whatever it leads away from: 8 bytes of the digest of a device or cookie (the
rest of it chooses the bucket), then whom it was seen with, of which kind that is, and the last day. Nothing leads away
from a person. Buckets never move, so that nothing ever waits for a rehash.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from struct import Struct
from typing import Final, NamedTuple

from pipeline.links.identifiers import USER
from pipeline.links.record import LAST_DAY, PAIRS, Pair
from pipeline.snapshots.buckets import pack, unpack
from pipeline.subjects.hashing import HASH_BYTES
from transforms.memo import Memo

NEIGHBOURS: Final = 32
"""Links that are told apart of one device or cookie; of all others only the last day is known."""
REACHED: Final = 64
"""Devices and cookies that one search visits."""
CROWD: Final = 0
"""Stands for persons who are too many to be told apart."""

BUCKETS: Final = 1 << 20  # 8 MiB of empty ones
_NEEDLE: Final = 8
_CROWD_KIND: Final = 0
_ENDS: Final = frozenset({USER, _CROWD_KIND})  # of chains
_CROWD: Final = CROWD.to_bytes(HASH_BYTES, "little")
_ROW: Final = Struct(f"<{_NEEDLE}s{HASH_BYTES}sBH")
_WIDTH: Final = _ROW.size
_FULL: Final = NEIGHBOURS * _WIDTH  # bytes of a bucket in which one device may have as many links as are told apart
_DAY: Final = Struct("<H")
_DAY_AT: Final = _WIDTH - _DAY.size
_REMEMBERED: Final = 32_768  # results of searches


class Reached(NamedTuple):
    """
    A person to whom a chain of links leads.

    Args:
        day: up to which every link of the chain was seen.
        person: hash of the user id (`SubjectStore.hash_of`), or `CROWD`.
    """

    day: int
    person: int


class LinkStore:
    """
    Pairs of identifiers with the last day on which they were seen together.

    The later day holds, in whatever order pairs come. Whoever has more links than are told apart counts as seen with a
    crowd on the last day of any other: never as seen with nobody.

    Args:
        buckets: a power of two.
    """

    def __init__(self, buckets: int = BUCKETS) -> None:
        self._buckets = [b""] * buckets
        self._mask = buckets - 1
        self._size = 0
        self._swept = 0
        self._dependents: dict[bytes, tuple[bytes] | set[bytes]] = {}  # nearly always one, and a set takes 216 bytes
        self.listeners: Final[list[Callable[[bytes], None]]] = []
        """Told of each device and cookie that leads to somebody else now than `reached` said, by its digest."""
        self.reached: Final = Memo(self._search, _REMEMBERED)
        """By the digest of a device or cookie the persons it leads to, those of the latest day first."""

    def __len__(self) -> int:
        """
        How many links are told apart; one between a device and a cookie counts at both ends.
        """
        return self._size

    def day(self, pair: Pair) -> int:
        """
        On which day a pair was last seen; 0 when that is not known.
        """
        bucket = self._buckets[self._bucket(pair.second)]
        at = _find(bucket, pair.second[:_NEEDLE] + pair.first)
        return 0 if at < 0 else int(_DAY.unpack_from(bucket, at + _DAY_AT)[0])

    def put(self, pair: Pair, day: int) -> bool:
        """
        A pair was seen on a day; whether it was not known to be seen on that day or a later one.
        """
        first, second = PAIRS[pair.kinds]
        news = self._put(pair.second, pair.first, first, day)
        if first != USER:
            self._put(pair.first, pair.second, second, day)
        return news

    def drop(self, pair: Pair) -> None:
        """
        Forget a pair.
        """
        self._drop(pair.second, pair.first)
        if PAIRS[pair.kinds][0] != USER:
            self._drop(pair.first, pair.second)

    def links(self, digest: bytes) -> Iterator[tuple[int, bytes, int]]:
        """
        Kind, digest and day of everything a device or cookie was seen with; the kind of a crowd is 0.
        """
        rows, needle = _ROW.iter_unpack(self._buckets[self._bucket(digest)]), digest[:_NEEDLE]
        return ((kind, other, day) for of, other, kind, day in rows if of == needle)

    def sweep(self, before: int, buckets: int) -> None:
        """
        Forget, in the next few buckets, what was last seen before a day.
        """
        for _ in range(min(buckets, len(self._buckets))):
            number = self._swept = (self._swept + 1) & self._mask
            bucket = self._buckets[number]
            days = [_DAY.unpack_from(bucket, at + _DAY_AT)[0] for at in range(0, len(bucket), _WIDTH)]
            if days and min(days) < before:
                kept = [at * _WIDTH for at, day in enumerate(days) if day >= before]
                self._buckets[number] = b"".join(bucket[at : at + _WIDTH] for at in kept)
                self._size -= len(days) - len(kept)

    @property
    def size(self) -> int:
        """
        Number of buckets.
        """
        return len(self._buckets)

    def export(self, first: int, number: int) -> bytes:
        """
        Some buckets, for `restore`.
        """
        return pack(self._buckets[first : first + number])

    def frozen(self) -> "LinkStore":
        """
        The store as it is now, for `export`: later changes do not reach it. It takes some milliseconds.
        """
        other = LinkStore(1)
        other._buckets = self._buckets.copy()  # the buckets themselves never change, they are replaced
        return other

    def restore(self, first: int, exported: bytes) -> int:
        """
        Take buckets that `export` gave; the number of the next one.

        Raises:
            ValueError: they are damaged, or of another layout.
        """
        for bucket in unpack(exported, _WIDTH):
            if first >= len(self._buckets):
                msg = "these buckets are damaged, or more than this store has"
                raise ValueError(msg)
            self._size += (len(bucket) - len(self._buckets[first])) // _WIDTH
            self._buckets[first] = bucket
            first += 1
        self._forget_searches()
        return first

    def clear(self) -> None:
        """
        Know nothing.
        """
        self._buckets[:] = [b""] * len(self._buckets)
        self._size = 0
        self._forget_searches()

    def _forget_searches(self) -> None:
        self.reached.clear()
        self._dependents.clear()

    def _put(self, digest: bytes, other: bytes, kind: int, day: int) -> bool:
        number = self._bucket(digest)
        bucket = self._buckets[number]
        at = _find(bucket, digest[:_NEEDLE] + other)
        if at < 0:
            if len(bucket) >= _FULL and kind != _CROWD_KIND:
                if not self._make_room(digest, day):
                    return True
                bucket = self._buckets[number]
            self._buckets[number] = bucket + _ROW.pack(digest[:_NEEDLE], other, kind, day)
            self._size += 1
        elif day > _DAY.unpack_from(bucket, at + _DAY_AT)[0]:
            end = at + _WIDTH
            self._buckets[number] = bucket[: at + _DAY_AT] + _DAY.pack(day) + bucket[end:]
        else:
            return False
        self._forget_search(digest)
        return True

    def _make_room(self, digest: bytes, day: int) -> bool:
        """
        Of too many the latest are told apart, whatever their order; whether that of a certain day is one of them.
        """
        if self._buckets[self._bucket(digest)].count(digest[:_NEEDLE]) < NEIGHBOURS:
            return True  # nearly always, and counted in no time
        links = [(last, other) for kind, other, last in self.links(digest) if kind != _CROWD_KIND]
        if len(links) < NEIGHBOURS:
            return True
        oldest, other = min(links)
        self._put(digest, _CROWD, _CROWD_KIND, min(oldest, day))
        if day <= oldest:
            return False
        self._drop(digest, other)
        return True

    def _drop(self, digest: bytes, other: bytes) -> None:
        number = self._bucket(digest)
        bucket = self._buckets[number]
        at = _find(bucket, digest[:_NEEDLE] + other)
        if at >= 0:
            self._buckets[number] = bucket[:at] + bucket[at + _WIDTH :]
            self._size -= 1
            self._forget_search(digest)

    def _bucket(self, digest: bytes) -> int:
        return int.from_bytes(digest[_NEEDLE:], "little") & self._mask

    def _forget_search(self, digest: bytes) -> None:
        for each in (digest, *self._dependents.pop(digest, ())):
            if self.reached.pop(each, None) is not None:  # what was never asked for, nobody has decided by
                self._tell(each)

    def _depend(self, start: bytes, digest: bytes) -> None:
        starts = self._dependents.get(digest)
        if starts is None:
            self._dependents[digest] = (start,)
        elif isinstance(starts, set):
            starts.add(start)
        elif start not in starts:
            self._dependents[digest] = {*starts, start}

    def _begin_anew(self) -> None:
        """
        The memory of searches is full and begins anew, and with it what they rest on.
        """
        self._dependents.clear()
        for start in self.reached:
            self._tell(start)

    def _tell(self, digest: bytes) -> None:
        for listener in self.listeners:
            listener(digest)

    def _search(self, start: bytes) -> tuple[Reached, ...]:
        if len(self.reached) >= _REMEMBERED:
            self._begin_anew()
        nearest = self._persons(start)
        return self._chains(start) if nearest is None else nearest

    def _persons(self, start: bytes) -> tuple[Reached, ...] | None:
        """
        Whom a device or cookie was seen with, which is nearly always all; None when there may be more to it.
        """
        needle = start[:_NEEDLE]
        found = []
        for of, other, kind, day in _ROW.iter_unpack(self._buckets[self._bucket(start)]):
            if of == needle:
                if kind != USER:
                    return None
                found.append(Reached(day, int.from_bytes(other, "little")))
        if len(found) > 1:
            found.sort(reverse=True)
        return None if len(found) > NEIGHBOURS else tuple(found)

    def _chains(self, start: bytes) -> tuple[Reached, ...]:
        """
        The widest chains first: of several that lead to a person the one that lasts longest counts.

        A chain goes on through devices and cookies and ends at its first person: who shares a tablet with somebody
        shares not that person's telephone.
        """
        buckets, mask, number, rows = self._buckets, self._mask, int.from_bytes, _ROW.iter_unpack
        days: dict[int, int] = {}
        seen: set[bytes] = set()
        ahead = [(-LAST_DAY, start)]
        while ahead and len(seen) < REACHED:
            day, digest = heappop(ahead)
            if digest in seen:
                continue
            seen.add(digest)
            if digest != start:
                self._depend(start, digest)
            needle = digest[:_NEEDLE]
            for of, other, kind, last in rows(buckets[number(digest[_NEEDLE:], "little") & mask]):
                if of != needle:
                    continue
                width = min(-day, last)
                if kind in _ENDS:
                    person = number(other, "little")
                    days[person] = max(days.get(person, 0), width)
                elif other not in seen:
                    heappush(ahead, (-width, other))
        reached = [Reached(day, person) for person, day in days.items()]
        reached.sort(reverse=True)
        cut = [-day for day, digest in ahead if digest not in seen]
        cut += [each.day for each in reached[NEIGHBOURS:]]
        if not cut:
            return tuple(reached)
        crowd = max([days.get(CROWD, 0), *cut])
        known = [each for each in reached[:NEIGHBOURS] if each.person != CROWD]
        return tuple(sorted([*known, Reached(crowd, CROWD)], reverse=True))


def _find(bucket: bytes, needle: bytes) -> int:
    at = bucket.find(needle)
    while at > 0 and at % _WIDTH:
        at = bucket.find(needle, at + 1)  # the same bytes by chance, across a row's parts
    return at
