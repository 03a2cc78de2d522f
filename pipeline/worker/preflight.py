"""Preflight: what has to be there, and what has to be so, before a worker takes anything."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.record import TOPIC as AUDIT
from pipeline.columns import effective_rules
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import REQUESTS, UPSTREAM
from pipeline.links.record import TOPIC as LINKS
from pipeline.quarantine import quarantine_topic
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import TOPIC as SUBJECTS
from schemas.view import View
from transforms import RedactText, Seal, Transform, bare
from transforms.text.taggers import falls_back

_HASH_SEED: Final = "PYTHONHASHSEED"


class CannotStart(RuntimeError):  # noqa: N818 — reads "cannot start"
    """
    What keeps a worker from starting: one sentence with what to do.
    """


def check_hashing(environment: Mapping[str, str] = os.environ) -> None:
    """
    Nobody outside knows under which names the hashes of Python's dicts collide.

    Protects against events whose keys all fall in one place, which take time by the square of their number.

    Raises:
        CannotStart: the seed of the hashes is fixed.
    """
    if environment.get(_HASH_SEED, "random") not in {"", "random"}:
        msg = f"{_HASH_SEED} is set, so that events can be made whose keys collide and take for ever; unset it"
        raise CannotStart(msg)


def needed_topics(views: Sequence[View], *, subjects: bool = True) -> tuple[str, ...]:
    """
    Every topic that these views read or write, or by which their recipients are told of erasures.

    Args:
        views: of all raw topics.
        subjects: whether the state of subjects is read, and links.
    """
    raw = dict.fromkeys(view.contract.topic for view in views)
    held = [quarantine_topic(topic) for topic in raw]
    told = dict.fromkeys(notice_topic(view.recipient) for view in views)
    private = (*told, REQUESTS, UPSTREAM, SUBJECTS, PROFILES, LINKS) if subjects else ()
    return (*raw, *(view.topic for view in views), *held, AUDIT, *private)


def check_topics(existing: Mapping[str, int], needed: Sequence[str]) -> None:
    """
    Hold what exists against what is needed.

    Raises:
        CannotStart: a topic is missing.
    """
    missing = [topic for topic in needed if not existing.get(topic)]
    if missing:
        msg = f"missing topics: {', '.join(missing)}; create them with `qingliu topics apply`"
        raise CannotStart(msg)


def names_fall_back(views: Sequence[View]) -> bool:
    """
    Whether a view means texts to be searched with the model, which is not installed.
    """
    return any(isinstance(rule, RedactText) and falls_back(rule.names) for rule in _rules(views))


def seals(views: Sequence[View]) -> bool:
    """
    Whether a view seals anything to a party.
    """
    return any(view.sealed for view in views) or any(isinstance(rule, Seal) for rule in _rules(views))


def _rules(views: Sequence[View]) -> Iterator[Transform]:
    for view in views:
        for variant in view.variants():
            yield from map(bare, effective_rules(view, variant).values())
