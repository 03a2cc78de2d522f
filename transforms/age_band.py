"""AgeBand: a range of years in place of a birth date."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from transforms.base import Apply, Keyring, Need, Reading, Refused, wrong_type
from transforms.timestamp import day_of

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OLDEST: Final = 130  # years; the longest life on record took 122


@dataclass(frozen=True, slots=True)
class AgeBand:
    """
    Release the band of ages that a person belongs to at the time of the event, such as `25-29`.

    People of one band stay equal; all from `cap` years on share the band `90+`.

    Protects against recognising a person by the birth date, which together with gender and city names most people.
    Does not protect a band that is rare among the people who share the other columns, nor a person whose move to the
    next band is seen: that tells the birthday.

    Args:
        width: years in a band, 1 or more.
        cap: the age from which on bands are one, a multiple of `width`, at most 120.

    Raises:
        ValueError: a number is out of range, or the cap splits a band.

    Source: the top band is that of HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C).
    """

    width: int = 5
    cap: int = 90

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ("time",)

    def __post_init__(self) -> None:
        if type(self.width) is not int or type(self.cap) is not int or not 1 <= self.width <= self.cap <= 120:  # noqa: PLR2004 — years
            msg = f"width and cap must be whole years, 1 ≤ width ≤ cap ≤ 120, not {self.width!r} and {self.cap!r}"
            raise ValueError(msg)
        if self.cap % self.width:
            msg = f"a cap of {self.cap} splits a band of {self.width} years; choose a multiple of {self.width}"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of one of the bands.
        """
        return {"enum": [*self._bands()]}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        `apply(birth_date, time)`; the date as `YYYY-MM-DD`, the time in milliseconds since 1970 UTC.
        """
        bands, width, last = self._bands(), self.width, self.cap // self.width

        def apply(value: str, time: int) -> str:
            years = age(_read_date(value), day_of(time))
            if years < 0:
                reason = "the birth date lies after the event; correct one of them at the source"
                raise Refused(reason)
            if years > _OLDEST:
                reason = f"the birth date lies more than {_OLDEST} years before the event; send null when it is unknown"
                raise Refused(reason)
            return bands[min(years // width, last)]

        return apply

    def _bands(self) -> tuple[str, ...]:
        return (
            *(f"{first}-{first + self.width - 1}" for first in range(0, self.cap, self.width)),
            f"{self.cap}+",
        )


def age(born: date, today: date) -> int:
    """
    The full years (周岁) that a person has lived on a day; negative before birth.

    A year is full on the birthday, as on identity documents and in everyday counting. Whoever was born on 29 February
    completes a year on 1 March when there is no 29 February: the corresponding day being absent, the last day of the
    month still belongs to the period. Criminal courts count from the day after the birthday (法释〔2006〕1号, art. 2):
    an age gate that must err towards the child asks for the day before.

    Source: Civil Code of the PRC (民法典), art. 200–202.
    """
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _read_date(value: str) -> date:
    if type(value) is not str:
        expected = "string"
        raise wrong_type(value, expected)
    if _DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    reason = "not a date of the calendar; write it as YYYY-MM-DD"
    raise Refused(reason)
