"""Simplified characters for traditional ones."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.text.addresses.simplified import simplified


class TestSimplified:
    def test_reads_traditional_addresses(self):
        """
        Units, divisions and the names of roads.
        """
        assert simplified("臺灣廣東號樓單縣鎮鄉莊園廈維爾壽瓊") == "台湾广东号楼单县镇乡庄园厦维尔寿琼"

    @given(st.text(st.characters(codec=None, exclude_categories=())))
    def test_moves_nothing(self, text):
        """
        An offset stays an offset, and a second reading changes nothing.
        """
        assert len(simplified(text)) == len(text)
        assert simplified(simplified(text)) == simplified(text)
