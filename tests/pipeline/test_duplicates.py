"""Duplicates: who reads clean records is told of those that came before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.duplicates import Duplicates
from pipeline.source import SourceTokens
from tests.pipeline.events import KEYS


def headers(source):
    return [("policy", b"p"), ("schema", b"clean.ads.device/1"), ("source", source)]


class TestDuplicates:
    @given(st.lists(st.integers(0, 20)))
    def test_leave_one_of_each(self, offsets):
        """
        The first, in order.
        """
        tokens = SourceTokens(KEYS.keyring("ads", "ads"), "raw.device")
        known = Duplicates()

        left = [offset for offset in offsets if not known.again(headers(tokens.seal(0, [offset])[0]))]

        assert left == list(dict.fromkeys(offsets))

    def test_are_told_among_the_latest(self):
        """
        So many are remembered and no more.
        """
        known = Duplicates(remember=2)

        assert [known.again(headers(source)) for source in (b"a", b"b", b"b", b"a", b"c", b"b", b"a")] == [
            *(False, False, True, True),
            *(False, True, False),
        ]

    def test_have_a_source(self):
        """
        A record of another topic is not taken for the first of many.
        """
        with pytest.raises(ValueError, match="it is not of a clean topic"):
            Duplicates().again([("policy", b"p")])

    def test_cannot_be_told_from_nothing(self):
        """
        A filter that remembers nothing would pass all.
        """
        with pytest.raises(ValueError, match="remember must be 1 or more, not 0"):
            Duplicates(remember=0)
