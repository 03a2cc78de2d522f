"""Claims about GeoCell."""

import re
from math import inf, nan

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS
from transforms.geo_cell import GeoCell

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
RESOLUTIONS = st.integers(0, 15)


def cell(value, resolution=8):
    return GeoCell(resolution).bind(EXAMPLE_KEYS, "geo_point")(value)


class TestGeoCell:
    @given(POINTS, RESOLUTIONS)
    def test_is_the_cell_of_h3(self, point, resolution):
        """
        The text is the one that H3 itself gives, for every point and resolution.
        """
        assert cell(point, resolution) == h3.latlng_to_cell(*point, resolution)

    @given(POINTS, RESOLUTIONS)
    def test_points_of_one_cell_stay_together(self, point, resolution):
        """
        The middle of a cell gets the cell again, so nothing finer than the cell is left in the text.
        """
        released = cell(point, resolution)
        assert cell(h3.cell_to_latlng(released), resolution) == released

    @given(POINTS, RESOLUTIONS)
    def test_keeps_its_schema(self, point, resolution):
        """
        Every result is 15 hexadecimal digits that begin with 8 and the resolution.
        """
        schema = GeoCell(resolution).gives
        assert schema["type"] == "string"
        assert re.search(schema["pattern"], cell(point, resolution))
        assert not re.search(GeoCell((resolution + 1) % 16).gives["pattern"], cell(point, resolution))

    @pytest.mark.parametrize(
        ("resolution", "square_kilometres"),
        [
            pytest.param(5, 252.9, id="5"),
            pytest.param(7, 5.16, id="7"),
            pytest.param(8, 0.737, id="8"),
        ],
    )
    def test_the_areas_in_the_documentation_are_those_of_h3(self, resolution, square_kilometres):
        """
        Whoever reads the docstring gets the size of a cell right.
        """
        assert f"{square_kilometres} km²" in GeoCell.__doc__
        assert h3.average_hexagon_area(resolution, "km^2") == pytest.approx(square_kilometres, rel=1e-3)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param((91.25, 116.3975), id="beyond the pole"),
            pytest.param((39.9087, 181.25), id="beyond the date line"),
            pytest.param((nan, 116.3975), id="not a number"),
            pytest.param((39.9087, inf), id="infinite"),
            pytest.param((39.9087,), id="one number"),
            pytest.param((39.9087, 116.3975, 12.5), id="three numbers"),
            pytest.param(("39.9087", "116.3975"), id="texts"),
            pytest.param((None, None), id="nulls"),
            pytest.param({"lat": 39.9087, "lng": 116.3975}, id="object"),
            pytest.param(39.9087, id="number"),
            pytest.param(None, id="null"),
        ],
    )
    def test_refuses_what_is_not_a_point(self, value):
        """
        The refusal keeps the value to itself.
        """
        with pytest.raises(Refused, match="a point is") as refusal:
            cell(value)

        assert not re.search("[0-9]", str(refusal.value))

    @pytest.mark.parametrize("resolution", [-1, 16, 8.0, "8", True, None])
    def test_resolutions_are_checked_at_construction(self, resolution):
        """
        The error says which resolutions exist.
        """
        with pytest.raises(ValueError, match=r"choose from 0 \(coarsest\) to 15 \(finest\)"):
            GeoCell(resolution)
