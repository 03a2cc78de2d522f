"""Numbers of accounts and organisations: bank cards and unified social credit codes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.cards import find, is_uscc, luhn
from transforms.text.context import enhance
from transforms.text.entities import DOUBTFUL, SURE, THRESHOLD
from transforms.text.fold import fold

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
UNITS = ["1", "1 ", "a1", "6222 ", "1啊"]
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_luhn(body):
    """
    A body with its check digit: the other digits are weighed 2, 1, 2 … from the right.
    """
    total = sum(sum(map(int, str(int(digit) * (2 - place % 2)))) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def with_mod_31(body):
    """
    A body of 17 characters with its check character.
    """
    total = sum(SYMBOLS.index(symbol) * 3**place for place, symbol in enumerate(body))
    return body + SYMBOLS[(31 - total % 31) % 31]


UNION_PAY = with_luhn("621700123456789012")
CREDIT = with_luhn("622588123456789")
VISA = with_luhn("411111111111111")
COMPANY = with_mod_31("91350100M000100Y4")

digits = st.text("0123456789", min_size=17, max_size=17)
codes = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["91", "92", "93", "51", "52", "11", "12", "Y1", "N1"]),
    st.sampled_from(["110000", "310115", "440305", "510104", "650100"]),
    st.just("MA"),
    st.text(SYMBOLS, min_size=7, max_size=7),
)


def found(text, least=THRESHOLD):
    folded = fold(text)
    return {(text[span.start : span.end], span.entity) for span in enhance(folded, find(folded)) if span.score >= least}


class TestBankCards:
    @given(digits, st.sampled_from([13, 14, 15, 16]))
    def test_of_the_mainland_are_sure(self, body, length):
        """
        Every number of 16 to 19 digits that begins with 62 and has the right check digit.
        """
        card = with_luhn("62" + body[:length])
        assert luhn(card)
        assert (card, "CN_BANK_CARD") in found(f"打到{card}吧", SURE)

    @given(digits, st.sampled_from(["4", "51", "55", "2221", "2720", "3528"]))
    def test_of_other_schemes_are_sure_in_fours(self, body, prefix):
        """
        16 digits of Visa, MasterCard and JCB with the right check digit, as they are embossed.
        """
        card = with_luhn((prefix + body)[:15])
        embossed = " ".join(card[place : place + 4] for place in range(0, 16, 4))
        assert (embossed, "CN_BANK_CARD") in found(embossed, SURE)

    @given(digits, st.sampled_from(["438088", "518710", "356833", "601382"]))
    def test_of_other_schemes_and_a_mainland_bank_are_sure(self, body, issuer):
        """
        A credit card of Visa that a mainland bank issued is known by its issuer.
        """
        card = with_luhn((issuer + body)[:15])
        assert (card, "CN_BANK_CARD") in found(f"打到{card}吧", SURE)

    @pytest.mark.parametrize(
        "card",
        [
            pytest.param(UNION_PAY, id="19 digits"),
            pytest.param(
                f"{UNION_PAY[:4]} {UNION_PAY[4:8]} {UNION_PAY[8:12]} {UNION_PAY[12:16]} {UNION_PAY[16:]}", id="4s"
            ),
            pytest.param("-".join(CREDIT[place : place + 4] for place in range(0, 16, 4)), id="dashes"),
            pytest.param("．".join(VISA[place : place + 4] for place in range(0, 16, 4)), id="full-width dots"),
            pytest.param(f"{UNION_PAY[:6]} {UNION_PAY[6:]}", id="issuer apart"),
            pytest.param(" ".join(UNION_PAY), id="digit by digit"),
            pytest.param(UNION_PAY.translate(HAN), id="Han numerals"),
            pytest.param("\u200b".join(UNION_PAY), id="zero width"),
            pytest.param(UNION_PAY.replace("0", "o"), id="letters for zeros"),
            pytest.param(with_luhn("955880123456789012"), id="older beginning"),
            pytest.param(with_luhn("436742123456789012"), id="another one"),
        ],
    )
    def test_are_found_in_every_form(self, card):
        """
        Between Han letters, without a word that announces them.
        """
        assert (card, "CN_BANK_CARD") in found(f"请转到{card}谢谢")

    @pytest.mark.parametrize(
        "card",
        [
            pytest.param(UNION_PAY[:-1] + str((int(UNION_PAY[-1]) + 1) % 10), id="wrong check"),
            pytest.param(with_luhn("300000000000000"), id="unknown issuer"),
            pytest.param(with_luhn("37000000000000"), id="American Express"),
            pytest.param(VISA, id="foreign Visa in one piece"),
            pytest.param(with_luhn("812618289269128"), id="second range of UnionPay"),
            pytest.param(UNION_PAY[:-4], id="digits missing"),
        ],
    )
    def test_that_are_doubtful_need_a_word(self, card):
        """
        Doubtful alone, sure beside the word for a card.
        """
        assert max(span.score for span in find(card)) == DOUBTFUL
        assert (card, "CN_BANK_CARD") in found(f"卡号：{card}")

    @pytest.mark.parametrize(
        "label",
        [
            "订单号",
            "订单编号：",
            "流水号 ",
            "运单号是",
            "快递单号:",
            "条码",
            "二维码",
            "SKU:",
            "order no. ",
            "直播间",
            "房间号",
            "优惠券",
            "券码 ",
            "会员卡号",
            "序列号：",
            '"id":"',
            "room_id=",
        ],
    )
    def test_are_not_what_a_label_calls_otherwise(self, label):
        """
        The number of an order may begin and end like a card.
        """
        assert found(f"{label}{UNION_PAY}") == set()

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("2026112212345678", id="order"),
            pytest.param("202611221234567890", id="order of 18 digits"),
            pytest.param("尺码44 42 42 41 39 44 42 43 37 41", id="sizes"),
            pytest.param("2026-03-08T10:14:30.228+08:00", id="time"),
            pytest.param("满621减73，27:03开抢，限342单，第9286名", id="quantities"),
            pytest.param("6901234567892", id="bar code"),
        ],
    )
    def test_are_not_seen_in_other_numbers(self, text):
        """
        Orders, lists, times.
        """
        assert found(text) == set()

    @pytest.mark.parametrize("word", ["一直绑不上", "两张都行"])
    @pytest.mark.parametrize("card", [UNION_PAY, CREDIT])
    def test_end_where_a_word_begins_with_a_numeral(self, card, word):
        """
        Folding makes a digit of 一, which belongs to the next word.
        """
        assert (card, "CN_BANK_CARD") in found(card + word)

    def test_are_named_by_the_label_of_their_field(self):
        """
        The id of a card is its number, other ids are not.
        """
        assert (UNION_PAY, "CN_BANK_CARD") in found(f"card_id={UNION_PAY}")

    def test_do_not_begin_with_a_date(self):
        """
        Nor beside a word for money, where the numbers of payments stand.
        """
        assert found("转账2026112212345678") == set()

    def test_do_not_go_on_in_another_field(self):
        """
        A number, and one digit further on that would complete it.
        """
        number = next(f"62042119460725{tail}" for tail in range(1000, 10000) if luhn(f"62042119460725{tail}0"))
        assert "CN_BANK_CARD" not in {entity for _, entity in found(f'"no":"{number}","r":0')}

    def test_are_no_identity_numbers(self):
        """
        A number of Gansu begins with 62, and one in ten has Luhn's digit as well.
        """
        weights = [pow(2, 17 - place, 11) for place in range(17)]
        numbers = (f"62010219900101{order:03}" for order in range(1000))
        both = next(
            number + check
            for number in numbers
            for check in ["10x98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11]]
            if check != "x" and luhn(number + check)
        )
        assert "CN_BANK_CARD" not in {span.entity for span in find(both)}


class TestCreditCodes:
    @given(codes)
    def test_are_sure_by_their_check_character(self, body):
        """
        Every code with registry, region and the right check character.
        """
        code = with_mod_31(body)
        assert is_uscc(code.lower())
        assert (code, "CN_USCC") in found(f"开给{code}公司", SURE)

    @given(st.text("0123456789", min_size=8, max_size=8), st.sampled_from(["91", "12", "52"]))
    def test_of_digits_are_sure_by_the_code_in_their_middle(self, organisation, registry):
        """
        GB 11714 weighs eight digits 3 7 9 10 5 8 4 2; compact or in groups, without any word.
        """
        check = -sum(int(d) * w for d, w in zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        assume(check != 10)
        code = with_mod_31(f"{registry}110105{organisation}{check}")
        assume(code.isdecimal())
        assert (code, "CN_USCC") in found(f"查企业{code}", SURE)
        assert (f"{code[:6]} {code[6:12]} {code[12:]}", "CN_USCC") in found(
            f"{code[:6]} {code[6:12]} {code[12:]}", SURE
        )
        assert found(f"单号{code}") == set()

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("发票26442000000453639687", id="e-invoice"),
            pytest.param("税号和发票号26442000000453639687", id="e-invoice beside the word"),
            pytest.param("税号附后，账号310066661018150", id="account of a company"),
            pytest.param("税号附后，开户行账号1100601490180100234", id="longer account"),
            pytest.param("执照在此，许可证JY13301020012345", id="licence for food"),
            pytest.param("税号见图 144031909110 12345678", id="invoice on paper"),
        ],
    )
    def test_are_not_seen_in_what_stands_beside_them(self, text):
        """
        Numbers of invoices, accounts and licences.
        """
        assert "CN_USCC" not in {entity for _, entity in found(text)}

    def test_end_where_a_word_begins_with_a_numeral(self):
        """
        Folding makes a digit of 一, which belongs to the next word.
        """
        assert found(f"{COMPANY}一共开两张") == {(COMPANY, "CN_USCC")}

    def test_agree_with_a_published_one(self):
        """
        A code that documents about the standard show.
        """
        assert is_uscc("91350100m000100y43")

    @pytest.mark.parametrize(
        "code",
        [
            pytest.param(COMPANY.lower(), id="small letters"),
            pytest.param(f"{COMPANY[:8]} {COMPANY[8:]}", id="two groups"),
            pytest.param("-".join((COMPANY[:4], COMPANY[4:8], COMPANY[8:12], COMPANY[12:])), id="dashes"),
            pytest.param("\u200b".join(COMPANY), id="zero width"),
            pytest.param(f"{COMPANY[:6]} {COMPANY[6:12]} {COMPANY[12:]}", id="three groups"),
        ],
    )
    def test_are_found_in_every_form(self, code):
        """
        Between Han letters.
        """
        assert (code, "CN_USCC") in found(f"抬头{code}谢谢")

    @pytest.mark.parametrize(
        "code",
        [
            pytest.param(COMPANY[:-1] + "Z", id="wrong check"),
            pytest.param(COMPANY.replace("0", "O"), id="letters for zeros"),
            pytest.param(COMPANY[:-1], id="character missing"),
            pytest.param("310105123456789", id="old tax number"),
        ],
    )
    def test_that_are_mistyped_need_a_word(self, code):
        """
        Nothing alone, found beside the word for a tax number.
        """
        assert found(code) == set()
        assert (code, "CN_USCC") in found(f"税号：{code}")

    @pytest.mark.parametrize(
        "text", ["iphone15promax256gb", "DD2026112212345678", "a1b2c3d4e5f6a7b8c9", "v1-0-0-20261122-beta"]
    )
    def test_are_not_seen_in_other_words(self, text):
        """
        Names of goods and of versions.
        """
        assert found(text) == set()


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
