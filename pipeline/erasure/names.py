"""Names: what identifies a person, a device or a cookie in events, in every generation that is known."""

from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.erasure.record import PHONE
from pipeline.erasure.state import NOTHING, History
from pipeline.erasure.tokens import Names
from pipeline.links.identifiers import COOKIE, DEVICE, Identifier
from schemas.kinds import Kind

_KINDS: Final = {DEVICE: Kind.DEVICE_ID, COOKIE: Kind.COOKIE_ID}


def names_of(subject: str, things: Iterable[Identifier], known: Mapping[str, History]) -> Names:
    """
    What identifies somebody, and devices and cookies of theirs.

    Args:
        subject: user id, or `phone:` and a number in E.164.
        things: devices and cookies.
        known: what `privacy.subjects` says, by subject, of all of them.
    """
    if subject.startswith(PHONE):
        own = {Kind.PHONE: frozenset({(subject.removeprefix(PHONE), 0)})}
    else:
        own = {Kind.USER_ID: _generations(subject, subject, known)}
    return {**own, **names_of_things(things, known)}


def names_of_things(things: Iterable[Identifier], known: Mapping[str, History]) -> Names:
    """
    What identifies devices and cookies.
    """
    names: dict[Kind, frozenset[tuple[str, int]]] = {}
    for thing in things:
        kind = _KINDS[thing.kind]
        names[kind] = names.get(kind, frozenset()) | _generations(thing.value, thing.subject, known)
    return names


def _generations(value: str, subject: str, known: Mapping[str, History]) -> frozenset[tuple[str, int]]:
    return frozenset((value, generation) for generation in known.get(subject, NOTHING).registered | {0})
