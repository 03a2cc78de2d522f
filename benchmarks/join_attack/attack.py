"""Joining what two recipients have: how often that leads to the right person, and how often it does by chance."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from typing import Final

import numpy as np

from benchmarks.join_attack.release import ARRIVAL, KEY, POSITION, Codes, Records, Release
from transforms.suites import SIZE

CONTROLS: Final = 8
_DEVIATIONS: Final = 6

_HASHES: Final = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")
_FIRST_GUESSES: Final = (b"\0", b"\0" * 32, b"secret", b"qingliu", b"ads", b"analytics")

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_HALF: Final = np.uint64(32)

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
        deviation: standard deviation of that.
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
    The joins worth trying: up to so many columns of one name, all of them, and each with a token or place of the other.

    Args:
        release: to be joined.
        most: columns at a time.
    """
    ads, analytics = release.ads, release.analytics
    common = [name for name in ads.columns if name in analytics.columns]
    same = [(name, name) for name in common]
    yield from chain.from_iterable(combinations(same, number) for number in range(1, most + 1))
    plain = tuple(pair for pair in same if pair[0] not in ads.naming)
    if len(plain) > most:
        yield plain
        yield (*plain, (POSITION, POSITION))
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
    controls = [_drawn_anew(release, rng) for _ in range(CONTROLS)]
    return [_finding(release, controls, pairs) for pairs in joins(release, most)]


def guessed(identifiers: Iterable[str], tokens: frozenset[str]) -> int:
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


def _finding(release: Release, controls: Sequence[Release], pairs: Pairs) -> Finding:
    told_by_names = any(one in release.ads.naming or other in release.ads.naming for one, other in pairs)
    matches = _matches(release, pairs)
    if not matches:
        return Finding(pairs, 0.0, 0.0, 0.0)
    drawn = np.array([_matches(control, pairs) for control in controls] if told_by_names else [matches])
    expected = float(drawn.mean())
    return Finding(pairs, matches, expected, max(float(drawn.std()), expected**0.5 * told_by_names))


def _matches(release: Release, pairs: Pairs) -> float:
    """
    The sum over ads' records of the chance to pick one of the right person among the records that are equal.
    """
    ads = _joined([release.ads.columns[one] for one, _ in pairs])
    analytics = _joined([release.analytics.columns[other] for _, other in pairs])
    of_class = _count(ads, analytics)
    of_person = _count(_joined([ads, release.ads.subject]), _joined([analytics, release.analytics.subject]))
    return float(np.divide(of_person, of_class, out=np.zeros(len(ads)), where=of_class > 0).sum())


def _joined(columns: Sequence[Codes]) -> Codes:
    joined = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        joined = (joined * _ODD) ^ column
        joined = (joined ^ (joined >> _HALF)) * _MIX
    return joined


def _count(wanted: Codes, among: Codes) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    ordered = np.sort(among)
    return np.searchsorted(ordered, wanted, "right") - np.searchsorted(ordered, wanted, "left")


def _drawn_anew(release: Release, rng: np.random.Generator) -> Release:
    return replace(release, ads=_redrawn(release.ads, rng), analytics=_redrawn(release.analytics, rng))


def _redrawn(records: Records, rng: np.random.Generator) -> Records:
    columns = {
        name: _renamed(codes, rng) if name in records.naming else codes for name, codes in records.columns.items()
    }
    columns[POSITION] = _sorted_anew(records.columns[POSITION], columns, rng)
    return replace(records, columns=columns)


def _sorted_anew(positions: Codes, columns: Mapping[str, Codes], rng: np.random.Generator) -> Codes:
    """
    Places of the same records when each chunk is sorted by the new keys, those without one by chance.
    """
    keyless = columns[KEY] == 0
    drawn = np.where(keyless, rng.integers(0, 2**63, len(positions), dtype=np.uint64), columns[KEY])
    sorted_anew = np.empty_like(positions)
    sorted_anew[np.lexsort((drawn, keyless, columns[ARRIVAL]))] = positions[np.argsort(columns[ARRIVAL], kind="stable")]
    return sorted_anew


def _renamed(codes: Codes, rng: np.random.Generator) -> Codes:
    """
    Other names for the same ones; none stays none.
    """
    values, places = np.unique(codes, return_inverse=True)
    names = rng.integers(1, 2**63, len(values), dtype=np.uint64)
    names[values == 0] = 0
    return names[places]
