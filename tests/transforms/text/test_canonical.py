"""Claims about the one written form of a find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalize import normalizer
from transforms.text.canonical import KINDS, canonical
from transforms.text.entities import ENTITIES


class TestCanonical:
    @pytest.mark.parametrize(
        ("entity", "found", "bare"),
        [
            pytest.param("CN_MOBILE", "138-0013-8000", "13800138000", id="groups"),
            pytest.param("CN_MOBILE", "+86 138 0013 8000", "13800138000", id="country code"),
            pytest.param("CN_MOBILE", "一三八零零一三八零零零", "13800138000", id="numerals"),
            pytest.param("CN_MOBILE", "138哈0013哈8000", "13800138000", id="fillers"),
            pytest.param("CN_MOBILE", "l38oo138ooo", "13800138000", id="letters"),
            pytest.param("CN_MOBILE", "1\u200b3800138000", "13800138000", id="hidden characters"),
            pytest.param("CN_ID_CARD", "110105 19491231 002X", "11010519491231002x", id="identity number"),
            pytest.param("CN_ID_CARD", "1101051949123100", "1101051949123100", id="mistyped"),
            pytest.param("CN_BANK_CARD", "6222 0212 3456 7890 128", "6222021234567890128", id="card"),
            pytest.param("QQ", "一二三四五六", "123456", id="account"),
            pytest.param("EMAIL", "Zhang＠QQ.com", "zhang@qq.com", id="mail"),
            pytest.param("CN_LANDLINE", "400-820-8820", "4008208820", id="number of 400"),
            pytest.param("CN_LANDLINE", "(010)6251 1234", "01062511234", id="landline"),
            pytest.param("CN_PLATE", "京A·12345", "京a12345", id="plate"),
            pytest.param("CN_USCC", "9111 0000 1000 0396 2T", "91110000100003962t", id="credit code"),
            pytest.param("PERSON", "王 小\u200b明", "王小明", id="name"),
        ],
    )
    def test_takes_the_disguise_off(self, entity, found, bare):
        """
        What is left is what would stand in a field.
        """
        assert canonical(entity, found) == bare

    @given(st.sampled_from(list(ENTITIES)), st.text(max_size=40))
    def test_takes_any_find(self, entity, found):
        """
        And gives the same for what it gave.
        """
        assert canonical(entity, canonical(entity, found)) == canonical(entity, found)

    @pytest.mark.parametrize("entity", KINDS)
    def test_is_of_a_kind_that_has_a_written_form(self, entity):
        """
        Otherwise the tokens of a text and of a field would not be equal.
        """
        assert entity in ENTITIES
        assert normalizer(KINDS[entity]) is not None
