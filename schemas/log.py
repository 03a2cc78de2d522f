"""raw.log: requests to the platform's servers, searches and mail pixels."""

from typing import Final

from schemas.contract import Contract, Field, Group
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Boolean, Integer, Number, OneOf, Text
from schemas.view import View
from transforms import Drop, RedactText

RAW: Final = Contract(
    "raw.log",
    (
        *ENVELOPE,
        Field("ip", Text(64), Kind.IP),
        Field("user_agent", Text(1024), Kind.USER_AGENT),
        Field("carrier", Text(32), Kind.CARRIER, optional=True),
        Field("language", Text(16), Kind.DEVICE_TRAIT),
        Field("method", OneOf(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")), Kind.PLAIN),
        Field("status", Integer(100, 599), Kind.PLAIN),
        Field("bytes", Integer(0, 2**40), Kind.PLAIN),
        Field("duration_ms", Number(0, 86_400_000), Kind.PLAIN),
        Field("url", Text(2048), Kind.URL),
        Field("referrer", Text(2048), Kind.URL, optional=True),
        Field("search_query", Text(512), Kind.FREE_TEXT, optional=True),
        Field("cookie_id", Text(64), Kind.COOKIE_ID, optional=True),
        Group(
            "pixel",
            (
                Field("campaign", Text(64), Kind.PLAIN),
                Field("recipient_email", Text(320), Kind.EMAIL, optional=True),
                Field("clicked", Boolean(), Kind.PLAIN),
            ),
            optional=True,
        ),
        Field("message", Text(4096), Kind.FREE_TEXT, optional=True),
    ),
)

ANALYTICS: Final = View(
    recipient="analytics",
    contract=RAW,
    purpose="analytics",
    rules={**ANALYTICS_RULES, "search_query": RedactText("search"), "message": RedactText("log")},
)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules={**ADS_RULES, "bytes": Drop(), "duration_ms": Drop()},
    otherwise=ADS_OTHERWISE,
    otherwise_linked=ADS_OTHERWISE_LINKED,
)
