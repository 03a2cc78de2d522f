"""How people move: from place to place, at the speed of walking, riding or driving."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from pipeline.simulator.draw import pick
from pipeline.simulator.networks import Cell, Station

METRES_PER_DEGREE: Final = 111_195.0
"""On a great circle of a sphere of 6,371 km."""

TOP_SPEED: Final = 17.0
"""Metres a second."""

_WALK: Final = (1_500.0, 1.0, 1.6)  # up to so many metres; slowest and fastest, metres a second
_RIDE: Final = (6_000.0, 3.5, 7.0)
_DRIVE: Final = (6.0, TOP_SPEED)
_STAY: Final = (5 * 60_000, 180 * 60_000)  # shortest and longest stay, milliseconds
_UNDERWAY: Final = 0.35  # share of people who are on their way at the start


@dataclass(frozen=True, slots=True)
class Site:
    """
    A place where people stay, and what is sent there.

    Args:
        lat: degrees, WGS-84.
        lng: degrees, WGS-84.
        stations: access points in reach.
        cells: one of each operator.
        store_id: when it is a shop; otherwise empty.
    """

    lat: float
    lng: float
    stations: tuple[Station, ...]
    cells: Mapping[str, Cell]
    store_id: str = ""


def metres(start: tuple[float, float], end: tuple[float, float]) -> float:
    """
    The distance of two points of one city, by the equirectangular approximation.
    """
    middle = math.radians((start[0] + end[0]) / 2)
    east = (end[1] - start[1]) * math.cos(middle)
    return METRES_PER_DEGREE * math.hypot(end[0] - start[0], east)


class Route:
    """
    The way of one person through a city.

    Positions are those of a continuous movement, never faster than `TOP_SPEED`, when asked for in order of time; an
    earlier time gives the start of the present leg.

    Args:
        rng: where stays, goals and speeds are drawn from.
        sites: where the person goes; one or more.
        start: when the movement begins, milliseconds.
    """

    __slots__ = ("_arrival", "_departure", "_from", "_rng", "_sites", "_to", "_until")

    def __init__(self, rng: Random, sites: tuple[Site, ...], start: int) -> None:
        self._rng = rng
        self._sites = sites
        self._from = self._to = sites[0]
        self._departure = self._arrival = start
        self._until = start + int(rng.random() * _STAY[1])
        if rng.random() < _UNDERWAY:
            self._until = start
            self._next_leg()

    @property
    def site(self) -> Site:
        """
        Where the person is, or is going.
        """
        return self._to

    def at(self, ms: int) -> tuple[float, float]:
        """
        Latitude and longitude at a time, WGS-84.
        """
        while ms >= self._until:
            self._next_leg()
        if ms >= self._arrival:
            return self._to.lat, self._to.lng
        share = max(0.0, (ms - self._departure) / (self._arrival - self._departure))
        return (
            self._from.lat + share * (self._to.lat - self._from.lat),
            self._from.lng + share * (self._to.lng - self._from.lng),
        )

    def _next_leg(self) -> None:
        self._from, self._to = self._to, pick(self._rng, self._sites)
        distance = metres((self._from.lat, self._from.lng), (self._to.lat, self._to.lng))
        self._departure = self._until
        self._arrival = self._departure + int(1_000 * distance / self._speed(distance)) + 1
        self._until = self._arrival + int(_STAY[0] + self._rng.random() * (_STAY[1] - _STAY[0]))

    def _speed(self, distance: float) -> float:
        slowest, fastest = _DRIVE
        for limit, low, high in (_WALK, _RIDE):
            if distance < limit:
                slowest, fastest = low, high
                break
        return slowest + self._rng.random() * (fastest - slowest)
