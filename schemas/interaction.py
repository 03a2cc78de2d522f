"""raw.interaction: what viewers do in a live room."""

from typing import Final

from schemas.contract import Contract, Field
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED
from schemas.defaults import AFFILIATE as AFFILIATE_RULES
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Integer, OneOf, Text
from schemas.view import SUPPRESS, View
from transforms import Keep, RedactText

RAW: Final = Contract(
    "raw.interaction",
    (
        *ENVELOPE,
        Field("room_id", Text(32), Kind.PLAIN),
        Field("action", OneOf(("comment", "danmaku", "follow", "like", "search", "tip", "watch")), Kind.PLAIN),
        Field("nickname", Text(64), Kind.NICKNAME),
        Field("text", Text(512), Kind.FREE_TEXT, optional=True),
        Field("amount_fen", Integer(0, 10**10), Kind.MONEY, optional=True),  # a hundred million yuan
    ),
)

ANALYTICS: Final = View(
    recipient="analytics",
    contract=RAW,
    purpose="analytics",
    rules={**ANALYTICS_RULES, "text": RedactText("danmaku")},
)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules=ADS_RULES,
    # Not the room: who did what in it is shown there beside a nickname, and a quiet room has few who did.
    otherwise={**ADS_OTHERWISE, "action": Keep()},
    otherwise_linked=ADS_OTHERWISE_LINKED,
)

AFFILIATE: Final = View(
    recipient="affiliate", contract=RAW, purpose="affiliate", rules=AFFILIATE_RULES, otherwise=SUPPRESS
)
