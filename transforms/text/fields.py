"""The fields that free text comes from, and how thoroughly each is searched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """
    Where a text comes from.

    Args:
        name: as the command line and `RedactText` take it.
        says: what stands in it, one phrase.
        gated: whether one cheap pass decides first which searches can find anything. A name or an address without any
            word that announces one is then not looked for.
    """

    name: str
    says: str
    gated: bool


ALL: Final = (
    Field("danmaku", "a line that flies over the picture of a live room", gated=True),
    Field("contact", "what a customer and an agent say or write to each other", gated=False),
    Field("note", "a note to an order or a delivery, or an address", gated=False),
    Field("search", "a search query", gated=True),
    Field("url", "a URL", gated=True),
    Field("log", "a log message", gated=True),
    Field("review", "a review or comment", gated=True),
    Field("signature", "what a profile says of its owner", gated=False),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in ALL}


def field_named(name: str) -> Field:
    """
    The field of a name.

    Raises:
        ValueError: there is none.
    """
    if name not in FIELDS:
        msg = f"field {name!r} is unknown; choose one of {', '.join(FIELDS)}"
        raise ValueError(msg)
    return FIELDS[name]
