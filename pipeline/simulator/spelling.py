"""Spelling: the same event as different clients write it."""

import json
from random import Random
from typing import Any, Final

from pipeline.codec import dumps
from pipeline.simulator.draw import digits, pick
from pipeline.simulator.people import Person
from schemas.contract import Contract

_USUAL: Final = 0.95
_ESCAPED: Final = 0.965  # … up to here: every character outside ASCII as an escape
_SPACED: Final = 0.98  # … blanks between the members
_SLASHED: Final = 0.99  # … slashes as `\/`; the rest has its keys in another order


def write(rng: Random, event: dict[str, Any]) -> bytes:
    """
    An event as JSON: mostly compact UTF-8, at times with escapes, blanks or another order of keys.
    """
    style = rng.random()
    if style < _USUAL:
        return dumps(event)
    if style < _ESCAPED:
        return json.dumps(event, separators=(",", ":")).encode()
    if style < _SPACED:
        return json.dumps(event, ensure_ascii=False).encode()
    if style < _SLASHED:
        return dumps(event).replace(b"/", b"\\/")
    keys = list(event)
    rng.shuffle(keys)
    return dumps({key: event[key] for key in keys})


def add_unknown(rng: Random, event: dict[str, Any], person: Person, planted: list[str]) -> None:
    """
    Put a field into an event that its contract does not have, with something personal in it.
    """
    wechat = "wxid_" + digits(rng, 14)
    name, value, identifiers = pick(
        rng,
        (
            ("contact_wechat", wechat, (wechat,)),
            ("backup_phone", person.phone, (person.phone,)),
            ("profile", {"real_name": person.name, "level": 3}, (person.name,)),
            ("recent_cards", list(person.cards), person.cards),
            ("ext", {"home": {"street": person.home.street}}, (person.home.street,)),
        ),
    )
    event[name] = value
    planted.extend(identifiers)


def add_null(rng: Random, event: dict[str, Any], contract: Contract) -> None:
    """
    Write null for one of the optional fields that an event lacks.
    """
    absent = [node.name for node in contract.fields if node.optional and node.name not in event]
    if absent:
        event[pick(rng, absent)] = None
