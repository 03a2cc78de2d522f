"""Laxness: whether one rule lets more pass than another."""

from collections.abc import Callable, Mapping
from itertools import starmap
from operator import gt
from typing import Any, Final

from pipeline.bound import dropped
from transforms import (
    AgeBand,
    BucketNumber,
    Constant,
    FormatPreserving,
    GeoCell,
    Keep,
    Mask,
    PrefixPreservingIp,
    Pseudonymize,
    RedactText,
    Region,
    ShiftTime,
    Transform,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
    bare,
    second_purposes,
)
from transforms.text.fields import FIELDS
from transforms.timestamp import STEPS

_PERIODS: Final = ("day", "week", "month", "quarter", "year", "")
_DETAILS: Final = ("family", "system", "version")
_LEVELS: Final = ("province", "city")
_UNITS: Final = (*STEPS,)
_NAMES: Final = {"none": 2, "dictionary": 1, "model": 0, "auto": 0}
_HOWS: Final = ("redact", "mask", "pseudonymize")


def laxer(rule: Transform, than: Transform) -> bool:
    """
    Whether a rule lets more pass of a value than another one.

    Nothing passes of Drop, only presence of Constant, everything of Keep. Two rules of one transform are compared by
    their arguments: one is laxer when it is finer in any of them. Different transforms in between are not comparable.
    Of two rules of which only the second waits for a consent, the first is laxer, whatever they release.
    """
    if not dropped(rule) and not set(second_purposes(than)) <= set(second_purposes(rule)):
        return True
    rule, than = bare(rule), bare(than)
    if _rank(rule) != _rank(than):
        return _rank(rule) > _rank(than)
    if type(rule) is not type(than) or type(rule) not in _FINENESS:
        return False
    fineness = _FINENESS[type(rule)]
    # A scale without numbers cannot be compared with one that has some.
    return any(starmap(gt, zip(fineness(rule), fineness(than), strict=False)))


def _rank(rule: Transform) -> int:
    if dropped(rule):
        return 0
    if isinstance(rule, Constant):
        return 1
    return 3 if isinstance(rule, Keep) else 2


_FINENESS: Final[Mapping[type, Callable[[Any], tuple[int, ...]]]] = {
    AgeBand: lambda rule: (-rule.width, rule.cap),
    BucketNumber: lambda rule: (-rule.step,) if rule.scale == "linear" else (),
    FormatPreserving: lambda rule: (rule.keep_prefix,),
    GeoCell: lambda rule: (rule.resolution,),
    Mask: lambda rule: (rule.keep_first, rule.keep_last, rule.length is None),
    PrefixPreservingIp: lambda rule: (_PERIODS.index(rule.epoch),),
    Pseudonymize: lambda rule: (_PERIODS.index(rule.epoch),),
    RedactText: lambda rule: (FIELDS[rule.field].gated, _NAMES[rule.names], _HOWS.index(rule.how)),
    Region: lambda rule: (_LEVELS.index(rule.level),),
    ShiftTime: lambda rule: (-rule.days,),
    TruncateIp: lambda rule: (rule.v4, rule.v6),
    TruncateTime: lambda rule: (-_UNITS.index(rule.unit),),
    UrlTemplate: lambda rule: (rule.path,),
    UserAgent: lambda rule: (_DETAILS.index(rule.detail),),
}
"""Numbers that grow with what passes of a value."""
