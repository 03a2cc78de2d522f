"""What is counted, from texts with their gold and what a detector found in them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

from benchmarks.detection.labelled import Gold, Labelled
from transforms.text.entities import ENTITIES
from transforms.text.span import Span

Z: Final = 1.959964
"""Of a 95 % interval."""

NAMES: Final = frozenset({"PERSON"})
ADDRESSES: Final = frozenset({"CN_ADDRESS"})
NUMBERS: Final = frozenset(ENTITIES) - NAMES - ADDRESSES
KINDS: Final = {"numbers": NUMBERS, "names": NAMES, "addresses": ADDRESSES}


class Judged(NamedTuple):
    """
    A text and what was found in it.
    """

    labelled: Labelled
    found: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Share:
    """
    So many out of so many.

    Args:
        hits: at most `of`; not whole where each of `of` counts by a part.
        of: may be 0, when nothing is known.
    """

    hits: float
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else float("nan")

    def interval(self) -> tuple[float, float]:
        """
        95 % score interval.

        Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
        """
        if not self.of:
            return 0.0, 1.0
        share, square = self.value, Z * Z / self.of
        middle = (share + square / 2) / (1 + square)
        half = Z / (1 + square) * sqrt(share * (1 - share) / self.of + square / (4 * self.of))
        return (0.0 if not self.hits else middle - half), (1.0 if self.hits == self.of else middle + half)


@dataclass(frozen=True, slots=True)
class Exact:
    """
    Finds with the right entity and the right ends.
    """

    precision: Share
    recall: Share

    @property
    def f1(self) -> float:
        """
        Harmonic mean; it has no interval of its own.
        """
        golds_and_finds = self.precision.of + self.recall.of
        return 2 * self.recall.hits / golds_and_finds if golds_and_finds else float("nan")


def covered(gold: Gold, found: Iterable[Span]) -> Share:
    """
    How many of the characters that must be hidden are.
    """
    needed = gold.needed()
    spans = [(span.start, span.end) for span in found if span.start < gold.end and gold.start < span.end]
    return Share(sum(any(start <= at < end for start, end in spans) for at in needed), len(needed))


def masked(gold: Gold, found: Iterable[Span]) -> bool:
    """
    Whether nothing of it stays, by whatever entity.
    """
    share = covered(gold, found)
    return share.hits == share.of


def exact(gold: Gold, span: Span) -> bool:
    """
    Whether a find is this one. Fillers at an end may be in or out; a URL's parameter stands for what its value is.
    """
    needed = gold.needed()
    ends = {gold.start, needed[0]}, {gold.end, needed[-1] + 1}
    return span.start in ends[0] and span.end in ends[1] and span.entity in {gold.entity, "URL_PARAM"}


def recall(judged: Iterable[Judged], groups: Callable[[Labelled, Gold], Iterable[str]]) -> dict[str, Share]:
    """
    Share fully masked, by the groups that a gold belongs to.
    """
    hits, total = Counter[str](), Counter[str]()
    for labelled, found in judged:
        for gold in labelled.spans:
            names = tuple(groups(labelled, gold))
            total.update(names)
            if masked(gold, found):
                hits.update(names)
    return {name: Share(hits[name], total[name]) for name in sorted(total)}


def exact_by_entity(judged: Iterable[Judged]) -> dict[str, Exact]:
    """
    Exact matches by entity: a gold matches one find at most, and the other way round.
    """
    golds, finds, hits = Counter[str](), Counter[str](), Counter[str]()
    for labelled, found in judged:
        left = list(found)
        for gold in labelled.spans:
            golds[gold.entity] += 1
            match = next((span for span in left if exact(gold, span)), None)
            if match:
                left.remove(match)
                hits[gold.entity] += 1
                finds[gold.entity] += 1
        finds.update(span.entity for span in left)
    return {
        name: Exact(Share(hits[name], finds[name]), Share(hits[name], golds[name])) for name in sorted(golds | finds)
    }


def relaxed_precision(judged: Iterable[Judged], entities: Collection[str]) -> Share:
    """
    Share of the finds of these entities that overlap something personal.
    """
    hits = total = 0
    for labelled, found in judged:
        for span in found:
            if span.entity in entities:
                total += 1
                hits += any(span.start < gold.end and gold.start < span.end for gold in labelled.spans)
    return Share(hits, total)


def character_recall(judged: Iterable[Judged], entity: str) -> Share:
    """
    Share of the characters of an entity's golds that are hidden, over the number of golds.

    Characters of one value are hidden together, so the interval counts values: it is rather too wide than too narrow.
    """
    hits, characters, golds = 0.0, 0, 0
    for labelled, found in judged:
        for gold in labelled.spans:
            if gold.entity == entity:
                share = covered(gold, found)
                hits, characters, golds = hits + share.hits, characters + share.of, golds + 1
    return Share(golds * hits / characters if characters else 0, golds)


def false_hits(judged: Iterable[Judged]) -> dict[str, dict[str, Share]]:
    """
    Of the texts with nothing personal, by field: the share in which a number, a name, an address was found.
    """
    texts = Counter[str]()
    hit: dict[str, Counter[str]] = defaultdict(Counter)
    for labelled, found in judged:
        if not labelled.spans:
            texts[labelled.field] += 1
            hit[labelled.field].update({kind(span.entity) for span in found})
    return {field: {name: Share(hit[field][name], texts[field]) for name in KINDS} for field in sorted(texts)}


def kind(entity: str) -> str:
    """
    One of `KINDS`; what another detector calls by a name of its own is a number.
    """
    return next((name for name, entities in KINDS.items() if entity in entities), "numbers")


def misses(judged: Iterable[Judged]) -> Iterator[tuple[Labelled, Gold]]:
    """
    What stayed in sight.
    """
    for labelled, found in judged:
        for gold in labelled.spans:
            if not masked(gold, found):
                yield labelled, gold


def groups(labelled: Labelled, gold: Gold) -> tuple[str, ...]:
    """
    Under which heads a gold is reported.
    """
    entity = gold.entity
    if entity == "PERSON":
        place = f"PERSON, {_PLACE.get(labelled.field, labelled.field)}"
        return (place, f"{place}: {gold.style}") if place == _SERVICE and gold.style else (place,)
    if entity == "CN_ADDRESS":
        return (entity, f"{entity}: {gold.style}") if gold.style else (entity,)
    if entity == "CN_MOBILE" and gold.style != "plain":
        return ("CN_MOBILE, evasive", f"CN_MOBILE, evasive: {gold.style}")
    if gold.style:
        return (f"{entity}, {gold.style}",)
    return (entity,)


_PLACE: Final[Mapping[str, str]] = dict.fromkeys(("contact", "note"), "contact and note")
_SERVICE: Final = "PERSON, contact and note"
