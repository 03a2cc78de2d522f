"""Digits: how a number hides in a text, and how much what was found looks like one number."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from itertools import pairwise
from typing import Final, NamedTuple

GAP: Final = 8
"""Characters that may stand between two digits of one number."""

SOUNDS: Final = (
    "灵铃凌玲岭领令另菱伶羚龄聆陵翎苓洞冻咚",
    "衣依医伊移怡姨仪宜亿义艺忆议易益亦异翼意邑腰妖邀要药夭遥摇尧姚",
    "儿尔耳而饵量亮凉良粮梁辆谅",
    "伞散参山删闪衫珊",
    "思丝死寺司私斯撕似饲嘶巳泗",
    "吾舞午武无屋雾物误污乌呜悟务吴毋梧捂勿坞巫",
    "溜柳留流刘牛瘤榴硫遛路鹿录露绿",
    "漆其起气骑棋奇琪妻期齐旗器汽弃企启戚凄祺淇岂砌拐",
    "爸疤扒吧巴把拔霸罢芭坝靶耙叭笆发",
    "酒久救就旧舅揪纠究韭灸疚勾够狗沟钩构购",
)
"""Characters that sound like a digit, by its value."""

WORDS: Final = (
    ("ling", "dong", "zero"),
    ("yao", "yi", "one"),
    ("liang", "er", "two"),
    ("san", "three"),
    ("si", "four"),
    ("wu", "five"),
    ("liu", "six"),
    ("guai", "qi", "seven"),
    ("ba", "eight"),
    ("gou", "jiu", "nine"),
)
"""Words of a digit in pinyin and English, by its value."""

LETTERS: Final = ("od", "li|", "z", "e", "a", "s", "", "t", "b", "q")
"""Letters drawn like a digit, by its value."""

_VALUES: Final = {
    form: str(value)
    for forms in (SOUNDS, WORDS, LETTERS, "0123456789")
    for value, same in enumerate(forms)
    for form in same
}
_TIMES: Final = {"双": 2, "俩": 2, "仨": 3}
_POWERS: Final = {"十": 10, "百": 100, "千": 1000}

_PLACE: Final = r"[前后末尾首头中间第下上这那][0-9]{1,2}(?=[位个段组截])"  # 前3位 tells where digits stand
_COUNTED: Final = r"(?:[2-9]个|[双俩仨])[0-9]|(?:[1-9][千百十]0?){1,3}[1-9]?|十[1-9]?"
_NO_DIGITS: Final = "qq|pro|plus|gb|tb"
_WORD: Final = "|".join(sorted((word for words in WORDS for word in words), key=len, reverse=True))


class Reading(Enum):
    """
    What is taken for a digit: the wider the reading, the more evidence a number needs.
    """

    PLAIN = re.compile(f"{_PLACE}|([0-9])")
    LOOKS = re.compile(f"{_PLACE}|{_NO_DIGITS}|({_COUNTED}|[0-9]|{_WORD}|[{''.join(LETTERS)}])")
    SOUNDS = re.compile(f"{_PLACE}|{_NO_DIGITS}|({_COUNTED}|[0-9]|{_WORD}|[{''.join((*LETTERS, *SOUNDS))}])")


def _dense(characters: str) -> re.Pattern[str]:
    """
    Finds some of these characters, each within reach of the next; what is in reach and what is not exclude each other.
    """
    return re.compile(f"[{characters}](?:[^{characters}]{{0,{GAP}}}[{characters}]){{7}}")


MANY: Final = {
    Reading.PLAIN: _dense("0-9"),
    Reading.LOOKS: _dense("0-9a-z|十百千双俩仨个"),
    Reading.SOUNDS: _dense(f"0-9a-z|十百千双俩仨个{''.join(SOUNDS)}"),
}
"""What can be searched for in a text before its digits are read: where it finds nothing there is no long number."""


class Chain(NamedTuple):
    """
    The bare digits of a text, and where each of them came from.

    Args:
        text: that was read.
        digits: all of them, in order.
        starts: the offset of what stands for each digit; the later digits of one word start where the word ends.
        ends: behind it.
    """

    text: str
    digits: str
    starts: Sequence[int]
    ends: Sequence[int]

    def gap(self, index: int) -> str:
        """
        What stands between a digit and the next one.
        """
        return self.text[self.ends[index] : self.starts[index + 1]]

    def plain(self, index: int) -> bool:
        """
        Whether a digit stands there as one.
        """
        return self.text[self.starts[index] : self.ends[index]] == self.digits[index]

    def inner(self, index: int) -> bool:
        """
        Whether a digit is a later one of a word that stands for several.
        """
        return self.starts[index] == self.ends[index]


def read(text: str, reading: Reading = Reading.PLAIN) -> Chain:
    """
    Everything in a text that may be a digit.

    Args:
        text: folded, without hidden characters.
        reading: what counts as a digit.
    """
    digits: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in reading.value.finditer(text):
        form = match[1]
        if form is not None:
            start, end = match.span()
            value = _VALUES.get(form) or _counted(form)
            digits += value
            starts += [start, *[end] * (len(value) - 1)]
            ends += [end] * len(value)
    return Chain(text, "".join(digits), starts, ends)


def _counted(form: str) -> str:
    """
    The digits of 3个8, 双0 or 1百3十8.
    """
    if form[0] in _TIMES:
        return form[1] * _TIMES[form[0]]
    if form[1:2] == "个":
        return form[2] * int(form[0])
    total, unit, digit = 0, 10, int(form[0] == "十")
    for char in form:
        if char in _POWERS:
            unit = _POWERS[char]
            total += digit * unit
            digit = 0
        else:
            unit = unit if int(char) else 10
            digit = int(char)
    return str(total + digit * unit // 10)


_UNIT: Final = re.compile(
    r"\s?(?:元|块|角|毛|件|号|年|月|日|天|周|斤|个|码|折|次|分|秒|点|时|小时|岁|米|张|盒|包|瓶|条|套|级|度|万|"
    r"亿|克|升|寸|层|楼|栋|室|"
    r"克|公斤|厘米|只|支|箱|袋|片|枚|双|把|台|部|本|册|人|位|名|倍|版|代|色|线|链|折|多(?!少)|左右|以上|的|就|"
    r"又|也|还|只|才|被|以下|送|减|到|至|和|或|跟|比|降|涨|变|换|改|"
    r"%|℃|°|(?:kg|cm|mm|ml|km|gb|mb|tb|mah|hz|[kmgwlx])(?![a-z]))"
    r"|.*[￥¥$€£]"
)
"""What follows a quantity; 到, 和 and the like stand between two of them."""

_MEASURE: Final = re.compile(r" ?(?:元|块|件|斤|克|粉|岁|码|折|[%℃°]|(?:kg|cm|mm|ml|g|k|w|m)(?![a-z]))")
"""What a quantity is measured in."""

_SEQUENCE: Final = re.compile(
    r"然后|接着|接下来|再来|再加|下面|下[0-9]段|最后|后面|前面|中间|随后|末尾|开头|加上|后[0-9]位|空格|横杠|"
    r"横线|减号|杠|横|哈|呵|嘿|呀|哦|嗯|啊|啦|那个|这个|</?[a-z]{1,6} ?/?>"
)
"""What is said between the parts of one number."""

_WORDY: Final = re.compile(r"[a-z\u3400-\u9fff\U00020000-\U0003ffff]")
_DATE: Final = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}[-/.年 ][01]?[0-9][-/.月 ][0-3]?[0-9](?![0-9])")
_DAY: Final = re.compile("20[0-3][0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")
_DOTTED: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])")

_SINGLES: Final = 9
"""Groups of one digit that make a number spelt digit by digit."""

_MANY_SINGLES: Final = 4
"""Groups of one digit that quantities beside each other hardly are."""

_WIDE: Final = 5
"""Digits in a row that hardly are a size, a count or a price."""

_NARROW: Final = 4
"""Digits in a row that may well be one."""

_HEAVY: Final = -4.0


class Layout(NamedTuple):
    """
    How the digits of a window are grouped.

    Args:
        groups: of digits that touch each other.
        gaps: between the groups.
        bare: how many digits stand there as such.
    """

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    bare: int


def layout(chain: Chain, first: int, last: int) -> Layout | None:
    """
    The groups of a window, or None when two digits stand too far from each other.

    Args:
        chain: a text's digits.
        first: index of the window's first digit.
        last: index of its last one.
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
    return Layout(tuple(groups), tuple(gaps), sum(chain.plain(index) for index in range(first, last + 1)))


