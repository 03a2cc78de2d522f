"""Claims about windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.digits import GAP
from transforms.text.windows import OVERLAP, WINDOW, windows


class TestWindows:
    def test_overlap_is_longer_than_a_disguised_identity_number(self):
        """
        18 digits with the most that may stand between two of them.
        """
        assert 18 + 17 * GAP < OVERLAP < WINDOW // 2

    @given(st.integers(0, 5 * WINDOW), st.integers(1, OVERLAP))
    def test_hold_every_stretch_up_to_the_overlap(self, length, size):
        """
        Whatever is no longer than the overlap stands whole in at least one window.
        """
        text = "".join(chr(0x4E00 + index % 20_000) for index in range(length))
        found = list(windows(text))

        for start in range(0, max(0, length - size), 97):
            assert any(offset <= start and start + size <= offset + len(part) for offset, part in found)

    @given(st.integers(0, 5 * WINDOW))
    def test_are_parts_of_the_text_at_their_offsets(self, length):
        """
        Together all of it, and no more than a window each.
        """
        text = "".join(chr(0x4E00 + index % 20_000) for index in range(length))
        found = list(windows(text))

        assert all(text[offset : offset + len(part)] == part and len(part) <= WINDOW for offset, part in found)
        assert max(offset + len(part) for offset, part in found) == length

    @pytest.mark.parametrize(
        ("length", "count"),
        [
            pytest.param(0, 1, id="empty"),
            pytest.param(WINDOW, 1, id="one window"),
            pytest.param(WINDOW + 1, 2, id="a character more"),
            pytest.param(2 * WINDOW - OVERLAP, 2, id="two windows"),
        ],
    )
    def test_are_as_few_as_can_be(self, length, count):
        """
        A text that fits is one window.
        """
        assert len(list(windows("字" * length))) == count
