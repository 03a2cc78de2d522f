"""What analytics and advertising get of each kind, on every topic. The topics' own views add what differs by field."""

from typing import Final

from schemas.kinds import Kind
from schemas.view import Rules
from transforms import (
    AgeBand,
    BucketNumber,
    Consented,
    Drop,
    GeoCell,
    Keep,
    Pseudonymize,
    RedactText,
    Region,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
)


def _once(domain: str) -> Pseudonymize:
    """
    The token of an id of one event or matter, which comes once or a few times.

    There is nothing to gain from remembering it, and BLAKE2b takes half of HMAC-SHA-256's time.
    """
    return Pseudonymize(domain, suite="blake2b", cache=0)


NEVER: Final[Rules] = dict.fromkeys(
    (
        Kind.ADDRESS,
        Kind.BANK_CARD,
        Kind.CELL_ID,
        Kind.DEVICE_NAME,
        Kind.EMAIL,
        Kind.HARDWARE_ID,
        Kind.MAC,
        Kind.NATIONAL_ID,
        Kind.NICKNAME,
        Kind.PERSON_NAME,
        Kind.PHONE,
        Kind.POSTCODE,
        Kind.PRIVACY_CHOICE,
        Kind.SECRET,
        Kind.SSID,
    ),
    Drop(),
)
"""Kinds that neither recipient ever gets."""


def analytics_rules(recipient: str) -> Rules:
    """
    What a recipient gets that counts and measures: generalised values, and tokens of its own.

    Args:
        recipient: whose tokens they are, one lower-case word.
    """
    return {
        **NEVER,
        Kind.BIRTH_DATE: AgeBand(5),
        Kind.CARRIER: Keep(),
        Kind.CASE_ID: _once(f"{recipient}.case"),
        Kind.COOKIE_ID: Pseudonymize(f"{recipient}.cookie"),
        Kind.DEVICE_ID: Pseudonymize(f"{recipient}.device"),
        Kind.DEVICE_TRAIT: Keep(),
        Kind.EVENT_ID: _once(f"{recipient}.event"),
        Kind.FREE_TEXT: RedactText("contact"),  # the thorough way, where a topic names no field of its own
        Kind.GENDER: Keep(),
        Kind.GEO_POINT: GeoCell(8),
        Kind.IP: TruncateIp(24, 48),
        Kind.MONEY: Keep(),
        Kind.ORDER_ID: _once(f"{recipient}.order"),
        Kind.PLAIN: Keep(),
        Kind.REGION: Region("city"),
        Kind.STAFF_ID: Pseudonymize(f"{recipient}.staff", epoch="month", cache=4_096),
        Kind.TIMESTAMP: TruncateTime("minute"),
        Kind.TRANSACTION_ID: _once(f"{recipient}.transaction"),
        Kind.URL: UrlTemplate(),
        Kind.USER_AGENT: UserAgent("version"),
        Kind.USER_ID: Pseudonymize(f"{recipient}.user"),
    }


ANALYTICS: Final[Rules] = analytics_rules("analytics")

ADS: Final[Rules] = {
    **NEVER,
    Kind.BIRTH_DATE: AgeBand(10),
    Kind.CARRIER: Keep(),
    Kind.CASE_ID: Drop(),
    Kind.COOKIE_ID: Pseudonymize("ads.cookie", epoch="month"),
    Kind.DEVICE_ID: Pseudonymize("ads.device", epoch="month"),
    Kind.DEVICE_TRAIT: Keep(),
    Kind.EVENT_ID: _once("ads.event"),
    Kind.FREE_TEXT: Drop(),
    Kind.GENDER: Keep(),
    Kind.GEO_POINT: GeoCell(7),
    Kind.IP: Drop(),
    Kind.MONEY: BucketNumber.logarithmic(),
    Kind.ORDER_ID: _once("ads.order"),
    Kind.PLAIN: Keep(),
    Kind.REGION: Region("city"),
    Kind.STAFF_ID: Drop(),
    Kind.TIMESTAMP: TruncateTime("10min"),
    Kind.TRANSACTION_ID: _once("ads.transaction"),
    Kind.URL: UrlTemplate(path=False),
    Kind.USER_AGENT: UserAgent("system"),
    Kind.USER_ID: Pseudonymize("ads.user", epoch="month"),
}
"""With the subject's consent to the purpose `ads`."""

