"""Regularity: how much digits that were found look like one number."""

import re
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from transforms.text.digits import GAP, LETTERS, Chain
from transforms.text.quantities import MEASURE, UNIT, decimal, priced, round_figure, several

CHATTER: Final = frozenset("哈呀嘿嗯啊哦呵喵咯嘻")
"""What is said without a meaning."""

PICTURE: Final = re.compile(r"[^\x00-\x7f\u2010-\u206f\u3000-\u303f\u3400-\u9fff\ufe30-\uffef]{1,4}")
"""Emoji and other symbols, but no punctuation."""

_SEQUENCE: Final = re.compile(
    r"然后|接着|接下来|接上|再[^0-9]|下面|下[0-9]段|最后|后面|前面|中间|随后|末尾|开头|加上|[前后中尾][0-9]位|空格|横杠|横线|减号|哈|呵|"
    r"嘿|呀|哦|嗯|啊|啦|那个|这个|跟着|继续|居中|完了|下半|</?[a-z]{1,6} ?/?>"
    r"|^[^0-9a-z\u3400-\u9fff]{0,2}.{0,2}[再接尾末后中右段组杠横打按].{0,2}[^0-9a-z\u3400-\u9fff]{0,2}$"
)
"""What is said between the parts of one number."""

_WORDY: Final = re.compile(r"[a-z\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTER: Final = re.compile("[a-z]")
_SPOKEN: Final = frozenset("点加减的kmgwl")
"""Separators, when they are the only one; as units they would have a space or a word behind them."""

_LISTING: Final = frozenset(",、;/")
_APART: Final = frozenset(("", "-", ".", "+"))
_PAIR: Final = 2
_LIST: Final = 4
"""Groups that make a list, rather than a number."""

_SINGLES: Final = 9
"""Groups of one digit that make a number spelt digit by digit."""

_MANY_SINGLES: Final = 4
"""Groups of one digit that quantities beside each other hardly are."""

_WIDE: Final = 5
"""Digits in a row that hardly are a size, a count or a price."""

_NARROW: Final = 4
"""Digits in a row that may well be one."""

_CANONICAL: Final = (3, 4, 4)
"""Groups of nearly every mobile number that is written in groups."""

_HEAVY: Final = -4.0
_WRITTEN: Final = 4.0


class Layout(NamedTuple):
    """
    How the digits of a window are grouped.

    Args:
        groups: of digits that touch each other.
        gaps: between the groups.
        forms: what stands for each digit.
        around: what stands between the window and the digits within reach of it.
    """

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    forms: tuple[str, ...]
    around: frozenset[str]


def layout(chain: Chain, first: int, last: int, code: int = 0) -> Layout | None:
    """
    The groups of a window, or None when two digits stand too far from each other.

    Args:
        chain: a text's digits.
        first: index of the window's first digit.
        last: index of its last one.
        code: how many digits before it are those of its country.
    """
    starts, ends, digits = chain.starts, chain.ends, chain.digits
    groups: list[str] = []
    gaps: list[str] = []
    begin = first
    for index in range(first, last):
        if starts[index + 1] > ends[index]:
            if starts[index + 1] - ends[index] > GAP:
                return None
            groups.append(digits[begin : index + 1])
            gaps.append(chain.gap(index))
            begin = index + 1
    groups.append(digits[begin : last + 1])
    forms = tuple(map(chain.form, range(first, last + 1)))
    return Layout(tuple(groups), tuple(gaps), forms, _around(chain, first, last, code))


def _around(chain: Chain, first: int, last: int, code: int) -> frozenset[str]:
    """
    What stands between a window and the digits within its reach.
    """
    around = set()
    before, after = first - 1 - code, last + 1
    if before >= 0 and chain.plain(before) and chain.starts[first - code] - chain.ends[before] <= GAP:
        around.add(chain.text[chain.ends[before] : chain.starts[first - code]])
    if after < len(chain.digits) and chain.plain(after) and chain.starts[after] - chain.ends[last] <= GAP:
        around.add(chain.gap(last))
    return frozenset(around)


def regularity(chain: Chain, first: int, last: int, usual: AbstractSet[tuple[int, ...]], code: int = 0) -> float:
    """
    How much a window of digits looks like one number, written or hidden on purpose, and not like several.

    Three is about as much as a form without any context needs; a negative figure speaks for quantities, dates or lists.

    Args:
        chain: a text's digits.
        first: index of the window's first digit.
        last: index of its last one.
        usual: lengths of groups in which such a number is written.
        code: how many digits before it are those of its country.
    """
    found = layout(chain, first, last, code)
    if found is None:
        return _HEAVY
    written = all(map(str.isdecimal, found.forms)) and all(found.forms)
    if not found.gaps:
        return _WRITTEN if written else _unwritten(chain, first, last, found.forms)
    if _lettered(found.forms):
        return _HEAVY
    lengths = tuple(map(len, found.groups))
    return (
        _grouping(found, lengths, usual)
        + _filling(chain, last, found)
        + _surroundings(chain, chain.starts[first], last, found, usual_grouping=lengths in usual)
        - (0.0 if written else _strangeness(found))
        + (_HEAVY if several(chain.text[chain.starts[first] : chain.ends[last]], found.groups, found.gaps) else 0.0)
        - (3.5 if _coincidence(found) else 0.0)
        - (2.5 if decimal(found.groups, found.gaps) else 0.0)
    )


_NEAR: Final = frozenset("0123456789oli|!zsbgqv拐勾洞")
_LETTERS: Final = frozenset("".join(LETTERS))
_MOST_LETTERS: Final = 7
_FAR_LETTERS: Final = 4
_ASCII_WORD: Final = re.compile("[a-z0-9_]")


def _unwritten(chain: Chain, first: int, last: int, forms: tuple[str, ...]) -> float:
    """
    Digits and look-alikes that touch: a word at an edge, or many letters, may be just that.
    """
    letters = [form for form in forms if form in _LETTERS]
    far = sum(form not in _NEAR for form in letters)
    if len(letters) > _MOST_LETTERS or far > _FAR_LETTERS:
        return 0.0
    if far and (
        _ASCII_WORD.match(chain.text, chain.ends[last]) or _ASCII_WORD.match(chain.text[chain.starts[first] - 1 :][:1])
    ):
        return 0.0
    strange = "".join("~" if form and form not in _NEAR else " " for form in forms)
    only_at_an_edge = "~" not in strange.strip("~") and len(strange.strip("~")) > len(forms) - _PAIR - 1
    return 2.0 if "~" in strange and only_at_an_edge and not _spelt(forms) else 3.5


def _lettered(forms: tuple[str, ...]) -> bool:
    """
    Whether so many forms are letters that they rather are words.
    """
    letters = sum(form in _LETTERS for form in forms)
    return letters > len(forms) - letters - forms.count("")


_HEXADECIMAL: Final = frozenset("abcdef")
_BLANK: Final = frozenset((" ", "  ", "-"))
_NOTES: Final = frozenset("1234567")


def _coincidence(found: Layout) -> bool:
    """
    Whether single digits are hexadecimal ones, or the notes of a song.
    """
    if len(found.gaps) < _SINGLES:
        return False
    gaps = set(found.gaps)
    return (len(gaps) > 1 and gaps <= _HEXADECIMAL) or (
        len(gaps) == 1 and gaps <= _BLANK and _NOTES.issuperset(found.groups) and not _spelt(found.forms)
    )


def _spelt(forms: tuple[str, ...]) -> bool:
    """
    Whether a digit is written as a word of several letters, or several digits as one.
    """
    return any(len(form) > 1 for form in forms)


def _grouping(found: Layout, lengths: tuple[int, ...], usual: AbstractSet[tuple[int, ...]]) -> float:
    near = len(found.gaps[0]) <= _PAIR or _SEQUENCE.search(found.gaps[0])
    cut_once = len(lengths) == _PAIR and max(lengths) > _WIDE and near
    blank = not any(map(_WORDY.search, found.gaps))
    if lengths in usual or cut_once or lengths.count(1) >= _SINGLES or (blank and _spelt(found.forms)):
        value = 2.0
    else:
        value = max(map(_figureless, found.groups))
    if lengths == _CANONICAL and not any(map(round_figure, found.groups[1:])):
        value += 1.0
    if _MANY_SINGLES <= lengths.count(1) < _SINGLES:
        value += 1.0
    if any(group[0] == "0" and len(group) > 1 for group in found.groups):
        value += 1.0  # no quantity starts with a zero
    elif max(lengths) <= _NARROW and min(lengths) > 1 and priced(found.groups, found.gaps):
        value -= 3.0
    return value


def _figureless(group: str) -> float:
    """
    Evidence that a group is no price, size or count.
    """
    if len(group) < _NARROW or round_figure(group):
        return 0.0
    return 1.5 if len(group) > _WIDE else 0.5


def _filling(chain: Chain, last: int, found: Layout) -> float:
    gaps = set(found.gaps)
    same = {gap.strip() for gap in gaps}
    value = 0.0
    if len(gaps) == 1:
        value += 1.5 if len(found.gaps) > 1 else 0.5
    elif len(same) == 1:
        value += 1.0
    elif len(found.gaps) >= _LIST and max(map(len, gaps)) == 1:
        value += 1.0  # one character each
    if len(same) == 1 and (same <= CHATTER or all(map(PICTURE.fullmatch, same))):
        value += 1.0  # nobody lists quantities that way
    wordy = [gap for gap in gaps if _WORDY.search(gap)]
    if not wordy or all(_SEQUENCE.search(gap) or _short(gap, found) for gap in wordy):
        value += 1.0
    elif len(same) > 1:
        value -= min(1.0, sum(map(len, wordy)) / (4 * len(wordy)))
    return value - _united(chain, last, found, same) - _listed(found, same)


def _united(chain: Chain, last: int, found: Layout, same: AbstractSet[str]) -> float:
    """
    Evidence of units: the last quantity would have one as well.
    """
    if not any(map(UNIT.match, found.gaps)):
        return 0.0
    (filler,) = same if len(same) == 1 else ("",)
    if filler in _SPOKEN or (filler and len(found.gaps) > 1 and not chain.text.startswith(filler, chain.ends[last])):
        return 0.0
    if max(map(len, found.gaps)) > 1 or len(found.gaps) < _PAIR:
        return 3.0
    return 0.0 if len(found.gaps) >= _SINGLES else 1.5


def _listed(found: Layout, same: AbstractSet[str]) -> float:
    """
    Evidence of a list, 13、14、15: of groups that are neither single digits nor mixed up.
    """
    if len(found.groups) < _LIST or max(map(len, found.groups)) == 1:
        return 0.0
    if same <= _LISTING:
        return 3.0
    drawn = max(map(len, found.groups)) == _PAIR and not any(group[0] == "0" for group in found.groups)
    return 2.0 if drawn and len(same) == 1 and same <= _APART else 0.0  # a draw of a lottery


def _short(gap: str, found: Layout) -> bool:
    """
    Whether a filler is one character, and none of a hexadecimal number.
    """
    return len(gap.strip()) == 1 and (gap.strip() not in "abcdef" or len(found.gaps) < _LIST)


def _surroundings(chain: Chain, start: int, last: int, found: Layout, *, usual_grouping: bool) -> float:
    """
    Digits that go on in the same way before or behind a window make it a part of something longer.
    """
    counted = -2.0 if MEASURE.match(chain.text, chain.ends[last]) else 0.0
    letter = chain.text[max(0, start - 1) : start]
    if _LETTER.match(letter) and letter not in found.gaps and any(map(_LETTER.match, found.gaps)):
        counted -= 3.0  # the number of a machine
    if not found.around:
        return counted + 1.0
    if not found.around & set(found.gaps):
        return counted - 0.5 * any(len(gap) <= 1 for gap in found.around)
    figures = any(map(round_figure, found.groups[1:]))
    return counted - (1.0 if usual_grouping and len(found.groups) < _LIST and not figures else 3.0)


def _strangeness(found: Layout) -> float:
    """
    Words as digits and words between digits: one of them too many.
    """
    wordy = any(_WORDY.search(gap) for gap in found.gaps)
    strange = [index for index, form in enumerate(found.forms) if not form.isdecimal() and form not in _SAID]
    if not strange or (not wordy and _spelt(found.forms)):
        return 0.0
    far = float(sum(form in _LETTERS - _NEAR for form in found.forms))
    edge = strange[0] == 0 or strange[-1] == len(found.forms) - 1
    if wordy or (len(strange) <= _PAIR and edge and not set(map(found.forms.__getitem__, strange)) <= _NEAR):
        return 3.0 + far + 0.25 * len(strange)
    return far + (0.25 * len(strange) if len(strange) <= _WIDE else 0.0)


_SAID: Final = frozenset("拐勾洞")
