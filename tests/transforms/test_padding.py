"""Padding: texts as bytes whose number tells little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.padding import STEP, pad, unpad

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


class TestPadding:
    @given(TEXTS)
    def test_is_undone(self, text):
        """
        Also of texts that end in what padding is made of.
        """
        padded = pad(text)

        assert unpad(padded) == text
        assert len(padded) % STEP == 0
        assert 0 < len(padded) - len(text.encode()) <= STEP

    def test_makes_names_and_numbers_alike(self):
        """
        A name, a telephone number and an identity number have one length.
        """
        assert {len(pad(text)) for text in ("李雷", "欧阳小明", "13800138000", "11010519491231002X")} == {STEP}

    @pytest.mark.parametrize(
        "padded",
        [pytest.param(b"", id="empty"), pytest.param(bytes(32), id="zeros"), pytest.param(b"a\x80b", id="end")],
    )
    def test_refuses_what_was_not_padded(self, padded):
        """
        There is no guess at what may have been meant.
        """
        with pytest.raises(ValueError, match="no padded text"):
            unpad(padded)

    def test_refuses_half_a_surrogate_pair(self):
        """
        Which has no UTF-8.
        """
        with pytest.raises(Refused, match="half a surrogate pair"):
            pad("a\ud800")
