"""ShiftTime: one secret offset for all the moments of a subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from transforms.base import Apply, Keyring, Need, Reading, Refused
from transforms.memo import Memo
from transforms.suites import prf
from transforms.timestamp import MINUTE, PATTERN, format_timestamp

_MINUTES_A_DAY: Final = 1_440
_MOST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class ShiftTime:
    """
    Move every moment of a subject by the same secret number of minutes.

    Intervals between the events of one subject stay true, to the second; those between subjects mean nothing.
    The offset is drawn evenly from all whole minutes within ±`days`, by a keyed hash of the subject. Minutes and not
    days: a shift by days would leave the time of day as it was, by which an event seen elsewhere is recognised. Who
    needs the hour of day takes `TruncateTime`.

    Protects against a reader who knows when something happened and looks for its subject.
    Does not protect against a reader who knows the interval between two events, or the second within the minute of
    several of them: these stay as they were. One event whose true time is known gives away all the others of its
    subject. The offset changes with the root key: data of two key versions is not comparable.

    Args:
        days: the furthest a moment moves to either side, 1–3650.

    Raises:
        ValueError: the number of days is out of range.

    Source: dates of MIMIC-III, shifted by patient; Johnson et al., Scientific Data 3:160035 (2016).
    """

    days: int

    takes: ClassVar[frozenset[Reading]] = frozenset({"timestamp"})
    needs: ClassVar[tuple[Need, ...]] = ("subject",)

    def __post_init__(self) -> None:
        if type(self.days) is not int or not 1 <= self.days <= _MOST_DAYS:
            msg = f"cannot shift by up to {self.days!r} days; give a whole number, 1–{_MOST_DAYS}"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of a date-time at UTC+8.
        """
        return {"type": "string", "format": "date-time", "pattern": PATTERN}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — one offset for every kind
        """
        `apply(ms, subject)`; an event without a subject is refused.
        """
        return keys.memo((self,), lambda: self._bind(keys))

    def _bind(self, keys: Keyring) -> Apply:
        evaluate = prf("hmac-sha256", keys.derive("shift_time:").secret)
        furthest = self.days * _MINUTES_A_DAY

        def draw(subject: str) -> int:
            drawn = int.from_bytes(evaluate(subject.encode("utf-8", "surrogatepass")))
            return (drawn % (2 * furthest + 1) - furthest) * MINUTE  # 128 bits: no offset is likelier by 2**-100

        offsets = Memo(draw, 65_536)

        def apply(ms: int, subject: str | None) -> str:
            if type(subject) is not str:
                reason = "the event names no subject to shift the time by; drop or truncate the time of such events"
                raise Refused(reason)
            return format_timestamp(ms + offsets[subject])

        return apply
