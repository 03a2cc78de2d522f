"""Numbers of documents: identity cards, passports, permits and plates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.context import enhance
from transforms.text.entities import DOUBTFUL, LIKELY, SURE, THRESHOLD
from transforms.text.fold import fold
from transforms.text.identity import find, is_id_card, is_other_number

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
UNITS = ["1", "1，", "1啊", "a1", "110105"]
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def checked(body):
    """
    A body of 17 digits with its check digit, by the sum of GB 11643 counted another way: Horner's rule.
    """
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    check = (12 - remainder) % 11
    return body + ("X" if check == 10 else str(check))


WITH_X = checked("11010519491231002")
PLAIN = checked("32010219880229103")
HONG_KONG = checked("81000019900101001")
FOREIGN = checked("91112419810803002")
BODIES = st.builds(
    "{}{:04}{}{:02}{:02}{:03}".format,
    st.sampled_from(["11", "15", "23", "37", "46", "50", "54", "65", "71", "82", "83"]),
    st.integers(0, 9999),
    st.integers(1900, 2019),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


def found(text, least=THRESHOLD):
    folded = fold(text)
    return {(text[span.start : span.end], span.entity) for span in enhance(folded, find(folded)) if span.score >= least}


def score(text):
    return max((span.score for span in find(fold(text))), default=0.0)


class TestIdCards:
    @given(BODIES)
    def test_are_sure_by_their_check_digit(self, body):
        """
        Every number with a region, a date of birth and the right check digit is found without any context.
        """
        number = checked(body)
        assert is_id_card(number.lower())
        assert (number, "CN_ID_CARD") in found(f"是{number}吗", SURE)

    @given(BODIES, st.sampled_from([" ", "-", ".", "·", "/", "_", "，", "\u200b", "🐶", " - "]), st.data())
    def test_are_found_however_they_are_grouped(self, body, separator, data):
        """
        Separators may stand anywhere between the digits.
        """
        number = checked(body)
        cuts = data.draw(st.sets(st.integers(1, 17), min_size=1))
        text = "".join(separator * (place in cuts) + char for place, char in enumerate(number))
        assert (text, "CN_ID_CARD") in found(text)

    @given(BODIES)
    def test_are_found_with_words_between(self, body):
        """
        As they are told on the telephone.
        """
        number = checked(body)
        text = f"{number[:6]}，然后是{number[6:14]}，最后{number[14:]}"
        assert (text, "CN_ID_CARD") in found(f"听好了：{text}")

    @pytest.mark.parametrize(
        "number",
        [
            pytest.param(WITH_X, id="capital X"),
            pytest.param(WITH_X.lower(), id="small x"),
            pytest.param(WITH_X.replace("X", "Х"), id="Cyrillic"),
            pytest.param(WITH_X.replace("X", "Χ"), id="Greek"),
            pytest.param(WITH_X.replace("X", "×"), id="multiplication sign"),
            pytest.param(WITH_X.replace("X", "叉"), id="spoken"),
            pytest.param(WITH_X.replace("X", " X"), id="x apart"),
            pytest.param(WITH_X.translate(WIDE), id="full width"),
            pytest.param(PLAIN.translate(HAN), id="Han numerals"),
            pytest.param("\u200b".join(PLAIN), id="zero width"),
            pytest.param(" ".join(PLAIN), id="digit by digit"),
            pytest.param(PLAIN.replace("0", "o"), id="letters for zeros"),
            pytest.param(PLAIN.replace("1", "l"), id="letters for ones"),
            pytest.param(PLAIN.replace("9", "酒"), id="a homophone"),
            pytest.param(HONG_KONG, id="residence permit of Hong Kong"),
            pytest.param(FOREIGN, id="permanent residence of a foreigner"),
        ],
    )
    def test_are_found_in_every_form(self, number):
        """
        Between Han letters and without any word that announces them.
        """
        assert (number, "CN_ID_CARD") in found(f"我的{number}谢谢")

    def test_are_found_side_by_side(self):
        """
        Two numbers, and one glued to a telephone number on either side.
        """
        assert {PLAIN, WITH_X} <= {text for text, _ in found(f"{PLAIN}和{WITH_X}以及")}
        assert (PLAIN, "CN_ID_CARD") in found(f"{PLAIN}13800138000")
        assert (WITH_X, "CN_ID_CARD") in found(f"13800138000{WITH_X}")

    @given(BODIES, st.integers(1, 9))
    def test_with_a_wrong_check_are_likely(self, body, step):
        """
        Region and date of birth are reason enough.
        """
        number = checked(body)[:-1]
        wrong = number + str((int(checked(body)[-1].replace("X", "0")) + step) % 10)
        assert wrong == checked(body) or (wrong, "CN_ID_CARD") in found(wrong, LIKELY)

    @pytest.mark.parametrize(
        "number",
        [
            pytest.param(PLAIN[:9] + PLAIN[10:], id="digit missing"),
            pytest.param(PLAIN[:4] + "7" + PLAIN[4:], id="digit too many"),
            pytest.param(PLAIN[:10] + "9" + PLAIN[11:], id="month that does not exist"),
            pytest.param("99" + PLAIN[2:], id="region that does not exist"),
            pytest.param(WITH_X[:5] + WITH_X[6:], id="digit missing before an X"),
            pytest.param(WITH_X[:5] + "5" + WITH_X[5:], id="digit too many before an X"),
            pytest.param(f"{PLAIN[:6]} {PLAIN[6:10]}13{PLAIN[12:14]} {PLAIN[14:]}", id="grouped"),
            pytest.param("110105491231002", id="of 15 digits"),
        ],
    )
    def test_that_are_mistyped_need_a_word(self, number):
        """
        Doubtful alone, sure beside the word for an identity card.
        """
        assert score(number) == DOUBTFUL
        assert (number, "CN_ID_CARD") in found(f"身份证号：{number}，谢谢")

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("订单2026112212345678，共2件", id="order"),
            pytest.param("202611221234567890", id="order of 18 digits"),
            pytest.param("订单号110105202611221234", id="order with region and date of today"),
            pytest.param("尺码35 36 37 38 39 40 41 42 43", id="sizes"),
            pytest.param("1760000000123", id="milliseconds"),
            pytest.param("拍了12345678件，花了123456.78元", id="count and price"),
            pytest.param("110105********002X", id="masked already"),
            pytest.param("", id="nothing"),
        ],
    )
    def test_are_not_seen_in_other_numbers(self, text):
        """
        Numbers of orders, lists of sizes, prices.
        """
        assert found(text) == set()


class TestPassportsAndPermits:
    @pytest.mark.parametrize(
        ("text", "value", "entity"),
        [
            pytest.param("护照E12345678", "E12345678", "CN_PASSPORT", id="passport"),
            pytest.param("护照号码：ea1234567，", "ea1234567", "CN_PASSPORT", id="passport of two letters"),
            pytest.param("护照g 1234 5678", "g 1234 5678", "CN_PASSPORT", id="grouped"),
            pytest.param("护照141234567", "141234567", "CN_PASSPORT", id="old"),
            pytest.param("passport: DE1234567", "DE1234567", "CN_PASSPORT", id="diplomatic"),
            pytest.param("护照Ｅ一二三四五六七八", "Ｅ一二三四五六七八", "CN_PASSPORT", id="Han numerals"),
            pytest.param("港澳通行证C12345678", "C12345678", "CN_PERMIT", id="to Hong Kong"),
            pytest.param("通行证ca1234567", "ca1234567", "CN_PERMIT", id="to Hong Kong, two letters"),
            pytest.param("回乡证H1234567890", "H1234567890", "CN_PERMIT", id="home return"),
            pytest.param("台胞证12345678", "12345678", "CN_PERMIT", id="Taiwan"),
            pytest.param("台胞证T12345678", "T12345678", "CN_PERMIT", id="Taiwan with letter"),
            pytest.param("永久居留证CAN110080010501", "CAN110080010501", "CN_PERMIT", id="foreigner"),
            pytest.param("我是军字第1234567号", "军字第1234567号", "CN_PERMIT", id="officer"),
        ],
    )
    def test_are_found_beside_a_word(self, text, value, entity):
        """
        Exactly the number.
        """
        assert (value, entity) in found(text)

    @pytest.mark.parametrize(
        ("text", "value"), [("护照E12345678一直", "E12345678"), ("通行证C12345678两本", "C12345678")]
    )
    def test_end_where_a_word_begins_with_a_numeral(self, text, value):
        """
        Folding makes a digit of 一, which belongs to the next word.
        """
        assert {found_value for found_value, _ in found(text)} == {value}

    @pytest.mark.parametrize(
        "text", ["型号E12345678", "款式C12345678", "12345678", "H1234567890", "通行证20261122办好"]
    )
    def test_are_nothing_without_one(self, text):
        """
        Models of goods have the same form.
        """
        assert found(text) == set()


class TestPlates:
    @pytest.mark.parametrize(
        "plate",
        [
            pytest.param("京A12345", id="Beijing"),
            pytest.param("京A·1234B", id="dot"),
            pytest.param("沪-C 1D234", id="two separators"),
            pytest.param("粤BD12345", id="electric"),
            pytest.param("粤B12345F", id="electric lorry"),
            pytest.param("渝A1234学", id="learner"),
            pytest.param("粤Z1234港", id="Hong Kong"),
            pytest.param("川A1234警", id="police"),
            pytest.param("沪A1234领", id="consulate"),
            pytest.param("使123456", id="embassy"),
            pytest.param("WJ京12345", id="armed police"),
            pytest.param("蘇a１２３４５", id="traditional and full width"),
            pytest.param("京A一二三四五", id="Han numerals"),
            pytest.param("京A\u200b12\u200b345", id="zero width"),
        ],
    )
    def test_are_found(self, plate):
        """
        Between Han letters, without a word that announces them.
        """
        assert (plate, "CN_PLATE") in found(f"我开{plate}过来")

    @pytest.mark.parametrize(
        "text", ["全新A12345款", "京东12345", "川味A级", "沪指3456.78点", "京A123", "云服务b2c12345"]
    )
    def test_are_not_seen_in_goods(self, text):
        """
        A province's character before something else.
        """
        assert found(text) == set()


class TestLabels:
    def test_of_orders_are_told_from_those_of_people(self):
        """
        Only the label directly before the number counts.
        """
        assert is_other_number(fold("订单编号：123"), 5)
        assert is_other_number(fold("直播间123"), 3)
        assert not is_other_number(fold("证件编号：123"), 5)
        assert not is_other_number(fold("订单里写了身份证号：123"), 10)
        assert not is_other_number(fold("银行卡编号：123"), 6)


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
