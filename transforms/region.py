"""Region: the province or city of a place name, in its official form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, NamedTuple, get_args

from transforms.base import Apply, Keyring, Need, Reading, Refused, wrong_type
from transforms.divisions import DIVISIONS
from transforms.memo import Memo

Level = Literal["province", "city"]

CACHED_NAMES: Final = 16_384
"""Place names a bound transform remembers: about 3 MB."""

SEPARATORS: Final = " \t\u3000-_/|·.,，、>"

SUFFIXES: Final = "省市区县州盟旗镇乡村街路道巷里"
"""A short name before one of these is part of another place's name: 朝阳区 is not 朝阳市, nor 南京路 in 南京市."""


class Place(NamedTuple):
    """
    What a written name stands for.
    """

    province: str
    city: str | None
    short: bool


@dataclass(frozen=True, slots=True)
class Region:
    """
    Replace a place name by the official name of its province or city.

    The value is read from its start: a province, a city, or a province and one of its cities, each in official or
    short form (`广东省`, `广东`; `恩施土家族苗族自治州`, `恩施州`, `恩施`), with or without separators; the rest, a
    district or a street, is dropped. The longest name wins, so `吉林市` is the city and `海南州` the prefecture in
    Qinghai; a name that a province and a city share, `吉林` and `海南`, is the province unless it follows one. At city
    level a value that names no city of its province becomes the province. Only official names ever pass.

    Protects against a reader who looks for an address.
    Does not protect where few people of a kind live in a city. A value that begins with a city's
    short name but means something else, such as a street named after it, is taken for the city.

    Args:
        level: `province` or `city`.

    Raises:
        ValueError: the level is another one.

    Source: GB/T 2260; see `transforms.divisions`.
    """

    level: Level

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if self.level not in get_args(Level):
            msg = f"level {self.level!r} is unknown; choose province or city, or use Drop() for anything finer"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The closed list of official names.
        """
        return {"type": "string", "enum": list(official_names(self.level))}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        A function from a place name to the official one; place names repeat, so it remembers them.
        """
        return keys.memo((type(self).__name__, self.level), self._make)

    def _make(self) -> Apply:
        names = Memo(_province if self.level == "province" else _city, CACHED_NAMES)

        def apply(value: Any) -> str:
            if not isinstance(value, str):
                raise wrong_type(value, "string")
            return names[value]  # type: ignore[no-any-return]

        return apply


def official_names(level: Level) -> tuple[str, ...]:
    """
    Every name that `Region(level)` can release, in the order of the codes.
    """
    if level == "province":
        return tuple(DIVISIONS)
    return tuple(dict.fromkeys(name for province, cities in DIVISIONS.items() for name in (province, *cities)))


def _province(text: str) -> str:
    return _read(text).province


def _city(text: str) -> str:
    place = _read(text)
    return place.city or place.province


def _read(text: str) -> Place:
    text = text.lstrip(SEPARATORS)
    name = _longest(text, _PLACES)
    if not name:
        msg = "not a place in China that begins with a province or city; send 广东省 or 广东省深圳市, or drop the field"
        raise Refused(msg)
    place = _PLACES[name]
    if place.city:
        return place
    cities = _CITIES[place.province]
    return cities.get(_longest(text[len(name) :].lstrip(SEPARATORS), cities), place)


def _longest(text: str, names: Mapping[str, Place]) -> str:
    """
    The longest of the names that the text begins with; empty when it begins with none.
    """
    for length in range(min(len(text), _LONGEST), 1, -1):
        place = names.get(text[:length])
        if place and not (place.short and text[length : length + 1] in _ENDINGS):
            return text[:length]
    return ""


def _provinces() -> Iterator[tuple[str, Place]]:
    for province in DIVISIONS:
        region = re.sub(r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|[省市]$", "", province)
        if province.endswith("自治区"):
            yield f"{region}自治区", Place(province, None, short=False)
        yield region, Place(province, None, short=True)
        yield province, Place(province, None, short=False)


def _cities(province: str) -> Iterator[tuple[str, Place]]:
    for city in DIVISIONS[province]:
        prefecture = re.sub(_PEOPLES + "自治州$", "", city)
        if prefecture != city:
            yield f"{prefecture}州", Place(province, city, short=False)
        yield re.sub("(?:市|地区|盟|特别行政区)$", "", prefecture), Place(province, city, short=True)
        yield city, Place(province, city, short=False)


_PEOPLES: Final = (
    "(?:土家族|苗族|朝鲜族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族"
    "|蒙古族|蒙古|柯尔克孜|哈萨克)+"
)
_ENDINGS: Final = frozenset(SUFFIXES)
_CITIES: Final = {province: dict(_cities(province)) for province in DIVISIONS}
_PLACES: Final = {name: place for cities in _CITIES.values() for name, place in cities.items()} | dict(_provinces())
_LONGEST: Final = max(map(len, _PLACES))
