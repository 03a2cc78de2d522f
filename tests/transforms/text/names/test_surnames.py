"""Surnames: what a full name is made of."""

import pytest

from transforms.text.names.surnames import (
    AMBIGUOUS,
    CLEAR,
    COMPOUND,
    FREQUENT,
    GIVEN,
    RARE,
    SINGLE,
    SOUNDS,
    WORDS,
    has_two_surnames,
    is_likely_name,
    is_name,
    surname_length,
)
from transforms.text.names.wordlist import words


class TestFullName:
    @pytest.mark.parametrize(
        "name", ["王伟", "李小明", "欧阳娜娜", "诸葛亮", "陳偉明", "周一诺", "张家豪", "麦嘉诚", "万晓利", "王子轩"]
    )
    def test_is_a_surname_and_one_or_two_characters_of_names(self, name):
        """
        Also where its first two characters are a word.
        """
        assert is_name(name)
        assert is_likely_name(name)

    @pytest.mark.parametrize(
        "word",
        sorted(
            words(
                "黄金 周五 高端 金色 马上 许多 任何 于是 方便 白色 安全 江南 王者荣耀 石家庄 向日葵 "
                "王 欧阳 小明 张三李四 贴膜 查快递"
            )
        ),
    )
    def test_is_no_ordinary_word(self, word):
        """
        Nor a surname alone, nor anything longer.
        """
        assert not is_likely_name(word)

    @pytest.mark.parametrize(
        ("text", "length"), [("欧阳娜", 2), ("王小明", 1), ("欧", 1), ("的", 0), ("", 0), ("Wang", 0)]
    )
    def test_begins_with_the_longest_surname(self, text, length):
        """
        One of two characters before one of one.
        """
        assert surname_length(text) == length


class TestLists:
    def test_of_surnames_do_not_contradict_each_other(self):
        """
        A surname is clear, ambiguous or rare.
        """
        assert not CLEAR & AMBIGUOUS
        assert not CLEAR & RARE
        assert not AMBIGUOUS & RARE
        assert CLEAR | AMBIGUOUS | RARE == SINGLE
        assert FREQUENT <= CLEAR

    def test_hold_what_they_say(self):
        """
        Single characters, pairs, and words that begin with a surname, the only ones that matter.
        """
        assert {len(entry) for entry in SINGLE | GIVEN | SOUNDS} == {1}
        assert {len(entry) for entry in COMPOUND} == {2}
        assert min(len(entry) for entry in WORDS) >= 2


class TestTwoSurnames:
    @pytest.mark.parametrize(("text", "both"), [("马杨平刚", True), ("王小明好", False), ("王林", False), ("", False)])
    def test_stand_before_a_given_name_of_two_characters(self, text, both):
        """
        One of each parent.
        """
        assert has_two_surnames(text) is both
