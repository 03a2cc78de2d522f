"""Views that the shipped ones leave out: a small contract, and rules that differ in every way rules can."""

from schemas.contract import Contract, Field, Group, Repeated
from schemas.kinds import Kind
from schemas.types import GeoPoint, Integer, Text, Timestamp
from schemas.view import SUPPRESS, View
from transforms import BucketNumber, Constant, Drop, GeoCell, Keep, Pseudonymize, TruncateTime

SMALL = Contract(
    "raw.small",
    (
        Field("occurred_at", Timestamp(), Kind.TIMESTAMP),
        Field("user_id", Text(64), Kind.USER_ID, optional=True),
        Field("device_id", Text(64), Kind.DEVICE_ID, optional=True),
        Field("note", Text(64), Kind.FREE_TEXT),
        Field("gps", GeoPoint(), Kind.GEO_POINT, optional=True),
        Group("deal", (Field("sum", Integer(0, 10**6), Kind.MONEY), Field("code", Text(8), Kind.PLAIN))),
        Repeated("seen", (Field("name", Text(8), Kind.PLAIN),), maximum=3, optional=True),
    ),
)

RULES = {
    Kind.TIMESTAMP: TruncateTime("minute"),
    Kind.USER_ID: Pseudonymize("partner.user", epoch="month"),
    Kind.DEVICE_ID: Pseudonymize("partner.device", epoch="month"),
    Kind.FREE_TEXT: Constant("…|<b>"),
    Kind.GEO_POINT: GeoCell(7),
    Kind.MONEY: BucketNumber.logarithmic(),
    Kind.PLAIN: Keep(),
    "seen[]": Keep(),
}

OTHERWISE = dict.fromkeys(RULES, Drop()) | {Kind.TIMESTAMP: TruncateTime("hour"), Kind.MONEY: BucketNumber.linear(1000)}


def partner(**changes):
    """
    A view that asks consent, with these changes.
    """
    return View(
        **{"recipient": "partner", "contract": SMALL, "purpose": "ads", "rules": RULES, "otherwise": OTHERWISE}
        | changes
    )


def inside(**changes):
    """
    A view that asks none, with these changes.
    """
    return View(**{"recipient": "inside", "contract": SMALL, "purpose": "counting", "rules": RULES} | changes)


SUPPRESSING = partner(otherwise=SUPPRESS)
