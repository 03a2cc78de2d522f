"""The records of `privacy.erasures`, whom to erase, and of `privacy.erasure-requests`, what upstream must erase."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pipeline.broken import Broken
from pipeline.codec import dumps, parse
from pipeline.subjects.record import Unreadable, format_time, read_key
from transforms import Refused
from transforms.timestamp import read_timestamp

REQUESTS: Final = "privacy.erasures"
"""Requests, which `qingliu erase --follow` carries out."""
UPSTREAM: Final = "privacy.erasure-requests"
"""Requests of ours to upstream, which holds the raw data."""

PHONE: Final = "phone:"
"""Begins the subject of who is known by a telephone number alone."""

_MEMBERS: Final = frozenset({"requested_at", "reason", "reference"})
_REFERENCE: Final = re.compile(r"[A-Za-z0-9._:/-]{1,64}")


class Reason(Enum):
    """
    Why somebody is erased. It goes to no recipient.
    """

    REQUEST = "request"
    """They asked for it."""
    CHILD = "child"
    """They are below 14, and no guardian consented."""
    ACCOUNT_CLOSED = "account_closed"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Request:
    """
    Who is to be erased.

    Args:
        subject: user id, or `phone:` and a number in E.164 for who is known by it alone.
        requested_at: what happened before is to be erased, in milliseconds since 1970 UTC.
        reason: why.
        reference: of the case, in the words of whoever asks: letters, digits and `._:/-`; nothing personal.
    """

    subject: str
    requested_at: int
    reason: Reason
    reference: str | None = None


def read_request(key: bytes | None, value: bytes | None) -> Request:
    """
    A record of `privacy.erasures`: the key is the subject, the value when, why, and perhaps a reference.

    Raises:
        Unreadable: the record does not fit its contract; the sentence names paths, never values.
    """
    subject = read_key(key)
    try:
        record = parse(value)
    except Broken as broken:
        msg = f"the value is no JSON object ({broken.reason.value})"
        raise Unreadable(msg) from None
    if not record.keys() <= _MEMBERS:
        msg = f"the record has a member that is none of {', '.join(sorted(_MEMBERS))}"
        raise Unreadable(msg)
    return Request(subject, _time(record.get("requested_at")), _reason(record.get("reason")), _reference(record))


def write_request(request: Request) -> tuple[bytes, bytes]:
    """
    Key and value of a record of `privacy.erasures`.
    """
    record = {"requested_at": format_time(request.requested_at), "reason": request.reason.value}
    if request.reference is not None:
        record["reference"] = request.reference
    return request.subject.encode(), dumps(record)


def write_upstream(request: Request) -> tuple[bytes, bytes]:
    """
    Key and value of a record of `privacy.erasure-requests`: what of this person upstream holds must go, and why.
    """
    record = {
        "subject": request.subject,
        "reason": request.reason.value,
        "discovered_at": format_time(request.requested_at),
    }
    return request.subject.encode(), dumps(record)


def _reference(record: dict[str, Any]) -> str | None:
    """
    The reference of a request.

    Raises:
        Unreadable: it is no such word.
    """
    value = record.get("reference")
    if value is None or (type(value) is str and _REFERENCE.fullmatch(value)):
        return value
    msg = "reference has to be 1–64 letters, digits and ._:/-"
    raise Unreadable(msg)


def _time(value: Any) -> int:
    try:
        return read_timestamp(value)
    except (Refused, TypeError):
        msg = "requested_at has to be an RFC 3339 time with its zone"
        raise Unreadable(msg) from None


def _reason(value: Any) -> Reason:
    try:
        return Reason(value)
    except ValueError:
        msg = f"reason has to be one of {', '.join(reason.value for reason in Reason)}"
        raise Unreadable(msg) from None
