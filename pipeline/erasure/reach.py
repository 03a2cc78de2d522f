"""Reach: the devices and cookies of persons who are erased, and the links that lead to them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pipeline.links.identifiers import USER, Identifier
from pipeline.links.record import PAIRS, Boxes, Pair, Unreadable, read_key

if TYPE_CHECKING:
    from pipeline.kafka_client import Record


class Reach(NamedTuple):
    """
    What was seen with persons.

    Args:
        belongings: by subject the devices and cookies, as far as their names can be opened.
        pairs: links to be forgotten with these persons.
    """

    belongings: Mapping[str, frozenset[Identifier]]
    pairs: frozenset[Pair]


def reach(read: Callable[[], Iterable["Record"]], boxes: Boxes, persons: Mapping[str, bytes]) -> Reach:
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
    """
    search = _Search(boxes, frozenset(persons.values()))
    grown = bool(persons)
    while grown:
        grown = False
        for record in read():
            grown |= search.take(record)
    own = {subject: search.own(digest) for subject, digest in persons.items()}
    things = {subject: {search.names[each] for each in mine & search.names.keys()} for subject, mine in own.items()}
    pairs = {pair for subject, mine in own.items() for pair in search.within(persons[subject], mine)}
    return Reach({subject: frozenset(found) for subject, found in things.items()}, frozenset(pairs))


@dataclass(slots=True)
class _Search:
    """
    Everything that chains of devices and cookies may lead to from persons, with whom each was seen.
    """

    boxes: Boxes
    persons: frozenset[bytes]
    users: defaultdict[bytes, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    neighbours: defaultdict[bytes, set[Pair]] = field(default_factory=lambda: defaultdict(set))
    names: dict[bytes, Identifier] = field(default_factory=dict)
    reached: set[bytes] = field(default_factory=set)

    def take(self, record: "Record") -> bool:
        """
        Take one link; whether it led to something new.
        """
        if record.value is None:
            return False
        try:
            pair = read_key(record.key)
        except Unreadable:
            return False
        things = {pair.second} if PAIRS[pair.kinds][0] == USER else {pair.first, pair.second}
        if not (things & self.reached or pair.first in self.persons):
            return False
        if PAIRS[pair.kinds][0] == USER:
            self.users[pair.second].add(pair.first)
        for thing in things:
            self.neighbours[thing].add(pair)
        new = things - self.reached
        self.reached |= new
        if things - self.names.keys():
            self._name(record)
        return bool(new)

    def own(self, person: bytes) -> set[bytes]:
        """
        What is a person's own.
        """
        own = {thing for thing, users in self.users.items() if person in users}
        ahead = list(own)
        while ahead:
            for pair in self.neighbours[ahead.pop()]:
                if PAIRS[pair.kinds][0] == USER:
                    continue
                new = {thing for thing in (pair.first, pair.second) if thing not in own and not self.users.get(thing)}
                own |= new
                ahead += new
        return own

    def within(self, person: bytes, own: set[bytes]) -> set[Pair]:
        """
        The links among a person and what is their own.
        """
        return {
            pair
            for thing in own
            for pair in self.neighbours[thing]
            if pair.second in own and pair.first in own | {person}
        }

    def _name(self, record: "Record") -> None:
        try:
            sighting = self.boxes.open(record.key or b"", record.value or b"")
        except Unreadable:
            return
        self.names |= {each.digest: each for each in (sighting.first, sighting.second) if each.kind != USER}
