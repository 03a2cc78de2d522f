"""Addresses as people write them: in the city, the village, at school, at work, tidy and sloppy."""

import re
from random import Random
from typing import Final

from benchmarks.detection.labelled import Written
from benchmarks.detection.sections import Sections, words

_SLOT: Final = re.compile(r"\{([a-z_]+)\}")
_SHORT: Final = re.compile(r"(.{2,}?)(?:(?:壮族|回族|维吾尔)?自治区|(?:朝鲜|白|土家)族.*自治州|[省市区县]|地区)")
_LISTS: Final = {
    "road": "roads", "estate": "estates", "site": "sites", "firm": "firms", "school": "schools", "town": "towns",
    "village": "villages", "dorm": "dorm", "letter": "letter", "phase": "phase",
}  # fmt: skip


_SORTS: Final = {"{village}": "village", "{school}": "school", "{site}": "work", "{firm}": "work"}


class Addresses:
    """
    Draws addresses and the codes of divisions.

    Args:
        sections: of the split.
        rng: where they are drawn from.
    """

    def __init__(self, sections: Sections, rng: Random) -> None:
        self._rng = rng
        self._shapes = sections["address"]
        self._divisions = [line.split() for line in sections["divisions"]]
        self._counties = [line.split() for line in sections["counties"]]
        self._lists = {slot: words(sections, name) for slot, name in _LISTS.items() if name in sections}

    def code(self) -> str:
        """
        Six digits of a county-level division (GB/T 2260).
        """
        return self._rng.choice(self._divisions)[-1]

    def firm(self) -> str:
        return self._rng.choice(self._lists["firm"])

    def address(self) -> Written:
        """
        An address; its style is the sort of place.
        """
        rng = self._rng
        province, city, district, _ = rng.choice(self._divisions)
        county = rng.choice(self._counties)
        known = {
            "province": "" if province == city else province,
            "city": city,
            "district": district,
            "province_short": "" if province == city else short(province),
            "city_short": short(city),
            "district_short": short(district),
            **dict(zip(("c_province", "c_city", "c_county"), county, strict=True)),
            "c_county_short": short(county[-1]),
            "no": str(rng.randint(1, 899)),
            "bldg": str(rng.randint(1, 36)),
            "unit": str(rng.randint(1, 6)),
            "floor": str(rng.randint(2, 31)),
            "rm": f"0{rng.randint(1, 8)}",
        }
        shape = rng.choice(self._shapes)
        text = _SLOT.sub(lambda slot: known[slot[1]] if slot[1] in known else rng.choice(self._lists[slot[1]]), shape)
        return Written(text.strip(" /"), next((sort for slot, sort in _SORTS.items() if slot in shape), "home"))


def short(name: str) -> str:
    """
    A division without the word that says its level, where two characters are left.
    """
    found = _SHORT.fullmatch(name)
    return found[1] if found else name
