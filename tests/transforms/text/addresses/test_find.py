"""Finding addresses: each from its first division to its last unit, and nothing that many people share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.addresses import find
from transforms.text.entities import THRESHOLD
from transforms.text.fold import fold
from transforms.text.names.mention import Mention

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
"""Lone surrogates too."""

ADDRESS_LIKE = st.text(
    st.sampled_from("浙江省杭州市西湖区文三路街道里号栋单元室楼村组小花园苑大厦0123一十a-#（），。 \n\u200b我送到")
)
"""Mostly what addresses are made of."""


def found(text, mentions=()):
    spans = find(text, fold(text), mentions)
    return [text[span.start : span.end] for span in spans if span.score >= THRESHOLD]


class TestAddresses:
    @pytest.mark.parametrize(
        ("before", "address", "after"),
        [
            pytest.param("收货地址：", "浙江省杭州市西湖区文三路90号东部软件园3幢501室", "，王小明，", id="tidy"),
            pytest.param("王小明 ", "浙江省 杭州市 西湖区 文三路90号，东部软件园3幢501", "", id="spaces and comma"),
            pytest.param("", "浙江省\n杭州市\n西湖区\n文三路90号", "", id="a line a part"),
            pytest.param("", "浙江杭州西湖文三路90号", "东西到了吗", id="short names of divisions"),
            pytest.param("", "浙江杭州西湖文三路９０号", "", id="full-width digits"),
            pytest.param("麻烦送到", "阳光花园三幢五零一", " 放门口", id="Han numerals"),
            pytest.param("送到", "翠苑三区12-1-302", "谢谢", id="no road, hyphens"),
            pytest.param("", "7#1203", " 谢谢", id="only a room"),
            pytest.param("", "中铁·诺德国际 3#1单元2503", "", id="hash"),
            pytest.param("", "银泰城B座2306", "，前台签收", id="letter"),
            pytest.param("放", "3栋501", "门口", id="building and room"),
            pytest.param("帮忙送", "二单元10楼东户", "", id="household by its side"),
            pytest.param("", "河南省周口市扶沟县崔桥镇王庄村3组", " 刘桂花收", id="village and group"),
            pytest.param("送到", "扶沟崔桥镇王庄村", "", id="short name of a county before a town"),
            pytest.param("", "武汉大学信息学部12舍304", "", id="campus"),
            pytest.param("", "臺北市大安區忠孝東路四段216巷27弄8號3樓", "", id="traditional"),
            pytest.param("", "宁波镇海万科魅力之城8号1901", "，两个单", id="short name before a short name"),
            pytest.param("我住", "丰县赵庄镇前赵庄村", "，到了打我电话", id="county of two characters"),
            pytest.param("", "No.88 文三路, 西湖区, 杭州", "", id="from fine to coarse"),
            pytest.param("", "苏州市姑苏区平江路（近白塔东路）118号", "", id="brackets"),
            pytest.param("", "成都市武侯区天府三街1号XX科技有限公司前台", "", id="company"),
            pytest.param("寄到", "晋江市青阳街道世纪大道888号万达广场1楼星巴克", "，谢谢", id="shop of unknown kind"),
            pytest.param("", "苏州市吴中区木渎镇\n详细地址：金山南路868号", "", id="label inside"),
            pytest.param("改到", "上海市浦东新区张江镇晨晖路88弄6号楼302室", "，谢谢", id="lane"),
            pytest.param("地址改成", "龙湖时代天街27栋6单元408", "，尽快", id="behind a word of two readings"),
            pytest.param("", "文三路90号", " S24能用吗", id="before a model"),
            pytest.param("", "广安门内大街315号信息大厦B座8层", " 010-63691111", id="before a landline"),
            pytest.param("送到", "阳光花园3栋12楼B室", "", id="room by its letter"),
            pytest.param("我住", "阳光花园3号楼西单元4楼东", "呢", id="side of a staircase"),
            pytest.param("", "杭州市余杭区金地自在城3栋501", "", id="a name with a word that is no stop in it"),
            pytest.param("", "南京市江宁区共和路145号软件谷C座38层", "", id="件 in a name"),
            pytest.param("送到", "橄榄时光26-2101", "，谢谢", id="a name of no kind before a door"),
            pytest.param("新地址", "橄榄时光B3-1702", "", id="a door with a letter"),
            pytest.param("", "新疆維吾爾自治區烏魯木齊市天山區解放南路88號", "", id="traditional province"),
            pytest.param("", "武汉市武昌区中山路6号 湖北美院", "，谢谢", id="an institution behind a space"),
            pytest.param("麻烦送到", "镇政府对面王记五金店", "", id="a shop by what is opposite"),
            pytest.param("不要送南京了，改成", "浦口区桂雨园3栋5楼", "", id="behind another division"),
            pytest.param("她在", "长沙市岳麓区学院路12号3楼", "上班", id="before what is done there"),
            pytest.param("", "阳光花园三栋三单元三零三", "15800000000", id="Han numerals before a phone number"),
            pytest.param("送", "仙桃市毛嘴镇珠玑村水塔旁", "", id="beside something"),
            pytest.param("", "南京市秦淮区每天惠大厦2栋303", "", id="a seldom character behind a division"),
            pytest.param("", "Room 1203, Building 5, No.88 Keyuan Road, Pudong, Shanghai", "", id="English"),
            pytest.param("", "科苑南路2666号 China Resources Tower 36F", "", id="a tower in English"),
            pytest.param("", "杭\u200b州市西湖\u200d区文三路9\u200b0号", "", id="hidden characters"),
        ],
    )
    def test_are_found_whole_and_alone(self, before, address, after):
        """
        Names, phone numbers and what a writer says around an address are no part of it.
        """
        assert found(before + address + after) == [address]

    def test_two_of_a_text_are_two(self):
        """
        The words between them stay.
        """
        text = "原地址武昌区中南路12号建设大厦A座909改为洪山区光谷大道77号金融港B4栋6楼，麻烦了"

        assert found(text) == ["武昌区中南路12号建设大厦A座909", "洪山区光谷大道77号金融港B4栋6楼"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("杭州", id="city"),
            pytest.param("定位在上海市浦东新区", id="district"),
            pytest.param("发往全国，成都仓发货", id="dispatch"),
            pytest.param("北京烤鸭真好吃", id="dish"),
            pytest.param("上海牌手表很经典", id="brand"),
            pytest.param("南京路步行街好逛", id="road in a review"),
            pytest.param("解放路的奶茶店", id="road and shop"),
            pytest.param("万达广场三楼新开的店", id="storey of a mall"),
            pytest.param("1号链接2号色 拍了3号口红", id="numbers of offers"),
            pytest.param("住在二楼很潮湿", id="storey"),
            pytest.param("308房间靠马路有点吵", id="hotel room"),
            pytest.param("身高体重165-50-27", id="sizes"),
            pytest.param("12-3-2024", id="date"),
            pytest.param("请凭取件码3-2-1201取件", id="code of a parcel"),
            pytest.param("3排12座视野很好", id="seat"),
            pytest.param("一队二队三队加油", id="teams"),
            pytest.param("三室一厅能铺满吗", id="rooms of a flat"),
            pytest.param("首都机场3号航站楼", id="terminal"),
            pytest.param("3楼东西都便宜", id="东西 behind a storey"),
            pytest.param("海尔12-1210比这个强", id="model"),
            pytest.param("刷到战力12-1205", id="score"),
            pytest.param("我在万达广场三楼买的", id="where a reviewer was"),
            pytest.param("南京路那家店3号员工", id="a number of somebody"),
            pytest.param("11月8号的订单还没到", id="date with 号"),
        ],
    )
    def test_are_not_what_many_people_share(self, text):
        """
        Nor dates, sizes and codes.
        """
        assert found(text) == []


class TestMentions:
    def test_of_places_carry_numbers(self):
        """
        A name that ends as no estate does is a place when the tagger says so.
        """
        text = "竹海水韵3-1001"

        assert found(text, [Mention(0, 4, "LOC")]) == [text]

    def test_of_organisations_end_an_address(self):
        """
        What stands across its end belongs to it.
        """
        text = "文三路90号阿里巴巴王总"

        assert found(text, [Mention(6, 10, "ORG")]) == ["文三路90号阿里巴巴"]

    def test_of_persons_are_left_out(self):
        """
        Before an address and behind it.
        """
        text = "欧阳明文三路90号东部软件园上官云"
        mentions = [Mention(0, 3, "PER"), Mention(14, 17, "PER")]

        assert found(text, mentions) == ["文三路90号东部软件园"]

    def test_beside_hidden_characters_keep_their_place(self):
        """
        Offsets are those of the text as it was written.
        """
        text = "欧\u200b阳明文三路90号"

        assert found(text, [Mention(0, 4, "PER")]) == ["文三路90号"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("\u200b文三路0号浙江省栋路", id="an address within the name behind another"),
            pytest.param("A\u200b楼)香港", id="a short name that ends the text"),
        ],
    )
    def test_end_where_the_text_does(self, text):
        """
        Whatever stands at its end.
        """
        assert [span.end for span in find(text, fold(text), [])] == [len(text)]


class TestAnyText:
    @given(ANY_TEXT | ADDRESS_LIKE, st.booleans())
    def test_gives_disjoint_spans_inside_it(self, text, tagged):
        """
        In the order of the text; nothing is raised.
        """
        mentions = [Mention(0, len(text), "LOC")] if tagged and text else []
        offsets = [at for span in find(text, fold(text), mentions) for at in (span.start, span.end)]

        assert offsets == sorted(offsets)
        assert all(0 <= at <= len(text) for at in offsets)

    @pytest.mark.parametrize(
        "unit",
        [
            pytest.param("省", id="one character"),
            pytest.param("号", id="one unit"),
            pytest.param("1", id="digits"),
            pytest.param("路1号", id="one address without end"),
            pytest.param("文三路90号。", id="many addresses"),
            pytest.param("-1", id="hyphens"),
            pytest.param("(", id="brackets"),
            pytest.param("朝阳", id="names of divisions"),
            pytest.param("王小明 ", id="names"),
        ],
    )
    def test_takes_time_in_proportion_to_its_length(self, unit):
        """
        Twice the text takes less than three times as long.
        """
        assert is_linear(lambda text: find(fold(text), fold(text), ()), unit)
