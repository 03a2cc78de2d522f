"""Marks: every token by which a recipient may know a person, and up to when those of their devices count as theirs."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from pipeline.erasure.names import names_of, names_of_things
from pipeline.erasure.state import History
from pipeline.erasure.tokens import Tokenizer, Tokens
from pipeline.links.identifiers import Identifier


class Marks(NamedTuple):
    """
    What a recipient may know a person by.

    Args:
        own: tokens of the person.
        through: tokens of their devices and cookies, with before when an event counts as theirs, in milliseconds since
            1970 UTC; None for no bound.
        kinds: how many tokens of each kind there are.
    """

    own: frozenset[str]
    through: Mapping[str, int | None] = MappingProxyType({})
    kinds: Mapping[str, int] = MappingProxyType({})


def marks_of(
    subject: str,
    things: Mapping[Identifier, int | None],
    known: Mapping[str, History],
    tokenizer: Tokenizer,
    recipient: str,
) -> Marks:
    """
    The tokens of a person, and of devices and cookies of theirs, in every generation that is known.

    Args:
        subject: user id, or `phone:` and a number in E.164.
        things: devices and cookies, with before when an event counts as the person's.
        known: what `privacy.subjects` says, by subject, of all of them.
        tokenizer: makes tokens.
        recipient: who knows them.
    """
    own = tokenizer.tokens(recipient, names_of(subject, (), known))
    through: dict[str, int | None] = {}
    kinds = _count(own)
    for thing, until in things.items():
        theirs = tokenizer.tokens(recipient, names_of_things([thing], known))
        through |= dict.fromkeys(_flat(theirs), until)
        kinds += _count(theirs)
    return Marks(frozenset(_flat(own)), through, kinds)


def _flat(tokens: Tokens) -> list[str]:
    return [token for each in tokens.values() for token in each]


def _count(tokens: Tokens) -> Counter[str]:
    return Counter({kind: len(each) for kind, each in tokens.items()})
