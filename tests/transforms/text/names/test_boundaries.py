"""Boundaries: where a name begins and where it ends."""

import pytest

from transforms.text.fold import fold
from transforms.text.names.boundaries import full_name_end, is_closed, is_opened, mended, sounds_end, without_title
from transforms.text.names.mention import Mention


class TestEnd:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("王小明收", "王小明"),
            ("王芳收货地址", "王芳"),
            ("李强的电话", "李强"),
            ("欧阳静怡13800138000", "欧阳静怡"),
            ("王先生", "王"),
            ("王", "王"),
        ],
    )
    def test_of_a_full_name_is_before_what_follows(self, text, name):
        """
        One or two characters behind the surname, or none before a title.
        """
        assert text[: full_name_end(text, fold(text), 0)] == name

    @pytest.mark.parametrize(("text", "name"), [("钱多多女士", "钱多多"), ("张伟收", "张伟"), ("王小明", "王小明")])
    def test_is_before_a_title(self, text, name):
        """
        A title belongs to nobody's name.
        """
        assert text[: without_title(fold(text), 0, len(text))] == name

    def test_of_sounds_is_where_they_end(self):
        """
        At a word that follows names, or at a character that writes no sound.
        """
        assert sounds_end("阿依古丽您好", fold("阿依古丽您好"), 0) == 4
        assert sounds_end("好", "好", 0) == 0

    @pytest.mark.parametrize(("behind", "closed"), [("", True), ("，", True), ("收", True), ("1", True), ("糖", False)])
    def test_is_possible_before_what_follows_names(self, behind, closed):
        """
        Or before anything that is not Han.
        """
        text = f"王小明{behind}"

        assert is_closed(text, fold(text), 3) is closed


class TestBeginning:
    @pytest.mark.parametrize(
        ("before", "opened"), [("", True), ("，", True), ("找", True), ("我叫", True), ("尊敬的", True), ("糖", False)]
    )
    def test_is_possible_behind_what_speaks_of_somebody(self, before, opened):
        """
        Or behind anything that is not Han.
        """
        assert is_opened(fold(f"{before}王小明"), len(before)) is opened


class TestMended:
    def test_keeps_persons_alone(self):
        """
        Places and organisations are no names of persons.
        """
        assert mended("王小明", "王小明", [Mention(0, 3, "LOC")]) == {}
        assert mended("王小明", "王小明", [Mention(0, 3, "PER")]) == {0: 3}