def regularity(chain: Chain, first: int, last: int, usual: AbstractSet[tuple[int, ...]]) -> float:
    """
    How much a window of digits looks like one number, written or hidden on purpose, and not like several.

    Three is about as much as a form without any context needs; a negative figure speaks for quantities, dates or lists.

    Args:
        chain: a text's digits.
        first: index of the window's first digit.
        last: index of its last one.
        usual: lengths of groups in which such a number is written.
    """
    found = layout(chain, first, last)
    if found is None:
        return _HEAVY
    lengths = tuple(map(len, found.groups))
    written = sum(lengths) == found.bare
    if not found.gaps:
        return 4.0 if written else _unwritten(chain, first, last)
    return (
        _grouping(found, lengths, usual)
        + _filling(found)
        + _surroundings(chain, first, last, found, usual_grouping=lengths in usual)
        - (0.0 if written else _strangeness(chain, first, last, found))
        + (_HEAVY if _several(chain.text[chain.starts[first] : chain.ends[last]], found) else 0.0)
    )


def _unwritten(chain: Chain, first: int, last: int) -> float:
    """
    Digits and look-alikes that touch: a word at an edge, or many letters, may be just that.
    """
    forms = [chain.text[chain.starts[index] : chain.ends[index]] for index in range(first, last + 1)]
    letters = [form for form in forms if form in _LETTERS]
    if len(letters) > _NEAR_LETTERS or sum(form not in _NEAR for form in letters) > _FAR_LETTERS:
        return 0.0
    strange = "".join("~" if form and form not in _NEAR else " " for form in forms)
    only_at_an_edge = "~" not in strange.strip("~") and len(strange.strip("~")) > len(forms) - _PAIR - 1
    return 2.0 if "~" in strange and only_at_an_edge else 3.5


