"""
The views of the workers under test: the shipped ones of three topics, in which no free text passes.

What decides about delivery is all there: records with and without consent, some for nobody, keys, quarantine. The
search of texts, which takes as long as all else of a hundred events, decides nothing of it.
"""

from dataclasses import replace
from typing import Final

import schemas
from schemas.view import Rules, View
from transforms import Drop, RedactText

_TOPICS: Final = ("raw.device", "raw.order", "raw.account")
_RECIPIENTS: Final = ("analytics", "ads", "affiliate")


def _without_texts(rules: Rules) -> Rules:
    return {place: Drop() if isinstance(rule, RedactText) else rule for place, rule in rules.items()}


VIEWS: Final[tuple[View, ...]] = tuple(
    replace(view, rules=_without_texts(view.rules))
    for view in schemas.VIEWS
    if view.contract.topic in _TOPICS and view.recipient in _RECIPIENTS
)
RAW: Final = tuple(dict.fromkeys(view.contract.topic for view in VIEWS))
