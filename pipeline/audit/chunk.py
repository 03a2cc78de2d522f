"""What is said of a chunk: counts, policies and key versions, found from what was counted while it was processed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.tally import Tally
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


def outcomes(views: Sequence[Audited], tally: Tally, records: Mapping[str, int]) -> dict[str, Any]:
    """
    By recipient: policy, key version, records released by variant, and those that were suppressed.

    Args:
        views: of the topic.
        tally: circumstances of the events.
        records: how many clean records there are for each recipient. More than consents explain are released
            `under_grant`; fewer, when they were to be sealed to a party without a key, are suppressed.
    """
    return {
        view.recipient: {"policy": policy, "key_version": version, **_counts(view, tally, records[view.recipient])}
        for view, policy, version in views
    }


def _counts(view: View, tally: Tally, records: int) -> Mapping[str, Any]:
    released: Counter[str] = Counter()
    suppressed = 0
    for purposes, linked, nothing, events in tally.circumstances():
        granted = not view.asks_consent or view.purpose in purposes
        if nothing or (not granted and view.otherwise is SUPPRESS):
            suppressed += events
        else:
            released[variant(granted=granted, linked=linked)] += events
    surplus = records - released.total()
    if surplus > 0:
        released["under_grant"] = surplus
    for name in sorted(released):
        fewer = min(released[name], max(released.total() - records, 0))
        released[name] -= fewer
    suppressed -= surplus
    return {"released": {name: number for name, number in sorted(released.items()) if number}, "suppressed": suppressed}


def variant(*, granted: bool, linked: bool) -> str:
    """
    The name of the rules that stood: those with consent or those without, for a known person or for nobody.
    """
    return f"{'granted' if granted else 'otherwise'}_{'linked' if linked else 'standalone'}"
