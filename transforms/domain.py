"""Domains: names of the columns within which equal values may be seen to be equal."""

import re
from typing import Final

_DOMAIN: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def check_domain(domain: str) -> None:
    """
    Hold a domain against the form that domains have.

    Raises:
        ValueError: it has another.
    """
    if not _DOMAIN.fullmatch(domain):
        msg = f"domain {domain!r} must be lower-case words joined by dots, such as ads.device"
        raise ValueError(msg)
