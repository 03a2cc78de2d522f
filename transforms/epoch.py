"""Epochs: the calendar periods after which tokens change."""

from datetime import UTC, datetime, timedelta, timezone
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
