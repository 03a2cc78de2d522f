"""What the network reads of a text: rows of its embedding, and where in the text each stands."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_RUNS: Final = re.compile(r"[!-~]+|[^\x00-\x7f]+|[\x00- \x7f]")
"""What is cut each by itself: no word of the vocabulary mixes ASCII with other characters."""

_WORD: Final = re.compile("[a-zA-Z0-9]+|[!-~]")
"""What may be a word within a run of ASCII."""

_READ: Final = 2
"""Tokens that are read at either end of such a run."""

_INVISIBLE: Final = re.compile(
    "[\x00\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)

_HEAD: Final = 2
"""Characters by which words are looked up first."""

_NO_WORD: Final = -1
_WORD_COST: Final = 17.0
"""More than the logarithms of lengths within a run can make up for, so the fewest words win."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    Rows of one text, and the offset behind which each begins and ends; what no row stands for lies between.

    Args:
        rows: of the embedding.
        starts: in code points of the text.
        ends: in code points of the text.
    """

    rows: list[int]
    starts: list[int]
    ends: list[int]


class Tokenizer:
    """
    Cuts a text into the words and characters that the embedding has rows for.

    A run is cut into the fewest words of the dictionary, among those into the longest; a word without a row is read
    character by character. Characters that nobody sees are not read at all, nor is the inside of a long number, id or
    link: a fifth of the tokens of messages to customer service, which say nothing of the names beside them.

    Args:
        properties: of the model, as `deploy/ner/convert.py` writes them.
    """

    def __init__(self, properties: Mapping[str, str]) -> None:
        characters = properties["characters"].split("\n")
        words = properties["words"].split("\n")
        self._characters = {character: row for row, all_of in enumerate(characters) for character in all_of}
        self._words = dict.fromkeys(properties["breaks"].split("\n"), _NO_WORD)
        self._words |= {word: row for row, word in enumerate(words, len(characters))}
        variants = properties["variants"]
        self._varied = frozenset(variants[::2])
        self._variants = str.maketrans(variants[::2], variants[1::2])
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            if not word.isascii():
                lengths.setdefault(word[:_HEAD], set()).add(len(word))
        self._lengths = {head: tuple(sorted(found)) for head, found in lengths.items()}
        longest = max(map(max, lengths.values()))
        self._gains = [math.log(max(length, 1)) - _WORD_COST for length in range(longest + 1)]

    def __call__(self, text: str) -> Tokens:
        """
        The tokens of a text; none of an empty one.
        """
        offsets = None
        if _INVISIBLE.search(text):
            offsets = [index for index, character in enumerate(text) if not _INVISIBLE.match(character)]
            text = "".join([text[index] for index in offsets])
        tokens = self._read(text)
        if offsets is not None:
            tokens = Tokens(
                tokens.rows, [offsets[start] for start in tokens.starts], [offsets[end - 1] + 1 for end in tokens.ends]
            )
        return tokens

    def _read(self, text: str) -> Tokens:
        characters, words = self._characters, self._words
        plain = text if self._varied.isdisjoint(text) else text.translate(self._variants)
        starts: list[int] = []
        unread: list[slice] = []
        for run in _RUNS.finditer(plain):
            start, end = run.span()
            if end - start == 1:
                starts.append(start)
            elif plain[start] > "\x7f":
                self._cut(starts, plain, start, end)
            else:
                first = len(starts)
                self._spell(starts, plain, start, end)
                if len(starts) - first > 2 * _READ:
                    unread.append(slice(first + _READ, len(starts) - _READ))
        ends = [*starts[1:], len(text)] if starts else []
        rows = [
            characters.get(text[start], 0) if end - start == 1 else words[plain[start:end]]
            for start, end in zip(starts, ends, strict=True)
        ]
        for inside in reversed(unread):
            del rows[inside], starts[inside], ends[inside]
        return Tokens(rows, starts, ends)

    def _spell(self, starts: list[int], plain: str, start: int, end: int) -> None:
        """
        Adds the starts of the tokens of a run of ASCII: words of letters and digits where there are, else characters.
        """
        words = self._words
        for piece in _WORD.finditer(plain, start, end):
            if words.get(piece[0], _NO_WORD) == _NO_WORD:
                starts += range(*piece.span())
            else:
                starts.append(piece.start())

    def _cut(self, starts: list[int], plain: str, start: int, end: int) -> None:
        """
        Adds the starts of the tokens of any other run, by the best path from its end to its start.
        """
        words, lengths, gains = self._words, self._lengths, self._gains
        single = gains[1]
        gain = 0.0
        best = {end: gain}
        step: dict[int, int] = {}
        for at in range(end - 1, start - 1, -1):
            gain += single
            for length in lengths.get(plain[at : at + _HEAD], ()):
                if (
                    at + length <= end
                    and plain[at : at + length] in words
                    and gains[length] + best[at + length] >= gain
                ):
                    gain = gains[length] + best[at + length]
                    step[at] = length
            best[at] = gain
        at = start
        while at < end:
            behind = at + step.get(at, 1)
            if behind - at > 1 and words[plain[at:behind]] == _NO_WORD:
                starts += range(at, behind)
            else:
                starts.append(at)
            at = behind
