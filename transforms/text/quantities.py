"""Quantities: what says that digits beside each other are several numbers, such as prices, sizes, dates and lists."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

UNIT: Final = re.compile(
    r"\s?(?:元|块|角|毛|件|号|年|月|日|天|周|斤|个|码|折|次|分|秒|点|时|小时|岁|米|张|盒|包|瓶|条|套|级|度|万|"
    r"亿|克|升|寸|层|楼|栋|室|"
    r"公斤|厘米|只|支|箱|袋|片|枚|双|把|台|部|本|册|人|位|名|倍|版|代|色|线|链|多(?!少)|左右|以上|的|就|"
    r"又|也|还|才|被|以下|送|减|到|至|和|或|跟|比|降|涨|变|换|改|"
    r"%|℃|°|(?:kg|cm|mm|ml|km|gb|mb|tb|mah|hz|[kmgwlx])(?![a-z]))"
    r"|.{0,8}[￥¥$€£]"
)
"""What follows a quantity; 到, 和 and the like stand between two of them."""

MEASURE: Final = re.compile(r" ?(?:元|块|件|斤|克|粉|岁|码|折|[%℃°]|(?:kg|cm|mm|ml|g|k|w|m)(?![a-z]))")
"""What a quantity is measured in."""

DATE: Final = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}[-/.年 ][01]?[0-9][-/.月 ][0-3]?[0-9](?![0-9])")

_DAY: Final = re.compile("20[0-3][0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
_DOTTED: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])")
_PRICE: Final = re.compile("[0-9]{1,2}[09]|[1-9][0-9](?:[05689]9|[0589]0)")
_ENUMERATING: Final = frozenset((" ", "/", ",", "、", "-", "~", ", ", " / "))
_PAIR: Final = 2
_FOUR: Final = 4


def several(window: str, groups: Sequence[str], gaps: Sequence[str]) -> bool:
    """
    Whether a window has the form of a date, an address of a network, times or an ordered list.

    Args:
        window: text from the first digit to the last one.
        groups: its digits that touch each other.
        gaps: between the groups.
    """
    kinds = set(gaps)
    if any(map(_DAY.fullmatch, groups)):
        return True
    if ":" in kinds and (
        (len(kinds) > 1 and kinds & {" ", "-", "/"} and max(map(len, groups)) > 1) or min(map(len, groups)) == _PAIR
    ):
        return True
    if "." in kinds and _DOTTED.fullmatch(window):
        return True
    return _ordered([int(group) for group in groups]) or DATE.search(window) is not None


def decimal(groups: Sequence[str], gaps: Sequence[str]) -> bool:
    """
    Whether one of several gaps is a point before one or two digits.
    """
    if len(set(gaps)) == 1 or max(map(len, groups)) == 1:
        return False
    return any(gap == "." and len(group) <= _PAIR for gap, group in zip(gaps, groups[1:], strict=True))


def _ordered(values: Sequence[int]) -> bool:
    if len(values) < _FOUR:  # three may be in order by chance
        return False
    return all(a < b for a, b in pairwise(values)) or all(a > b for a, b in pairwise(values))


def priced(groups: Sequence[str], gaps: Sequence[str]) -> bool:
    """
    Whether the groups are listed, and all of them end like a price.
    """
    return all(map(_PRICE.fullmatch, groups)) and all(gap in _ENUMERATING for gap in gaps)


def round_figure(group: str) -> bool:
    """
    Whether digits are like those of a price, a size or a year.
    """
    return group[-1] in "059" or group[-2:] in {"88", "66"} or _YEAR.fullmatch(group) is not None
