"""Notices: what a recipient is told to delete, in the words of its own records and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipeline.codec import dumps
from pipeline.erasure.tokens import Tokens
from transforms import Keyring, Pseudonymize
from transforms.timestamp import day_of

PURPOSE: Final = "erasure"
"""Of the keys by which a recipient's notices are told apart; no view's."""
PART: Final = 10_000
"""Tokens of one record: at most 400 kB."""

_NAME: Final = Pseudonymize("erasure", cache=0)
TOKEN: Final[Mapping[str, Any]] = _NAME.gives or {}
"""The shape of every token, as JSON Schema."""


def notice_topic(recipient: str) -> str:
    """
    The topic by which a recipient is told of erasures.
    """
    return f"clean.{recipient}.erasures"


def notice_name(keys: Keyring, subject: str, erased_at: int) -> str:
    """
    A token of an erasure, which is the key of its notices: one that comes again has the same, and no other recipient.

    Args:
        keys: of the recipient, for the purpose `PURPOSE`.
        subject: who was erased.
        erased_at: in milliseconds since 1970 UTC.
    """
    name: str = _NAME.bind(keys)(f"{subject} {erased_at}")
    return name


def notices(name: str, erased_at: int, tokens: Tokens) -> Iterator[bytes]:
    """
    The values of the records by which a recipient is told of one erasure; none when it knows nobody.

    The day alone is told, since the millisecond would be the same in every recipient's notice, and never the reason:
    who was erased as a child is a child.

    Args:
        name: of the erasure.
        erased_at: in milliseconds since 1970 UTC.
        tokens: of the recipient.
    """
    parts = list(_parts(tokens))
    for part, held in enumerate(parts, 1):
        notice = {
            "erasure": name,
            "erased_on": day_of(erased_at).isoformat(),
            "part": part,
            "parts": len(parts),
            "tokens": held,
        }
        yield dumps(notice)


def _parts(tokens: Tokens) -> Iterator[dict[str, list[str]]]:
    flat = [(kind, token) for kind, held in tokens.items() for token in held]
    for start in range(0, len(flat), PART):
        part: dict[str, list[str]] = {}
        for kind, token in flat[start : start + PART]:
            part.setdefault(kind, []).append(token)
        yield part
