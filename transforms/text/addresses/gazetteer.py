"""Gazetteer: the divisions of China, from provinces to towns, by the names that are written."""

import lzma
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from transforms.divisions import DIVISIONS
from transforms.text.fold import fold

_DATA: Final = "divisions.xz"

_PEOPLES_OF: Final = re.compile(
    "(?<=..)(?:(?:各|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|蒙古|达斡尔|鄂温克|鄂伦春|朝鲜|满|回|壮|布依|侗|瑶|苗|土家|仡佬|水|毛南|仫佬|黎|畲|藏|羌"
    "|彝|纳西|傈僳|白|哈尼|拉祜|傣|佤|景颇|布朗|独龙|怒|普米|土|撒拉|东乡|保安|裕固)族?)+(?=自治[区州县旗])"
)
"""The peoples in the name of an autonomous division, which nobody writes in an address."""

_SUFFIX: Final = re.compile("(?:特别行政区|自治[区州县旗]|地区|林区|特区|新区|[省市区县盟旗])$")

_LONGER_NAME: Final = re.compile("[省市区县州盟旗镇乡村街路道巷弄里]|[东西南北中][0-9]?[路街]|[东西南北中]大[街道]")
"""Behind a short name: it is a part of another one, as 南京 in 南京路."""

_SHORT_OF_COUNTY: Final = 2
"""Characters that the short name of a county must have."""

_HEAD: Final = 2
"""Characters by which names are looked up first."""


class Level(IntEnum):
    """
    How fine a division is.
    """

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4


class Division(NamedTuple):
    """
    What a written name stands for.

    Args:
        level: the coarsest it can be.
        short: without the word for its level, as 西湖 for 西湖区.
    """

    level: Level
    short: bool


class Gazetteer:
    """
    Finds names of divisions in a folded text.

    Args:
        names: in folded form, with what each stands for.
    """

    __slots__ = ("_lengths", "_names")

    def __init__(self, names: Mapping[str, Division]) -> None:
        self._names = names
        lengths: dict[str, set[int]] = {}
        for name in names:
            lengths.setdefault(name[:_HEAD], set()).add(len(name))
        self._lengths = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    def scan(self, plain: str) -> Iterator[tuple[int, int, Division]]:
        """
        Start, end and meaning of each name, from the left, the longest at each place; none overlap.

        The short name of a county counts only directly behind another division: 东方 is a city, and a word.
        """
        lengths = self._lengths
        end = -1
        for start in [at for at in range(len(plain) - 1) if plain[at : at + _HEAD] in lengths]:
            if start < end:
                continue
            for length in lengths[plain[start : start + _HEAD]]:
                name = plain[start : start + length]  # a shorter one at the end of the text
                division = self._names.get(name)
                if division and self._stands(plain, start, start + len(name), end, division):
                    end = start + len(name)
                    yield start, end, division
                    break

    def _stands(self, plain: str, start: int, end: int, before: int, division: Division) -> bool:
        """
        Whether a short name is one here, and not a part of a longer name.
        """
        if not division.short:
            return True
        if _LONGER_NAME.match(plain, end) and not self._begins_county(plain, end):
            return False
        behind = start == before or (start == before + 1 and plain[before] in " ,-/|·")
        return behind or division.level < Level.COUNTY

    def _begins_county(self, plain: str, start: int) -> bool:
        """
        Whether the name of a county begins here: 镇海 in 宁波镇海.
        """
        lengths = self._lengths.get(plain[start : start + _HEAD], ())
        found = (self._names.get(plain[start : start + length]) for length in lengths)
        return any(division.level is Level.COUNTY for division in found if division)

    def short_before(self, plain: str, end: int) -> int:
        """
        Where the short name of a county or city begins that ends here; `end` when none does.
        """
        for length in (4, 3, 2):
            division = self._names.get(plain[max(0, end - length) : end])
            if division and division.short and end >= length:
                return end - length
        return end


@cache
def gazetteer() -> Gazetteer:
    """
    The gazetteer of the shipped data; made at the first call, in about 50 ms.
    """
    # One fold for all names: it keeps line ends, and maps one character to one.
    counties, towns = fold(lzma.decompress(files(__package__).joinpath(_DATA).read_bytes()).decode()).split("\n\n")
    names = dict.fromkeys(towns.split("\n"), Division(Level.TOWN, short=False))
    cities = fold("\n".join(city for row in DIVISIONS.values() for city in row))
    names |= _named(counties.split("\n"), Level.COUNTY)
    names |= _named(cities.split("\n"), Level.CITY)
    names |= _named(fold("\n".join(DIVISIONS)).split("\n"), Level.PROVINCE)
    return Gazetteer(names)


def _named(full: Iterable[str], level: Level) -> dict[str, Division]:
    """
    The names, and the short forms of each: 积石山保安族东乡族撒拉族自治县, 积石山自治县, 积石山县, 积石山.
    """
    names: dict[str, Division] = {}
    for name in full:
        plain = _PEOPLES_OF.sub("", name)
        short = _SUFFIX.sub("", plain)
        if len(short) >= _SHORT_OF_COUNTY and short not in _WORDS and not short.endswith(("开发", "名胜")):
            names.setdefault(short, Division(level, short=True))
        names[plain] = names[name] = Division(level, short=False)
        if "自治" in plain:
            names[plain.replace("自治", "")] = Division(level, short=False)
    return names


_WORDS: Final = frozenset(
    fold("市中 市南 市北 城中 城北 城东 城西 城厢 城关 城区 新城 老城 江北 河东 河西 南部 北部").split()
)
