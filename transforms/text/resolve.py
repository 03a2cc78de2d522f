"""Spans that overlap become spans that do not."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from transforms.text.entities import ENTITIES
from transforms.text.span import Span

_RANK: Final = {name: rank for rank, name in enumerate(ENTITIES)}


def resolve(spans: Iterable[Span]) -> tuple[Span, ...]:
    """
    Disjoint spans, in the order of the text, which cover exactly what the given ones cover.

    Where two claim the same characters the surer one has them, then the longer one, then the one whose entity is
    listed first; what is left of the other stays hidden as its own entity.

    Args:
        spans: of known entities; empty ones are left out.
    """
    taken: list[Span] = []  # in order, disjoint
    ends: list[int] = []
    for span in sorted(spans, key=_claim):
        start = span.start
        index = bisect_right(ends, start)
        while start < span.end:
            following = taken[index].start if index < len(taken) else span.end
            if following > start:
                end = min(following, span.end)
                taken.insert(index, span._replace(start=start, end=end))
                ends.insert(index, end)
            start = ends[index]
            index += 1
    return tuple(taken)


def _claim(span: Span) -> tuple[float, int, int, int]:
    return -span.score, span.start - span.end, _RANK[span.entity], span.start
