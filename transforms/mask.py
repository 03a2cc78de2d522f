"""Mask: a few characters of the ends, and a fill between them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from transforms.base import Apply, Keyring, Need, Reading, wrong_type

_LONGEST: Final = 64  # fill characters


@dataclass(frozen=True, slots=True)
class Mask:
    """
    Keep some characters of the beginning and the end, and write a fill in place of the others.

    The two ends stay as they were, so that a person recognises a value of their own: `****5678`. A value shorter
    than twice what would be kept is masked whole: never does more than half of a value pass. The widespread
    `138****5678` shows 7 of 11 digits, and is such a case.

    Protects against reading a value over somebody's shoulder.
    Does not protect against anybody who knows a list of possible values: the kept characters pick out few of them. It
    is no de-identification; for recipients use `Pseudonymize` or `Drop`.

    Args:
        keep_first: code points kept of the beginning.
        keep_last: code points kept of the end.
        fill: one punctuation mark or symbol; letters and digits would pass for a value.
        length: fill characters written, 1–64, whatever the value's length; None writes one for each code point hidden,
            which tells the length.

    Raises:
        ValueError: an argument is none of these.
    """

    keep_first: int = 0
    keep_last: int = 0
    fill: str = "*"
    length: int | None = 4

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if not all(type(keep) is int and keep >= 0 for keep in (self.keep_first, self.keep_last)):
            msg = f"characters to keep must be whole numbers from 0, not {self.keep_first!r} and {self.keep_last!r}"
            raise ValueError(msg)
        if not (isinstance(self.fill, str) and len(self.fill) == 1 and unicodedata.category(self.fill)[0] in "PS"):
            msg = f"fill {self.fill!r} must be one punctuation mark or symbol, such as *"
            raise ValueError(msg)
        if self.length is not None and not (type(self.length) is int and 1 <= self.length <= _LONGEST):
            msg = f"length of the fill must be 1–{_LONGEST}, or None to follow the value, not {self.length!r}"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of a string; with a fixed fill, of bounded length.
        """
        if self.length is None:
            return {"type": "string"}
        return {
            "type": "string",
            "minLength": self.length,
            "maxLength": self.keep_first + self.length + self.keep_last,
        }

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        `apply(text)`.
        """
        first, last, fill, length = self.keep_first, self.keep_last, self.fill, self.length
        shortest = 2 * (first + last)

        def apply(value: str) -> str:
            if type(value) is not str:
                expected = "string"
                raise wrong_type(value, expected)
            size = len(value)
            if size < shortest:
                return fill * (size if length is None else length)
            end = size - last
            return value[:first] + fill * (end - first if length is None else length) + value[end:]

        return apply
