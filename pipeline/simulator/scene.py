"""Scene: who does something on which device when, and what every event says about it."""

from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from time import gmtime, strftime
from typing import Any, Final

from pipeline.simulator.devices import Device
from pipeline.simulator.draw import digits, pick, uuid4
from pipeline.simulator.goods import Article
from pipeline.simulator.people import Person, Population

_BEIJING: Final = 8 * 3_600  # seconds ahead of UTC
_WITHOUT_DEVICE: Final = 0.08  # share of events of clients that may not or do not read an id


@dataclass(slots=True)
class World:
    """
    What events draw on.

    Args:
        rng: the one source of chance.
        population: the people.
        catalogue: articles by merchant.
    """

    rng: Random
    population: Population
    catalogue: tuple[tuple[Article, ...], ...]


@dataclass(slots=True)
class Scene:
    """
    One event before it is written.

    Args:
        world: what it draws on.
        ms: when it happens, milliseconds since 1970 UTC.
        person: who acts.
        device: of this person.
        known: whether the person has logged in.
        planted: identifiers in the event so far.
    """

    world: World
    ms: int
    person: Person
    device: Device
    known: bool
    planted: list[str] = field(default_factory=list)

    def envelope(self) -> dict[str, Any]:
        """
        The fields that every event has.
        """
        rng, device, planted = self.world.rng, self.device, self.planted
        event_id = uuid4(rng)
        planted.append(event_id)
        event: dict[str, Any] = {"event_id": event_id, "occurred_at": timestamp(self.ms, utc=device.ios)}
        if self.known:
            event["user_id"] = self.person.user_id
            planted.append(self.person.user_id)
        if rng.random() >= _WITHOUT_DEVICE:
            event["device_id"] = device.device_id
            if device.tracked:
                planted.append(device.device_id)
        event["app_version"] = device.app_version
        event["channel"] = device.channel
        return event

    def plant(self, value: str) -> str:
        """
        Count a value among the planted identifiers.
        """
        self.planted.append(value)
        return value


def scene(world: World, ms: int, *, known: bool) -> Scene:
    """
    Somebody acts, mostly on the first of their devices.
    """
    person = world.population.active()
    devices = person.devices
    device = devices[0] if len(devices) == 1 or world.rng.random() < 1 / 2 else pick(world.rng, devices)
    return Scene(world, ms, person, device, known)


def timestamp(ms: int, *, utc: bool) -> str:
    """
    A time as clients write it: RFC 3339 with milliseconds, in UTC or with Beijing's offset.
    """
    second, fraction = divmod(ms, 1_000)
    if utc:
        return f"{calendar(second, '%Y-%m-%dT%H:%M:%S')}.{fraction:03d}Z"
    return f"{calendar(second + _BEIJING, '%Y-%m-%dT%H:%M:%S')}.{fraction:03d}+08:00"


def beijing(ms: int, form: str) -> str:
    """
    A time in Beijing, in a form of `strftime`.
    """
    return calendar(ms // 1_000 + _BEIJING, form)


def order_number(rng: Random, ms: int) -> str:
    """
    The number of an order that is placed now: 20 digits.
    """
    return beijing(ms, "%y%m%d%H%M%S") + digits(rng, 8)


@lru_cache(maxsize=1_024)
def calendar(second: int, form: str) -> str:
    """
    A second since 1970 in a form of `strftime`.
    """
    return strftime(form, gmtime(second))
