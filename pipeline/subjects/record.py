"""The records of `privacy.subjects`: the key is a user id, the value the whole of what is known of this person."""

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from pipeline.broken import Broken
from pipeline.codec import dumps, parse
from transforms import Refused
from transforms.timestamp import read_timestamp

TOPIC: Final = "privacy.subjects"
RENEWABLE: Final = ("device:", "cookie:")
"""How the keys begin of devices and cookies, which stand here once they were erased with a person (see `links`)."""

EARLIEST_BIRTH: Final = date(1900, 1, 1)
LATEST_BIRTH: Final = date(2078, 12, 31)
SALT_BYTES: Final = 16

_MEMBERS: Final = frozenset(
    {"consents", "birth_date", "guardian_consent", "tracking_opt_out", "erased_at", "registered_at", "salt"}
)
_CONSENT: Final = frozenset({"granted", "at", "policy_version"})
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST: Final = 64  # characters of a purpose, and of a policy's version
_MOST: Final = 64  # purposes of one person
_SALT_TEXT: Final = 22  # characters of a salt
_KEY_BYTES: Final = 256  # 64 characters, the longest user id of an event


class Unreadable(ValueError):  # noqa: N818 — reads "the record is unreadable"
    """
    A record that does not fit its contract. The sentence names paths, never values.
    """


