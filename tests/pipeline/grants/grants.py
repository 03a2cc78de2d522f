"""A view that asks consent, and grants for it as two approvers would sign them."""

from dataclasses import replace

from pipeline.approvals.approver import Approver, Roster
from pipeline.approvals.document import Document
from pipeline.grants.grant import SORT, Grant
from schemas.contract import Contract, Field, Repeated
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Integer, Text
from schemas.view import SUPPRESS, View
from transforms import BucketNumber, Consented, Drop, Keep, Pseudonymize, TruncateTime

WANG, LI, EVE = (Approver.generate(name) for name in ("wang", "li", "eve"))
ROSTER = Roster({"wang": WANG.public(), "li": LI.public()})

NOW = 1_767_225_600_000
DAY = 86_400_000

RAW = Contract(
    "raw.deal",
    (
        *ENVELOPE,
        Field("phone", Text(), Kind.PHONE),
        Field("amount", Integer(0, 10**9), Kind.MONEY),
        Field("password", Text(), Kind.SECRET),
        Repeated("items", (Field("sku", Text(), Kind.PLAIN), Field("price", Integer(0, 10**9), Kind.MONEY)), maximum=3),
    ),
)
RULES = {
    **dict.fromkeys((Kind.EVENT_ID, Kind.DEVICE_ID, Kind.SECRET), Drop()),
    Kind.TIMESTAMP: TruncateTime("minute"),
    Kind.USER_ID: Pseudonymize("partner.user", epoch="month"),
    Kind.PHONE: Pseudonymize("partner.phone", epoch="month"),
    Kind.PLAIN: Keep(),
    Kind.MONEY: Keep(),
    "amount": Consented("partner_sensitive", Keep()),
    "items[]": Keep(),
}
OTHERWISE = {
    **dict.fromkeys(RULES, Drop()),
    Kind.TIMESTAMP: TruncateTime("hour"),
    Kind.MONEY: BucketNumber.logarithmic(),
}
OTHERWISE["amount"] = BucketNumber.logarithmic()
PARTNER = View("partner", RAW, "partner", RULES, otherwise=OTHERWISE, key=("user_id",))
STRICT = View("strict", RAW, "partner", RULES, otherwise=SUPPRESS, key=("user_id",))

GRANT = Grant(
    id="g-0123456789abcdef",
    code="policy-vital",
    recipient="partner",
    purpose="partner",
    subjects=frozenset({"u-1"}),
    topics=frozenset({"raw.deal"}),
    kinds=None,
    not_before=NOW,
    expires=NOW + DAY,
    reason="case 1024",
)


def grant(**changes):
    return replace(GRANT, **changes)


def signed(given=GRANT, *approvers):
    document = Document(SORT, given.body)
    for approver in approvers or (WANG, LI):
        document = document.signed_by(approver)
    return document
