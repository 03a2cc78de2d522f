"""The fields that every event has."""

from typing import Final

from schemas.contract import Field
from schemas.kinds import Kind
from schemas.types import Text, Timestamp

ENVELOPE: Final = (
    Field("event_id", Text(36, minimum=8), Kind.EVENT_ID),
    Field("occurred_at", Timestamp(), Kind.TIMESTAMP),
    Field("user_id", Text(64), Kind.USER_ID, optional=True),
    Field("device_id", Text(64), Kind.DEVICE_ID, optional=True),
    Field("app_version", Text(32), Kind.PLAIN),
    Field("channel", Text(32), Kind.PLAIN),
)
