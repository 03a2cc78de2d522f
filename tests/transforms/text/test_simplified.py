"""Claims about simplified characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.simplified import simplified


class TestSimplified:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("陳麗娟親啟", "陈丽娟亲启", id="name"),
            pytest.param("臺灣廣東號樓單縣鎮鄉莊園廈維爾壽瓊", "台湾广东号楼单县镇乡庄园厦维尔寿琼", id="address"),
            pytest.param("王小明", "王小明", id="simplified already"),
            pytest.param("", "", id="empty"),
        ],
    )
    def test_reads_traditional_characters_as_simplified(self, text, expected):
        """
        And leaves all others.
        """
        assert simplified(text) == expected

    @given(st.text(st.characters(codec=None, exclude_categories=())))
    def test_moves_nothing(self, text):
        """
        One character for one, in any text; doing it twice changes nothing more.
        """
        once = simplified(text)

        assert len(once) == len(text)
        assert simplified(once) == once
