"""Names of all sorts: two to four characters, compound and rare surnames, names of many peoples."""

from random import Random
from typing import Final

from benchmarks.detection.labelled import Written
from benchmarks.detection.sections import Sections, words

_ETHNIC: Final = 0.05
_COMPOUND: Final = 0.05
_RARE: Final = 0.10
_LESS_COMMON: Final = 0.40
_TWO_SURNAMES: Final = 0.02  # of both parents: four characters
_FORMS: Final = {2: "two characters", 3: "three characters", 4: "four characters"}
_SINGLE: Final = 0.18  # share of given names of one character


class People:
    """
    Draws names.

    Args:
        sections: of the split.
        rng: where names are drawn from.
    """

    def __init__(self, sections: Sections, rng: Random) -> None:
        self._rng = rng
        self._common, self._surnames, self._rare, self._compound, self._given, self._single = (
            words(sections, name)
            for name in ("common_surnames", "surnames", "rare_surnames", "compound_surnames", "given", "given_single")
        )
        self._ethnic = sections["ethnic_names"]

    def name(self) -> Written:
        """
        A name; its style is its form.
        """
        rng = self._rng
        kind = rng.random()
        if kind < _ETHNIC:
            return Written(rng.choice(self._ethnic), "other peoples")
        if kind < _ETHNIC + _TWO_SURNAMES:
            return Written("".join(rng.sample(self._common, 2)) + self._given_name(single=0), _FORMS[4])
        surname, rare = self._surname()
        name = surname + self._given_name(single=_SINGLE)
        if len(surname) > 1:
            return Written(name, "compound surname")
        return Written(name, "rare surname" if rare else _FORMS[len(name)])

    def _surname(self) -> tuple[str, bool]:
        kind = self._rng.random()
        if kind < _COMPOUND:
            return self._rng.choice(self._compound), True
        if kind < _COMPOUND + _RARE:
            return self._rng.choice(self._rare), True
        if kind < _COMPOUND + _RARE + _LESS_COMMON:
            return self._rng.choice(self._surnames), False
        return self._rng.choice(self._common), False

    def _given_name(self, *, single: float) -> str:
        if self._rng.random() < single:
            return self._rng.choice(self._single)
        return "".join(self._rng.sample(self._given, 2))
