"""What a field can be. Every field of every contract has exactly one kind."""

from enum import Enum
from typing import Final


class Kind(Enum):
    """
    What a field is: the word by which views decide, and by which equal values are normalised before hashing.
    """

    ADDRESS = "address"
    BANK_CARD = "bank_card"
    BIRTH_DATE = "birth_date"
    CARRIER = "carrier"
    CASE_ID = "case_id"
    CELL_ID = "cell_id"
    COOKIE_ID = "cookie_id"
    DEVICE_ID = "device_id"
    DEVICE_NAME = "device_name"
    DEVICE_TRAIT = "device_trait"
    EMAIL = "email"
    EVENT_ID = "event_id"
    FREE_TEXT = "free_text"
    GENDER = "gender"
    GEO_POINT = "geo_point"
    HARDWARE_ID = "hardware_id"
    IP = "ip"
    MAC = "mac"
    MONEY = "money"
    NATIONAL_ID = "national_id"
    NICKNAME = "nickname"
    ORDER_ID = "order_id"
    PERSON_NAME = "person_name"
    PHONE = "phone"
    PLAIN = "plain"
    POSTCODE = "postcode"
    PRIVACY_CHOICE = "privacy_choice"
    REGION = "region"
    SECRET = "secret"  # noqa: S105 — the name of a kind
    SSID = "ssid"
    STAFF_ID = "staff_id"
    TIMESTAMP = "timestamp"
    TRANSACTION_ID = "transaction_id"
    URL = "url"
    USER_AGENT = "user_agent"
    USER_ID = "user_id"

    def __repr__(self) -> str:
        return self.name


IDENTITY: Final = frozenset(
    {
        Kind.ADDRESS,
        Kind.BANK_CARD,
        Kind.EMAIL,
        Kind.NATIONAL_ID,
        Kind.NICKNAME,
        Kind.PERSON_NAME,
        Kind.PHONE,
        Kind.USER_ID,
    }
)
"""
Kinds that name the person an event is about, or lead there: an event with one of them is *linked*.

To whom, only the user id says. A child's guardian or a buyer's consignee is somebody else, but whoever knows them knows
whose event it is, so that the stricter rules stand. Not `STAFF_ID`: an employee of customer service leads to nobody,
and every contact has one.
"""

DIRECT: Final = IDENTITY | {
    Kind.CELL_ID,
    Kind.DEVICE_NAME,
    Kind.HARDWARE_ID,
    Kind.MAC,
    Kind.POSTCODE,
    Kind.SECRET,
    Kind.SSID,
    Kind.STAFF_ID,
}
"""Kinds that no shipped view passes other than as a token."""
