"""What the network reads of a text: rows of its embedding, and where in the text each stands."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PIECES: Final = re.compile(r"[a-zA-Z0-9]+|[^\x00-\x7f]+|[\x00-\x7f]")
"""Runs that are cut each by itself: no word of the vocabulary mixes letters with other characters."""

_INVISIBLE: Final = re.compile(
    "[\x00\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)

_NO_WORD: Final = -1
_WORD_COST: Final = 17.0
"""More than the logarithms of lengths within a run can make up for, so the fewest words win."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    Rows of one text, and the offset behind which each begins and ends.

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
    character by character. Characters that nobody sees are not read at all.

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
        self._variants = str.maketrans(variants[::2], variants[1::2])
        self._longest = max(len(word) for word in self._words if not word.isascii())
        self._gains = [math.log(max(length, 1)) - _WORD_COST for length in range(self._longest + 1)]

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
        tokens = Tokens([], [], [])
        plain = text.translate(self._variants)
        for piece in _PIECES.finditer(plain):
            start, end = piece.span()
            if end - start == 1:
                self._add_characters(tokens, text, start, end)
            elif piece[0].isascii():
                self._add(tokens, text, plain, start, end)
            else:
                self._cut(tokens, text, plain, start, end)
        return tokens

    def _cut(self, tokens: Tokens, text: str, plain: str, start: int, end: int) -> None:
        """
        Adds the tokens of one run, by the best path from its end to its start.
        """
        words, gains, longest = self._words, self._gains, self._longest
        size = end - start
        best = [0.0] * (size + 1)
        step = [1] * size
        for index in range(size - 1, -1, -1):
            best[index] = best[index + 1] + gains[1]
            for length in range(2, min(longest, size - index) + 1):
                if plain[start + index : start + index + length] in words:
                    gain = gains[length] + best[index + length]
                    if gain >= best[index]:
                        best[index] = gain
                        step[index] = length
        index = 0
        while index < size:
            length = step[index]
            self._add(tokens, text, plain, start + index, start + index + length)
            index += length

    def _add(self, tokens: Tokens, text: str, plain: str, start: int, end: int) -> None:
        row = self._words.get(plain[start:end], _NO_WORD) if end - start > 1 else _NO_WORD
        if row == _NO_WORD:
            self._add_characters(tokens, text, start, end)
        else:
            tokens.rows.append(row)
            tokens.starts.append(start)
            tokens.ends.append(end)

    def _add_characters(self, tokens: Tokens, text: str, start: int, end: int) -> None:
        tokens.rows.extend([self._characters.get(character, 0) for character in text[start:end]])
        tokens.starts.extend(range(start, end))
        tokens.ends.extend(range(start + 1, end + 1))
