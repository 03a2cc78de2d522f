"""Text that clean records may hold, and that no generated name may therefore be part of."""

from typing import Final

from pipeline.simulator.danmaku import COMMENTS, DANMAKU, PERSONAL_COMMENTS, PERSONAL_DANMAKU
from pipeline.simulator.devices import MODEL_NAMES
from pipeline.simulator.goods import TITLES
from pipeline.simulator.leaks import fold
from pipeline.simulator.numbers import PHONE_PREFIXES
from pipeline.simulator.places import CITIES
from pipeline.simulator.service import PUBLIC
from pipeline.simulator.signatures import PERSONAL_SIGNATURES, SIGNATURES
from pipeline.simulator.texts import (
    MESSAGES,
    NOTES,
    PERSONAL_MESSAGES,
    PERSONAL_NOTES,
    PERSONAL_SEARCHES,
    SEARCHES,
)
from transforms.region import official_names

_PERSONAL: Final = (
    *(PERSONAL_COMMENTS, PERSONAL_DANMAKU, PERSONAL_MESSAGES, PERSONAL_NOTES, PERSONAL_SEARCHES),
    PERSONAL_SIGNATURES,
)

PUBLIC_TEXT: Final = fold(
    "\n".join(
        (
            *official_names("province"),
            *official_names("city"),
            *(district.name for city in CITIES for district in city.districts),
            *(road for city in CITIES for district in city.districts for road in district.roads),
            *PHONE_PREFIXES,
            *MODEL_NAMES,
            *TITLES,
            *SEARCHES,
            *NOTES,
            *MESSAGES,
            *DANMAKU,
            *COMMENTS,
            *SIGNATURES,
            *PUBLIC,
            *(template for texts in _PERSONAL for template, _ in texts),
        )
    )
)
"""Divisions, roads, operators, models, titles and the text around planted identifiers, folded as in a leak scan."""


def is_public(name: str) -> bool:
    """
    Whether a name stands somewhere in public text, so that finding it in a clean record would prove nothing.
    """
    return fold(name) in PUBLIC_TEXT
