"""raw.location: where a device is, by satellite, by network and by what is near it."""

from typing import Final

from schemas.contract import Contract, Field, Group, Repeated
from schemas.defaults import ADS as ADS_RULES
from schemas.defaults import ADS_OTHERWISE, ADS_OTHERWISE_LINKED
from schemas.defaults import ANALYTICS as ANALYTICS_RULES
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import GeoPoint, Integer, Text
from schemas.view import View

RAW: Final = Contract(
    "raw.location",
    (
        *ENVELOPE,
        Field("gps", GeoPoint(), Kind.GEO_POINT, optional=True),
        Field("ip", Text(64), Kind.IP, optional=True),
        Repeated(
            "wifi",
            (
                Field("bssid", Text(32), Kind.MAC),
                Field("ssid", Text(64, minimum=0), Kind.SSID),
                Field("rssi", Integer(-128, 127), Kind.PLAIN),
            ),
            maximum=128,
        ),
        Repeated(
            "bluetooth",
            (
                Field("mac", Text(32), Kind.MAC),
                Field("name", Text(128, minimum=0), Kind.DEVICE_NAME),
                Field("rssi", Integer(-128, 127), Kind.PLAIN),
            ),
            maximum=128,
        ),
        Group(
            "cell",
            (
                Field("mcc", Integer(1, 999), Kind.PLAIN),
                Field("mnc", Integer(0, 999), Kind.PLAIN),
                Field("lac", Integer(0, 2**32), Kind.CELL_ID),
                Field("cid", Integer(0, 2**36), Kind.CELL_ID),
            ),
            optional=True,
        ),
        Field("store_id", Text(32), Kind.PLAIN, optional=True),
    ),
)

ANALYTICS: Final = View(recipient="analytics", contract=RAW, purpose="analytics", rules=ANALYTICS_RULES)

ADS: Final = View(
    recipient="ads",
    contract=RAW,
    purpose="ads",
    rules=ADS_RULES,
    otherwise=ADS_OTHERWISE,
    otherwise_linked=ADS_OTHERWISE_LINKED,
)
