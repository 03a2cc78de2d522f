"""Traditional characters of names, read as simplified ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.names.simplified import simplified


class TestSimplified:
    @pytest.mark.parametrize(("text", "expected"), [("陳麗娟親啟", "陈丽娟亲启"), ("王小明", "王小明"), ("", "")])
    def test_reads_traditional_characters_as_simplified(self, text, expected):
        """
        And leaves all others.
        """
        assert simplified(text) == expected

    @given(st.text())
    def test_moves_nothing(self, text):
        """
        One character for one, in any text; doing it twice changes nothing more.
        """
        once = simplified(text)

        assert len(once) == len(text)
        assert simplified(once) == once
