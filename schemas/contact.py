"""raw.contact: calls, chats and mails with customer service."""

from typing import Final

from schemas.contract import Contract, Field
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import OneOf, Text
from schemas.view import Rules, View
from transforms import Drop, RedactText

RAW: Final = Contract(
    "raw.contact",
    (
        *ENVELOPE,
        Field("case_id", Text(64), Kind.CASE_ID),
        Field("medium", OneOf(("call", "chat", "mail")), Kind.PLAIN),
        Field("phone", Text(32), Kind.PHONE, optional=True),
        Field("email", Text(320), Kind.EMAIL, optional=True),
        Field("agent_id", Text(32), Kind.STAFF_ID),
        Field("text", Text(8192), Kind.FREE_TEXT, optional=True),
        Field("recording_url", Text(2048), Kind.URL, optional=True),
    ),
)

_NO_RECORDING: Final[Rules] = {"recording_url": Drop()}
"""Who has the address may have the voice, and even its path says where the recordings lie."""

ANALYTICS: Final = View(
    recipient="analytics",
    contract=RAW,
    purpose="analytics",
    rules={**ANALYTICS_RULES, **_NO_RECORDING, "text": RedactText("contact")},
)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules={**ADS_RULES, **_NO_RECORDING},
    otherwise=ADS_OTHERWISE,
    otherwise_linked=ADS_OTHERWISE_LINKED,
)
