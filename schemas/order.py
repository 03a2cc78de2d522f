"""raw.order: what was bought, how it was paid and to whom it goes."""

from typing import Final

from schemas.contract import Contract, Field, Group, Repeated
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Integer, Text
from schemas.view import Rules, View
from transforms import Drop, Keep, RedactText, Region

_FEN: Final = Integer(0, 10**12)  # ten billion yuan

RAW: Final = Contract(
    "raw.order",
    (
        *ENVELOPE,
        Field("order_id", Text(64), Kind.ORDER_ID),
        Field("merchant_id", Text(32), Kind.PLAIN),
        Field("store_id", Text(32), Kind.PLAIN, optional=True),
        Field("live_room_id", Text(32), Kind.PLAIN, optional=True),
        Field("nickname", Text(64), Kind.NICKNAME, optional=True),
        Repeated(
            "items",
            (
                Field("sku", Text(64), Kind.PLAIN),
                Field("title", Text(256), Kind.PLAIN),
                Field("quantity", Integer(1, 1_000_000), Kind.PLAIN),
                Field("price_fen", _FEN, Kind.MONEY),
            ),
            maximum=200,
        ),
        Field("amount_fen", _FEN, Kind.MONEY),
        Group(
            "payment",
            (
                Field("method", Text(32), Kind.PLAIN),
                Field("status", Text(32), Kind.PLAIN),
                Field("transaction_id", Text(64), Kind.TRANSACTION_ID),
                Field("bank_card", Text(32), Kind.BANK_CARD, optional=True),
            ),
        ),
        Group(
            "consignee",
            (
                Field("name", Text(64), Kind.PERSON_NAME),
                Field("phone", Text(32), Kind.PHONE),
                Field("province", Text(32), Kind.REGION),
                Field("city", Text(32), Kind.REGION),
                Field("district", Text(32), Kind.REGION),
                Field("street", Text(256), Kind.ADDRESS),
                Field("postcode", Text(12), Kind.POSTCODE, optional=True),
                Field("id_card", Text(32), Kind.NATIONAL_ID, optional=True),
            ),
            subject="phone",
        ),
        Field("buyer_phone", Text(32), Kind.PHONE, optional=True),
        Field("note", Text(512), Kind.FREE_TEXT, optional=True),
    ),
)

_PROVINCE_AND_CITY: Final[Rules] = {
    "consignee.province": Region("province"),
    "consignee.city": Region("city"),
    "consignee.district": Drop(),
}

ANALYTICS: Final = View(
    recipient="analytics",
    contract=RAW,
    purpose="analytics",
    rules={**ANALYTICS_RULES, **_PROVINCE_AND_CITY, "items[]": Keep(), "note": RedactText("note")},
)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules={**ADS_RULES, **_PROVINCE_AND_CITY, "items[]": Keep()},
    otherwise={
        **ADS_OTHERWISE,
        "consignee.province": Region("province"),
        "consignee.city": Drop(),
        "consignee.district": Drop(),
    },
    otherwise_linked=ADS_OTHERWISE_LINKED,
)
