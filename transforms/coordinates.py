"""Coordinates: a point of an event in WGS-84, whichever system the phone's map used."""

from math import cos, pi, radians, sin, sqrt
from typing import Any, Final

from transforms.base import Refused, wrong_type

SEMI_MAJOR_AXIS: Final = 6_378_245.0
"""Metres, Krasovsky 1940: the ellipsoid of the published transformation."""

ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943_23

SOUTH_POLE, NORTH_POLE, DATE_LINE_WEST, DATE_LINE_EAST = -90.0, 90.0, -180.0, 180.0

SOUTH, NORTH, WEST, EAST = 0.8293, 55.8271, 72.004, 137.8347
"""Degrees: the rectangle around China within which the published transformation shifts points."""

MAX_ACCURACY: Final = 1_000_000.0
"""Metres: a radius beyond which a point says nothing."""


def read_point(value: Any) -> tuple[float, float]:
    """
    The latitude and longitude, in WGS-84 degrees, of an object `{lat, lng, accuracy_m, coord}`.

    Args:
        value: `lat` within ±90 and `lng` within ±180 degrees, `accuracy_m` from 0 to 1,000,000 metres, `coord`
            `wgs84` or `gcj02`. Other members are not looked at.

    Raises:
        Refused: a member is missing, of the wrong type or out of range, or the coordinate system is another one.
    """
    if type(value) is not dict:
        raise wrong_type(value, "object")
    try:
        lat, lng, accuracy, coord = value["lat"], value["lng"], value["accuracy_m"], value["coord"]
    except KeyError as missing:
        msg = f"{missing.args[0]} is missing; a point has lat, lng, accuracy_m and coord"
        raise Refused(msg) from None
    if not (type(lat) is float and SOUTH_POLE <= lat <= NORTH_POLE):
        lat = _number("lat", lat, SOUTH_POLE, NORTH_POLE)
    if not (type(lng) is float and DATE_LINE_WEST <= lng <= DATE_LINE_EAST):
        lng = _number("lng", lng, DATE_LINE_WEST, DATE_LINE_EAST)
    if not (type(accuracy) is float and 0.0 <= accuracy <= MAX_ACCURACY):
        _number("accuracy_m", accuracy, 0.0, MAX_ACCURACY)
    if coord == "wgs84":
        return lat, lng
    if coord == "gcj02":
        return gcj02_to_wgs84(lat, lng)
    msg = "coord is unknown; send wgs84 or gcj02"
    raise Refused(msg)


def wgs84_to_gcj02(lat: float, lng: float) -> tuple[float, float]:
    """
    The point that Chinese maps show for a WGS-84 point; outside of China the same point.

    Args:
        lat: WGS-84 degrees.
        lng: WGS-84 degrees.

    Source: the transformation that map libraries publish; the standard itself, GCJ-02, is secret.
    """
    if not _in_china(lat, lng):
        return lat, lng
    north, east = _shift(lat, lng)
    return lat + north, lng + east


def gcj02_to_wgs84(lat: float, lng: float) -> tuple[float, float]:
    """
    The WGS-84 point that Chinese maps show at this point; outside of China the same point.

    The shift, under 750 m, is taken at an ever better guess of the sought point. It changes by less than 7 mm a metre,
    so two rounds leave under 0.05 m (5e-7 degrees). Within 1 km of the edge of the rectangle around China, which runs
    far outside of the mainland, a point may be taken for shifted that is not, and the other way round.

    Args:
        lat: GCJ-02 degrees.
        lng: GCJ-02 degrees.
    """
    if not _in_china(lat, lng):
        return lat, lng
    north, east = _shift(lat, lng)
    north, east = _shift(lat - north, lng - east)
    return lat - north, lng - east


def _shift(lat: float, lng: float) -> tuple[float, float]:
    """
    Degrees north and east by which GCJ-02 lies off a WGS-84 point.
    """
    x, y = lng - 105.0, lat - 35.0
    a, b = x * pi, y * pi
    ripple = 20.0 * (sin(6.0 * a) + sin(2.0 * a))
    root = 0.1 * sqrt(abs(x))
    north = (
        -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 2.0 * root
        + (ripple + 20.0 * sin(b) + 40.0 * sin(b / 3.0) + 160.0 * sin(b / 12.0) + 320.0 * sin(b / 30.0)) / 1.5
    )
    east = (
        300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + root
        + (ripple + 20.0 * sin(a) + 40.0 * sin(a / 3.0) + 150.0 * sin(a / 12.0) + 300.0 * sin(a / 30.0)) / 1.5
    )
    phi = radians(lat)
    sine = sin(phi)
    flattening = 1.0 - ECCENTRICITY_SQUARED * sine * sine
    across = SEMI_MAJOR_AXIS / sqrt(flattening)
    along = across * (1.0 - ECCENTRICITY_SQUARED) / flattening
    return north / radians(along), east / radians(across * cos(phi))


def _in_china(lat: float, lng: float) -> bool:
    return SOUTH <= lat <= NORTH and WEST <= lng <= EAST


def _number(name: str, value: Any, least: float, most: float) -> float:
    if type(value) is not float and type(value) is not int:
        msg = f"{name}: {wrong_type(value, 'number')}"
        raise Refused(msg)
    if not least <= value <= most:
        msg = f"{name} is out of range; send a number from {least:,.0f} to {most:,.0f}"
        raise Refused(msg)
    return float(value)
