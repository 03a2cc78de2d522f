"""The gazetteer: names of divisions in a text."""

import pytest

from transforms.text.addresses.gazetteer import Level, gazetteer
from transforms.text.fold import fold


def named(text):
    return [(text[start:end], division.level, division.short) for start, end, division in gazetteer().scan(fold(text))]


class TestNames:
    def test_of_every_level_are_known(self):
        """
        From the province to the town, each by its full name.
        """
        assert named("河南省周口市扶沟县崔桥镇") == [
            ("河南省", Level.PROVINCE, False),
            ("周口市", Level.CITY, False),
            ("扶沟县", Level.COUNTY, False),
            ("崔桥镇", Level.TOWN, False),
        ]

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            pytest.param("浙江杭州西湖", ["浙江", "杭州", "西湖"], id="short"),
            pytest.param("内蒙古赤峰", ["内蒙古", "赤峰"], id="autonomous region"),
            pytest.param("广西南宁", ["广西", "南宁"], id="autonomous region of a people"),
            pytest.param("恩施州", ["恩施州"], id="autonomous prefecture"),
            pytest.param("积石山县", ["积石山县"], id="autonomous county of three peoples"),
            pytest.param("三亚市二七区", ["三亚市", "二七区"], id="numerals in names"),
            pytest.param("宁波镇海区", ["宁波", "镇海区"], id="short before a county that begins like a suffix"),
            pytest.param("台北市大安区", ["台北市", "大安区"], id="Taiwan"),
            pytest.param("曹县", ["曹县"], id="county of two characters"),
        ],
    )
    def test_are_known_as_people_write_them(self, text, names):
        """
        Without the word for the level, and without the peoples of autonomous divisions.
        """
        assert [name for name, _, _ in named(text)] == names

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("南京路", id="road"),
            pytest.param("上海中路", id="middle of a road"),
            pytest.param("北京西路", id="west of a road"),
        ],
    )
    def test_that_are_parts_of_others_are_none(self, text):
        """
        A road is named after a city, and is not in it.
        """
        assert named(text) == []

    def test_of_counties_are_short_only_behind_a_division(self):
        """
        西湖 is a lake, 和平 a word.
        """
        assert named("西湖很美") == []
        assert named("杭州西湖") == [("杭州", Level.CITY, True), ("西湖", Level.COUNTY, True)]


class TestShortBefore:
    def test_finds_where_a_short_name_begins(self):
        """
        Which stands directly before a town.
        """
        assert gazetteer().short_before("送到扶沟崔桥镇", 4) == 2

    def test_stays_where_there_is_none(self):
        """
        At the start of a text as well.
        """
        assert gazetteer().short_before("送到崔桥镇", 2) == 2
        assert gazetteer().short_before("崔桥镇", 0) == 0


class TestData:
    def test_is_whole(self):
        """
        Every county-level division of a sample and towns by the ten thousand.
        """
        names = gazetteer()._names
        levels = [division.level for division in names.values() if not division.short]

        assert levels.count(Level.TOWN) > 30_000
        assert levels.count(Level.COUNTY) > 2_800
        assert levels.count(Level.PROVINCE) >= 34
