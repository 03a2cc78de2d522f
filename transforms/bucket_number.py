"""BucketNumber: the lower bound of a range in place of the number."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, Self

from transforms.base import Apply, Keyring, Need, Reading, Refused, wrong_type

LARGEST: Final = 2**53
"""The largest magnitude that is read: up to it, every JSON reader agrees about integers (RFC 8259 section 6)."""

_LARGEST_BASE: Final = 1_000  # 2**53 rounded away from zero to a power of it still fits into 64 bits


@dataclass(frozen=True, slots=True)
class BucketNumber:
    """
    Release the lower bound of the bucket that a number falls into.

    Buckets cover the line without gap or overlap, and bounds are whole numbers: the released value is an integer, never
    above the number, in the same order as the numbers, and the lower bound of its own bucket. Amounts in fen stay
    whole fen.

    Linear buckets are `[origin + k·width, origin + (k+1)·width)` for every integer k. Logarithmic buckets are
    `[0, 1)` and `[base^k, base^(k+1))`, below zero `[-1, 0)` and `[-base^(k+1), -base^k)`. Both are computed with
    integers, exactly.

    Protects against recognising an event by its exact amount.
    Does not protect a number that is alone in its bucket, as the largest often are; nor sums of many events, which
    narrow down.

    Args:
        scale: `linear` or `logarithmic`.
        step: the width of a bucket or the base of its bounds, 1–2^53 or 2–1000.
        origin: a bound of the linear scale, within ±2^53, in the unit of the value.

    Raises:
        ValueError: an argument is out of range, or a logarithmic scale has an origin.
    """

    scale: Literal["linear", "logarithmic"]
    step: int
    origin: int = 0

    takes: ClassVar[frozenset[Reading]] = frozenset({"number"})
    needs: ClassVar[tuple[Need, ...]] = ()

    @classmethod
    def linear(cls, width: int, origin: int = 0) -> Self:
        """
        Buckets of one width; `origin` is the lower bound of one of them.
        """
        return cls("linear", width, origin)

    @classmethod
    def logarithmic(cls, base: int = 2) -> Self:
        """
        Buckets whose bounds are the powers of `base`, mirrored below zero.
        """
        return cls("logarithmic", base)

    def __post_init__(self) -> None:
        if type(self.step) is not int or type(self.origin) is not int:
            msg = "bounds of buckets must be whole numbers; choose a smaller unit for the value instead of a fraction"
            raise ValueError(msg)
        match self.scale:
            case "linear":
                _check_linear(self.step, self.origin)
            case "logarithmic":
                _check_logarithmic(self.step, self.origin)
            case _:
                msg = f"scale {self.scale!r} is unknown; choose linear or logarithmic"
                raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The schema of an integer.
        """
        return {"type": "integer"}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        `apply(number)`.
        """
        floor = _linear(self.step, self.origin) if self.scale == "linear" else _logarithmic(self.step)

        def apply(value: float) -> int:
            whole = value if type(value) is int else _whole(value)
            if -LARGEST <= whole <= LARGEST:
                return floor(whole)
            reason = "number out of range; its magnitude may be at most 2^53"
            raise Refused(reason)

        return apply


def _check_linear(width: int, origin: int) -> None:
    if not 1 <= width <= LARGEST:
        msg = f"a bucket's width must be within 1–2^53, not {width}"
        raise ValueError(msg)
    if not -LARGEST <= origin <= LARGEST:
        msg = f"the origin of buckets must be within ±2^53, not {origin}"
        raise ValueError(msg)


def _check_logarithmic(base: int, origin: int) -> None:
    if not 2 <= base <= _LARGEST_BASE:  # noqa: PLR2004 — the smallest base
        msg = f"the base of logarithmic buckets must be within 2–{_LARGEST_BASE}, not {base}"
        raise ValueError(msg)
    if origin:
        msg = "logarithmic buckets have no origin; leave it out"
        raise ValueError(msg)


def _linear(width: int, origin: int) -> Callable[[int], int]:
    def floor(value: int) -> int:
        return (value - origin) // width * width + origin

    return floor


def _logarithmic(base: int) -> Callable[[int], int]:
    powers = [1]
    while powers[-1] < LARGEST:
        powers.append(powers[-1] * base)

    def floor(value: int) -> int:
        if value > 0:
            return powers[bisect_right(powers, value) - 1]
        return -powers[bisect_left(powers, -value)] if value else 0

    return floor


def _whole(value: Any) -> int:
    """
    The integer at or below a number; its bucket is the number's, for bounds are integers.
    """
    if type(value) is not float:
        expected = "number"
        raise wrong_type(value, expected)
    if not math.isfinite(value):
        reason = "not a finite number; send null when there is none"
        raise Refused(reason)
    return math.floor(value)
