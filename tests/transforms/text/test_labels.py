"""What a number is the number of, by the words beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.fold import fold
from transforms.text.labels import Kind, label_before, label_behind

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def before(text):
    return label_before(fold(text), len(text))


class TestBefore:
    @pytest.mark.parametrize(
        ("text", "kind", "named", "touches"),
        [
            pytest.param("订单号：", Kind.ORDER, True, True, id="number of an order"),
            pytest.param("订单 ", Kind.ORDER, False, True, id="an order"),
            pytest.param("outTradeNo=", Kind.ORDER, True, True, id="parameter"),
            pytest.param("退款编号应该是：", Kind.ORDER, True, True, id="linking words"),
            pytest.param("订单尾号8827的，完整的是", Kind.ORDER, False, False, id="words between"),
            pytest.param("快递单号", Kind.PARCEL, True, True, id="number of a parcel"),
            pytest.param("单号我发你：", Kind.EITHER, True, True, id="number of either"),
            pytest.param("物流", Kind.PARCEL, False, True, id="parcel"),
            pytest.param("waybillNo: ", Kind.PARCEL, True, True, id="parcel in a log"),
            pytest.param("订单里的商品编号", Kind.OTHER, True, False, id="nearest of two"),
            pytest.param("快递费券码", Kind.OTHER, True, True, id="coupon"),
        ],
    )
    def test_names_the_kind(self, text, kind, named, touches):
        """
        The nearest label decides, and says how closely it is tied to the number.
        """
        label = before(text)
        assert label is not None
        assert (label.kind, label.named, label.touches) == (kind, named, touches)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("你好", id="no label"),
            pytest.param("菜单", id="another word with the same character"),
            pytest.param("orders are ordered", id="within an English word that goes on"),
            pytest.param("订单在 https://a.cn/", id="a URL between"),
            pytest.param("订单" + "很" * 40, id="too far"),
        ],
    )
    def test_is_none_for_anything_else(self, text):
        """
        No word, or none that can belong to the number.
        """
        assert before(text) is None


class TestBehind:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            pytest.param("这个订单", Kind.ORDER, id="order"),
            pytest.param("这单", Kind.ORDER, id="short"),
            pytest.param("怎么三天没更新物流", Kind.PARCEL, id="parcel"),
            pytest.param(" 单号", Kind.EITHER, id="either"),
        ],
    )
    def test_names_the_kind(self, text, kind):
        """
        A word a few characters on.
        """
        label = label_behind(fold(text), 0)
        assert label is not None
        assert label.kind is kind

    @pytest.mark.parametrize("text", ["。订单", "12345订单", "谢谢", "很" * 20 + "订单"])
    def test_is_none_across_a_sentence(self, text):
        """
        Another sentence, another number, or too far.
        """
        assert label_behind(fold(text), 0) is None


@given(ANY_TEXT, st.integers(0, 40))
def test_any_text_is_read(text, place):
    """
    Nothing is raised for any text and place.
    """
    folded = fold(text)
    place = min(place, len(folded))
    assert label_before(folded, place) is None or place > 0
    assert label_behind(folded, place) is None or place < len(folded)


@given(ANY_TEXT, st.text("订单号快递:1 啊", max_size=40))
def test_only_a_window_beside_the_number_is_read(far, near):
    """
    What stands farther away changes nothing, so that time does not grow with the text.
    """
    beside = fold(near).rjust(32, "啊")

    assert label_before(fold(far) + beside, len(far) + len(beside)) == label_before(beside, len(beside))
