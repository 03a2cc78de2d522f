"""Epochs: the calendar periods after which tokens change."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, Literal, get_args

Epoch = Literal["", "day", "week", "month", "quarter", "year"]
EPOCHS: Final[tuple[str, ...]] = get_args(Epoch)

_HOUR_MS: Final = 3_600_000
_SHANGHAI: Final = timezone(timedelta(hours=8))  # no daylight saving since 1991


def epoch_of(unit: Epoch, time: int) -> str:
    """
    The label of the epoch that a moment falls into, by the calendar of Asia/Shanghai: `2026-11`, `2026-W47`.

    Args:
        unit: length of the epoch; empty for one that never ends.
        time: milliseconds since 1970 UTC.
    """
    return _of_hour(unit, time // _HOUR_MS)


@lru_cache(maxsize=4_096)
def _of_hour(unit: Epoch, hour: int) -> str:
    moment = datetime.fromtimestamp(hour * 3600, UTC).astimezone(_SHANGHAI)
    match unit:
        case "":
            return ""
        case "day":
            return f"{moment:%Y-%m-%d}"
        case "week":
            year, week, _ = moment.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{moment:%Y-%m}"
        case "quarter":
            return f"{moment.year}-Q{(moment.month + 2) // 3}"
        case "year":
            return f"{moment.year}"


def first_day(epoch: str) -> date:
    """
    The day an epoch begins with, in the calendar of Asia/Shanghai.

    Args:
        epoch: a label that `epoch_of` gave.

    Raises:
        ValueError: it is no such label.
    """
    match = _LABEL.fullmatch(epoch)
    try:
        if match:
            year, quarter, week, month, day = match.groups()
            if week:
                return date.fromisocalendar(int(year), int(week), 1)
            return date(int(year), 3 * int(quarter) - 2 if quarter else int(month or 1), int(day or 1))
    except ValueError:  # a thirteenth month
        pass
    msg = "not the label of an epoch; take one of transforms.epoch.epoch_of"
    raise ValueError(msg)


_LABEL: Final = re.compile(r"([0-9]{4})(?:-Q([1-4])|-W([0-9]{2})|-([0-9]{2})(?:-([0-9]{2}))?)?")
