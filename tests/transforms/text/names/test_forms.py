"""Forms: which strings are formed as names of persons are."""

import pytest

from transforms.text.names.forms import is_brand, is_person, stands_out


class TestIsPerson:
    @pytest.mark.parametrize("name", ["王小明", "欧阳静怡", "小王", "阿明", "那仁满都拉", "次仁旺堆", "马杨平刚"])
    def test_is_true_of_names(self, name):
        """
        Of Chinese ones, of what people are called, and of the sounds of other languages.
        """
        assert is_person(name)

    @pytest.mark.parametrize("word", ["高兴", "加薇", "马马虎虎", "桂澜路", "收货人", "楼上天天装修", "王家", "月子"])
    def test_is_false_of_words(self, word):
        """
        Whatever a tagger says.
        """
        assert not is_person(word)


class TestBrands:
    @pytest.mark.parametrize(
        ("name", "behind", "brand"),
        [("李宁", "的鞋", True), ("刘涛", "同款", True), ("王小明", "公司", True), ("王小明", "的鞋", False)],
    )
    def test_are_goods_and_firms(self, name, behind, brand):
        """
        By themselves, or by what follows.
        """
        assert is_brand(name + behind, 0, len(name)) is brand


class TestStandsOut:
    @pytest.mark.parametrize(("name", "clear"), [("张伟", True), ("黄小海", True), ("黄色", False), ("许多", False)])
    def test_needs_a_clear_surname_or_a_full_name(self, name, clear):
        """
        Two characters behind a surname that heads many words are not enough.
        """
        assert stands_out(name, 0, len(name)) is clear
