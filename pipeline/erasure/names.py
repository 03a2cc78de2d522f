"""Names: what identifies a person, a device or a cookie in events, in every generation that is known."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Final

from pipeline.erasure.record import PHONE
from pipeline.erasure.state import NOTHING, History
from pipeline.erasure.tokens import Names
from pipeline.links.identifiers import COOKIE, DEVICE, Identifier
from schemas.kinds import Kind

_KINDS: Final = {DEVICE: Kind.DEVICE_ID, COOKIE: Kind.COOKIE_ID}


def names_of(subject: str, things: Iterable[Identifier], known: Mapping[str, History], until: float = inf) -> Names:
    """
    What identifies somebody, and devices and cookies of theirs.

    Args:
        subject: user id, or `phone:` and a number in E.164.
        things: devices and cookies.
        known: what `privacy.subjects` says, by subject, of all of them.
        until: milliseconds since 1970 UTC at which the person was erased: generations that began later are somebody
            else's, or of when they had come back, and the first attempt at an erasure begins those of the devices.
    """
    if subject.startswith(PHONE):
        own = {Kind.PHONE: frozenset({(subject.removeprefix(PHONE), 0)})}
    else:
        own = {Kind.USER_ID: _generations(subject, subject, known, until)}
    return {**own, **names_of_things(things, known, until)}


def names_of_things(things: Iterable[Identifier], known: Mapping[str, History], until: float = inf) -> Names:
    """
    What identifies devices and cookies, in generations that began by then.
    """
    names: dict[Kind, frozenset[tuple[str, int]]] = {}
    for thing in things:
        kind = _KINDS[thing.kind]
        names[kind] = names.get(kind, frozenset()) | _generations(thing.value, thing.subject, known, until)
    return names


def _generations(value: str, subject: str, known: Mapping[str, History], until: float) -> frozenset[tuple[str, int]]:
    every = known.get(subject, NOTHING).registered | {0}
    return frozenset((value, generation) for generation in every if generation <= until)
