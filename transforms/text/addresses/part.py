"""Parts of an address: what each kind is, and how much it says."""

from enum import IntEnum
from typing import Final, NamedTuple


class Kind(IntEnum):
    """
    What a part of an address is.
    """

    DIVISION = 1
    """A province, city or county in full: 杭州市."""
    SHORT = 2
    """… by its short name: 杭州."""
    TOWN = 3
    """A town or sub-district of the gazetteer: 崔桥镇."""
    ROAD = 4
    """The end of a road's name: 路 in 文三路."""
    PLACE = 5
    """The end of the name of an estate, building, institution or business: 花园, 大厦, 医院."""
    VILLAGE = 6
    """The end of a village's name: 村."""
    ENDING = 7
    """One character that ends the name of a place, and many other words: 苑, 城, 店."""
    HOUSE = 8
    """A house number: 90号."""
    BUILDING = 9
    """A building, its entrance, or a room: 3栋, 2单元, 501室."""
    UNIT = 10
    """A storey, household or group, which other things are counted by as well: 3楼, 5组."""
    SECTION = 11
    """A part of an estate: 三区, 二期, 东区."""
    ROOM = 12
    """Building, entrance and room by their numbers: 12-1-302, 12#302."""
    DOOR = 13
    """Building and room directly behind a name, which may end in any way: 26-2101."""
    PAIR = 14
    """Two numbers with a hyphen: 3-501."""
    BARE = 15
    """A number alone."""
    SPOT = 16
    """Where it is as seen from the address: 门口, 对面."""
    LOCATION = 17
    """What a tagger takes for a place."""
    ORGANISATION = 18
    """What a tagger takes for an organisation."""


class Part(NamedTuple):
    """
    A part of an address.

    Args:
        start: of what was recognised; the name before 路 is not in it.
        end: behind its last character.
        kind: what it is.
    """

    start: int
    end: int
    kind: Kind


COARSE: Final = frozenset({Kind.DIVISION, Kind.SHORT})
"""Parts that many people share."""

NAMED: Final = frozenset({Kind.ROAD, Kind.PLACE, Kind.VILLAGE, Kind.ENDING})
"""Parts that are the end of a name, and nothing without the name."""

NUMBERS: Final = frozenset(
    {Kind.HOUSE, Kind.BUILDING, Kind.UNIT, Kind.SECTION, Kind.ROOM, Kind.DOOR, Kind.PAIR, Kind.BARE}
)

ATTACHED: Final = frozenset({Kind.PAIR, Kind.BARE, Kind.SPOT})
"""Parts that are one only directly behind another."""
