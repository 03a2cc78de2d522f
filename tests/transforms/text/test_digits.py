"""Digits: how numbers hide, and what looks like one number."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.digits import MANY, Reading, following, read, regularity
from transforms.text.fold import fold

LOCAL = frozenset({(3, 4, 4), (3, 8)})
ENOUGH = 3.0


def squeezed(text, reading=Reading.PLAIN):
    return read(fold(text), reading).digits


def looks_like_one(text, reading=Reading.PLAIN):
    chain = read(fold(text), reading)
    return regularity(chain, 0, len(chain.digits) - 1, LOCAL)


class TestRead:
    @pytest.mark.parametrize(
        ("text", "digits"),
        [
            pytest.param("1a2 3", "123", id="plain"),
            pytest.param("一三八", "138", id="Han"),
            pytest.param("前三位138,后四位8000,第二段", "1388000", id="where digits stand is no digit"),
            pytest.param("溜o八", "8", id="look-alikes are none"),
        ],
    )
    def test_plain_reading(self, text, digits):
        """
        The plain reading takes digits of every script, and nothing else.
        """
        assert squeezed(text) == digits

    @pytest.mark.parametrize(
        ("text", "digits"),
        [
            pytest.param("lo|z8", "10128", id="letters"),
            pytest.param("yao san ba ling", "1380", id="pinyin"),
            pytest.param("one three eight zero", "1380", id="English"),
            pytest.param("双零", "00", id="double"),
            pytest.param("四个零", "0000", id="four of them"),
            pytest.param("八千", "8000", id="thousands"),
            pytest.param("一百三十八", "138", id="hundreds and tens"),
            pytest.param("八千零一", "8001", id="with a zero"),
            pytest.param("十三", "13", id="tens"),
            pytest.param("十", "10", id="ten"),
            pytest.param("溜", "", id="a word is none"),
            pytest.param("qq15pro", "15", id="neither is a name of something"),
        ],
    )
    def test_reading_of_looks(self, text, digits):
        """
        The second reading takes letters drawn like digits, and numbers in words.
        """
        assert squeezed(text, Reading.LOOKS) == digits

    def test_reading_of_sounds(self):
        """
        The widest reading takes characters that sound like a digit.
        """
        assert squeezed("要伞爸灵溜酒漆舞思儿", Reading.SOUNDS) == "1380697542"

    @given(st.text(st.characters(codec=None, exclude_categories=())), st.sampled_from(Reading))
    def test_offsets_lead_back(self, text, reading):
        """
        For every text the offsets are in it and in order, and a plain digit stands where it is said to.
        """
        chain = read(fold(text).replace("\x00", ""), reading)

        assert len(chain.digits) == len(chain.starts) == len(chain.ends)
        assert [*chain.starts] == sorted(chain.starts)
        assert all(start <= end <= len(chain.text) for start, end in zip(chain.starts, chain.ends, strict=True))
        assert all(
            chain.text[start:end] == digit
            for start, end, digit in zip(chain.starts, chain.ends, chain.digits, strict=True)
            if chain.text[start:end].isdecimal()
        )

    @given(st.lists(st.tuples(st.sampled_from("0123456789"), st.integers(0, 8)), min_size=8, max_size=20))
    def test_digits_within_reach_are_worth_reading(self, spaced):
        """
        Eight digits with up to eight characters between them are never passed over.
        """
        text = "".join(digit + "哈" * gap for digit, gap in spaced)

        assert MANY[Reading.PLAIN].search(text)

    def test_digits_out_of_reach_are_not(self):
        """
        Nine characters are too far.
        """
        assert MANY[Reading.PLAIN].search(("1" + "哈" * 9) * 20) is None


class TestRegularity:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("13812345678", id="no gap"),
            pytest.param("138 1234 5678", id="spaces"),
            pytest.param("138-1234-5678", id="dashes"),
            pytest.param("138哈1234哈5678", id="one word between"),
            pytest.param("138😀1234😀5678", id="pictures between"),
            pytest.param("13😀812😀345678", id="pictures wherever"),
            pytest.param("138 然后1234 最后5678", id="said one after the other"),
            pytest.param("1 3 8 1 2 3 4 5 6 7 8", id="digit by digit"),
            pytest.param("1哈3呵8嘿1呀2哦3嗯4啊5啦6那7这8", id="digit by digit with words"),
            pytest.param("138 0234 5678", id="a group that starts with a zero"),
        ],
    )
    def test_one_number(self, text):
        """
        Groups in which such a number is written, or one filler throughout, make it one number.
        """
        assert looks_like_one(text) >= ENOUGH

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("199元 1299元 2599元", id="prices with their unit"),
            pytest.param("199 1299 2599", id="prices"),
            pytest.param("13、14、15、16、17、8", id="list"),
            pytest.param("15 16 17 18 190", id="in order"),
            pytest.param("139.90 59.90 99", id="decimals"),
            pytest.param("192.168.100.25", id="address of a network"),
            pytest.param("13:30:15 12345", id="time"),
            pytest.param("1998-11-22 123", id="date"),
            pytest.param("身高158体重48三围85 65 90", id="measures"),
            pytest.param("158                 12345678", id="far from each other"),
        ],
    )
    def test_several_quantities(self, text):
        """
        Units, decimals, dates, lists and orders speak for several numbers.
        """
        assert looks_like_one(text) < ENOUGH

    def test_a_part_of_a_longer_chain(self):
        """
        Digits that go on in the same way on both sides are evidence against a window.
        """
        chain = read("12 34 56 78 90 12 34")

        assert regularity(chain, 2, 11, LOCAL) < regularity(read("34 56 78 90 12"), 0, 9, LOCAL)

    def test_a_homophone_at_the_edge_is_a_word(self):
        """
        就 behind ten digits is a word; between them it is a nine.
        """
        assert looks_like_one("1381234567就", Reading.SOUNDS) < ENOUGH
        assert looks_like_one("1381就34567", Reading.SOUNDS) >= ENOUGH


class TestFollowing:
    @pytest.mark.parametrize(
        ("text", "digits"),
        [
            pytest.param("12345678", "12345678", id="plain"),
            pytest.param("1234 5678", "12345678", id="two groups"),
            pytest.param("1 2 3 4 5 6", "123456", id="digit by digit"),
            pytest.param("123哈456哈789", "123456789", id="with a filler"),
            pytest.param("12345,67890", "12345", id="a list has several"),
            pytest.param("12345678 199元", "12345678", id="a price is another number"),
            pytest.param("1234", None, id="too short"),
            pytest.param("123456789012", None, id="too long"),
            pytest.param("2022.4.25", None, id="date"),
            pytest.param("12345.67", None, id="decimal"),
            pytest.param("88 72 100", None, id="sizes"),
            pytest.param("哈12345678", None, id="not here"),
        ],
    )
    def test_the_number_that_starts_here(self, text, digits):
        """
        A number ends with its groups, not with the next number.
        """
        chain = read(fold(text))
        window = following(chain, 0, 5, 11)

        assert (None if window is None else chain.digits[window[0] : window[1] + 1]) == digits


@pytest.mark.parametrize("unit", ["1", "l", "要", "十", "1千", "前1位", "1 ", "双0"])
def test_reading_takes_linear_time(unit):
    """
    Twice the text takes about twice the time, whatever it repeats.
    """
    once, twice = (_seconds(unit * (length // len(unit))) for length in (20_000, 40_000))

    assert twice < 3 * once + 0.05


def _seconds(text):
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for reading in Reading:
            MANY[reading].search(text)
            read(text, reading)
        best = min(best, time.perf_counter() - start)
    return best
