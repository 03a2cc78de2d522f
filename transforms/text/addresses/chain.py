"""Chains: parts that stand together make one address."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from transforms.text.addresses.gazetteer import gazetteer
from transforms.text.addresses.name import LONGEST, begins, bridges, is_name
from transforms.text.addresses.part import ATTACHED, COARSE, NAMED, NUMBERS, Kind, Part
from transforms.text.addresses.persons import Persons

_NEAR: Final = 6
"""Characters of the name of what a spot is beside."""

_APART: Final = 4
"""Separators that may stand between two parts beside a name."""

_AFTER_SHORT: Final = 8
"""Characters between the short name of a division, which is a word as well, and what follows it."""

_BARE_AFTER: Final = frozenset({*NUMBERS - {Kind.BARE}, *NAMED, Kind.LOCATION})
"""Behind these a number alone is one of a house or room."""

_TIGHT: Final = frozenset({"", " ", "-", "#", "/", "(", "·"})
"""What may stand before a part that is one only directly behind another."""


class Chain(NamedTuple):
    """
    Parts of one address.

    Args:
        start: of the first part's name.
        parts: in the order of the text.
    """

    start: int
    parts: list[Part]


def chains(plain: str, found: Iterable[Part], persons: Persons) -> Iterator[Chain]:
    """
    The chains of a text, from the left; none overlap.

    Args:
        plain: the text, as `grammar.parts` takes it.
        found: its parts, in order, disjoint.
        persons: whose names are no part of an address.
    """
    chain: Chain | None = None
    floor = 0
    for part in found:
        if chain and _joins(plain, chain.parts, part, persons):
            chain.parts.append(part)
        elif part.kind not in ATTACHED and not (chain and _is_noise(plain, chain.parts[-1], part)):
            if chain:
                yield chain
                floor = chain.parts[-1].end
            chain = _headed(plain, part, max(floor, persons.last_end(part.start)))
    if chain:
        yield chain


def _headed(plain: str, part: Part, floor: int) -> Chain | None:
    """
    A chain that begins with this part; none when the part is only the end of a name and there is no name.
    """
    start = part.start
    if part.kind is Kind.TOWN:
        start = max(floor, gazetteer().short_before(plain, start))
    elif part.kind not in _COMPLETE:
        start = begins(plain, floor, part.start)
        name = plain[start : part.start]
        shortest = _SHORTEST.get(part.kind, 1) if name not in _SEATS else 1
        if part.kind in _NOTHING_WITHOUT and (len(name) < shortest or not is_name(name)):
            return None
        if not is_name(name):
            start = part.start
    return Chain(start, [part])


def _is_noise(plain: str, last: Part, part: Part) -> bool:
    """
    Whether a part is the middle of a name, so that the chain may go on behind it: 将军 in 将军大道.
    """
    return (
        part.kind is Kind.SHORT
        and part.start - last.end <= LONGEST
        and not _APART_FROM.search(plain, last.end, part.start)
        and bridges(plain, last.end, part.start)
    )


def _joins(plain: str, chain: Sequence[Part], part: Part, persons: Persons) -> bool:
    last = chain[-1]
    if part.start - last.end > LONGEST + _APART:
        return False
    gap = plain[last.end : part.start]
    if part.kind in ATTACHED:
        return _attaches(plain, last, part, gap) or (part.kind is Kind.SPOT and _is_beside(plain, last, part, persons))
    if part.kind in COARSE:
        return _continues(plain, chain, part, gap)
    if _is_apart(plain, chain, part, gap):
        return False
    start = last.end + (last.kind is Kind.SPOT and gap.startswith("的"))
    touching = not _APART_FROM.search(gap)
    inside = touching and last.kind in _INCOMPLETE
    if not bridges(plain, start, part.start, inside=inside):
        return False
    named_after = inside or (touching and last.kind is Kind.SPOT and part.kind in NAMED)  # 孙中山路, 对面老李五金店
    return named_after or not persons.between(start, part.start)


def _is_apart(plain: str, chain: Sequence[Part], part: Part, gap: str) -> bool:
    """
    Whether what stands between a chain and a part says that the chain is complete without it.
    """
    last = chain[-1].kind
    if last is Kind.SHORT:
        return len(gap) > _AFTER_SHORT
    if not gap or last not in _ENOUGH:
        return False
    if part.kind in _TAGGED:
        return gap != " "
    if part.kind is Kind.ENDING and not (gap.startswith(" ") and plain[part.start] in _INSTITUTIONS):
        return _APART_FROM.match(gap) is not None and (last in NUMBERS or not gap.startswith(" "))
    if part.kind in _COUNTED or (part.kind in NAMED and chain[0].kind in COARSE):
        is_room = chain[-2:][0].kind is not Kind.ROAD if last in _FINEST else "\n" in gap and last in _ROOMS
        return is_room and _APART_FROM.match(gap) is not None
    return False


def _continues(plain: str, chain: Sequence[Part], part: Part, gap: str) -> bool:
    """
    Whether a division belongs to the chain: behind another one, or at the end of an address that has none before.
    """
    last = chain[-1]
    if last.kind in COARSE or (last.kind is Kind.LOCATION and len(chain) > 1 and chain[-2].kind in COARSE):
        return len(gap) <= _APART and (
            bridges(plain, last.end, part.start) if part.kind is Kind.DIVISION else not is_name(gap)
        )
    return bool(gap) and not is_name(gap) and chain[0].kind not in COARSE and len(gap) <= _REVERSED


def _is_beside(plain: str, last: Part, part: Part, persons: Persons) -> bool:
    """
    Whether a spot is told by what is near: 水塔旁.
    """
    near = (
        last.kind not in COARSE
        and 1 < part.start - last.end <= _NEAR
        and not _APART_FROM.search(plain, last.end, part.start)
    )
    return near and bridges(plain, last.end, part.start) and not persons.between(last.end, part.start)


def _attaches(plain: str, last: Part, part: Part, gap: str) -> bool:
    if gap not in _TIGHT:
        return False
    if part.kind is Kind.SPOT:
        return last.kind not in COARSE
    if last.kind not in _BARE_AFTER or (last.kind is Kind.ENDING and gap):
        return False
    if gap and last.kind is Kind.HOUSE and not plain[part.start].isdigit():
        return False
    following = plain[part.end : part.end + 1]
    return not gap or part.end - part.start >= _ROOM_DIGITS or not is_name(following)


_COMPLETE: Final = frozenset({Kind.DIVISION, Kind.SHORT, Kind.TOWN, Kind.LOCATION, Kind.ORGANISATION})
_INCOMPLETE: Final = frozenset({Kind.DIVISION, Kind.TOWN})
"""Parts that hardly any address ends with."""
_NOTHING_WITHOUT: Final = frozenset({*NAMED, Kind.DOOR})
_SHORTEST: Final = {Kind.DOOR: 2, Kind.ROAD: 2, Kind.PLACE: 2, Kind.ENDING: 2}
_SEATS: Final = frozenset({"省", "市", "县", "区", "镇", "乡", "村"})
"""One character before 政府 or 医院 that is enough of a name."""
_ROOM_DIGITS: Final = 3
_REVERSED: Final = 2
_TAGGED: Final = frozenset({Kind.LOCATION, Kind.ORGANISATION})
_ENOUGH: Final = frozenset({*NUMBERS, Kind.SPOT})
_ROOMS: Final = frozenset({Kind.BUILDING, Kind.UNIT})
_FINEST: Final = frozenset({Kind.BARE, Kind.ROOM, Kind.DOOR, Kind.PAIR})
_COUNTED: Final = frozenset({Kind.UNIT, Kind.SECTION, Kind.HOUSE})
_INSTITUTIONS: Final = "院店厂馆寺庙苑园城"
_APART_FROM: Final = re.compile(r"[^0-9a-z\u3400-\u9fff·]")
