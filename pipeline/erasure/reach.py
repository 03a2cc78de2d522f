"""Reach: the devices and cookies of persons who are erased, and the links that lead to them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from pipeline.links.identifiers import USER, Identifier
from pipeline.links.record import PAIRS, Boxes, Pair, Unreadable, day_at, read_key, read_value

if TYPE_CHECKING:
    from pipeline.kafka_client import Record


class Reach(NamedTuple):
    """
    What was seen with persons.

    Args:
        belongings: by subject the devices and cookies, as far as their names can be opened, with the day up to which
            every link of a chain to them was seen.
        pairs: links to be forgotten with these persons.
    """

    belongings: Mapping[str, Mapping[Identifier, int]]
    pairs: frozenset[Pair]


def reach(
    read: Callable[[], Iterable["Record"]], boxes: Boxes, persons: Mapping[str, bytes], *, deleted: bool = True
) -> Reach:
    """
    The devices and cookies of each of these persons.

    Those that were seen with the person, and those that are reached from there and were seen with nobody else. Whoever
    shares a tablet with somebody shares not that person's telephone. What others use too stays linked with them; all
    links among what is a person's own are to be forgotten.

    Links are read as often as chains grow by it, two or three times in all, so that only what may lead to these persons
    is ever held in memory.

    Args:
        read: every record of `privacy.links`, from the beginning.
        boxes: opens them; what does not open leads on all the same.
        persons: by subject the digest of the user id.
        deleted: whether links that were deleted lead on for as long as they can be read, which an erasure needs that
            was cut off among its deletions.
    """
    search = _Search(boxes, frozenset(persons.values()), deleted)
    grown = bool(persons)
    while grown:
        grown = False
        for record in read():
            grown |= search.take(record)
    own = {subject: search.own(digest) for subject, digest in persons.items()}
    names = search.names
    things = {
        subject: {names[each]: day for each, day in mine.items() if each in names} for subject, mine in own.items()
    }
    pairs = {pair for subject, mine in own.items() for pair in search.within(persons[subject], mine)}
    return Reach(things, frozenset(pairs))


@dataclass(slots=True)
class _Search:
    """
    Everything that chains of devices and cookies may lead to from persons, with whom each was seen, and until when.
    """

    boxes: Boxes
    persons: frozenset[bytes]
    deleted: bool
    days: dict[Pair, int] = field(default_factory=dict)
    neighbours: defaultdict[bytes, set[Pair]] = field(default_factory=lambda: defaultdict(set))
    names: dict[bytes, Identifier] = field(default_factory=dict)
    reached: set[bytes] = field(default_factory=set)

    def take(self, record: "Record") -> bool:
        """
        Take one link; whether it led to something new.
        """
        try:
            pair = read_key(record.key)
        except Unreadable:
            return False
        if record.value is None:
            if not self.deleted:
                self._forget(pair)
            return False
        things = {pair.second} if _of_person(pair) else {pair.first, pair.second}
        if not (things & self.reached or pair.first in self.persons):
            return False
        self.days[pair] = max(self.days.get(pair, 0), _day(record, record.value))
        for end in (pair.first, pair.second):
            self.neighbours[end].add(pair)
        new = things - self.reached
        self.reached |= new
        if things - self.names.keys():
            self._name(record)
        return bool(new)

    def own(self, person: bytes) -> dict[bytes, int]:
        """
        What is a person's own, with the day up to which every link of the chain that lasts longest was seen.
        """
        own: dict[bytes, int] = {}
        ahead = [(-self.days[pair], pair.second) for pair in self.neighbours[person]]
        heapify(ahead)
        while ahead:
            day, thing = heappop(ahead)
            if thing in own:
                continue
            own[thing] = -day
            for pair in self.neighbours[thing]:
                other = pair.first if pair.second == thing else pair.second
                if not _of_person(pair) and other not in own and self._free(other, person):
                    heappush(ahead, (max(day, -self.days[pair]), other))
        return own

    def within(self, person: bytes, own: Mapping[bytes, int]) -> set[Pair]:
        """
        The links among a person and what is their own.
        """
        return {
            pair
            for thing in own
            for pair in self.neighbours[thing]
            if pair.second in own and (pair.first == person or pair.first in own)
        }

    def _free(self, thing: bytes, person: bytes) -> bool:
        """
        Whether a chain goes on to something: it was seen with the person, or with nobody.
        """
        users = {pair.first for pair in self.neighbours[thing] if _of_person(pair)}
        return not users or person in users

    def _forget(self, pair: Pair) -> None:
        if self.days.pop(pair, None) is not None:
            for end in (pair.first, pair.second):
                self.neighbours[end].discard(pair)

    def _name(self, record: "Record") -> None:
        try:
            sighting = self.boxes.open(record.key or b"", record.value or b"")
        except Unreadable:
            return
        self.names |= {each.digest: each for each in (sighting.first, sighting.second) if each.kind != USER}


def _of_person(pair: Pair) -> bool:
    return PAIRS[pair.kinds][0] == USER


def _day(record: "Record", value: bytes) -> int:
    """
    The last day that a link tells, as workers read it.
    """
    written = max(day_at(record.timestamp), 0)
    try:
        return min(read_value(value), written)
    except Unreadable:
        return written
