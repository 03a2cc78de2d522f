"""raw.log: requests, searches, mail pixels and messages."""

from typing import Any, Final

from pipeline.simulator.draw import pick
from pipeline.simulator.scene import Scene, order_number
from pipeline.simulator.texts import (
    MESSAGES,
    PERSONAL_MESSAGES,
    PERSONAL_SEARCHES,
    SEARCHES,
    Templates,
    compose,
)
from pipeline.simulator.web import page, referrer

_METHODS: Final = (*("GET",) * 14, *("POST",) * 5, "PUT", "DELETE")
_STATUSES: Final = (*(200,) * 20, 201, 204, 301, 302, 304, 400, 401, 403, 404, 429, 500, 502, 503)
_CAMPAIGNS: Final = ("double11", "double12", "spring_sale", "new_user", "member_day", "flash_friday")
_CARRIER: Final = 0.6
_REFERRER: Final = 0.4
_SEARCH: Final = 0.2
_COOKIE: Final = 0.45
_PIXEL: Final = 0.06
_MESSAGE: Final = 0.25
_PERSONAL: Final = 0.06  # share of texts with a person in them


def log_event(scene: Scene) -> dict[str, Any]:
    """
    One line of an access log.
    """
    rng, person, device = scene.world.rng, scene.person, scene.device
    event = scene.envelope()
    event["ip"] = scene.plant(person.connection.current(rng))
    event["user_agent"] = pick(rng, device.agents)
    if rng.random() < _CARRIER:
        event["carrier"] = person.carrier
    event["language"] = device.language
    event["method"] = pick(rng, _METHODS)
    event["status"] = pick(rng, _STATUSES)
    event["bytes"] = int(rng.random() ** 3 * 400_000)
    event["duration_ms"] = int(rng.expovariate(0.0125) * 10) / 10
    event["url"] = page(rng, person.name, person.phone, scene.planted)
    if rng.random() < _REFERRER:
        event["referrer"] = referrer(rng)
    _add_rare(scene, event)
    return event


def _add_rare(scene: Scene, event: dict[str, Any]) -> None:
    rng, person = scene.world.rng, scene.person
    if rng.random() < _SEARCH:
        event["search_query"] = _text(scene, SEARCHES, PERSONAL_SEARCHES)
    if rng.random() < _COOKIE:
        event["cookie_id"] = scene.plant(person.cookie_id)
    if rng.random() < _PIXEL:
        pixel: dict[str, Any] = {"campaign": pick(rng, _CAMPAIGNS)}
        if rng.random() < 1 / 2:
            pixel["recipient_email"] = scene.plant(person.email)
        pixel["clicked"] = rng.random() < _SEARCH
        event["pixel"] = pixel
    if rng.random() < _MESSAGE:
        event["message"] = _text(scene, MESSAGES, PERSONAL_MESSAGES)


def _text(
    scene: Scene,
    impersonal: tuple[str, ...],
    personal: Templates,
) -> str:
    rng = scene.world.rng
    if rng.random() >= _PERSONAL:
        return pick(rng, impersonal)
    return compose(rng, personal, scene.person, order_number(rng, scene.ms), scene.planted)
