"""The types of a contract's fields: shape and bounds of one JSON value, declared and nothing else."""

from dataclasses import dataclass
from typing import ClassVar

from transforms.base import Reading


@dataclass(frozen=True, slots=True)
class Text:
    """
    A string.

    Args:
        maximum: length in code points.
        minimum: length in code points.
    """

    maximum: int = 128
    minimum: int = 1
    reading: ClassVar[Reading] = "text"

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= self.maximum:
            msg = f"length bounds of a text are reversed or negative: {self.minimum}–{self.maximum}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class OneOf:
    """
    A string out of a closed list.
    """

    values: tuple[str, ...]
    reading: ClassVar[Reading] = "text"


@dataclass(frozen=True, slots=True)
class Integer:
    """
    A whole number written without a fraction.
    """

    minimum: int
    maximum: int
    reading: ClassVar[Reading] = "number"


@dataclass(frozen=True, slots=True)
class Number:
    """
    A number, whole or not.
    """

    minimum: float
    maximum: float
    reading: ClassVar[Reading] = "number"


@dataclass(frozen=True, slots=True)
class Boolean:
    """
    True or false.
    """

    reading: ClassVar[Reading] = "boolean"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """
    A date and time with zone, RFC 3339 section 5.6, from 2000 up to 2100.
    """

    reading: ClassVar[Reading] = "timestamp"


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """
    An object `{lat, lng, accuracy_m, coord}`.

    Degrees, metres, and `wgs84` or `gcj02` for the coordinate system.
    """

    reading: ClassVar[Reading] = "geo_point"


Type = Text | OneOf | Integer | Number | Boolean | Timestamp | GeoPoint
