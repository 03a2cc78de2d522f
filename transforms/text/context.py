"""Words near a doubtful find."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from transforms.text.entities import ALL, SURE, THRESHOLD
from transforms.text.span import Span

BEFORE: Final = 16
"""Characters before a find in which a word of its context counts."""

AFTER: Final = 8
"""Characters behind it."""

_CONTEXT: Final[Mapping[str, re.Pattern[str]]] = {
    entity.name: re.compile(
        "|".join(
            rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in entity.context
        )
    )
    for entity in ALL
    if entity.context
}


def enhance(folded: str, spans: Iterable[Span]) -> list[Span]:
    """
    The spans, each doubtful one that stands near a word of its entity's context made sure.

    The window is one of characters, not of words: Chinese has no spaces, and a wrong segmentation would hide the word.

    Args:
        folded: the folded text.
        spans: found in it.
    """
    return [
        span._replace(score=SURE) if span.score < THRESHOLD and _supported(folded, span) else span for span in spans
    ]


def _supported(folded: str, span: Span) -> bool:
    words = _CONTEXT.get(span.entity)
    if words is None:
        return False
    before = folded[max(0, span.start - BEFORE) : span.start]
    return bool(words.search(before) or words.search(folded[span.end : span.end + AFTER]))
