"""Parties: the names of who has a key of its own."""

import re
from typing import Final

_PARTY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def is_party(name: str) -> bool:
    """
    Whether a party can have this name, which is that of a file too.
    """
    return _PARTY.fullmatch(name) is not None


def check_party(name: str) -> None:
    """
    Hold a name against the form that names of parties have.

    Raises:
        ValueError: it has another.
    """
    if not is_party(name):
        msg = f"party {name!r} must be 1–64 letters, digits, dashes and underscores, and begin with a letter or digit"
        raise ValueError(msg)
