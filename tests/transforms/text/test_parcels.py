"""Numbers of orders, parcels and shelves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.context import enhance
from transforms.text.entities import LIKELY, SURE, THRESHOLD
from transforms.text.fold import fold
from transforms.text.parcels import find

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
UNITS = ["1", "1-", "1 ", "a", "a1", "订单号", "订单号12345678、", "快递1234567890123 ", "order "]


def found(text, least=THRESHOLD):
    folded = fold(text)
    return {(text[span.start : span.end], span.entity) for span in enhance(folded, find(folded)) if span.score >= least}


class TestOrders:
    @given(
        st.from_regex(r"20[0-9]{6}[0-9]{4,20}", fullmatch=True),
        st.sampled_from(["订单号", "订单编号：", "交易号是", "order id: "]),
    )
    def test_are_found_behind_their_label(self, number, label):
        """
        Any number of eight digits or more.
        """
        assert (number, "ORDER") in found(f"{label}{number}还没发货")

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            pytest.param("订单号：DD-2026112212345-x谢谢", "DD-2026112212345-x", id="letters and hyphens"),
            pytest.param("订单 号 2026112212345678", "2026112212345678", id="label apart"),
            pytest.param("訂單號：２０２６１１２２１２", "２０２６１１２２１２", id="traditional and full width"),
            pytest.param("订单2026112212345678退了", "2026112212345678", id="label without its last character"),
            pytest.param("2026112212345678这个订单还没发", "2026112212345678", id="label behind"),
            pytest.param("订单号2026\u200b112212345678", "2026\u200b112212345678", id="zero width"),
        ],
    )
    def test_are_found_exactly(self, text, value):
        """
        The number without its label.
        """
        assert (value, "ORDER") in found(text)

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            pytest.param("退款单号：RF202604181023", "RF202604181023", id="refund"),
            pytest.param("受理编号SL20260418000921", "SL20260418000921", id="case"),
            pytest.param("outTradeNo: M20260418A99281", "M20260418A99281", id="log"),
            pytest.param("order[2604188827361] closed", "2604188827361", id="brackets"),
            pytest.param(
                "订单尾号8827的什么时候到，完整的是20260417004588827", "20260417004588827", id="words between"
            ),
            pytest.param("单号多少来着，好像是1928374650192837", "1928374650192837", id="either kind, long"),
            pytest.param("订单号：51029384 75610293 84", "51029384 75610293 84", id="groups"),
            pytest.param("dingdan4082917365520193856", "4082917365520193856", id="label touches it"),
            pytest.param("客服看下9918273645501848", "9918273645501848", id="long, without a label"),
            pytest.param("拍错了，260419-501928374655020，关掉", "260419-501928374655020", id="form of a shop"),
            pytest.param("9918273645501848", "9918273645501848", id="alone"),
        ],
    )
    def test_are_found_by_many_labels(self, text, value):
        """
        Whatever is done under a number of its own, in any words that link the two.
        """
        assert (value, "ORDER") in found(text)

    def test_are_found_in_a_list(self):
        """
        One label announces all of them.
        """
        assert found("订单号261122-123456789012345、261122-123456789012346和987654321") == {
            ("261122-123456789012345", "ORDER"),
            ("261122-123456789012346", "ORDER"),
            ("987654321", "ORDER"),
        }

    @pytest.mark.parametrize(
        "text",
        [
            "订单20261122发货",
            "订单13800138000",
            "订单金额12345678",
            "订单号没有",
            "订单号abcdefghij",
            "order food now",
            "12345678901234",
            "66666666666666666666",
            "13713713713713713713",
            "商品编号100012345678",
            "订单时间20260418153022",
            "订单里的条码6908402053317",
            "优惠券码829374650192837465",
            "下单https://item.jd.com/100012345678.html",
            "video 6920384756102938475 play",
            "月销100000000+",
            "order start ts=1713400000000",
        ],
    )
    def test_are_nothing_else(self, text):
        """
        Dates, telephone numbers, amounts and words.
        """
        assert found(text) == set()


class TestParcels:
    @pytest.mark.parametrize(
        "number",
        [
            pytest.param("SF1234567890123", id="SF"),
            pytest.param("sf 1234 5678 90123", id="SF in groups"),
            pytest.param("YT1234567890123", id="YTO"),
            pytest.param("JD0123456789012-1-1-", id="JD"),
            pytest.param("JDVA01234567890", id="JD with letters"),
            pytest.param("JT1234567890123", id="J&T"),
            pytest.param("DPK123456789012", id="Deppon"),
            pytest.param("ＳＦ１２３４５６７８９０１２３", id="full width"),
            pytest.param("EA123456789CN", id="EMS"),
        ],
    )
    def test_are_likely_by_their_carrier(self, number):
        """
        Without any word beside them.
        """
        assert (number, "TRACKING") in found(f"查{number}到哪了", LIKELY)

    @given(st.text("0123456789", min_size=8, max_size=8))
    def test_of_the_post_are_sure_by_their_check_digit(self, serial):
        """
        S10: weights 8 6 4 2 3 5 9 7, modulus 11.
        """
        check = 11 - sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
        item = f"RR{serial}{ {10: 0, 11: 5}.get(check, check) }US"
        assert (item, "TRACKING") in found(item, SURE)

    def test_of_the_post_end_where_a_word_begins_with_a_numeral(self):
        """
        Folding makes a digit of 一, which belongs to the next word.
        """
        assert found("单号EA123456789CN一起") == {("EA123456789CN", "TRACKING")}

    @pytest.mark.parametrize("number", ["78901234567890", "7712 3456 7890", "4312345678901", "ab1234567890"])
    @pytest.mark.parametrize(
        "text",
        [
            "快递单号{}",
            "运单号：{}",
            "单号是 {}",
            "中通快递{}",
            "物流{}不动了",
            "您的包裹{}已发出",
            "单号我发你：{}",
            "单号帮我查一下{}",
            "{} 圆通",
            "{}的快递呢",
            "{}到哪了",
            "tracking {} lost",
            "单号查不到{}",
            "退货运单号填{}",
            "物流一直显示揽收 {}",
            "shipment {} created",
            '"trackingNo":"{}"',
        ],
    )
    def test_without_a_carrier_need_a_label(self, number, text):
        """
        Nothing alone, likely with a label directly before or behind.
        """
        assert found(number) == set()
        assert (number, "TRACKING") in found(text.format(number), LIKELY)

    def test_without_a_carrier_are_found_before_a_label(self):
        """
        Some words on, if it is long.
        """
        assert found("78901234567890怎么三天没更新物流") == {("78901234567890", "TRACKING")}

    def test_without_a_carrier_are_found_in_a_list(self):
        """
        One label announces all of them.
        """
        assert found("运单号78901234567890、78901234567891和78901234567892谢谢") == {
            (f"7890123456789{last}", "TRACKING") for last in range(3)
        }

    @pytest.mark.parametrize(
        "text",
        [
            "快递电话13800138000",
            "快递01062511234",
            "快递4008123123",
            "快递 22-11-2026 到",
            "快递费12.50元",
            "价格 1-2-300",
            "中通快递3天到。查了条码6908402053317没问题",
            "6908402053317快递很快",
            "快递慢，直播间78901234567890",
            "许可证JY13301020012345",
        ],
    )
    def test_are_nothing_else(self, text):
        """
        Telephone numbers, dates, prices and bar codes beside the word for a parcel.
        """
        assert found(text) == set()

    def test_are_not_announced_as_an_order(self):
        """
        What a label calls an order is one, with the word for a parcel beside it too.
        """
        assert found("快递没到，订单号2026112212345678") == {("2026112212345678", "ORDER")}


class TestPickUpCodes:
    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            pytest.param("取件码 3-4-5567 / 8-2-3011", {"3-4-5567", "8-2-3011"}, id="list"),
            pytest.param("取件码：5567", {"5567"}, id="four digits"),
            pytest.param("取货码A12-3-5567，谢谢", {"A12-3-5567"}, id="letter"),
            pytest.param("凭8-2-3011到驿站", {"8-2-3011"}, id="without its name"),
            pytest.param("快递在8-2-3011", {"8-2-3011"}, id="beside the word for a parcel"),
        ],
    )
    def test_are_found(self, text, codes):
        """
        Each code of a list by itself.
        """
        assert found(text) == {(code, "TRACKING") for code in codes}


@given(ANY_TEXT)
def test_any_text_is_searched(text):
    """
    Nothing is raised, and every span lies within the text.
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
