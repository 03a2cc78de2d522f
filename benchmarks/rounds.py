"""Two ways of handling the same records, timed in turns so that both meet the same noise."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Any, Self

import orjson


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What one record costs, and how much more that is than reading and writing its JSON.

    Args:
        microseconds: a record, median of the rounds.
        orjson_microseconds: the same for `orjson.dumps(orjson.loads(raw))`.
        ratio: median of the rounds' ratios, which is not the ratio of the medians.
        quartiles: the middle half of the rounds' ratios lies between them.
    """

    microseconds: float
    orjson_microseconds: float
    ratio: float
    quartiles: tuple[float, float]

    @classmethod
    def of(cls, rounds: Sequence[tuple[float, float]]) -> Self:
        """
        From pairs of microseconds a record, orjson's first; at least two.
        """
        ratios = [own / json for json, own in rounds]
        low, _, high = quantiles(ratios, n=4, method="inclusive")
        return cls(median(own for _, own in rounds), median(json for json, _ in rounds), median(ratios), (low, high))


def compare(process: Callable[[bytes], Any], rounds: int, records: Callable[[], Sequence[bytes]]) -> Comparison:
    """
    Time a function beside orjson: both see the same records in a round, and take turns in who is first.

    Args:
        process: takes one raw record.
        rounds: at least two; one more, of which nothing is kept, fills the caches before them.
        records: the next round's records; new ones every time, or caches would know every value from the second on.
    """
    pairs = []
    for number in range(rounds + 1):
        raws = records()
        with no_collection():
            if number % 2:
                json, own = _time_orjson(raws), microseconds(process, raws)
            else:
                own, json = microseconds(process, raws), _time_orjson(raws)
        pairs.append((json, own))
    return Comparison.of(pairs[1:])


@contextmanager
def no_collection() -> Iterator[None]:
    """
    No collection of garbage while the block is timed.
    """
    gc.disable()  # what the simulator keeps would be looked through, at the expense of whoever is being timed
    try:
        yield
    finally:
        gc.enable()


def microseconds(process: Callable[[bytes], Any], raws: Sequence[bytes]) -> float:
    """
    What one record costs.
    """
    start = perf_counter_ns()
    for raw in raws:
        process(raw)
    return (perf_counter_ns() - start) / 1_000 / len(raws)


def _time_orjson(raws: Sequence[bytes]) -> float:
    # Written out: one more Python call a record would flatter the ratio.
    loads, dumps = orjson.loads, orjson.dumps
    start = perf_counter_ns()
    for raw in raws:
        dumps(loads(raw))
    return (perf_counter_ns() - start) / 1_000 / len(raws)