_NEAR: Final = frozenset("0123456789oli|z拐勾洞")
_LETTERS: Final = frozenset("".join(LETTERS))
_NEAR_LETTERS: Final = 7
_FAR_LETTERS: Final = 4


def _grouping(found: Layout, lengths: tuple[int, ...], usual: AbstractSet[tuple[int, ...]]) -> float:
    near = len(found.gaps[0]) <= _PAIR or _SEQUENCE.search(found.gaps[0])
    cut_once = len(lengths) == _PAIR and max(lengths) > _WIDE and near
    if lengths in usual or cut_once or lengths.count(1) >= _SINGLES:
        value = 2.0
    else:
        value = 0.5 if any(len(group) >= _NARROW and group[-1] not in "059" for group in found.groups) else 0.0
    if _MANY_SINGLES <= lengths.count(1) < _SINGLES:
        value += 1.0
    if any(group[0] == "0" and len(group) > 1 for group in found.groups):
        value += 1.0  # no quantity starts with a zero
    elif max(lengths) <= _NARROW and min(lengths) > 1 and _priced(found):
        value -= 2.0  # a list of prices
    return value


def _priced(found: Layout) -> bool:
    return all(group[-1] in "09" for group in found.groups) and all(gap in _ENUMERATING for gap in found.gaps)


_ENUMERATING: Final = frozenset((" ", "/", ",", "、", "-", "~", ", ", " / "))


def _filling(found: Layout) -> float:
    gaps = set(found.gaps)
    same = {gap.strip() for gap in gaps}
    value = 0.0
    if len(gaps) == 1:
        value += 1.5 if len(found.gaps) > 1 else 0.5
    elif len(same) == 1:
        value += 1.0
    if len(same) == 1 and (same <= _CHATTER or all(map(_PICTURE.fullmatch, same))):
        value += 1.0  # nobody lists quantities that way
    wordy = [gap for gap in gaps if _WORDY.search(gap)]
    if not wordy or all(_SEQUENCE.search(gap) or _short(gap) for gap in wordy):
        value += 1.0
    elif len(same) > 1:
        value -= sum(map(len, wordy)) / (4 * len(wordy))
    if not (len(same) == 1 and same <= _SPOKEN) and any(map(_UNIT.match, gaps)):
        value -= 3.0
    if same <= _LISTING and len(found.groups) >= _LIST and max(map(len, found.groups)) > 1:
        value -= 3.0  # 13、14、15
    return value


