"""People: who they are, what they carry, where they go. All of them are invented; any likeness is chance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Final

from pipeline.simulator.devices import Device, device
from pipeline.simulator.draw import hexadecimal, pick
from pipeline.simulator.goods import store_id
from pipeline.simulator.names import NameBook
from pipeline.simulator.networks import (
    Connection,
    Station,
    access_point,
    cells,
    gadget,
    hidden_access_point,
    ipv4,
)
from pipeline.simulator.numbers import bank_card, identity_number, mobile_number
from pipeline.simulator.places import CITIES, Address, City, address
from pipeline.simulator.public import is_public
from pipeline.simulator.routes import Route, Site

_YOUNGEST: Final = 14 * 366  # days at the start of the stream
_AGES: Final = 60 * 365  # days between the oldest and the youngest of them
_CHILD: Final = 0.04  # share of people below 14, whose accounts have a guardian
_YOUNGEST_CHILD: Final = 7 * 366
_CHILD_AGES: Final = 14 * 365 - _YOUNGEST_CHILD
_OPTED_OUT: Final = 0.05
_CARRIERS: Final = ("中国移动", "中国联通", "中国电信", "中国广电")
_CARRIER_SHARES: Final = (57, 20, 22, 1)
_DEVICE_SHARES: Final = (70, 22, 8)  # of people with one, two and three devices
_FIRST_USER_ID: Final = 100_000_000_000
_USER_ID_GAP: Final = 7_919
_SITES_PER_DISTRICT: Final = 12
_HAUNTS: Final = 3
_STRANGERS: Final = 2_000
_SPREAD: Final = 0.018  # standard deviation of places around the middle of a district, degrees
_NEAR: Final = 0.6  # share of places of the own district
_HIDDEN: Final = 0.1
_SHOPS: Final = 0.5
_MIGRANTS: Final = 0.4  # share of people whose identity number is from another city
_ZIPF: Final = 0.8  # exponent: the most active person acts seven times as often as the hundredth


@dataclass(frozen=True, slots=True)
class Guardian:
    """
    Who has consented to a child's account.

    Args:
        name: in Chinese.
        phone: 11 digits.
    """

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """
    A customer.

    Args:
        user_id: 12 digits.
        name: in Chinese.
        nickname: in live rooms.
        phone: 11 digits.
        carrier: the phone's operator.
        female: as the identity number says.
        birth: as the identity number says.
        id_card: resident identity number.
        email: mailbox.
        cards: UnionPay numbers.
        home: where parcels go.
        connection: where events come from.
        cookie_id: of the browser.
        devices: the first is the one mostly used.
        route: where the person is.
        gadgets: own Bluetooth devices.
        guardian: of those who are below 14 when the stream starts.
        opted_out: of tracking.
    """

    user_id: str
    name: str
    nickname: str
    phone: str
    carrier: str
    female: bool
    birth: date
    id_card: str
    email: str
    cards: tuple[str, ...]
    home: Address
    connection: Connection
    cookie_id: str
    devices: tuple[Device, ...]
    route: Route
    gadgets: tuple[Station, ...]
    guardian: Guardian | None
    opted_out: bool


class Population:
    """
    People, and who of them acts next: few often, many rarely.

    Args:
        rng: where everything is drawn from.
        size: number of people, from 1.
        start: when they begin to move, milliseconds since 1970 UTC.
    """

    def __init__(self, rng: Random, size: int, start: int) -> None:
        self._rng = rng
        self._names = NameBook(rng)
        self._start = start
        self._today = datetime.fromtimestamp(start / 1_000, UTC).date()
        self._city_weights = [city.weight for city in CITIES]
        self._sites = {city.name: _public_sites(rng, city) for city in CITIES}
        self.people: Final = tuple(self._person(number) for number in range(size))
        self._activity = list(accumulate((number + 10) ** -_ZIPF for number in range(size)))
        self._queue: list[Person] = []

    def active(self) -> Person:
        """
        Who acts next.
        """
        if not self._queue:
            self._queue = self._rng.choices(self.people, cum_weights=self._activity, k=4_096)
        return self._queue.pop()

    def anybody(self) -> Person:
        """
        One of all, each as likely as the other.
        """
        return pick(self._rng, self.people)

    @cached_property
    def passing_stations(self) -> tuple[Station, ...]:
        """
        Bluetooth devices of strangers.
        """
        return tuple(gadget(self._rng) for _ in range(_STRANGERS))

    def _person(self, number: int) -> Person:
        rng = self._rng
        female = rng.random() < 1 / 2
        name, romanised = _private(lambda: self._names.person(female=female))
        nickname, _ = _private(lambda: (self._names.nickname(), ""))
        city = rng.choices(CITIES, self._city_weights)[0]
        home = address(rng, city)
        carrier = rng.choices(_CARRIERS, _CARRIER_SHARES)[0]
        devices = tuple(device(rng) for _ in range(rng.choices((1, 2, 3), _DEVICE_SHARES)[0]))
        child = rng.random() < _CHILD
        birth = self._birth(child=child)
        origin = pick(rng, CITIES) if rng.random() < _MIGRANTS else city
        return Person(
            user_id=str(_FIRST_USER_ID + number * _USER_ID_GAP + int(rng.random() * _USER_ID_GAP)),
            name=name,
            nickname=nickname,
            phone=mobile_number(rng, carrier),
            carrier=carrier,
            female=female,
            birth=birth,
            id_card=identity_number(rng, pick(rng, origin.districts).code, birth, female=female),
            email=self._names.email(romanised),
            cards=tuple(bank_card(rng) for _ in range(1 + int(rng.random() * 2))),
            home=home,
            connection=Connection(carrier, home=ipv4(rng, carrier)),
            cookie_id=hexadecimal(rng, 32),
            devices=devices,
            route=Route(rng, self._haunts(home, name, devices[0]), self._start),
            gadgets=(gadget(rng, name), gadget(rng)),
            guardian=self._guardian() if child else None,
            opted_out=rng.random() < _OPTED_OUT,
        )

    def _birth(self, *, child: bool) -> date:
        youngest, ages = (_YOUNGEST_CHILD, _CHILD_AGES) if child else (_YOUNGEST, _AGES)
        return self._today - timedelta(days=youngest + int(self._rng.random() * ages))

    def _guardian(self) -> Guardian:
        rng = self._rng
        name, _ = _private(lambda: self._names.person(female=rng.random() < 1 / 2))
        return Guardian(name, mobile_number(rng, rng.choices(_CARRIERS, _CARRIER_SHARES)[0]))

    def _haunts(self, home: Address, name: str, telephone: Device) -> tuple[Site, ...]:
        rng = self._rng
        sites = self._sites[home.city.name]
        first = home.city.districts.index(home.district) * _SITES_PER_DISTRICT
        nearby = sites[first : first + _SITES_PER_DISTRICT]
        dwelling = _site(
            rng, home.district.lat, home.district.lng, (access_point(rng, name, telephone.marketing), access_point(rng))
        )
        haunts = (pick(rng, nearby if rng.random() < _NEAR else sites) for _ in range(_HAUNTS))
        return dwelling, *haunts


def _private(draw: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    while True:
        name, other = draw()
        if not is_public(name):
            return name, other


def _public_sites(rng: Random, city: City) -> tuple[Site, ...]:
    return tuple(
        _site(rng, district.lat, district.lng, _public_stations(rng), store_id(rng) if rng.random() < _SHOPS else "")
        for district in city.districts
        for _ in range(_SITES_PER_DISTRICT)
    )


def _public_stations(rng: Random) -> tuple[Station, ...]:
    return tuple(
        hidden_access_point(rng) if rng.random() < _HIDDEN else access_point(rng)
        for _ in range(2 + int(rng.random() * 4))
    )


def _site(rng: Random, lat: float, lng: float, stations: tuple[Station, ...], store: str = "") -> Site:
    return Site(rng.gauss(lat, _SPREAD), rng.gauss(lng, _SPREAD), stations, cells(rng), store)
