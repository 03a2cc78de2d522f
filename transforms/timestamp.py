"""Timestamps: RFC 3339 text to milliseconds since 1970 UTC, and back in the time of Asia/Shanghai."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from transforms.base import Refused
from transforms.memo import Memo

Unit = Literal["second", "minute", "10min", "15min", "hour", "day", "month"]

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

STEPS: Final[Mapping[Unit, int]] = {
    "second": SECOND,
    "minute": MINUTE,
    "10min": 10 * MINUTE,
    "15min": 15 * MINUTE,
    "hour": HOUR,
    "day": DAY,
    "month": DAY,  # months differ in length: the day decides which one it is
}
"""Milliseconds within which a unit has only one start; each divides a day."""

SHANGHAI: Final = 8 * HOUR
"""How far Asia/Shanghai is ahead of UTC: fixed, for there has been no daylight saving time since 1991 (IANA tz)."""

PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+08:00$"
"""What `format_timestamp` writes, as a regular expression of JSON Schema."""

_EPOCH: Final = date(1970, 1, 1).toordinal() * DAY
_SECOND: Final = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)")
_REFUSAL: Final = (
    "not an RFC 3339 date-time from 2000 up to 2100; write it with its zone, like 2026-11-22T14:30:00+08:00"
)

_FRACTIONS: Final = {"": 0} | {
    f".{part:0{digits}}": part * step for digits, step in ((1, 100), (2, 10), (3, 1)) for part in range(SECOND // step)
}
_ZONES: Final = {"Z": 0, "z": 0} | {
    f"{sign}{hour:02}:{minute:02}": direction * (hour * HOUR + minute * MINUTE)
    for sign, direction in (("+", 1), ("-", -1))
    for hour in range(24)
    for minute in range(60)
}
_READ: Final = len(".sss")
_LONGEST: Final = len(".sssssssss")


def read_timestamp(value: str) -> int:
    """
    The milliseconds since 1970 UTC of a date-time with zone.

    A finer fraction is cut off. A second of 60 is read as the 59th of its minute, in whatever minute it stands: the
    list of leap seconds is longer than any release of this module knows. The year is the one that is written; by UTC
    the result may lie up to a day outside of 2000–2099.

    Args:
        value: `YYYY-MM-DDThh:mm:ss[.s…]` and `Z` or `±hh:mm`; 1–9 digits of a fraction; `t` and `z` may be small.

    Raises:
        Refused: any other text, a day the calendar does not have, or a year outside of 2000–2099.

    Source: RFC 3339 section 5.6.
    """
    return _SECONDS[value[:19]] + _TAILS[value[19:]]  # type: ignore[no-any-return]


def floor_timestamp(ms: int, unit: Unit) -> int:
    """
    The start of a unit of Asia/Shanghai, in milliseconds since 1970 UTC.

    Args:
        ms: milliseconds since 1970 UTC.
        unit: what to round down to.
    """
    if unit == "month":
        return day_of(ms).replace(day=1).toordinal() * DAY - _EPOCH - SHANGHAI
    step = STEPS[unit]
    return (ms + SHANGHAI) // step * step - SHANGHAI


def format_timestamp(ms: int, unit: Unit = "second") -> str:
    """
    The start of a unit as RFC 3339 text in the time of Asia/Shanghai, like `2026-11-22T14:30:00+08:00`.

    Args:
        ms: milliseconds since 1970 UTC, within the years 1–9999.
        unit: what to round down to first.
    """
    start = floor_timestamp(ms, unit)
    minutes, seconds = divmod((start + SHANGHAI) % DAY // SECOND, 60)
    return f"{day_of(start).isoformat()}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}+08:00"


def day_of(ms: int) -> date:
    """
    The day in Asia/Shanghai.

    Args:
        ms: milliseconds since 1970 UTC, within the years 1–9999.
    """
    return date.fromordinal((ms + SHANGHAI + _EPOCH) // DAY)


def _second(text: str) -> int:
    """
    The milliseconds of `YYYY-MM-DDThh:mm:ss`, read as UTC.
    """
    match = _SECOND.fullmatch(text)
    if match is None:
        raise Refused(_REFUSAL)
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        ordinal = date(year, month, day).toordinal()
    except ValueError:
        raise Refused(_REFUSAL) from None
    return ordinal * DAY - _EPOCH + hour * HOUR + minute * MINUTE + min(second, 59) * SECOND


_SECONDS: Final = Memo(_second, 16_384)  # 3 MB; more than four hours in which something happens every second


def _tail(text: str) -> int:
    """
    The milliseconds of fraction and zone: what is added to a second read as UTC.
    """
    at = -1 if text[-1:] in "Zz" else -6
    fraction, zone = text[:at], text[at:]
    ms = _FRACTIONS.get(fraction) if len(fraction) <= _READ else _cut(fraction)
    if ms is None or zone not in _ZONES:
        raise Refused(_REFUSAL)
    return ms - _ZONES[zone]


_TAILS: Final = Memo(_tail, 16_384)  # 2 MB; every millisecond in a few zones


def _cut(fraction: str) -> int:
    """
    The milliseconds of a fraction that is finer than that.
    """
    finer = fraction[_READ:]
    if len(fraction) > _LONGEST or not (finer.isascii() and finer.isdigit()):
        raise Refused(_REFUSAL)
    ms = _FRACTIONS.get(fraction[:_READ])
    if ms is None:
        raise Refused(_REFUSAL)
    return ms
