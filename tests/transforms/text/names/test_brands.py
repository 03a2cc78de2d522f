"""Brands: what is sold or spoken of under a name."""

import pytest

from transforms.text.names.brands import BRANDS, GOODS, LONGEST, PUBLIC


class TestBrands:
    @pytest.mark.parametrize(
        "name", ["李宁", "周大福", "老干妈", "张小泉", "王老吉", "王守义", "马应龙", "陈克明", "李子柒", "周黑鸭"]
    )
    def test_with_a_surname_are_known(self, name):
        """
        The well-known ones of a live room.
        """
        assert name in BRANDS

    def test_are_no_figures(self):
        """
        Each name stands in one list, and none is longer than what is looked for.
        """
        assert max(map(len, BRANDS)) == LONGEST
        assert min(map(len, BRANDS | PUBLIC)) >= 2


class TestGoods:
    @pytest.mark.parametrize("behind", ["同款裙子", "的同款", "直播间买的", "代言", " 联名款", "演唱会"])
    def test_follow_somebody_who_is_no_party(self, behind):
        """
        Whatever the name before.
        """
        assert GOODS.match(behind)

    @pytest.mark.parametrize("behind", ["家的水管", "的快递", "女士", "收", "，电话", ""])
    def test_do_not_follow_a_customer(self, behind):
        """
        Who has a home, a parcel and a telephone.
        """
        assert not GOODS.match(behind)
