"""Scanning: patterns of many alternatives, looked for only where one of them can begin."""

import re


def passing_over(first: str, alternatives: str) -> re.Pattern[str]:
    """
    Alternatives behind whatever none of them begins with: a search passes over that at once.

    What matches without a group is nothing: a place where an alternative could have begun, or the end of the text. So
    every attempt matches, and a search takes linear time.

    Args:
        first: characters, of a class; every alternative begins with one of them.
        alternatives: of which a group has what is looked for.
    """
    return re.compile(rf"[^{first}]*+(?:{alternatives}|[{first}]|\Z)")
