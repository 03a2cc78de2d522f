"""Digits: what may be read as one, in Chinese, in words, in look-alikes and in sounds."""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from transforms.text.scanning import passing_over

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

LETTERS: Final = ("od", "li|", "z", "eз", "a", "sv", "", "t", "b", "qg")
"""Letters drawn like a digit, by its value: a Roman five is folded to a v."""

_STROKE: Final = "!(?=[0-9a-z])"
"""A one, unless it ends a sentence."""

_VALUES: Final = {
    form: str(value)
    for forms in (SOUNDS, WORDS, LETTERS, ("", "!"), "0123456789")
    for value, same in enumerate(forms)
    for form in same
}
_TIMES: Final = {"双": 2, "俩": 2, "仨": 3, "double": 2, "triple": 3}
_POWERS: Final = {"十": 10, "百": 100, "千": 1000}

_BESIDE: Final = "前后末尾首头中间第下上这那"
_PLACE: Final = rf"[{_BESIDE}][0-9]{{1,2}}(?=[位个段组截])"  # 前3位 tells where digits stand
_WORD: Final = "|".join(sorted((word for words in WORDS for word in words), key=len, reverse=True))
_TIMES_BEFORE: Final = re.compile("double|triple|[双俩仨]|[2-9](?=个)")
_COUNTED: Final = rf"(?:{_TIMES_BEFORE.pattern})[ 个]?(?:{_WORD}|[0-9])|(?:[1-9][千百十]0?){{1,3}}[1-9]?|十[1-9]?"
_NO_DIGITS: Final = "qq|pro|plus|gb|tb"


_LOOKS: Final = f"0-9!{''.join(LETTERS)}"
_SOUNDS: Final = f"{_LOOKS}{''.join(SOUNDS)}"
_FIRST: Final = f"{_BESIDE}a-z{''.join(_TIMES)}{''.join(_POWERS)}"
_ROW: Final = "[0-9]++(?![个十百千])|[0-9]+(?=[0-9])|[0-9]"
"""Digits in a row, but not the last one where it counts what stands behind it."""

_FORMS: Final = rf"{_PLACE}|{_NO_DIGITS}|({_COUNTED}|{_ROW}|{_WORD}|{_STROKE}"


class Reading(Enum):
    """
    What is taken for a digit: the wider the reading, the more evidence a number needs.
    """

    PLAIN = passing_over(f"{_BESIDE}0-9", f"{_PLACE}|([0-9]+)")
    LOOKS = passing_over(f"{_FIRST}{_LOOKS}", f"{_FORMS}|[{''.join(LETTERS)}])")
    SOUNDS = passing_over(f"{_FIRST}{_SOUNDS}", f"{_FORMS}|[{''.join((*LETTERS, *SOUNDS))}])")


def _dense(characters: str) -> re.Pattern[str]:
    """
    Finds some of these characters, each within reach of the next; what is in reach and what is not exclude each other.
    """
    return re.compile(f"[{characters}](?:[^{characters}]{{0,{GAP}}}[{characters}]){{7}}")


MANY: Final = {
    Reading.PLAIN: _dense("0-9"),
    Reading.LOOKS: _dense("0-9a-zз|!十百千双俩仨个"),
    Reading.SOUNDS: _dense(f"0-9a-zз|!十百千双俩仨个{''.join(SOUNDS)}"),
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

    def form(self, index: int) -> str:
        """
        What stands for a digit; nothing for the later ones of a word that stands for several.
        """
        return self.text[self.starts[index] : self.ends[index]]

    def gap(self, index: int) -> str:
        """
        What stands between a digit and the next one.
        """
        return self.text[self.ends[index] : self.starts[index + 1]]

    def plain(self, index: int) -> bool:
        """
        Whether a digit stands there as one.
        """
        return self.form(index) == self.digits[index]

    def inner(self, index: int) -> bool:
        """
        Whether a digit is a later one of a word that stands for several.
        """
        return self.starts[index] == self.ends[index]


@lru_cache(maxsize=3)
def read(text: str, reading: Reading = Reading.PLAIN) -> Chain:
    """
    Everything in a text that may be a digit.

    One text in its three readings is kept: accounts are read again behind each of their triggers.

    Args:
        text: folded, without hidden characters.
        reading: what counts as a digit.
    """
    digits: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in reading.value.finditer(text):
        if not match.lastindex:
            continue
        form = match[1]
        start, end = match.span(1)
        if value := _VALUES.get(form):
            digits.append(value)
            starts.append(start)
            ends.append(end)
        elif form.isdecimal():
            digits.append(form)
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            value = _counted(form)
            digits.append(value)
            starts += [start, *[end] * (len(value) - 1)]
            ends += [end] * len(value)
    return Chain(text, "".join(digits), starts, ends)


def _counted(form: str) -> str:
    """
    The digits of 3个8, double zero or 1百3十8.
    """
    times = _TIMES_BEFORE.match(form)
    if times is not None:
        return _VALUES[form[times.end() :].lstrip(" 个")] * (_TIMES.get(times[0]) or int(times[0]))
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