ADS_OTHERWISE: Final[Rules] = {
    **NEVER,
    Kind.BIRTH_DATE: Drop(),
    Kind.CARRIER: Drop(),
    Kind.CASE_ID: Drop(),
    Kind.COOKIE_ID: Drop(),
    Kind.DEVICE_ID: Pseudonymize("ads.device", epoch="month"),
    Kind.DEVICE_TRAIT: Drop(),
    Kind.EVENT_ID: _once("ads.event"),
    Kind.FREE_TEXT: Drop(),
    Kind.GENDER: Drop(),
    Kind.GEO_POINT: GeoCell(5),
    Kind.IP: Drop(),
    Kind.MONEY: BucketNumber.logarithmic(),
    Kind.ORDER_ID: Drop(),
    Kind.PLAIN: Drop(),
    Kind.REGION: Region("province"),
    Kind.STAFF_ID: Drop(),
    Kind.TIMESTAMP: TruncateTime("hour"),
    Kind.TRANSACTION_ID: Drop(),
    Kind.URL: Drop(),
    Kind.USER_AGENT: UserAgent("family"),
    Kind.USER_ID: Drop(),
}
"""Without it. Of device traits, carrier, gender and plain fields only what a topic names passes."""

ADS_OTHERWISE_LINKED: Final[Rules] = {Kind.DEVICE_ID: Drop()}
"""Without it, about a known person."""

SENSITIVE: Final = "affiliate_sensitive"
"""The purpose of the second consent that affiliates need."""

AFFILIATE: Final[Rules] = {
    **NEVER,
    Kind.BIRTH_DATE: Consented(SENSITIVE, AgeBand(10)),
    Kind.CARRIER: Drop(),
    Kind.CASE_ID: Drop(),
    Kind.COOKIE_ID: Pseudonymize("affiliate.cookie", epoch="month"),
    Kind.DEVICE_ID: Pseudonymize("affiliate.device", epoch="month"),
    Kind.DEVICE_TRAIT: Keep(),
    Kind.EVENT_ID: _once("affiliate.event"),
    Kind.FREE_TEXT: Drop(),
    Kind.GENDER: Keep(),
    Kind.GEO_POINT: Consented(SENSITIVE, GeoCell(7)),
    Kind.IP: Drop(),
    Kind.MONEY: Consented(SENSITIVE, BucketNumber.logarithmic()),
    Kind.ORDER_ID: Consented(SENSITIVE, _once("affiliate.order")),
    Kind.PHONE: Consented(SENSITIVE, Pseudonymize("affiliate.phone", epoch="month")),
    Kind.PLAIN: Keep(),
    Kind.REGION: Region("city"),
    Kind.STAFF_ID: Drop(),
    Kind.TIMESTAMP: TruncateTime("10min"),
    Kind.TRANSACTION_ID: Consented(SENSITIVE, _once("affiliate.transaction")),
    Kind.URL: Drop(),
    Kind.USER_AGENT: UserAgent("system"),
    Kind.USER_ID: Pseudonymize("affiliate.user", epoch="month"),
}
"""
What an affiliated company gets with the subject's consent to the purpose `affiliate`; without it there is no record.

What the policy calls sensitive (numbers, age, places, dealings) waits for a second consent, and so would every use for
another purpose: it gets a purpose of its own in `Consented`.
"""

SEALED: Final[Rules] = dict.fromkeys(Kind, Drop())
"""What a party gets to whom records are sealed as a whole: nothing but the fields that its view names."""
