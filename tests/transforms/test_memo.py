"""Memo: results that are kept, and never too many of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.memo import Memo, forget_everything


class TestMemo:
    @given(st.lists(st.integers(0, 20)), st.integers(1, 10))
    def test_gives_what_would_be_computed(self, values, size):
        """
        For all values in any order, whatever was forgotten in between.
        """
        squares = Memo(lambda value: value * value, size)

        assert [squares[value] for value in values] == [value * value for value in values]

    @given(st.lists(st.integers()), st.integers(1, 10))
    def test_never_holds_more_than_its_size(self, values, size):
        """
        For all values, after each of them.
        """
        memo = Memo(str, size)
        for value in values:
            assert memo[value] == str(value)
            assert 1 <= len(memo) <= size

    def test_computes_once_what_comes_again(self):
        """
        As long as it is held.
        """
        computed = []
        memo = Memo(computed.append, 2)
        for value in (1, 2, 1, 2, 3, 3, 1):
            memo[value]

        assert computed == [1, 2, 3, 1]

    def test_does_not_remember_a_failure(self):
        """
        What could not be computed is tried again.
        """
        memo = Memo(int, 2)
        for _ in range(2):
            with pytest.raises(ValueError, match="invalid literal"):
                memo["one"]

        assert len(memo) == 0

    def test_forgets_when_somebody_is_erased(self):
        """
        Wherever it is, and goes on from there; one that is gone is no hindrance.
        """
        held, gone = Memo(str, 4), Memo(str, 4)
        held[1], gone[1]
        del gone

        forget_everything()

        assert len(held) == 0
        assert held[1] == "1"
