"""Joining what two recipients have: how often that leads to the right person, and how often it does by chance."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, permutations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.join_attack.release import ARRIVAL, KEY, POSITION, Codes, Records, Release
from transforms.suites import SIZE

CONTROLS: Final = 8
_DEVIATIONS: Final = 6

_HASHES: Final = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")
_FIRST_GUESSES: Final = (b"\0", b"\0" * 32, b"secret", b"qingliu", b"ads", b"analytics")

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_HALF: Final = np.uint64(32)

Columns = Mapping[str, Codes]

Pairs = tuple[tuple[str, str], ...]
"""A join: each of these columns of ads equal to the one of analytics beside it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What one join gives.

    Args:
        pairs: the columns.
        matches: records of ads for which the right person is guessed, drawn from those that the join leaves.
        expected: the same, on average, of releases that say the same of everybody but whose tokens and order are drawn
            anew: chance, and what rare values tell.
        deviation: standard deviation of that, no less than chance has that comes in strokes: many records of one person
            in a chunk lie together, and meet those of the other recipient together or not at all.
    """

    pairs: Pairs
    matches: float
    expected: float
    deviation: float

    @property
    def surplus(self) -> float:
        """
        Matches beyond what chance, of which this is six standard deviations, makes of the control.
        """
        return max(0.0, self.matches - self.expected - _DEVIATIONS * self.deviation)


def joins(release: Release, most: int) -> Iterator[Pairs]:
    """
    The joins worth trying: up to so many columns of one name, alone and at the same place, all of them, and each with a
    token or place of the other.

    Larger sets that hold a token need no trying where `in_both` finds none: all that they can equate are records that
    both lack it.

    Args:
        release: to be joined.
        most: columns at a time.
    """
    ads, analytics = release.ads, release.analytics
    common = [name for name in ads.columns if name in analytics.columns]
    same = [(name, name) for name in common]
    yield from chain.from_iterable(combinations(same, number) for number in range(1, most + 1))
    plain = tuple(pair for pair in same if pair[0] not in ads.naming)
    place = (POSITION, POSITION)
    yield from ((*pairs, place) for pairs in combinations(plain, most) if most > 1)
    if len(plain) > most:
        yield plain
        yield (*plain, place)
    for one, other in product(ads.columns, analytics.columns):
        if one != other and (one in ads.naming or other in analytics.naming):
            yield ((one, other),)


def attack(release: Release, most: int, seed: int) -> list[Finding]:
    """
    Try every join.

    Args:
        release: to be joined.
        most: columns at a time.
        seed: of chance.
    """
    rng = np.random.default_rng(seed)
    ads, analytics = _Redrawn(release.ads), _Redrawn(release.analytics)
    controls = [(ads.columns(rng), analytics.columns(rng)) for _ in range(CONTROLS)]
    given, persons = (release.ads.columns, release.analytics.columns), _Persons.of(release)
    stroke = _most_together(release.ads)

    def finding(pairs: Pairs) -> Finding:
        matches = _matches(pairs, persons, *given)
        if not matches:
            return Finding(pairs, 0.0, 0.0, 0.0)
        if not any(one in release.ads.naming or other in release.analytics.naming for one, other in pairs):
            return Finding(pairs, matches, matches, 0.0)
        drawn = np.array([_matches(pairs, persons, *control) for control in controls])
        expected, luck = float(drawn.mean()), stroke if any(POSITION in pair for pair in pairs) else 1
        return Finding(pairs, matches, expected, max(float(drawn.std()), (max(expected, luck) * luck) ** 0.5))

    return [finding(pairs) for pairs in joins(release, most)]


def _most_together(records: Records) -> int:
    """
    How many records of one person came with one chunk, at most.
    """
    _, numbers = np.unique(_joined([records.columns[ARRIVAL], records.subject]), return_counts=True)
    return int(numbers.max(initial=1))


def in_both(release: Release) -> int:
    """
    How many tokens, keys and headers of one recipient stand in any column of the other.

    Args:
        release: to be compared.
    """
    return sum(
        len(np.intersect1d(_values(one, one.naming), _values(other, other.columns.keys())))
        for one, other in permutations((release.ads, release.analytics))
    )


def _values(records: Records, names: Collection[str]) -> Codes:
    """
    Every value in some columns, places and none left out.
    """
    columns = [codes for name, codes in records.columns.items() if name in names and name != POSITION]
    values = np.unique(np.concatenate(columns)) if columns else np.zeros(0, np.uint64)
    return values[values != 0]


@lru_cache(maxsize=1)  # a topic with consent and without has the same of both
def guessed(identifiers: frozenset[str], tokens: frozenset[str]) -> int:
    """
    How many identifiers lead to a token, for somebody who has all of them and no key.

    Tried are the usual hashes, without a key and with those that are guessed first, in the usual spellings.

    Args:
        identifiers: as they are in raw events.
        tokens: without their versions.
    """
    return sum(not tokens.isdisjoint(_guesses(identifier.encode())) for identifier in identifiers)


def _guesses(value: bytes) -> Iterator[str]:
    for name in _HASHES:
        yield from _spellings(hashlib.new(name, value).digest())
        for key in _FIRST_GUESSES:
            yield from _spellings(hmac.digest(key, value, name))


def _spellings(digest: bytes) -> tuple[str, ...]:
    short = digest[:SIZE]
    return (digest.hex(), short.hex(), urlsafe_b64encode(short).decode()[:22], b64encode(short).decode()[:22])


@dataclass(frozen=True, slots=True)
class _Persons:
    """
    Who each record is about, by numbers from 0.
    """

    ads: Codes
    analytics: Codes
    bits: np.uint64

    @classmethod
    def of(cls, release: Release) -> "_Persons":
        subjects = np.concatenate((release.ads.subject, release.analytics.subject))
        everybody, numbers = np.unique(subjects, return_inverse=True)
        numbers = numbers.astype(np.uint64)
        border = len(release.ads.subject)
        return cls(numbers[:border], numbers[border:], np.uint64(len(everybody).bit_length()))


def _matches(pairs: Pairs, persons: _Persons, ads: Columns, analytics: Columns) -> float:
    """
    The sum over ads' records of the chance to pick one of the right person among the records that are equal.

    Equal are records whose hashes are, of 64 bits less those that number the persons: 46 or more where there are not a
    quarter of a million of them. Everything is sorted once, so that a join takes n log n.
    """
    who, wanted = _counted([ads[one] for one, _ in pairs], persons.ads, persons.bits)
    among, held = _counted([analytics[other] for _, other in pairs], persons.analytics, persons.bits)
    places = np.searchsorted(among, who)
    found = places < len(among)
    found[found] = among[places[found]] == who[found]
    if not found.any():
        return 0.0
    places = places[found]
    classes = among >> persons.bits
    starts = np.flatnonzero(np.concatenate(([True], classes[1:] != classes[:-1])))
    of_class = np.add.reduceat(held, starts)[np.searchsorted(starts, places, "right") - 1]
    return float((wanted[found] * held[places] / of_class).sum())


def _counted(columns: Sequence[Codes], persons: Codes, bits: np.uint64) -> tuple[Codes, NDArray[np.int64]]:
    """
    The classes of a join with the persons in each, in order, and how many records each has.
    """
    keys = np.sort((_joined(columns) << bits) | persons)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.zeros(0, np.int64)
    return keys[starts], np.diff(starts, append=len(keys))


def _joined(columns: Sequence[Codes]) -> Codes:
    joined = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        joined = (joined * _ODD) ^ column
        joined = (joined ^ (joined >> _HALF)) * _MIX
    return joined


class _Redrawn:
    """
    Records that say the same, but whose tokens and order are drawn anew.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._names = {
            name: np.unique(codes, return_inverse=True)
            for name, codes in records.columns.items()
            if name in records.naming
        }

    def columns(self, rng: np.random.Generator) -> Columns:
        columns = {
            name: _renamed(*self._names[name], rng) if name in self._names else codes
            for name, codes in self._records.columns.items()
        }
        columns[POSITION] = _sorted_anew(self._records.columns[POSITION], columns, rng)
        return columns


def _sorted_anew(positions: Codes, columns: Mapping[str, Codes], rng: np.random.Generator) -> Codes:
    """
    Places of the same records when each chunk is sorted by the new keys, those without one by chance.
    """
    keyless = columns[KEY] == 0
    drawn = np.where(keyless, rng.integers(0, 2**63, len(positions), dtype=np.uint64), columns[KEY])
    sorted_anew = np.empty_like(positions)
    sorted_anew[np.lexsort((drawn, keyless, columns[ARRIVAL]))] = positions[np.argsort(columns[ARRIVAL], kind="stable")]
    return sorted_anew


def _renamed(values: Codes, places: NDArray[np.intp], rng: np.random.Generator) -> Codes:
    """
    Other names for the same ones; none stays none.
    """
    names = rng.integers(1, 2**63, len(values), dtype=np.uint64)
    names[values == 0] = 0
    return names[places]
