"""Runs: the number that starts at a place in a text."""

import re
from bisect import bisect_left
from typing import Final

from transforms.text.digits import Chain
from transforms.text.quantities import DATE, UNIT
from transforms.text.regularity import CHATTER, PICTURE

_JOINT: Final = re.compile(rf"[ ._*~-]{{1,2}}|{PICTURE.pattern}")
_DECIMAL: Final = re.compile(r"[.:][0-9]")


def following(chain: Chain, position: int, shortest: int, longest: int) -> tuple[int, int] | None:
    """
    The indices of the first and last digit of the number that starts at a place in a text, however it is grouped.

    Groups have one separator throughout, unless there is one for every digit.

    Args:
        chain: a text's digits.
        position: offset at which the number starts.
        shortest: digits that it has at least.
        longest: digits that it has at most.
    """
    first = bisect_left(chain.starts, position)
    if first == len(chain.digits) or chain.starts[first] != position:
        return None
    last = _run(chain, first)
    if last - first >= longest:
        return None
    filler = chain.gap(last) if last + 1 < len(chain.digits) else ""
    joined = _JOINT.fullmatch(filler) is not None or (filler in CHATTER and chain.text.count(filler, position) > 1)
    while joined and last + 1 < len(chain.digits) and chain.gap(last) == filler:
        end = _run(chain, last + 1)
        if end - first >= longest or UNIT.match(chain.text, chain.ends[end]):
            break
        last = end
    text = chain.text[position : chain.ends[last]]
    if last - first + 1 < shortest or _DECIMAL.match(chain.text, chain.ends[last]) or DATE.match(text):
        return None
    return None if _SHORT_PART.search(text) else (first, last)


_SHORT_PART: Final = re.compile(r"[0-9]{2}[ .~*_-]{1,2}[0-9]{1,2}(?![0-9])|(?<![0-9])[0-9]{1,2}[ .~*_-]{1,2}[0-9]{2}")
"""A group so short beside a longer one that they rather are two numbers."""


def _run(chain: Chain, index: int) -> int:
    """
    The last digit of those that touch each other from here on.
    """
    while index + 1 < len(chain.digits) and chain.starts[index + 1] == chain.ends[index]:
        index += 1
    return index
