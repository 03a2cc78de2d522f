"""Claims about places."""

from collections import defaultdict
from random import Random

import pytest

from pipeline.simulator.places import CITIES, address
from pipeline.simulator.routes import metres
from transforms.divisions import DIVISIONS

CITY_IDS = [city.name for city in CITIES]


class TestCities:
    @pytest.mark.parametrize("city", CITIES, ids=CITY_IDS)
    def test_are_official(self, city):
        """
        Province and city have the names of the official list.
        """
        assert city.name in DIVISIONS[city.province]

    @pytest.mark.parametrize("city", CITIES, ids=CITY_IDS)
    def test_districts_share_their_citys_code(self, city):
        """
        A code has six digits, of which a city's districts share the first four.
        """
        codes = [district.code for district in city.districts]

        assert all(len(code) == 6 and code.isdecimal() for code in codes)
        assert len({code[:4] for code in codes}) == 1
        assert len(set(codes)) == len(codes)

    @pytest.mark.parametrize("city", CITIES, ids=CITY_IDS)
    def test_districts_are_near_each_other(self, city):
        """
        The centres of a city's districts are within 60 km and none stands twice.
        """
        centres = [(district.lat, district.lng) for district in city.districts]

        assert len(set(centres)) == len(centres)
        assert all(metres(one, other) < 60_000 for one in centres for other in centres)

    def test_provinces_have_codes_of_their_own(self):
        """
        Two digits of a code name a province, and no two provinces share them.
        """
        provinces = defaultdict(set)
        for city in CITIES:
            provinces[city.districts[0].code[:2]].add(city.province)

        assert all(len(names) == 1 for names in provinces.values())
        assert len(provinces) == len({city.province for city in CITIES})


class TestAddresses:
    @pytest.mark.parametrize("city", CITIES, ids=CITY_IDS)
    def test_name_a_room(self, city):
        """
        Road, number, building, unit and room of a district of the city, and six digits of postcode.
        """
        home = address(Random(1), city)

        assert home.district in city.districts
        assert any(home.street.startswith(road) for road in home.district.roads)
        assert all(mark in home.street for mark in ("号", "栋", "单元", "室"))
        assert len(home.postcode) == 6
        assert home.postcode.isdecimal()
