"""
How people write a number so that a filter does not see it.

Each split has styles of its own: what is tuned on one says nothing about the next unless it is a mechanism.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Final

from benchmarks.detection.labelled import Written

Style = Callable[[Random, str], Written]
"""Writes an 11-digit number."""

_ZERO_WIDTH: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_BIDI: Final = ("\u200e", "\u200f", "\u202d", "\u2066", "\u2069")
_EMOJI: Final = ("🌹", "😄", "📱", "❤️", "🍉", "👉", "🐶")
_SYMBOLS: Final = ("~", "*", "#", "|", "^", "=", "…", "·", "•", "+", "→", "`")
_LETTERS: Final = ("v", "vv", "x", "a", "y", "call", "ok")
_PADDING: Final = ("你", "好", "哦", "亲", "你好", "哈哈", "记住", "加油", "白云")
_CLAUSES: Final = (
    *(("开头，中间是", "，尾号"), ("然后", "再"), ("，后面接", "，最后四位"), ("打头 ", " 收尾"), ("接着", "，剩下")),
    *(("（前三位）", "（中间）"),),
)
_HOMOPHONES: Final = (
    "玲铃灵",
    "易衣伊",
    "耳尔饿",
    "伞散山",
    "寺斯丝",
    "舞午伍",
    "溜流陆",
    "期奇气",
    "吧爸扒",
    "酒久玖",
)


def _digits(alphabet: str) -> Mapping[int, int]:
    return str.maketrans("0123456789", alphabet)


_FULL_WIDTH: Final = _digits("０１２３４５６７８９")
_HAN: Final = _digits("零一二三四五六七八九")
_YAO: Final = _digits("〇幺二三四五六七八九")
_FORMAL: Final = _digits("零壹贰叁肆伍陆柒捌玖")
_CIRCLED: Final = _digits("⓪①②③④⑤⑥⑦⑧⑨")
_SUPERSCRIPT: Final = _digits("⁰¹²³⁴⁵⁶⁷⁸⁹")
_RADIO: Final = _digits("洞幺两三四五六拐八勾")
_MATHEMATICAL: Final = _digits("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
_ARABIC_INDIC: Final = _digits("٠١٢٣٤٥٦٧٨٩")
_DINGBATS: Final = _digits("⓿❶❷❸❹❺❻❼❽❾")


def _groups(number: str, sizes: Sequence[int] = (3, 4, 4)) -> list[str]:
    ends = [sum(sizes[: index + 1]) for index in range(len(sizes))]
    return [number[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _grouped(between: Sequence[str], sizes: Sequence[int] = (3, 4, 4)) -> Style:
    def write(rng: Random, number: str) -> Written:
        groups = _groups(number, sizes)
        return Written.joined(groups, [rng.choice(between)] * (len(groups) - 1))

    return write


def _scattered(between: Sequence[str]) -> Style:
    """
    Another filler behind each group, of which there are many.
    """

    def write(rng: Random, number: str) -> Written:
        groups = _groups(number, rng.choice(((3, 4, 4), (3, 2, 2, 2, 2), (1,) * 11, (4, 4, 3), (2, 3, 3, 3))))
        return Written.joined(groups, [rng.choice(between) for _ in groups[1:]])

    return write


def _translated(alphabet: Mapping[int, int]) -> Style:
    return lambda _, number: Written(number.translate(alphabet))


def _prefixed(rng: Random, number: str) -> Written:
    return Written.joined(("", number), (rng.choice(("+86 ", "+86-", "86", "0086 ", "(+86)")),))


def _marked(marks: Sequence[str]) -> Style:
    """
    A mark behind each digit that belongs to no word.
    """

    def write(rng: Random, number: str) -> Written:
        return Written.joined(number, [rng.choice(marks)] * len(number))

    return write


def _bracketed(_: Random, number: str) -> Written:
    return Written.joined(_groups(number), ("（", "）"))


def _clauses(rng: Random, number: str) -> Written:
    return Written.joined(_groups(number), rng.choice(_CLAUSES))


def _homophones(rng: Random, number: str) -> Written:
    """
    Two to four digits as a word that sounds like them.
    """
    written = list(number)
    for position in rng.sample(range(len(number)), rng.randint(2, 4)):
        written[position] = rng.choice(_HOMOPHONES[int(number[position])])
    return Written("".join(written))


def _mixed(rng: Random, number: str) -> Written:
    """
    Each digit in a script of its own.
    """
    alphabets: tuple[Mapping[int, int], ...] = (
        {},
        {},
        _FULL_WIDTH,
        _HAN,
        _FORMAL,
        _CIRCLED,
        _MATHEMATICAL,
        _ARABIC_INDIC,
    )
    return Written("".join(digit.translate(rng.choice(alphabets)) for digit in number))


def _letters_for_digits(rng: Random, number: str) -> Written:
    one, zero = rng.choice("lI|"), rng.choice("oO")
    return Written(number.replace("1", one).replace("0", zero))


def _half_han(rng: Random, number: str) -> Written:
    groups = _groups(number)
    chosen = rng.randrange(len(groups))
    groups[chosen] = groups[chosen].translate(rng.choice((_HAN, _YAO)))
    return Written.joined(groups, [rng.choice(("", "-", " ", "，"))] * 2)


STYLES: Final[Mapping[str, Mapping[str, Style]]] = {
    "train": {
        "spaces": _grouped((" ", "  ")),
        "dashes": _grouped(("-", "－", "—")),
        "full width": _translated(_FULL_WIDTH),
        "dots": _grouped((".", "．", "·")),
        "spaced digits": _grouped((" ",), (1,) * 11),
        "country code": _prefixed,
    },
    "dev": {
        "Han numerals": _translated(_HAN),
        "spoken numerals": _translated(_YAO),
        "formal numerals": _translated(_FORMAL),
        "circled": _translated(_CIRCLED),
        "superscript": _translated(_SUPERSCRIPT),
        "keycaps": _marked(("\ufe0f\u20e3",)),
        "brackets": _bracketed,
        "commas": _grouped(("，", ",", "、", "/")),
        "Han fillers": _grouped(("加", "的", "减", "杠")),
        "other groups": _grouped((" ", "-"), (3, 3, 5)),
    },
    "test": {
        "emoji fillers": _scattered(_EMOJI),
        "symbol fillers": _scattered(_SYMBOLS),
        "letter fillers": _grouped(_LETTERS),
        "word fillers": _grouped(_PADDING),
        "clauses": _clauses,
        "homophones": _homophones,
        "radio alphabet": _translated(_RADIO),
        "mixed scripts": _mixed,
        "half Han": _half_han,
        "mathematical": _translated(_MATHEMATICAL),
        "Arabic-Indic": _translated(_ARABIC_INDIC),
        "dingbats": _translated(_DINGBATS),
        "zero width": _scattered(_ZERO_WIDTH),
        "bidi controls": _scattered(_BIDI),
        "l and o": _letters_for_digits,
        "struck out": _marked(("\u0336", "\u0332", "\u20dd")),
        "line breaks": _grouped(("\n", "\r\n", "\t", "\u2028")),
        "uneven groups": _grouped((" ", "-", "."), (1, 4, 5, 1)),
    },
}
"""Styles by split; no two splits share one."""

_EVASIVE: Final = 0.45  # share of the telephone numbers in free writing


def mobile(split: str, rng: Random, number: str) -> Written:
    """
    A number as it is, or in one of the split's styles.
    """
    if rng.random() >= _EVASIVE:
        return Written(number, "plain")
    name = rng.choice(list(STYLES[split]))
    return STYLES[split][name](rng, number)._replace(style=name)
