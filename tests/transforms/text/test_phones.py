"""Telephone numbers, as they are written and as they hide."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.context import enhance
from transforms.text.entities import DOUBTFUL, SURE, THRESHOLD
from transforms.text.fold import fold
from transforms.text.gate import Hints, gate
from transforms.text.phones import find

MOBILES = [
    pytest.param("我的手机⟦13800138000⟧", id="labelled"),
    pytest.param("⟦13800138000⟧", id="alone"),
    pytest.param("王小明⟦13800138000⟧浙江省", id="between Han letters"),
    pytest.param("手机⟦13812345678⟧/⟦13912345678⟧、⟦13712345678⟧", id="three of them"),
    pytest.param("tel⟦13800138000⟧", id="behind a known word"),
    pytest.param("⟦13800138000⟧vx同号", id="before a known word"),
    pytest.param("1.⟦13800138000⟧", id="in a list"),
    pytest.param("打⟦+8613800138000⟧", id="+86"),
    pytest.param("打⟦+86 138 0013 8000⟧", id="+86 in groups"),
    pytest.param("打⟦(+86)13800138000⟧", id="(+86)"),
    pytest.param("打⟦0086-13800138000⟧", id="0086"),
    pytest.param("打⟦8613800138000⟧", id="86"),
    pytest.param("打⟦013800138000⟧", id="0"),
    pytest.param("⟦18412345678转1234⟧", id="with an extension"),
    pytest.param("⟦17012345678⟧", id="virtual operator"),
    pytest.param("⟦138 0013 8000⟧", id="3-4-4"),
    pytest.param("⟦138-001-38000⟧", id="3-3-5"),
    pytest.param("⟦1380.0138.000⟧", id="4-4-3"),
    pytest.param("⟦138123 45678⟧", id="6-5"),
    pytest.param("⟦13812-345-678⟧", id="5-3-3"),
    pytest.param("联系⟦1 3812 34567 8⟧", id="any groups beside a word"),
    pytest.param("⟦１３８００１３８０００⟧", id="full width"),
    pytest.param("⟦一三八零零一三八零零零⟧", id="Han"),
    pytest.param("⟦幺三八洞洞幺三八洞洞洞⟧", id="spoken"),
    pytest.param("⟦壹叁捌零零壹叁捌零零零⟧", id="financial"),
    pytest.param("⟦❶❸❽⓿⓿❶❸❽⓿⓿⓿⟧", id="circled"),
    pytest.param("⟦1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣⟧", id="keycaps"),
    pytest.param("⟦1\u200b3\u200b8\u200b00\u200d138000⟧", id="zero width"),
    pytest.param("⟦1\u03363\u03368\u033600138000⟧", id="struck through"),
    pytest.param("⟦1 3 8 0 0 1 3 8 0 0 0⟧", id="digit by digit"),
    pytest.param("⟦138哈0013哈8000⟧", id="a word between"),
    pytest.param("⟦138哈1234呀5678⟧", id="words between"),
    pytest.param("⟦1😀3😀8😀0😀0😀1😀3😀8😀0😀0😀0⟧", id="pictures"),
    pytest.param("⟦138😀1234😀5678⟧", id="pictures between groups"),
    pytest.param("⟦138然后0013最后8000⟧", id="said one after the other"),
    pytest.param("前三位⟦138 中间0013 后四位8000⟧", id="with their places"),
    pytest.param("【⟦138】【1234】【5678⟧】", id="brackets"),
    pytest.param("⟦138<b>1234</b>5678⟧", id="markup"),
    pytest.param("⟦138\n1234\n5678⟧", id="lines"),
    pytest.param("⟦138OO138OOO⟧", id="letters O"),
    pytest.param("⟦l38OO138OOO⟧", id="letters l and O"),
    pytest.param("⟦要伞爸灵灵要伞爸灵灵灵⟧", id="homophones"),
    pytest.param("⟦138零零一三溜酒零三⟧", id="two homophones"),
    pytest.param("⟦yao san ba ling ling yao san ba ling ling ling⟧", id="pinyin"),
    pytest.param("⟦yaosanbalinglingyaosanbalinglingling⟧", id="pinyin in one word"),
    pytest.param("⟦one three eight zero zero one three eight zero zero zero⟧", id="English"),
    pytest.param("⟦138四个零1234⟧", id="four zeros"),
    pytest.param("⟦一百三十八 零零十三 八千⟧", id="numbers in words"),
    pytest.param("⟦1个3个8个0个0个1个3个8个0个2个3⟧", id="a unit between digits"),
    pytest.param("⟦138个7691个8522⟧", id="a unit between groups"),
    pytest.param("⟦138号4866号5717⟧号低价出", id="a unit behind as well"),
    pytest.param("先记⟦138，再记7691，最后8522⟧", id="announced without a word of calling"),
    pytest.param("有货⟦166打头8017居中3738⟧结尾", id="beginning, middle and end"),
    pytest.param("⟦1是8有9件8山2跟9有7哭1过6后9了1⟧拿货", id="digit by digit, any character between"),
    pytest.param("⟦1x8k1t1h6h1k2n3m4t0v4⟧", id="digit by digit, any letter between"),
    pytest.param("⟦138-/-0213-/-8032⟧", id="marks"),
    pytest.param("打⟦139，3319，5409⟧没人接", id="commas"),
    pytest.param("⟦1❸八⓪伍七6⁹⒈4２⟧", id="mixed scripts"),
    pytest.param("电话⟦⚀⚂⚄70⚁9⚅⚅79⟧", id="dice"),
    pytest.param("打⟦I3gO5S7Zb8B⟧", id="many look-alikes"),
    pytest.param("⟦1eightsix5 five 36one50 seven⟧", id="partly English"),
    pytest.param("⟦one nine five double nine triple eight nine seven six⟧", id="double and triple"),
    pytest.param("⟦壹柒參柒陸捌捌肆陸陸肆⟧", id="traditional financial"),
    pytest.param("⟦ⅠⅧⅤⅠⅡⅢⅦⅧ0ⅡⅥ⟧找我", id="Roman"),
    pytest.param("⟦1\n3\n8\n0\n0\n1\n3\n8\n0\n2\n3⟧", id="vertical"),
    pytest.param("⟦1҉3́8̲00̶1380̷23⟧", id="combining marks"),
    pytest.param("⟦+86 1 8 3 5 1 3 9 5 8 0 0⟧", id="code and digits, spaced"),
    pytest.param("加⟦152/267-93.4~49⟧", id="any groups and marks beside a word"),
    pytest.param("电话⟦138x1234x5678⟧", id="x between, beside a word"),
    pytest.param("手机号:⟦1380013800⟧", id="one digit short"),
    pytest.param("手机号：⟦138001380001⟧", id="one digit long"),
]

LANDLINES = [
    pytest.param("座机⟦010-62511234⟧", id="dash"),
    pytest.param("⟦(010)62511234⟧", id="brackets"),
    pytest.param("⟦010 6251 1234⟧", id="spaces"),
    pytest.param("⟦01062511234⟧", id="plain"),
    pytest.param("⟦0571-88888888转801⟧", id="extension"),
    pytest.param("⟦0571-8765432⟧", id="seven digits"),
    pytest.param("⟦057187654321⟧", id="twelve digits"),
    pytest.param("⟦零一零 六二五一一二三四⟧", id="Han"),
    pytest.param("电话⟦0755哈2345哈6789⟧", id="with fillers"),
    pytest.param("⟦+86 10 6251 1234⟧", id="+86"),
    pytest.param("⟦400-820-8820⟧", id="400"),
    pytest.param("⟦4008208820⟧", id="400 plain"),
    pytest.param("⟦400 820 8820⟧", id="400 with spaces"),
    pytest.param("⟦400 562-1824⟧", id="400 with a space and a dash"),
    pytest.param("call from ⟦400 4966652⟧", id="400 with a space"),
    pytest.param("⟦800-820-8820⟧", id="800"),
    pytest.param("⟦+852 9123 4567⟧", id="Hong Kong"),
    pytest.param("⟦+85366123456⟧", id="Macao"),
    pytest.param("⟦+886 912 345 678⟧", id="Taiwan"),
    pytest.param("座机⟦62511234⟧", id="without area code"),
    pytest.param("电话⟦625-1234⟧", id="of seven digits"),
    pytest.param("⟦+86 (0)21 6251 1234⟧", id="zero in brackets"),
    pytest.param("⟦0571-87654321(8012)⟧", id="extension in brackets"),
    pytest.param("⟦0571-87654321 转分机8012⟧", id="extension in words"),
    pytest.param("⟦0579-85551235⟧/⟦85551236⟧", id="two in one place"),
    pytest.param("⟦4008208820⟧一直占线", id="a word with a numeral behind"),
    pytest.param("门铃坏了打⟦55551241⟧", id="verb"),
    pytest.param("台湾手机⟦0912-345-678⟧", id="place abroad"),
    pytest.param("⟦02-2345-6789⟧台北", id="Taipei"),
]

OTHERS = [
    pytest.param("单号是EC081992833CN一起", id="item of the post"),
    pytest.param("SF8669123456789", id="letters before 86"),
    pytest.param("发票代码144031909110", id="code of an invoice"),
    pytest.param("3件199元包邮买2送1 2026年11月22日", id="prices and a date"),
    pytest.param("拍了12345678件", id="count"),
    pytest.param("身高165cm体重55kg 买了170的退了换180", id="measures"),
    pytest.param("155 160 165 170 175", id="sizes"),
    pytest.param("15.9 19.9 29.9 199.9", id="prices"),
    pytest.param("139.90 59.90 99", id="eleven digits of prices"),
    pytest.param("199元 1299元 2599元", id="prices in groups of a number"),
    pytest.param("1599 1899 219", id="prices without a unit"),
    pytest.param("价格从199到1299再到2599", id="prices with words"),
    pytest.param("订单号2026112213800138000", id="order number with a mobile in it"),
    pytest.param("6222021380013800028", id="card with a mobile in it"),
    pytest.param("2138001380009", id="thirteen digits"),
    pytest.param("192.168.100.25", id="address of a network"),
    pytest.param("139.199.10.253", id="another"),
    pytest.param("2026-11-22 13:30:15", id="time"),
    pytest.param("1998-11-22 123", id="date"),
    pytest.param("13、14、15、16、17、8", id="list"),
    pytest.param("1 3 4 5 6 7 8 9 10 11", id="counting"),
    pytest.param("iphone15pro max 256g 8999元 512g 9999", id="models"),
    pytest.param("尺码38 39 40 41 42 43", id="shoe sizes"),
    pytest.param("长150 宽200 高30 重1500", id="lengths"),
    pytest.param("lolololololol", id="letters"),
    pytest.param("sos ligao beidou", id="words of letters like digits"),
    pytest.param("VIN码LFV18A11G0910524", id="number of a vehicle"),
    pytest.param("19 16 2 19 16 1 3", id="draw of a lottery"),
    pytest.param("1 6 4 3 7 6 1 3 7 3 4", id="notes of a song"),
    pytest.param("便宜3620.9TDS50水质好", id="a decimal and letters"),
    pytest.param("升到v13.7之后变卡了1段3桶2段5桶684一桶", id="versions and counts"),
    pytest.param("2999-188-1299-2000-745", id="prices in a row"),
    pytest.param("就是要买吧我无语起来", id="words that sound like digits"),
    pytest.param("666666666666", id="applause"),
    pytest.param("1314520 5201314", id="love"),
    pytest.param("1700000000", id="seconds since 1970"),
    pytest.param("a1b3c8d0e0f1a3b8c0d0e0", id="hexadecimal"),
    pytest.param("版本13.1.2.345 更新15.6.7", id="versions"),
    pytest.param("我151了你200了他3000了哈哈", id="scores"),
    pytest.param("今天下午3点到5点 18号 2000人 15000单", id="times and counts"),
]


def marked(text):
    """
    The text without its marks, and the ranges that were marked.
    """
    plain, ranges = "", []
    for piece in text.split("⟦"):
        inside, closed, rest = piece.partition("⟧")
        if closed:
            ranges.append((len(plain), len(plain) + len(inside)))
        plain += inside + rest
    return plain, ranges


def hits(text):
    folded = fold(text)
    return {(span.start, span.end): span for span in enhance(folded, find(folded)) if span.score >= THRESHOLD}


class TestMobiles:
    @pytest.mark.parametrize("text", MOBILES)
    def test_finds(self, text):
        """
        Each is found, from its first to its last character.
        """
        plain, ranges = marked(text)
        found = hits(plain)

        assert [*sorted(found)] == ranges
        assert {span.entity for span in found.values()} == {"CN_MOBILE"}

    @pytest.mark.parametrize("text", MOBILES)
    def test_passes_the_gate(self, text):
        """
        The gate lets through whatever is found.
        """
        assert gate(fold(marked(text)[0])) & Hints.NUMBERS

    @given(
        st.from_regex(r"1[358][0-9]{9}", fullmatch=True), st.sampled_from([(3, 4, 4), (11,)]), st.sampled_from(" -.·~_")
    )
    def test_any_number_in_its_usual_groups(self, number, lengths, separator):
        """
        Beside a word of calling every number is found in its usual groups.
        """
        groups, at = [], 0
        for length in lengths:
            groups.append(number[at : at + length])
            at += length
        written = separator.join(groups)

        assert (3, 3 + len(written)) in hits(f"打电话{written}")

    def test_a_number_that_touches_letters_is_doubtful(self):
        """
        It may be the number of a parcel or product: without context it stays.
        """
        (span,) = (span for span in find("jd13800138000") if span.entity == "CN_MOBILE")

        assert span.score == DOUBTFUL

    def test_a_plain_number_is_sure(self):
        """
        A number as it is usually written needs no context.
        """
        assert [span.score for span in find("王小明 13800138000")] == [SURE]

    def test_the_label_of_another_number_casts_doubt(self):
        """
        Behind the label of an order it is still hidden, with less certainty than an order number.
        """
        (span,) = find("订单13800138000")

        assert THRESHOLD < span.score < SURE


class TestLandlines:
    @pytest.mark.parametrize("text", LANDLINES)
    def test_finds(self, text):
        """
        Each is found, from its first to its last character.
        """
        plain, ranges = marked(text)
        found = hits(plain)

        assert [*sorted(found)] == ranges
        assert {span.entity for span in found.values()} == {"CN_LANDLINE"}

    @pytest.mark.parametrize("text", LANDLINES)
    def test_passes_the_gate(self, text):
        """
        The gate lets through whatever is found.
        """
        assert gate(fold(marked(text)[0])) & Hints.NUMBERS

    def test_no_such_area(self):
        """
        A zero and any digits are no area code.
        """
        assert not hits("0401-1234567")


class TestOtherNumbers:
    @pytest.mark.parametrize("text", OTHERS)
    def test_stay(self, text):
        """
        Prices, sizes, dates, counts, versions and lists are no telephone numbers.
        """
        assert not hits(text)

    def test_prices_at_random(self):
        """
        Of a thousand lists of prices hardly one looks like a number to call.
        """
        chance = random.Random(2026)
        texts = (
            " ".join(
                str(chance.choice((9, 19, 29, 39, 99, 199, 1299)) + chance.randrange(3) * 100) + "元" for _ in range(5)
            )
            for _ in range(1000)
        )

        assert sum(bool(hits(text)) for text in texts) <= 2


class TestAnyText:
    @given(st.text(st.characters(codec=None, exclude_categories=())))
    def test_nothing_is_raised(self, text):
        """
        Every text is searched, and every span lies within it.
        """
        assert all(0 <= span.start < span.end <= len(text) for span in find(fold(text)))

    @given(st.text("0123456789+() -.:,哈吧溜ol|零十百千个转#😀", max_size=80))
    def test_digits_and_fillers(self, text):
        """
        Nor is anything raised for what is made of digits and fillers; the gate misses nothing.
        """
        folded = fold(text)
        spans = list(find(folded))

        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert not spans or gate(folded) & Hints.NUMBERS

    @pytest.mark.parametrize(
        "unit", ["13800138000 ", "1", "13", "1 3 ", "l3", "要伞", "138-", "+86", "0571-", "十", "x", " "]
    )
    def test_takes_linear_time(self, unit):
        """
        Twice the text takes about twice the time, whatever it repeats.
        """
        assert is_linear(find, unit)
