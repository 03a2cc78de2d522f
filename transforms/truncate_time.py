"""TruncateTime: the minute, hour or day in place of the moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from transforms.base import Apply, Keyring, Need, Reading
from transforms.memo import Memo
from transforms.timestamp import PATTERN, SHANGHAI, STEPS, Unit, floor_timestamp, format_timestamp


@dataclass(frozen=True, slots=True)
class TruncateTime:
    """
    Release the start of the unit that a moment falls into, by the calendar of Asia/Shanghai.

    Moments of one unit stay equal and the order of units stays, so traffic can still be counted over time.

    Protects against a reader who looks for one event by its exact time.
    Does not protect against a unit in which little happened, nor against the sequence of one subject's units, which
    soon becomes unique.

    Args:
        unit: `second`, `minute`, `10min`, `15min`, `hour`, `day` or `month`; quarters of an hour and tens of minutes
            count from the full hour.

    Raises:
        ValueError: there is no such unit.
    """

    unit: Unit

    takes: ClassVar[frozenset[Reading]] = frozenset({"timestamp"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if self.unit not in STEPS:
            msg = f"time unit {self.unit!r} is unknown; choose one of {', '.join(STEPS)}"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of a date-time at UTC+8.
        """
        return {"type": "string", "format": "date-time", "pattern": PATTERN}

    def floor(self, ms: int) -> int:
        """
        The start of the unit as a number: what the time of a released record may say.

        Args:
            ms: milliseconds since 1970 UTC.
        """
        return floor_timestamp(ms, self.unit)

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — one text for every kind
        """
        `apply(ms)`, which writes the text of a unit once.
        """
        return keys.memo((self,), self._bind)

    def _bind(self) -> Apply:
        unit, step = self.unit, STEPS[self.unit]

        texts = Memo(lambda steps: format_timestamp(steps * step - SHANGHAI, unit), 1_024)

        def apply(ms: int) -> str:
            return texts[(ms + SHANGHAI) // step]  # type: ignore[no-any-return]

        return apply
