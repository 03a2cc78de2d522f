"""Claims about Region."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.divisions import DIVISIONS
from transforms.examples import EXAMPLE_KEYS
from transforms.region import Region, official_names

PAIRS = [(province, city) for province, cities in DIVISIONS.items() for city in cities]
SEPARATOR = st.sampled_from(["", " ", "\u3000", "-", " / ", "·", "，"])
DISTRICT = st.sampled_from(["", "南山区", " 朝阳区建国路1号", "张伟收13800138000"])
LEVEL = st.sampled_from(["province", "city"])

BEGINNINGS = st.sampled_from(
    [name for province, cities in DIVISIONS.items() for name in (province[:2], province, *cities)]
    + ["南京路", "朝阳区", "海南州", "吉林吉林"]
)


def generalize(value, level):
    return Region(level).bind(EXAMPLE_KEYS, "region")(value)


class TestRegion:
    @pytest.mark.parametrize(
        ("value", "province", "city"),
        [
            pytest.param("广东", "广东省", "广东省", id="province, short"),
            pytest.param("广东省", "广东省", "广东省", id="province"),
            pytest.param("广东省深圳市南山区", "广东省", "深圳市", id="down to the district"),
            pytest.param("广东深圳南山", "广东省", "深圳市", id="all short"),
            pytest.param("广东省 深圳市 南山区", "广东省", "深圳市", id="blanks"),
            pytest.param(" 广东-深圳", "广东省", "深圳市", id="hyphen"),
            pytest.param("深圳", "广东省", "深圳市", id="city, short"),
            pytest.param("深圳市粤海街道", "广东省", "深圳市", id="city and street office"),
            pytest.param("广东省南山区", "广东省", "广东省", id="district without its city"),
            pytest.param("内蒙古", "内蒙古自治区", "内蒙古自治区", id="autonomous region, short"),
            pytest.param("内蒙古自治区呼和浩特市", "内蒙古自治区", "呼和浩特市", id="autonomous region"),
            pytest.param("新疆伊犁", "新疆维吾尔自治区", "伊犁哈萨克自治州", id="people without 族"),
            pytest.param("广西自治区桂林", "广西壮族自治区", "桂林市", id="autonomous region without its people"),
            pytest.param("恩施土家族苗族自治州", "湖北省", "恩施土家族苗族自治州", id="autonomous prefecture"),
            pytest.param("恩施州", "湖北省", "恩施土家族苗族自治州", id="autonomous prefecture, colloquial"),
            pytest.param("恩施", "湖北省", "恩施土家族苗族自治州", id="autonomous prefecture, short"),
            pytest.param("西双版纳州景洪市", "云南省", "西双版纳傣族自治州", id="city below a prefecture"),
            pytest.param("阿里地区", "西藏自治区", "阿里地区", id="prefecture"),
            pytest.param("锡林郭勒", "内蒙古自治区", "锡林郭勒盟", id="league, short"),
            pytest.param("北京市朝阳区", "北京市", "北京市", id="municipality and district"),
            pytest.param("上海上海市浦东新区", "上海市", "上海市", id="municipality twice"),
            pytest.param("香港", "香港特别行政区", "香港特别行政区", id="special administrative region"),
            pytest.param("台湾省台北市", "台湾省", "台湾省", id="cities of Taiwan are left out"),
            pytest.param("河南济源", "河南省", "济源市", id="directly administered city"),
            pytest.param("海南省定安县", "海南省", "海南省", id="directly administered county is too fine"),
        ],
    )
    def test_reads_official_and_short_names(self, value, province, city):
        """
        The official name of the level passes, whichever form the value has.
        """
        assert generalize(value, "province") == province
        assert generalize(value, "city") == city

    @pytest.mark.parametrize(
        ("value", "city"),
        [
            pytest.param("吉林", "吉林省", id="the province before the city of its name"),
            pytest.param("吉林市", "吉林市", id="the longer name"),
            pytest.param("吉林 吉林", "吉林市", id="the city after its province"),
            pytest.param("海南", "海南省", id="the province before the prefecture elsewhere"),
            pytest.param("海南州", "海南藏族自治州", id="the longer name elsewhere"),
            pytest.param("青海海南", "海南藏族自治州", id="the prefecture after its province"),
            pytest.param("辽宁朝阳", "朝阳市", id="not the district of Beijing"),
            pytest.param("吉林省朝阳区", "吉林省", id="a district after another province"),
        ],
    )
    def test_the_longest_name_wins(self, value, city):
        """
        A name that two places share is read the same way each time.
        """
        assert generalize(value, "city") == city

    @given(st.sampled_from(PAIRS), SEPARATOR, DISTRICT)
    def test_official_names_are_understood(self, pair, separator, rest):
        """
        Every city after its province gives the province and the city, whatever stands between and behind.
        """
        province, city = pair
        value = f"{province}{separator}{city}{rest}"
        assert generalize(value, "province") == province
        assert generalize(value, "city") == city

    @given(st.sampled_from(PAIRS), DISTRICT)
    def test_a_city_needs_no_province(self, pair, rest):
        """
        The official name of a city alone gives its province as well.
        """
        province, city = pair
        assert generalize(city + rest, "province") == province
        assert generalize(city + rest, "city") == city

    @given(st.one_of(st.text(), st.builds("{}{}{}".format, BEGINNINGS, SEPARATOR, st.text())), LEVEL)
    def test_only_official_names_pass(self, value, level):
        """
        Whatever the value, the result is out of the closed list or the value is refused.
        """
        try:
            released = generalize(value, level)
        except Refused:
            return
        assert released in official_names(level)
        assert released in Region(level).gives["enum"]

    @given(st.sampled_from(official_names("city")))
    def test_official_names_stay_as_they_are(self, name):
        """
        A result given back in gives itself, and its province is that of the result.
        """
        assert generalize(name, "city") == name
        assert generalize(name, "province") in official_names("province")

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("南山区", id="district alone"),
            pytest.param("朝阳区", id="district named like a city"),
            pytest.param("南京路12号", id="street named after a city"),
            pytest.param("临夏县", id="county named like a prefecture"),
            pytest.param("海南区", id="district named like a province"),
            pytest.param("收件地址广东省", id="name in the middle"),
            pytest.param("美国加州", id="abroad"),
            pytest.param("Guangdong", id="romanised"),
            pytest.param("粤", id="one character"),
            pytest.param("内蒙", id="half a name"),
            pytest.param(" - ", id="separators alone"),
            pytest.param("", id="empty"),
            pytest.param(440300, id="number"),
            pytest.param(["广东省"], id="array"),
            pytest.param(None, id="null"),
        ],
    )
    @pytest.mark.parametrize("level", ["province", "city"])
    def test_refuses_what_it_does_not_know(self, value, level):
        """
        What begins with no known name does not pass, and the refusal keeps the value to itself.
        """
        with pytest.raises(Refused) as refusal:
            generalize(value, level)

        assert not str(value).strip(" -") or str(value) not in str(refusal.value)

    @pytest.mark.parametrize("level", ["district", "City", "", None])
    def test_levels_are_checked_at_construction(self, level):
        """
        There is no level finer than the city.
        """
        with pytest.raises(ValueError, match="choose province or city"):
            Region(level)
