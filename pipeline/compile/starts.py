"""The starts of the units that views truncate an event's time to: one look-up an event for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.bound import BoundView
from pipeline.compile.writer import Writer
from transforms import TruncateTime
from transforms.memo import Memo
from transforms.timestamp import MINUTE, SECOND, Unit, floor_timestamp, format_timestamp

_REMEMBERED: Final = 1_024  # minutes, and seconds


class Start(NamedTuple):
    """
    Variables of the start of a unit.

    Args:
        number: milliseconds since 1970 UTC.
        text: what `TruncateTime` releases.
    """

    number: str
    text: str


def units_of(views: Iterable[BoundView], time: str) -> list[Unit]:
    """
    The units that views need, under whatever circumstances; what is sealed is dated by its day.

    Args:
        views: of one topic.
        time: name of the field with the event's time.
    """
    units: dict[Unit, None] = {}
    for bound in views:
        rules = [bound.view.resolve(variant)[time] for variant in bound.view.variants()]
        units |= dict.fromkeys(rule.unit for rule in rules if isinstance(rule, TruncateTime))
        if bound.view.sealed:
            units["day"] = None
    return list(units)


def write_starts(writer: Writer, units: Sequence[Unit]) -> Mapping[Unit, Start]:
    """
    Write the look-up. All units but the second begin with a minute, which therefore tells them all.

    Args:
        writer: where to write; `time` is the event's, in milliseconds since 1970 UTC.
        units: of `units_of`.
    """
    starts = {unit: Start(f"start_{unit}", f"text_{unit}") for unit in units}
    coarse, fine = ([unit for unit in units if (unit == "second") is finest] for finest in (False, True))
    for step, begun in ((MINUTE, coarse), (SECOND, fine)):
        if begun:
            names = ", ".join(name for unit in begun for name in starts[unit])
            writer.line(f"{names} = {writer.constant('starts', _starts(begun, step))}[time // {step}]")
    return starts


def _starts(units: Sequence[Unit], step: int) -> Memo:
    """
    By the number of a minute or second since 1970 UTC the starts and texts of the units that it lies in.
    """

    def make(number: int) -> tuple[int | str, ...]:
        time = number * step
        return tuple(part for unit in units for part in (floor_timestamp(time, unit), format_timestamp(time, unit)))

    return Memo(make, _REMEMBERED)
