"""Runs: the number that starts at a place in a text."""

import pytest

from transforms.text.digits import read
from transforms.text.fold import fold
from transforms.text.runs import following


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
