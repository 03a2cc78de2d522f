"""raw.account: profiles, as they are after they were created or changed."""

from typing import Final

from schemas.contract import Contract, Field, Group
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import AFFILIATE as AFFILIATE_RULES
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Boolean, OneOf, Text
from schemas.view import SUPPRESS, Rules, View
from transforms import Drop, RedactText

RAW: Final = Contract(
    "raw.account",
    (
        *ENVELOPE,
        Field("nickname", Text(64), Kind.NICKNAME),
        Field("avatar_url", Text(2048), Kind.URL, optional=True),
        Field("signature", Text(512), Kind.FREE_TEXT, optional=True),
        Field("gender", OneOf(("female", "male", "undisclosed")), Kind.GENDER, optional=True),
        Field("birth_date", Text(10, minimum=10), Kind.BIRTH_DATE, optional=True),
        Field("region", Text(64), Kind.REGION, optional=True),
        Field("phone", Text(32), Kind.PHONE),
        Field("password", Text(256), Kind.SECRET, optional=True),
        Field("real_name", Text(64), Kind.PERSON_NAME, optional=True),
        Field("id_card", Text(32), Kind.NATIONAL_ID, optional=True),
        Group(
            "guardian",
            (
                Field("name", Text(64), Kind.PERSON_NAME),
                Field("phone", Text(32), Kind.PHONE),
            ),
            optional=True,
            subject="phone",
        ),
        Field("tracking_opt_out", Boolean(), Kind.PRIVACY_CHOICE, optional=True),
    ),
)

_NO_PICTURE: Final[Rules] = {"avatar_url": Drop()}
"""Who has the address has the face; its host is the same for everybody, and its path is an id."""

ANALYTICS: Final = View(
    recipient="analytics",
    contract=RAW,
    purpose="analytics",
    rules={**ANALYTICS_RULES, **_NO_PICTURE, "signature": RedactText("signature")},
)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules={**ADS_RULES, **_NO_PICTURE},
    # A profile is about nothing but a person, who may be a child.
    otherwise=SUPPRESS,
)

AFFILIATE: Final = View(
    recipient="affiliate",
    contract=RAW,
    purpose="affiliate",
    rules={**AFFILIATE_RULES, **_NO_PICTURE, "guardian.phone": Drop()},
    otherwise=SUPPRESS,
)