@dataclass(frozen=True, slots=True)
class Consent:
    """
    What a person last said about one purpose.

    Args:
        granted: whether they agreed.
        at: when, in milliseconds since 1970 UTC.
        policy_version: of the text that they saw.
    """

    granted: bool
    at: int
    policy_version: str


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What is known of one person.

    Args:
        consents: by purpose.
        birth_date: None when it is not known.
        guardian_consent: a parent or guardian agreed to the processing of a child's data.
        tracking_opt_out: no advertising, whatever was consented to.
        erased_at: from when on nothing of the person may reach anybody, in milliseconds since 1970 UTC.
        registered_at: when the person registered, in milliseconds since 1970 UTC. Later than `erased_at` it means that
            they registered again: events from then on pass, under new tokens.
        salt: 16 random bytes, of the person's own key for values that can be decrypted. Whoever has none has no such
            key; once it is gone, nobody can decrypt what it made.
    """

    consents: Mapping[str, Consent] = field(default_factory=dict)
    birth_date: date | None = None
    guardian_consent: bool = False
    tracking_opt_out: bool = False
    erased_at: int | None = None
    registered_at: int | None = None
    salt: bytes | None = field(default=None, repr=False)

    @property
    def gone(self) -> bool:
        """
        Whether the person was erased and did not register again.
        """
        return self.erased_at is not None and (self.registered_at is None or self.registered_at <= self.erased_at)


def new_salt() -> bytes:
    """
    A salt that nobody had before.
    """
    return os.urandom(SALT_BYTES)


def read_key(key: bytes | None) -> str:
    """
    The user id.

    Raises:
        Unreadable: there is none, or it is no user id of any event.
    """
    if not key or len(key) > _KEY_BYTES:
        msg = "the key is no user id; write the user id of the events in UTF-8"
        raise Unreadable(msg)
    try:
        return key.decode()
    except UnicodeDecodeError:
        msg = "the key is not UTF-8; write the user id of the events"
        raise Unreadable(msg) from None


def read_value(value: bytes) -> Subject:
    """
    What a record says of a person.

    A member that this contract does not have makes the record unreadable: it may be what protects the person.

    Raises:
        Unreadable: the value does not fit the contract.
    """
    try:
        record = parse(value)
    except Broken as broken:
        msg = f"the value is no JSON object ({broken.reason.value})"
        raise Unreadable(msg) from None
    check_members(record, _MEMBERS, "the record")
    consents = record.get("consents")
    if type(consents) is not dict or len(consents) > _MOST:
        msg = f"consents has to be an object of at most {_MOST} purposes"
        raise Unreadable(msg)
    for purpose in consents:
        _text(purpose, "consents")
    return Subject(
        consents={purpose: _consent(consent) for purpose, consent in consents.items()},
        birth_date=_birth_date(record.get("birth_date")),
        guardian_consent=read_flag(record, "guardian_consent"),
        tracking_opt_out=read_flag(record, "tracking_opt_out"),
        erased_at=_time_or_none(record, "erased_at"),
        registered_at=_time_or_none(record, "registered_at"),
        salt=_salt(record.get("salt")),
    )


def write_value(subject: Subject) -> bytes:
    """
    The value of a record that says this; what is not known is left out.
    """
    return dumps(as_dict(subject))


def as_dict(subject: Subject) -> dict[str, Any]:
    """
    The same as JSON values.
    """
    record: dict[str, Any] = {
        "consents": {
            purpose: {
                "granted": consent.granted,
                "at": format_time(consent.at),
                "policy_version": consent.policy_version,
            }
            for purpose, consent in sorted(subject.consents.items())
        }
    }
    if subject.birth_date is not None:
        record["birth_date"] = subject.birth_date.isoformat()
    if subject.guardian_consent:
        record["guardian_consent"] = True
    if subject.tracking_opt_out:
        record["tracking_opt_out"] = True
    if subject.erased_at is not None:
        record["erased_at"] = format_time(subject.erased_at)
    if subject.registered_at is not None:
        record["registered_at"] = format_time(subject.registered_at)
    if subject.salt is not None:
        record["salt"] = base64.urlsafe_b64encode(subject.salt).decode().rstrip("=")
    return record


def format_time(ms: int) -> str:
    """
    A time as the records have it: RFC 3339 in UTC with milliseconds.

    Args:
        ms: milliseconds since 1970 UTC.
    """
    second, fraction = divmod(ms, 1_000)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:03}Z"


def read_birth_date(text: Any) -> date:
    """
    A date of birth, written YYYY-MM-DD.

    Raises:
        Unreadable: no date of the calendar, or none of a living person.
    """
    if type(text) is str and _DATE.fullmatch(text):
        try:
            born = date.fromisoformat(text)
        except ValueError:
            born = None
        if born is not None and EARLIEST_BIRTH <= born <= LATEST_BIRTH:
            return born
    msg = f"birth_date has to be a date from {EARLIEST_BIRTH} to {LATEST_BIRTH}, written YYYY-MM-DD"
    raise Unreadable(msg)


def _birth_date(value: Any) -> date | None:
    return None if value is None else read_birth_date(value)


def _consent(value: Any) -> Consent:
    if type(value) is not dict:
        msg = "consents.* has to be an object"
        raise Unreadable(msg)
    check_members(value, _CONSENT, "consents.*")
    granted = value.get("granted")
    if type(granted) is not bool:
        msg = "consents.*.granted has to be true or false"
        raise Unreadable(msg)
    version = _text(value.get("policy_version"), "consents.*.policy_version")
    return Consent(granted, read_time(value.get("at"), "consents.*.at"), version)


def check_members(value: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """
    See that an object has no member but these.

    Raises:
        Unreadable: it has another one.
    """
    if not value.keys() <= known:
        msg = f"{where} has a member that is none of {', '.join(sorted(known))}"
        raise Unreadable(msg)


def _text(value: Any, where: str) -> str:
    if type(value) is str and 0 < len(value) <= _LONGEST:
        return value
    msg = f"{where} has to be a text of 1–{_LONGEST} characters"
    raise Unreadable(msg)


def read_flag(record: Mapping[str, Any], name: str) -> bool:
    """
    True or false; false when it is left out.

    Raises:
        Unreadable: it is something else.
    """
    value = record.get(name)
    if value is None or type(value) is bool:
        return bool(value)
    msg = f"{name} has to be true or false"
    raise Unreadable(msg)


def read_time(value: Any, where: str) -> int:
    """
    Milliseconds since 1970 UTC of an RFC 3339 time.

    Raises:
        Unreadable: it is none.
    """
    try:
        return read_timestamp(value)
    except (Refused, TypeError):
        msg = f"{where} has to be an RFC 3339 time with its zone"
        raise Unreadable(msg) from None


def _time_or_none(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    return None if value is None else read_time(value, name)


def _salt(value: Any) -> bytes | None:
    if value is None:
        return None
    try:
        salt = base64.b64decode(value + "==", altchars=b"-_", validate=True) if type(value) is str else b""
    except ValueError:
        salt = b""
    if len(salt) != SALT_BYTES or not any(salt) or len(value) != _SALT_TEXT:
        msg = f"salt has to be {SALT_BYTES} random bytes in URL-safe base64 without padding"
        raise Unreadable(msg)
    return salt
