"""Claims about reading points and about the two coordinate systems."""

from math import cos, hypot, inf, nan, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.coordinates import gcj02_to_wgs84, read_point, wgs84_to_gcj02

METRES_A_DEGREE = 111_320

MAINLAND = st.tuples(st.floats(18.1, 53.6), st.floats(73.5, 135.1))
ABROAD = st.one_of(
    st.tuples(st.floats(-90, 0.8), st.floats(-180, 180)),
    st.tuples(st.floats(55.9, 90), st.floats(-180, 180)),
    st.tuples(st.floats(-90, 90), st.floats(-180, 72)),
    st.tuples(st.floats(-90, 90), st.floats(137.9, 180)),
)


def point(**members):
    return {"lat": 39.9087, "lng": 116.3975, "accuracy_m": 12.5, "coord": "wgs84"} | members


def metres(one, other):
    north, east = other[0] - one[0], other[1] - one[1]
    return METRES_A_DEGREE * hypot(north, east * cos(radians(one[0])))


class TestReadPoint:
    def test_wgs84_passes_as_it_is(self):
        """
        A point that is in WGS-84 already is not moved.
        """
        assert read_point(point()) == (39.9087, 116.3975)

    @given(MAINLAND)
    def test_gcj02_is_converted(self, place):
        """
        A point of a Chinese map comes back to where the phone was.
        """
        lat, lng = wgs84_to_gcj02(*place)
        assert metres(place, read_point(point(lat=lat, lng=lng, coord="gcj02"))) < 1

    @pytest.mark.parametrize(
        "members",
        [
            pytest.param({"lat": 90.0, "lng": 180.0}, id="north-east corner"),
            pytest.param({"lat": -90.0, "lng": -180.0}, id="south-west corner"),
            pytest.param({"lat": 40, "lng": 116, "accuracy_m": 12}, id="whole numbers"),
            pytest.param({"accuracy_m": 0.0}, id="exact"),
            pytest.param({"accuracy_m": 1_000_000}, id="least accurate"),
            pytest.param({"altitude": "unknown"}, id="other member"),
        ],
    )
    def test_bounds_are_included(self, members):
        """
        Whole numbers and the ends of every range are read, as floating point.
        """
        expected = point(**members)
        lat, lng = read_point(expected)
        assert (lat, lng) == (expected["lat"], expected["lng"])
        assert (type(lat), type(lng)) == (float, float)

    @pytest.mark.parametrize(
        ("members", "reason"),
        [
            pytest.param({"lat": 90.000_001}, "lat is out of range", id="beyond the pole"),
            pytest.param({"lng": -180.1}, "lng is out of range", id="beyond the date line"),
            pytest.param({"lat": nan}, "lat is out of range", id="not a number"),
            pytest.param({"lng": inf}, "lng is out of range", id="infinite"),
            pytest.param({"lat": 10**400}, "lat is out of range", id="huge whole number"),
            pytest.param({"accuracy_m": -1}, "accuracy_m is out of range", id="invalid fix"),
            pytest.param({"accuracy_m": 1e9}, "accuracy_m is out of range", id="accuracy beyond the earth"),
            pytest.param({"lat": True}, "lat: expected number, got boolean", id="boolean"),
            pytest.param({"lat": "39.9087"}, "lat: expected number, got string", id="text"),
            pytest.param({"lng": None}, "lng: expected number, got null", id="null"),
            pytest.param({"lng": [116.3975]}, "lng: expected number, got array", id="array"),
            pytest.param({"accuracy_m": "12"}, "accuracy_m: expected number, got string", id="accuracy as text"),
            pytest.param({"coord": "bd09"}, "send wgs84 or gcj02", id="unknown system"),
            pytest.param({"coord": "WGS84"}, "send wgs84 or gcj02", id="capitals"),
            pytest.param({"coord": None}, "send wgs84 or gcj02", id="system null"),
            pytest.param({"coord": ["wgs84"]}, "send wgs84 or gcj02", id="system in an array"),
        ],
    )
    def test_refuses_a_member_it_cannot_read(self, members, reason):
        """
        The refusal names the member and never the value.
        """
        with pytest.raises(Refused, match=reason) as refusal:
            read_point(point(**members))

        assert "39.9087" not in str(refusal.value)
        assert "116.3975" not in str(refusal.value)

    @pytest.mark.parametrize("name", ["lat", "lng", "accuracy_m", "coord"])
    def test_every_member_is_required(self, name):
        """
        A point without one of its members is refused.
        """
        value = point()
        del value[name]
        with pytest.raises(Refused, match=f"{name} is missing"):
            read_point(value)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param([39.9087, 116.3975], id="array"),
            pytest.param("39.9087,116.3975", id="text"),
            pytest.param(None, id="null"),
        ],
    )
    def test_a_point_is_an_object(self, value):
        """
        Anything else is refused by its type.
        """
        with pytest.raises(Refused, match=r"expected object, got (array|string|null)"):
            read_point(value)


class TestGcj02:
    @pytest.mark.parametrize(
        ("wgs84", "gcj02"),
        [
            pytest.param((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215), id="Shanghai"),
            pytest.param((22.543847, 113.912316), (22.540796131694766, 113.9171764808363), id="Shenzhen"),
            pytest.param((39.911954, 116.377817), (39.91334545536069, 116.38404722455657), id="Beijing"),
        ],
    )
    def test_agrees_with_published_values(self, wgs84, gcj02):
        """
        The three points that implementations of the published transformation are tested with, both ways.
        """
        assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-12)
        assert gcj02_to_wgs84(*gcj02) == pytest.approx(wgs84, abs=5e-7)

    @given(MAINLAND)
    def test_the_way_back_is_exact_to_five_centimetres(self, place):
        """
        Wherever a point is in mainland China, converting it there and back moves it by less than 0.05 m.
        """
        assert metres(place, gcj02_to_wgs84(*wgs84_to_gcj02(*place))) < 0.05

    @given(MAINLAND)
    def test_the_shift_matters(self, place):
        """
        In mainland China the systems lie 20 to 750 m apart, so an unconverted point is in another cell.
        """
        assert 20 < metres(place, wgs84_to_gcj02(*place)) < 750

    @given(ABROAD)
    def test_points_abroad_are_not_shifted(self, place):
        """
        Outside of China both systems are the same.
        """
        assert wgs84_to_gcj02(*place) == place
        assert gcj02_to_wgs84(*place) == place
