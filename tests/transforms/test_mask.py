"""Mask: the ends of a value, and a fill between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS
from transforms.mask import Mask

KEEPS = st.integers(0, 6)


def mask(value, *args, **declaration):
    return Mask(*args, **declaration).bind(EXAMPLE_KEYS)(value)


class TestMask:
    @pytest.mark.parametrize(
        ("value", "declaration", "expected"),
        [
            pytest.param("13800138000", {}, "****", id="nothing kept"),
            pytest.param("13800138000", {"keep_last": 4}, "****8000", id="end kept"),
            pytest.param("13800138000", {"keep_first": 3}, "138****", id="beginning kept"),
            pytest.param("13800138000", {"keep_first": 3, "keep_last": 2}, "138****00", id="both ends kept"),
            pytest.param("13800138000", {"keep_first": 3, "keep_last": 4}, "****", id="more than half is not kept"),
            pytest.param("13800138000", {"keep_last": 4, "length": None}, "*******8000", id="length shown"),
            pytest.param("13800138000", {"keep_last": 4, "length": 1, "fill": "•"}, "•8000", id="one bullet"),
            pytest.param("1380", {"keep_last": 2}, "****80", id="just long enough"),
            pytest.param("138", {"keep_last": 2}, "****", id="just too short"),
            pytest.param("138", {"keep_last": 2, "length": None}, "***", id="too short, length shown"),
            pytest.param("", {}, "****", id="empty"),
            pytest.param("", {"length": None}, "", id="empty, length shown"),
            pytest.param("欧阳小明", {"keep_first": 1}, "欧****", id="Han letters"),
            pytest.param("𠮷野家餐厅", {"keep_first": 1}, "𠮷****", id="beyond the basic plane"),
        ],
    )
    def test_masks(self, value, declaration, expected):
        """
        The declared ends stay, and what lies between is replaced, counted in code points.
        """
        assert mask(value, **declaration) == expected

    @given(st.text(), KEEPS, KEEPS)
    def test_at_most_half_of_a_value_passes(self, value, first, last):
        """
        For every value, no more than half of its code points are kept.
        """
        released = mask(value, first, last)

        assert 2 * (len(released) - 4) <= len(value)

    @given(st.text(min_size=1), st.text(min_size=1), KEEPS, KEEPS)
    def test_a_fixed_fill_does_not_tell_the_length(self, middle, other, first, last):
        """
        Values with equal ends, long enough, get equal results whatever lies between.
        """
        ends = "甲" * (first + last), "乙" * (first + last)

        assert mask(ends[0] + middle + ends[1], first, last) == mask(ends[0] + other + ends[1], first, last)

    @given(st.text(), KEEPS, KEEPS)
    def test_without_a_length_each_code_point_is_replaced(self, value, first, last):
        """
        With `length=None`, the result is as long as the value.
        """
        assert len(mask(value, first, last, length=None)) == len(value)

    @pytest.mark.parametrize("value", [13800138000, None, True, ["138"], b"138"])
    def test_refuses_what_is_not_text(self, value):
        """
        The refusal names the type.
        """
        with pytest.raises(Refused, match="expected string, got"):
            mask(value)

    @pytest.mark.parametrize(
        ("declaration", "remedy"),
        [
            pytest.param({"keep_first": -1}, "whole numbers from 0", id="negative"),
            pytest.param({"keep_last": 1.5}, "whole numbers from 0", id="fraction"),
            pytest.param({"keep_last": True}, "whole numbers from 0", id="true"),
            pytest.param({"fill": ""}, "punctuation mark or symbol", id="no fill"),
            pytest.param({"fill": "**"}, "punctuation mark or symbol", id="two fills"),
            pytest.param({"fill": "0"}, "punctuation mark or symbol", id="digit"),
            pytest.param({"fill": "某"}, "punctuation mark or symbol", id="letter"),
            pytest.param({"fill": None}, "punctuation mark or symbol", id="null"),
            pytest.param({"length": 0}, "1–64", id="no length"),
            pytest.param({"length": 65}, "1–64", id="too long"),
            pytest.param({"length": True}, "1–64", id="true length"),
        ],
    )
    def test_refuses_masks_that_make_no_sense(self, declaration, remedy):
        """
        The error says what to write instead.
        """
        with pytest.raises(ValueError, match=remedy):
            Mask(**declaration)
