"""Tokens: what the network reads, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.names.tokens import Tokenizer

PROPERTIES = {
    # row 0 is what is not known; then 你 with its other form, 好, 大, 学, 生, a with its capital
    "characters": "\n你妳\n好\n大\n学\n生\naA",
    "words": "大学\nabc\n好大学",
    "breaks": "学生",
    "variants": "學学",
    "labels": "",
}
YOU, GOOD, BIG, LEARN, LIFE, A, COLLEGE, ABC, GOOD_COLLEGE = range(1, 10)


def rows(text):
    return Tokenizer(PROPERTIES)(text).rows


class TestTokens:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("", [], id="nothing"),
            pytest.param("你妳好", [YOU, YOU, GOOD], id="characters, other forms too"),
            pytest.param("大学", [COLLEGE], id="word"),
            pytest.param("大學", [COLLEGE], id="word in another form"),
            pytest.param("学生", [LEARN, LIFE], id="a word without a row"),
            pytest.param("大学生", [COLLEGE, LIFE], id="of two cuts with as many words the one whose first is longer"),
            pytest.param("你大学好", [YOU, COLLEGE, GOOD], id="word between characters"),
            pytest.param("你好大学生", [YOU, GOOD_COLLEGE, LIFE], id="longer word"),
            pytest.param("abc", [ABC], id="letters as a word"),
            pytest.param("abA", [A, 0, A], id="letters that are none"),
            pytest.param("大abc学", [BIG, ABC, LEARN], id="letters between characters"),
            pytest.param("猫\ud800", [0, 0], id="what is not known"),
            pytest.param("大\u200b学\ufeff", [COLLEGE], id="what nobody sees"),
            pytest.param("好aa,a学", [GOOD, A, A, 0, A, LEARN], id="number, all of it"),
            pytest.param("好abc-aaa/b0a学", [GOOD, ABC, 0, 0, A, LEARN], id="longer number, its ends"),
            pytest.param("aaa aaa", [A, A, A, 0, A, A, A], id="numbers with a space between"),
        ],
    )
    def test_are_words_where_there_are_and_characters_elsewhere(self, text, expected):
        """
        The fewest words win.
        """
        assert rows(text) == expected

    @given(st.text(alphabet="大学生學你abcA \u200b\n猫") | st.text())
    def test_cover_the_text_in_its_order(self, text):
        """
        Whatever the text: only what nobody sees lies between them, or what has ASCII on both sides.
        """
        tokens = Tokenizer(PROPERTIES)(text)

        assert len(tokens.rows) == len(tokens.starts) == len(tokens.ends)
        assert all(start < end for start, end in zip(tokens.starts, tokens.ends, strict=True))
        gaps = zip([0, *tokens.ends], [*tokens.starts, len(text)], strict=True)
        assert all(end <= start for end, start in gaps)
        seen = {at for start, end in zip(tokens.starts, tokens.ends, strict=True) for at in range(start, end)}
        unseen = [character for at, character in enumerate(text) if at not in seen and character.isalnum()]
        assert "".join(unseen).isascii()

    def test_stand_where_they_are_read(self):
        """
        What lies between those of a long number belongs to none of them.
        """
        tokens = Tokenizer(PROPERTIES)("大学aaaaaaa学生")

        assert list(zip(tokens.starts, tokens.ends, strict=True)) == [
            (0, 2),
            *[(at, at + 1) for at in (2, 3, 7, 8, 9, 10)],
        ]
