"""
Profiles: what `raw.account` says of a person that protects them, kept in `privacy.profiles`.

A topic of its own, because a worker may write it: `privacy.subjects` has one writer, and whoever else wrote the whole
of what is known would sooner or later write less, which compaction then makes the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pipeline.broken import Broken
from pipeline.codec import dumps, parse
from pipeline.subjects.record import (
    Unreadable,
    check_members,
    format_time,
    read_birth_date,
    read_flag,
    read_time,
)
from schemas.account import RAW
from transforms import Refused
from transforms.national_id import birth_date_of
from transforms.timestamp import read_timestamp

TOPIC: Final = "privacy.profiles"
RAW_TOPIC: Final = RAW.topic

_MEMBERS: Final = frozenset({"at", "birth_date", "tracking_opt_out"})


@dataclass(frozen=True, slots=True)
class Profile:
    """
    What one profile says, or all of one person together.

    Args:
        at: when, in milliseconds since 1970 UTC; of several the latest.
        birth_date: of several the youngest, so that a child does not grow up by writing another one.
        tracking_opt_out: no advertising. It can be said, and not be taken back here: what would allow more has to come
            from `privacy.subjects`.
    """

    at: int
    birth_date: date | None = None
    tracking_opt_out: bool = False

    @property
    def says_something(self) -> bool:
        """
        Whether it changes how anybody is treated.
        """
        return self.birth_date is not None or self.tracking_opt_out


def read_profile(value: bytes) -> Profile:
    """
    What a record of `privacy.profiles` says.

    Raises:
        Unreadable: the value does not fit.
    """
    try:
        record = parse(value)
    except Broken as broken:
        msg = f"the value is no JSON object ({broken.reason.value})"
        raise Unreadable(msg) from None
    check_members(record, _MEMBERS, "the profile")
    born = record.get("birth_date")
    return Profile(
        at=read_time(record.get("at"), "at"),
        birth_date=None if born is None else read_birth_date(born),
        tracking_opt_out=read_flag(record, "tracking_opt_out"),
    )


def write_profile(profile: Profile) -> bytes:
    """
    The value of a record that says this.
    """
    record: dict[str, Any] = {"at": format_time(profile.at)}
    if profile.birth_date is not None:
        record["birth_date"] = profile.birth_date.isoformat()
    if profile.tracking_opt_out:
        record["tracking_opt_out"] = True
    return dumps(record)


def profile_of(event: Mapping[str, Any]) -> tuple[str, Profile] | None:
    """
    Whose profile an event of `raw.account` is, and what it says; None when nobody's, or nothing that protects.

    Of the day of birth that its owner wrote and the one in the identity number the younger stands. What cannot be
    understood says nothing; if it breaks the contract, the event goes to quarantine anyway.
    """
    user = event.get("user_id")
    try:
        at = read_timestamp(event["occurred_at"])
    except (KeyError, Refused, TypeError):
        return None
    if type(user) is not str or not user:
        return None
    dates = [born for born in (_written(event.get("birth_date")), _in_number(event.get("id_card"))) if born]
    profile = Profile(at, max(dates, default=None), event.get("tracking_opt_out") is True)
    return (user, profile) if profile.says_something else None


def _written(text: Any) -> date | None:
    try:
        return read_birth_date(text)
    except Unreadable:
        return None


def _in_number(text: Any) -> date | None:
    try:
        return _written(birth_date_of(text).isoformat()) if type(text) is str else None
    except Refused:
        return None
