"""Searching ahead: the texts of the next few records together, which takes less time than one by one."""

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.bound import BoundView
from pipeline.broken import MAX_BYTES
from pipeline.codec import loads
from schemas.contract import Field
from transforms import RedactText
from transforms.redact_text import Redactor

TOGETHER: Final = 2_400
"""Code points of the texts that are searched together, at most: some 50 ms. A longer text is searched in its turn."""


class Ahead:
    """
    Hands the texts of records to what will redact them, before each record is processed by itself.

    What is handed in vain, since the record is broken or nothing of its person may pass, costs time and nothing else;
    what is not handed, such as a text within an array, is searched in its record's turn.

    Args:
        bound: the views of one raw topic with their keys.
    """

    def __init__(self, bound: Sequence[BoundView]) -> None:
        self._redactors = dict(_redactors(bound))

    def __call__(self, raws: Sequence[bytes | None], first: int) -> int:
        """
        Search the texts of the records from `first` on; the number of the next record whose texts were not searched.
        """
        if not self._redactors:
            return len(raws)
        texts: dict[str, list[str]] = {path: [] for path in self._redactors}
        room, position = TOGETHER, first
        while room > 0 and position < len(raws):
            for path, text in self._texts(raws[position]):
                texts[path].append(text)
                room -= len(text)
            position += 1
        for path, redactors in self._redactors.items():
            for redactor in redactors:
                redactor.prepare(texts[path])
        return position

    def _texts(self, raw: bytes | None) -> Iterator[tuple[str, str]]:
        if not raw or len(raw) > MAX_BYTES:
            return
        try:
            event = loads(raw)
        except ValueError:
            return
        for path in self._redactors:
            value = event
            for name in path.split("."):
                value = value.get(name) if isinstance(value, dict) else None
            if isinstance(value, str) and len(value) <= TOGETHER:
                yield path, value


def _redactors(bound: Sequence[BoundView]) -> Iterator[tuple[str, list[Redactor]]]:
    """
    By the path of each field, what redacts it for any recipient; equal rules under the same keys share one.
    """
    for path, node in bound[0].view.contract.nodes():
        if not isinstance(node, Field):
            continue
        redactors: dict[Redactor, None] = {}
        for each in bound:
            for variant in each.view.variants():
                rule = each.view.resolve(variant)[path]
                if isinstance(rule, RedactText):
                    redactors[rule.bind(each.keys)] = None
        if redactors:
            yield path, list(redactors)
