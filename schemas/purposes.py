"""What consent is for, beyond the word that each view has for it."""

from typing import Final

ADVERTISING: Final = frozenset({"ads"})
"""
Purposes for which consent does not count of whoever is not yet 15 years old or opted out of tracking.

A deployment whose views advertise for another purpose adds its word here.
"""
