"""Weight: how much a chain of parts says that it is somebody's address."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from transforms.text.addresses.part import COARSE, NAMED, NUMBERS, Kind, Part
from transforms.text.entities import DOUBTFUL, LIKELY, SURE

_ALONE: Final[Mapping[Kind, float]] = {
    Kind.DIVISION: 1.0,
    Kind.SHORT: 0.5,
    Kind.TOWN: 1.5,
    Kind.ROAD: 1.0,
    Kind.PLACE: 1.0,
    Kind.VILLAGE: 1.0,
    Kind.ENDING: 0.5,
    Kind.HOUSE: 1.0,
    Kind.BUILDING: 2.0,
    Kind.UNIT: 1.0,
    Kind.SECTION: 0.5,
    Kind.ROOM: 2.0,
    Kind.DOOR: 2.0,
    Kind.PAIR: 1.25,
    Kind.BARE: 0.5,
    Kind.SPOT: 0.0,
    Kind.LOCATION: 0.75,
    Kind.ORGANISATION: 0.5,
}

_TOGETHER: Final[Mapping[tuple[Kind, Kind], float]] = {
    (Kind.ROAD, Kind.HOUSE): 1.5,
    (Kind.ROAD, Kind.BARE): 0.5,
    (Kind.ROAD, Kind.BUILDING): 0.5,
    (Kind.ROAD, Kind.PAIR): 0.5,
    (Kind.VILLAGE, Kind.HOUSE): 1.25,
    (Kind.VILLAGE, Kind.UNIT): 1.5,
    (Kind.TOWN, Kind.HOUSE): 1.0,
    (Kind.PLACE, Kind.HOUSE): 0.5,
    (Kind.SECTION, Kind.HOUSE): 1.0,
    (Kind.SECTION, Kind.ROOM): 0.5,
    (Kind.SECTION, Kind.BUILDING): 0.5,
    (Kind.PLACE, Kind.ROOM): 0.5,
    (Kind.PLACE, Kind.PAIR): 0.75,
    (Kind.PLACE, Kind.DOOR): 0.5,
    (Kind.ENDING, Kind.PAIR): 1.25,
    (Kind.ENDING, Kind.DOOR): 0.5,
    (Kind.LOCATION, Kind.PAIR): 1.0,
    (Kind.LOCATION, Kind.DOOR): 0.5,
    (Kind.SECTION, Kind.PAIR): 0.5,
    (Kind.SECTION, Kind.DOOR): 0.5,
    (Kind.ENDING, Kind.ROOM): 0.5,
    (Kind.ENDING, Kind.BUILDING): 0.5,
    (Kind.LOCATION, Kind.ROOM): 0.5,
    (Kind.LOCATION, Kind.BUILDING): 0.5,
    (Kind.BUILDING, Kind.BARE): 0.5,
    (Kind.UNIT, Kind.BARE): 0.5,
    (Kind.HOUSE, Kind.BARE): 0.5,
}
"""What two parts say together beyond what each says alone, the second directly behind the first."""

_NAME_BETWEEN: Final[Mapping[tuple[Kind, Kind], float]] = {(Kind.ROAD, Kind.HOUSE): 1.0}
"""What two parts say together with a name between them."""

_TOLD: Final = 2.0
"""Weight of words before an address that announce one."""

_FINE: Final = 0.75
"""Weight that parts finer than a county must have."""

_ONE_NUMBER: Final = 1.0
"""Weight of a single number, which an announcement does not make an address: 住在二楼."""

_WHOLE: Final = 1.5
"""Weight of standing alone on a line."""

_LIKELY: Final = 3.0
_SURE: Final = 4.0
_DOUBTFUL: Final = 2.0

_COUNTED: Final = frozenset({Kind.UNIT, Kind.HOUSE, Kind.SECTION, Kind.BARE, Kind.SPOT})
"""Numbers by which other things are counted as well: rows, teams, storeys of a forum."""

_STAYS: Final = frozenset({"我在", "他在", "她在", "人在", "点在"})
"""Before a room these announce an address as well."""

_ROOMS: Final = frozenset({Kind.ROOM, Kind.DOOR, Kind.PAIR, Kind.BARE})
_LINE_ENDS: Final = re.compile(r"[ ,.;!~。]|$", re.MULTILINE)

_BEFORE: Final = 10
_ANNOUNCES: Final = re.compile(
    "(?:地址|住址|住处|住在|家住|[我咱现]住|家在|寄[到往至给]|寄|送[到往至去]?|[派配]?送|收货|收件|放[到在]?|改[到成为]|换[到成]|搬[到去]|转[到至交]|位于|坐落|定位|上门|取件|发[到往至])"
    "(?:地址|地点|信息|点|我家|我们)?(?:是|为|改为|改成|在)?[ :,\n]{0,3}$"
)


def score(plain: str, start: int, parts: Sequence[Part]) -> float:
    """
    How sure it is that the parts are an address finer than a county; 0 when they are none.

    Args:
        plain: the text, as `grammar.parts` takes it.
        start: of the first part's name.
        parts: of a chain.
    """
    coarse, fine = _weights(plain, parts)
    if fine < _FINE:
        return 0.0
    weight = coarse + fine
    if all(part.kind in _COUNTED for part in parts):
        weight = min(weight, _DOUBTFUL)
    if weight < _SURE and _is_told(plain, start, parts, fine):
        weight += _TOLD
    if weight < _SURE and parts[-1].kind in _ROOMS and _fills_a_line(plain, start, parts):
        weight += _WHOLE
    if weight >= _SURE:
        return SURE
    return LIKELY if weight >= _LIKELY else DOUBTFUL if weight >= _DOUBTFUL else 0.0


def _is_told(plain: str, start: int, parts: Sequence[Part], fine: float) -> bool:
    """
    Whether words before a chain announce it, and it is more than a single number: 住在二楼.
    """
    enough = fine > _ONE_NUMBER or any(part.kind in NAMED or part.kind is Kind.TOWN for part in parts)
    if enough and _ANNOUNCES.search(plain, max(0, start - _BEFORE), start):
        return True
    return plain[max(0, start - 2) : start] in _STAYS and any(part.kind in _ROOMS for part in parts)


def _fills_a_line(plain: str, start: int, parts: Sequence[Part]) -> bool:
    """
    Whether a chain with a room stands by itself, as in the note to an order.
    """
    alone = start == 0 or plain[start - 1] in "\n,;"
    named = parts[0].kind is Kind.ROOM or any(part.kind in NAMED for part in parts)
    return alone and named and _LINE_ENDS.match(plain, parts[-1].end) is not None


def _weights(plain: str, parts: Sequence[Part]) -> tuple[float, float]:
    coarse = fine = 0.0
    last = None
    for part in parts:
        weight = _ALONE[part.kind]
        if last and last.end < part.start - 1:
            weight += _NAME_BETWEEN.get((last.kind, part.kind), 0.0)
        elif last:
            weight += _TOGETHER.get((last.kind, part.kind), 0.0)
            if last.end == part.start and last.kind in NAMED and part.kind in NAMED:
                weight -= min(_ALONE[last.kind], weight)  # 花园 and 小区 end one name
        if last and (_repeats(plain, last, part) or (part.kind is Kind.ENDING and last.kind in NUMBERS)):
            weight = 0.0
        if part.kind in COARSE:
            coarse += weight
        else:
            fine += weight
        last = part
    return coarse, fine


def _repeats(plain: str, last: Part, part: Part) -> bool:
    """
    Whether two numbers count the same: one address has one entrance.
    """
    return last.kind is part.kind and part.kind in NUMBERS and plain[last.end - 1] == plain[part.end - 1]
