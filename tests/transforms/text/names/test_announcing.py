"""Announcing words: labels, titles, and what follows a name."""

import pytest

from transforms.text.names.announcing import FOLLOWING, KEY, LABEL, TITLE, is_strong


class TestLabel:
    @pytest.mark.parametrize(
        ("text", "behind"),
        [
            ("收件人:", ""),
            ("收件人 : ", ""),
            ("收件人姓名是", ""),
            ("联系人改成", ""),
            ("客户", ""),
            ("被保险人: ", ""),
            ("收件人(", ""),
            ("收件人 王", "王"),
        ],
    )
    def test_ends_where_the_name_begins(self, text, behind):
        """
        A colon, a verb, a bracket and spaces belong to it.
        """
        match = LABEL.search(text)

        assert text[match.end() :] == behind

    @pytest.mark.parametrize(
        ("label", "strong"), [("收件人", True), ("人", True), ("realname", True), ("客户", False), ("师傅", False)]
    )
    def test_is_strong_where_nothing_but_a_name_follows(self, label, strong):
        """
        A customer may do something as well.
        """
        assert is_strong(label) is strong

    @pytest.mark.parametrize(("text", "found"), [("name=", True), ("username=", False), ("name of", False)])
    def test_of_programs_needs_its_sign(self, text, found):
        """
        And is a word of its own.
        """
        assert bool(KEY.search(text)) is found


class TestTitle:
    @pytest.mark.parametrize(
        ("text", "found"), [("先生", True), ("总好", True), ("总是", False), ("姐妹", False), ("哥们", False)]
    )
    def test_is_not_the_head_of_another_word(self, text, found):
        """
        Those of one character look at the next.
        """
        assert bool(TITLE.match(text)) is found


class TestFollowing:
    @pytest.mark.parametrize("text", ["收", "先生", "的快递", "1直", "电话"])
    def test_is_what_a_sentence_goes_on_with(self, text):
        """
        In folded text.
        """
        assert FOLLOWING.match(text)
