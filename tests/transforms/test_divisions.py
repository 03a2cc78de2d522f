"""Claims about the table of provinces and cities."""

import pytest

from transforms.divisions import DIVISIONS

MUNICIPALITIES = {"北京市", "天津市", "上海市", "重庆市"}
SPECIAL = {"香港特别行政区", "澳门特别行政区"}
CITIES = [city for cities in DIVISIONS.values() for city in cities]


class TestDivisions:
    @pytest.mark.parametrize(
        ("ending", "count"),
        [
            pytest.param("省", 23, id="provinces, with Taiwan"),
            pytest.param("自治区", 5, id="autonomous regions"),
            pytest.param("市", 4, id="municipalities"),
            pytest.param("特别行政区", 2, id="special administrative regions"),
        ],
    )
    def test_provinces_are_complete(self, ending, count):
        """
        There are 34 divisions of province level, of four sorts.
        """
        assert sum(province.endswith(ending) for province in DIVISIONS) == count
        assert len(DIVISIONS) == 34

    @pytest.mark.parametrize(
        ("ending", "count"),
        [
            pytest.param("自治州", 30, id="autonomous prefectures"),
            pytest.param("地区", 7, id="prefectures"),
            pytest.param("盟", 3, id="leagues"),
            pytest.param(
                "市", 293 + 21 + 4, id="cities of prefecture level, directly administered ones, municipalities"
            ),
        ],
    )
    def test_cities_are_complete(self, ending, count):
        """
        The numbers are those that the Ministry of Civil Affairs publishes for each sort.
        """
        assert sum(city.endswith(ending) for city in CITIES) == count

    def test_no_name_stands_twice(self):
        """
        An official name means one city of one province.
        """
        assert len(set(CITIES)) == len(CITIES)

    def test_municipalities_are_their_own_city(self):
        """
        Only a municipality or special administrative region is both.
        """
        assert {province for province, cities in DIVISIONS.items() if province in cities} == MUNICIPALITIES | SPECIAL

    @pytest.mark.parametrize("ending", ["区", "县", "林区", "旗", "镇", "街道"])
    def test_nothing_finer_than_a_city_is_listed(self, ending):
        """
        Districts and counties stand nowhere in the table.
        """
        assert [city for city in CITIES if city.endswith(ending) and not city.endswith(("地区", "特别行政区"))] == []