def _short(gap: str) -> bool:
    """
    Whether a filler is one character, and none of a hexadecimal number.
    """
    return len(gap.strip()) == 1 and gap.strip() not in "abcdef"


_CHATTER: Final = frozenset("哈呀嘿嗯啊哦呵喵咯嘻")
_PICTURE: Final = re.compile(r"[^\x00-\x7f\u2010-\u206f\u3000-\u303f\u3400-\u9fff\ufe30-\uffef]{1,4}")
"""Emoji and other symbols, but no punctuation."""

_SPOKEN: Final = frozenset("点加减的kmgwl")
"""Separators, when they are the only one; as units they would have a space or a word behind them."""

_LISTING: Final = frozenset(",、;/")
_PAIR: Final = 2
_LIST: Final = 4
"""Groups that make a list, rather than a number."""


def _surroundings(chain: Chain, first: int, last: int, found: Layout, *, usual_grouping: bool) -> float:
    """
    Digits that go on in the same way before or behind a window make it a part of something longer.
    """
    around = set()
    if first and chain.plain(first - 1):
        around.add(chain.gap(first - 1))
    if last + 1 < len(chain.digits) and chain.plain(last + 1):
        around.add(chain.gap(last))
    counted = -2.0 if _MEASURE.match(chain.text, chain.ends[last]) else 0.0
    if not around & set(found.gaps):
        return counted - 0.5 * any(len(gap) <= 1 for gap in around)
    return counted - (1.0 if usual_grouping and len(found.groups) < _LIST else 3.0)


def _strangeness(chain: Chain, first: int, last: int, found: Layout) -> float:
    """
    Words as digits and words between digits: one of them too many.
    """
    wordy = any(_WORDY.search(gap) for gap in found.gaps)
    strange = [index for index in range(first, last + 1) if not chain.plain(index)]
    if wordy or (len(strange) <= _PAIR and (strange[0] == first or strange[-1] == last)):
        return 2.0 + 0.25 * len(strange)
    return 0.25 * len(strange) if len(strange) <= _WIDE else 0.0


def _several(window: str, found: Layout) -> bool:
    """
    Whether a window has the form of a date, an address of a network, times, decimals or an ordered list.
    """
    gaps = set(found.gaps)
    if any(map(_DAY.fullmatch, found.groups)):
        return True
    if len(gaps) > 1 and (
        any(gap == "." and len(group) <= _PAIR for gap, group in zip(found.gaps, found.groups[1:], strict=True))
    ):
        return True
    if ":" in gaps and (len(gaps) > 1 or min(map(len, found.groups)) == _PAIR):
        return True
    if "." in gaps and _DOTTED.fullmatch(window):
        return True
    values = [int(group) for group in found.groups]
    ordered = len(values) > 3 and (  # noqa: PLR2004 — three may be in order by chance
        all(a < b for a, b in pairwise(values)) or all(a > b for a, b in pairwise(values))
    )
    return ordered or _DATE.search(window) is not None


_JOINT: Final = re.compile(rf"[ ._*~-]{{1,2}}|{_PICTURE.pattern}")
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
    joined = _JOINT.fullmatch(filler) is not None or (filler in _CHATTER and chain.text.count(filler, position) > 1)
    while joined and last + 1 < len(chain.digits) and chain.gap(last) == filler:
        end = _run(chain, last + 1)
        if end - first >= longest or _UNIT.match(chain.text, chain.ends[end]):
            break
        last = end
    text = chain.text[position : chain.ends[last]]
    if last - first + 1 < shortest or _DECIMAL.match(chain.text, chain.ends[last]) or _DATE.match(text):
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
