"""Regularity: how much digits look like one number."""

import pytest

from transforms.text.digits import Reading, read
from transforms.text.fold import fold
from transforms.text.regularity import regularity

LOCAL = frozenset({(3, 4, 4), (3, 8)})
ENOUGH = 3.0


def looks_like_one(text, reading=Reading.PLAIN):
    chain = read(fold(text), reading)
    return regularity(chain, 0, len(chain.digits) - 1, LOCAL)


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
