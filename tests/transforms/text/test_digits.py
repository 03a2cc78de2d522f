"""Digits: what may be read as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.digits import MANY, Reading, read
from transforms.text.fold import fold


def squeezed(text, reading=Reading.PLAIN):
    return read(fold(text), reading).digits


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


@pytest.mark.parametrize("unit", ["1", "l", "要", "十", "1千", "前1位", "1 ", "双0"])
def test_reading_takes_linear_time(unit):
    """
    Twice the text takes about twice the time, whatever it repeats.
    """
    assert is_linear(lambda text: [(MANY[each].search(text), read(text, each)) for each in Reading], unit)
