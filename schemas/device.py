"""raw.device: what kind of device an app runs on."""

from typing import Final

from schemas.contract import Contract, Field
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Boolean, Text
from schemas.view import View
from transforms import Keep

RAW: Final = Contract(
    "raw.device",
    (
        *ENVELOPE,
        Field("model", Text(64), Kind.DEVICE_TRAIT),
        Field("brand", Text(32), Kind.DEVICE_TRAIT),
        Field("os", Text(32), Kind.DEVICE_TRAIT),
        Field("os_version", Text(32), Kind.DEVICE_TRAIT),
        Field("screen", Text(16), Kind.DEVICE_TRAIT),
        Field("language", Text(16), Kind.DEVICE_TRAIT),
        Field("timezone", Text(48), Kind.DEVICE_TRAIT),
        Field("carrier", Text(32), Kind.CARRIER),
        Field("imei", Text(32), Kind.HARDWARE_ID, optional=True),
        Field("meid", Text(32), Kind.HARDWARE_ID, optional=True),
        Field("idfa", Text(64), Kind.HARDWARE_ID, optional=True),
        Field("android_id", Text(64), Kind.HARDWARE_ID, optional=True),
        Field("serial", Text(64), Kind.HARDWARE_ID, optional=True),
        Field("mac", Text(32), Kind.MAC, optional=True),
        Field("ip", Text(64), Kind.IP, optional=True),
        Field("rooted", Boolean(), Kind.PLAIN),
    ),
)

ANALYTICS: Final = View(recipient="analytics", contract=RAW, purpose="analytics", rules=ANALYTICS_RULES)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules=ADS_RULES,
    otherwise={**ADS_OTHERWISE, "model": Keep(), "os": Keep()},
    otherwise_linked=ADS_OTHERWISE_LINKED,
)
