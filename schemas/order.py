"""raw.order: what was bought, how it was paid and to whom it goes."""

from typing import Final

from schemas.contract import Contract, Field, Group, Repeated
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED, SENSITIVE
from schemas.defaults import AFFILIATE as AFFILIATE_RULES
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.defaults import SEALED as SEALED_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Integer, Text
from schemas.view import SUPPRESS, Rules, View
from transforms import Consented, Drop, Keep, Pseudonymize, RedactText, Region, Seal, TruncateTime

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

_NO_CONSIGNEE: Final[Rules] = dict.fromkeys(
    ("consignee.phone", "consignee.province", "consignee.city", "consignee.district"), Drop()
)
"""Somebody else, whose consent nobody asked."""

_DEAL: Final[Rules] = dict.fromkeys(
    ("merchant_id", "store_id", "live_room_id", "payment.method", "payment.status"), Consented(SENSITIVE, Keep())
)
"""Plain words that tell of a dealing when they stand in an order."""

AFFILIATE: Final = View(
    recipient="affiliate",
    contract=RAW,
    purpose="affiliate",
    rules={**AFFILIATE_RULES, **_NO_CONSIGNEE, **_DEAL},
    otherwise=SUPPRESS,
)

_PARCEL: Final[Rules] = {
    "consignee.name": Keep(),
    "consignee.phone": Keep(),
    "consignee.province": Keep(),
    "consignee.city": Keep(),
    "consignee.district": Keep(),
    "consignee.street": Keep(),
    "consignee.postcode": Keep(),
}
"""Where a parcel goes: no identity number, which neither sending nor carrying it takes."""

MERCHANT: Final = View(
    recipient="merchant",
    contract=RAW,
    purpose="orders",
    rules={
        **SEALED_RULES,
        **_PARCEL,
        "occurred_at": TruncateTime("second"),
        "user_id": Pseudonymize("merchant.user", epoch="month"),  # by which an erasure can be told
        "order_id": Keep(),
        "merchant_id": Pseudonymize("merchant.merchant", epoch="month"),
        "store_id": Keep(),
        "live_room_id": Keep(),
        "nickname": Keep(),
        "items[]": Keep(),
        "items[].sku": Keep(),
        "items[].title": Keep(),
        "items[].quantity": Keep(),
        "items[].price_fen": Keep(),
        "amount_fen": Keep(),
        "payment.method": Keep(),
        "payment.status": Keep(),
        "payment.transaction_id": Keep(),
        "note": Keep(),  # written by the buyer to the merchant
    },
    key=("merchant_id",),
    party="merchant_id",
    sealed=Seal(),
)

LOGISTICS: Final = View(
    recipient="logistics",
    contract=RAW,
    purpose="delivery",
    rules={
        **SEALED_RULES,
        **_PARCEL,
        "occurred_at": TruncateTime("minute"),
        "order_id": Pseudonymize("logistics.order", suite="blake2b", cache=0),
    },
    key=("order_id",),
    sealed=Seal("logistics"),
)
