"""Addresses of the net and of devices: e-mail, IP, MAC, IMEI, UUID, coordinates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.context import enhance
from transforms.text.entities import DOUBTFUL, SURE, THRESHOLD
from transforms.text.fold import fold
from transforms.text.network import find

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
UNITS = ["a", "1.", "a@", "f:", "qq.com ", "11-"]


def found(text, least=THRESHOLD):
    folded = fold(text)
    return {(text[span.start : span.end], span.entity) for span in enhance(folded, find(folded)) if span.score >= least}


class TestEmail:
    @given(st.emails())
    def test_any_address_is_found(self, address):
        """
        Of letters, digits and the usual marks, between Han letters.
        """
        if all(char.isalnum() or char in "._%+-@" for char in address) and address.isascii():
            assert any(address.lower().endswith(text.lower()) for text, _ in found(f"邮箱{address}谢谢"))

    @pytest.mark.parametrize(
        "address",
        [
            pytest.param("zhang@qq.com", id="plain"),
            pytest.param("zhang.san+tag@mail.company.com.cn", id="long"),
            pytest.param("ZHANG@QQ.COM", id="capitals"),
            pytest.param("zhang＠qq．com", id="full width"),
            pytest.param("zh\u200bang@q\u200bq.com", id="zero width"),
            pytest.param("zhang @ qq . com", id="spaces"),
            pytest.param("zhang@qq。com", id="Chinese full stop"),
            pytest.param("zhang@qq点com", id="dot in Chinese"),
            pytest.param("12345@qq", id="provider without its ending"),
            pytest.param("zhang#qq.com", id="hash"),
            pytest.param("zhang★163.com", id="star"),
            pytest.param("zhang🐶qq.com", id="emoji"),
            pytest.param("zhang at qq dot com", id="words"),
            pytest.param("zhang(at)qq.com", id="word in brackets"),
            pytest.param("zhang【at】qq【dot】com", id="words in Chinese brackets"),
            pytest.param("zhang艾特qq点com", id="words in Chinese"),
            pytest.param("zhang艾特shop点cn", id="words in Chinese, any host"),
            pytest.param("12345 qq 点 com", id="no sign"),
            pytest.param("12345qq点com", id="no sign and no space"),
            pytest.param("一二三四五@qq.com", id="Han numerals"),
        ],
    )
    def test_is_found_in_every_form(self, address):
        """
        Whatever stands for its sign and its dots.
        """
        assert (address, "EMAIL") in found(f"邮箱：{address}，谢谢")

    @pytest.mark.parametrize(
        "text",
        [
            "打开www.qq.com",
            "https://mail.qq.com/cgi-bin",
            "open qq.com",
            "icon@2x.png",
            "@小明 你好",
            "c#.net",
            "单价3@5.5元",
            "react@18.2.0",
        ],
    )
    def test_is_not_seen_in_sites_and_mentions(self, text):
        """
        Hosts, names of files, mentions, versions.
        """
        assert found(text) == set()


class TestIp:
    @given(st.ip_addresses(v=4).filter(lambda address: max(address.packed) > 9))
    def test_any_v4_address_is_sure(self, address):
        """
        With a number of two digits at least, and between Han letters.
        """
        assert (str(address), "IP") in found(f"来自{address}的登录", SURE)

    @given(st.ip_addresses(v=6).filter(lambda address: int(address) >> 112))
    def test_any_v6_address_is_found(self, address):
        """
        In full and in short.
        """
        for text in (address.exploded, address.compressed):
            if text.count(":") > 2:
                assert (text, "IP") in found(f"来自{text}，登录")

    @pytest.mark.parametrize(
        "address",
        [
            pytest.param("10.0.0.1", id="private"),
            pytest.param("127.0.0.1", id="loopback"),
            pytest.param("8.8.8.8", id="one digit each"),
            pytest.param("223。104。63。9", id="Chinese full stops"),
            pytest.param("223点104点63点9", id="dots in Chinese"),
            pytest.param("223 . 104 . 63 . 9", id="spaces"),
            pytest.param("２２３．１０４．６３．９", id="full width"),
            pytest.param("223.104\u200b.63.9", id="zero width"),
            pytest.param("fe80::1ff:fe23:4567:890a", id="link local"),
            pytest.param("2001:db8::1", id="short"),
            pytest.param("::ffff:223.104.63.9", id="v4 within v6"),
        ],
    )
    def test_is_found_in_every_form(self, address):
        """
        Private ones as well.
        """
        assert (address, "IP") in found(f"ip: {address}")

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("v1.2.3.4", id="v"),
            pytest.param("版本1.2.3.4", id="word before"),
            pytest.param("1.2.3.4版", id="word behind"),
            pytest.param("升级到12.0.50.176", id="verb before"),
            pytest.param("Chrome/120.0.0.0 Safari", id="user agent"),
            pytest.param("0.0.0.0", id="unspecified"),  # noqa: S104 — text, bound to by nobody
            pytest.param("256.1.1.1", id="out of range"),
            pytest.param("1.2.3.4.5", id="five parts"),
            pytest.param("12:30:45", id="time"),
            pytest.param("std::vector", id="name in a program"),
            pytest.param("2026.11.22", id="date"),
            pytest.param("::1", id="loopback"),
        ],
    )
    def test_is_not_seen_in_versions_and_times(self, text):
        """
        Nor where no address is meant.
        """
        assert found(text) == set()


class TestDevices:
    @pytest.mark.parametrize(
        ("text", "value", "entity"),
        [
            pytest.param("网卡a4:5e:60:c1:02:9f", "a4:5e:60:c1:02:9f", "MAC", id="colons"),
            pytest.param("A4-5E-60-C1-02-9F在线", "A4-5E-60-C1-02-9F", "MAC", id="hyphens"),
            pytest.param("a45e.60c1.029f", "a45e.60c1.029f", "MAC", id="dots"),
            pytest.param("蓝牙a45e60c1029f", "a45e60c1029f", "MAC", id="bare, with a word"),
            pytest.param("a4：5e：60：c1：02：9f", "a4：5e：60：c1：02：9f", "MAC", id="full-width colons"),
            pytest.param("IMEI490154203237518", "490154203237518", "IMEI", id="IMEI"),
            pytest.param("imei:49-015420-323751-8", "49-015420-323751-8", "IMEI", id="IMEI in groups"),
            pytest.param(
                "串号４９０１５４２０３２３７５１８", "４９０１５４２０３２３７５１８", "IMEI", id="full width"
            ),
            pytest.param("*#06#显示的是490154203237512", "490154203237512", "IMEI", id="how it is asked for"),
            pytest.param("机身码：490154 203237 512", "490154 203237 512", "IMEI", id="any groups"),
            pytest.param("490154203237512，这个是手机的串号", "490154203237512", "IMEI", id="label behind"),
            pytest.param("deviceImei:490154203237512", "490154203237512", "IMEI", id="log"),
            pytest.param("换新 356938035643809", "356938035643809", "IMEI", id="its check, without a label"),
            pytest.param("meid A1000009ABCDEF", "A1000009ABCDEF", "IMEI", id="MEID"),
            pytest.param(
                "oaid6f9619ff8b86d011b42d00cf4fc964ff", "6f9619ff8b86d011b42d00cf4fc964ff", "UUID", id="glued"
            ),
            pytest.param("id=" + "0a" * 32, "0a" * 32, "UUID", id="64 hex digits"),
            pytest.param("android_id 9774d56d682e549c", "9774d56d682e549c", "UUID", id="16 hex digits, with a word"),
        ],
    )
    def test_are_found(self, text, value, entity):
        """
        Exactly the number.
        """
        assert (value, entity) in found(text)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("IMEI1 490154203237512/490154203237513", id="slash"),
            pytest.param("串号：490154203237512、490154203237513", id="comma"),
            pytest.param("IMEI1：490154203237512，IMEI2：490154203237513", id="labels"),
            pytest.param('{"imei":["490154203237512","490154203237513"]}', id="JSON"),
        ],
    )
    def test_are_found_in_a_list(self, text):
        """
        A telephone for two cards has two numbers.
        """
        assert {("490154203237512", "IMEI"), ("490154203237513", "IMEI")} <= found(text)

    @pytest.mark.parametrize("text", ["订单号490154203237512", "手机壳 490154203237512", "条码356938035643809"])
    def test_of_telephones_are_no_other_numbers(self, text):
        """
        Fifteen digits of an order, of a barcode, or of nothing with a check that fails.
        """
        assert not {value for value, entity in found(text) if entity == "IMEI"}

    @given(st.uuids())
    def test_any_uuid_is_sure(self, uuid):
        """
        In both cases, and nothing in it is anything else.
        """
        assert found(str(uuid)) == {(str(uuid), "UUID")}
        assert (str(uuid).upper(), "UUID") in found(f"设备{str(uuid).upper()}的", SURE)

    @pytest.mark.parametrize("text", ["490154203237518", "a45e60c1029f", "9774d56d682e549c", "20-26-11-22-10-30"])
    def test_without_a_form_need_a_word(self, text):
        """
        Doubtful, and therefore left.
        """
        assert {span.score for span in find(text)} == {DOUBTFUL}


class TestGeo:
    @given(
        st.floats(18.2, 53.5), st.floats(73.6, 135), st.booleans(), st.sampled_from([",", "，", " ", ", ", "、", "/"])
    )
    def test_any_place_in_china_is_found(self, latitude, longitude, turned, separator):
        """
        With five decimals, in both orders.
        """
        pair = [f"{latitude:.5f}", f"{longitude:.5f}"]
        text = separator.join(pair[::-1] if turned else pair)
        assert (text, "GEO") in found(f"我在{text}这里")

    @pytest.mark.parametrize(
        ("text", "values"),
        [
            pytest.param("定位-33.8688,151.2093", {"-33.8688,151.2093"}, id="abroad, with a word"),
            pytest.param("E121.47 N31.23", {"E121.47 N31.23"}, id="compass"),
            pytest.param("东经121°28′25″", {"121°28′25″"}, id="angle"),
            pytest.param("经度121.47 纬度31.23", {"121.47", "31.23"}, id="labels"),
            pytest.param('{"lat":31.23041,"lng":121.4737}', {"31.23041", "121.4737"}, id="JSON"),
            pytest.param("31度13分49秒", {"31度13分49秒"}, id="angle in Chinese"),
        ],
    )
    def test_is_found_in_every_form(self, text, values):
        """
        Each number by itself where its label stands before it.
        """
        assert {value for value, _ in found(text)} == values

    @pytest.mark.parametrize(
        "text", ["价格12.5，13.8", "体温36.5度，39度", "1.234 5.678", "转90度", "涨了0.123，跌了200.123", "13.14521"]
    )
    def test_is_not_seen_in_other_numbers(self, text):
        """
        Prices, temperatures, rates.
        """
        assert found(text) == set()


@given(ANY_TEXT)
def test_any_text_is_searched(text):
    """
    Nothing is raised, and every span lies within the text.
    """
    for span in find(fold(text)):
        assert 0 <= span.start < span.end <= len(text)


@given(st.text("0123456789abf.:-@# 点°'度分en", max_size=60))
def test_any_text_of_its_characters_is_searched(text):
    """
    Nothing is raised for what looks like an address but is none.
    """
    for span in find(fold(text)):
        assert 0 <= span.start < span.end <= len(text)


class TestTime:
    @pytest.mark.parametrize("unit", UNITS)
    def test_grows_with_the_length_alone(self, unit):
        """
        Twice the text takes about twice the time, whatever it repeats.
        """
        assert is_linear(find, unit)
