"""Any event that a contract accepts and the shipped views understand."""

from datetime import date, datetime

from hypothesis import strategies as st

from schemas.contract import Contract, Field, Group, Node
from schemas.kinds import Kind
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text, Timestamp, Type

_OF_KIND = {
    Kind.BIRTH_DATE: st.dates(date(1990, 1, 1), date(1999, 12, 31)).map(str),
    Kind.DEVICE_ID: st.uuids().map(str) | st.just("00000000-0000-0000-0000-000000000000"),
    Kind.IP: st.ip_addresses().map(str),
    Kind.REGION: st.sampled_from(["广东省", "深圳市", "北京市朝阳区", "恩施州"]),
    Kind.URL: st.sampled_from(["/", "/item/42?q=1", "https://shop.example.com/item/42", "//203.0.113.7/order"]),
}

_ZONES = st.sampled_from(["Z", "z", "+08:00", "-23:59"])
_FRACTIONS = st.sampled_from(["", ".1", ".123", ".123456789"])
_FIRST = datetime.fromisoformat("2000-01-01T00:00:00")
_LAST = datetime.fromisoformat("2099-12-31T23:59:59")
_MOMENTS = st.datetimes(_FIRST, _LAST).map("{:%Y-%m-%dT%H:%M:%S}".format)

_POINTS = st.fixed_dictionaries(
    {
        "lat": st.floats(-90, 90) | st.integers(-90, 90),
        "lng": st.floats(-180, 180),
        "accuracy_m": st.floats(0, 1_000_000),
        "coord": st.sampled_from(["wgs84", "gcj02"]),
    }
)


def events(contract: Contract):
    return _objects(contract.fields)


def _objects(fields: tuple[Node, ...]):
    required = {node.name: _nodes(node) for node in fields if not node.optional}
    optional = {node.name: st.none() | _nodes(node) for node in fields if node.optional}
    return st.fixed_dictionaries(required, optional=optional)


def _nodes(node: Node):
    if isinstance(node, Field):
        return _OF_KIND.get(node.kind, _values(node.type))
    objects = _objects(node.fields)
    return objects if isinstance(node, Group) else st.lists(objects, max_size=2)


def _values(kind: Type):
    match kind:
        case Text(maximum, minimum):
            values = st.text(min_size=minimum, max_size=min(maximum, minimum + 8))
        case OneOf(listed):
            values = st.sampled_from(listed)
        case Integer(minimum, maximum):
            values = st.integers(minimum, maximum)
        case Number(minimum, maximum):
            values = st.floats(minimum, maximum) | st.integers(minimum, maximum)
        case Boolean():
            values = st.booleans()
        case Timestamp():
            values = st.tuples(_MOMENTS, _FRACTIONS, _ZONES).map("".join)
        case GeoPoint():
            values = _POINTS
    return values
