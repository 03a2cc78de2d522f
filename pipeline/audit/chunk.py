"""What is said of a chunk: counts, policies and key versions, found from what was counted while it was processed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.compile import Tally
from schemas.view import SUPPRESS, View


class Audited(NamedTuple):
    """
    A view as chunks are processed by it.

    Args:
        view: as declared.
        policy: its hash.
        key_version: of the keys that tokens are made with.
    """

    view: View
    policy: str
    key_version: int


def outcomes(views: Sequence[Audited], tally: Tally) -> dict[str, Any]:
    """
    By recipient: policy, key version, records released by variant, and those that were suppressed.
    """
    return {
        view.recipient: {"policy": policy, "key_version": version, **_counts(view, tally)}
        for view, policy, version in views
    }


def _counts(view: View, tally: Tally) -> Mapping[str, Any]:
    released: Counter[str] = Counter()
    suppressed = 0
    for (linked, purposes, nothing), events in tally.items():
        granted = not view.asks_consent or view.purpose in purposes
        if nothing or (not granted and view.otherwise is SUPPRESS):
            suppressed += events
        else:
            released[variant(granted=granted, linked=linked)] += events
    return {"released": dict(sorted(released.items())), "suppressed": suppressed}


def variant(*, granted: bool, linked: bool) -> str:
    """
    The name of the rules that stood: those with consent or those without, for a known person or for nobody.
    """
    return f"{'granted' if granted else 'otherwise'}_{'linked' if linked else 'standalone'}"
