"""Folding: one spelling for what looks or reads the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.fold import HIDDEN, fold, without_hidden
from transforms.text.span import Span

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
"""Lone surrogates too."""


class TestOffsets:
    @given(ANY_TEXT)
    def test_nothing_moves(self, text):
        """
        Every text keeps its length, so an offset in the folded text is one in the text.
        """
        assert len(fold(text)) == len(text)

    def test_every_code_point_becomes_one(self):
        """
        No code point of Unicode vanishes or becomes two, not even a lone surrogate.
        """
        assert [point for point in range(0x110000) if len(fold(chr(point))) != 1] == []

    def test_a_folded_text_is_its_own_fold(self):
        """
        What a code point becomes is not folded any further.
        """
        assert [hex(point) for point in range(0x110000) if fold(fold(chr(point))) != fold(chr(point))] == []

    @given(ANY_TEXT, ANY_TEXT)
    def test_characters_do_not_change_each_other(self, before, after):
        """
        A piece of a text folds as it does alone.
        """
        assert fold(before + after) == fold(before) + fold(after)


class TestDigits:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("０１２３４５６７８９", id="full width"),
            pytest.param("零一二三四五六七八九", id="Han"),
            pytest.param("〇幺两叁肆伍陆柒捌玖", id="financial and spoken"),
            pytest.param("○壹貳三四五陸七八九", id="traditional"),
            pytest.param("⓪①②③④⑤⑥⑦⑧⑨", id="circled"),
            pytest.param("⓿❶❷❸❹❺❻❼❽❾", id="negative circled"),
            pytest.param("⁰¹²³⁴⁵⁶⁷⁸⁹", id="raised"),
            pytest.param("₀₁₂₃₄₅₆₇₈₉", id="lowered"),
            pytest.param("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", id="mathematical"),
            pytest.param("🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐", id="with a full stop"),
            pytest.param("٠١٢٣٤٥٦٧٨٩", id="Arabic-Indic"),
            pytest.param("०१२३४५६७८९", id="Devanagari"),
            pytest.param("〇㈠㈡㈢㈣㈤㈥㈦㈧㈨", id="Han in brackets"),
        ],
    )
    def test_every_script_counts_alike(self, text):
        """
        Ten digits of any script read 0123456789.
        """
        assert fold(text) == "0123456789"

    def test_keycaps_are_digits_with_something_hidden(self):
        """
        An emoji keycap is its digit and two characters that nobody sees.
        """
        assert fold("1️⃣3️⃣") == f"1{HIDDEN * 2}3{HIDDEN * 2}"

    @pytest.mark.parametrize("char", "十百千万½⑩Ⅻ洞拐勾参")
    def test_what_is_no_single_digit_stays(self, char):
        """
        Tens, fractions and words that only sometimes are a digit keep their form.
        """
        assert fold(char) == char


class TestLetters:
    @pytest.mark.parametrize(
        "text", ["WeChat", "ＷｅＣｈａｔ", "ⓌⒺⒸⒽⒶⓉ", "🅆🄴🄲🄷🄰🅃", "🅦🅔🅒🅗🅐🅣", "🆆🅴🅲🅷🅰🆃", "𝐖𝐞𝐂𝐡𝐚𝐭", "wеchаt", "wěchát"]
    )
    def test_one_word_however_it_is_drawn(self, text):
        """
        Full-width, circled, squared, mathematical, Cyrillic and accented letters read as plain lower-case ones.
        """
        assert fold(text) == "wechat"

    def test_traditional_labels_read_as_simplified_ones(self):
        """
        The characters that labels are written with have one form.
        """
        assert fold("電話號碼,手機,證件,賬戶,郵箱,訂單") == "电话号码,手机,证件,账户,邮箱,订单"

    def test_roman_five_is_a_letter(self):
        """
        Ⅴ信 is a spelling of 微信 and no number.
        """
        assert fold("Ⅴ信") == "v信"


class TestWhatStandsBetween:
    @pytest.mark.parametrize(
        "char",
        [
            pytest.param("\u200b", id="zero-width space"),
            pytest.param("\u200d", id="zero-width joiner"),
            pytest.param("\u2060", id="word joiner"),
            pytest.param("\ufeff", id="byte order mark"),
            pytest.param("\u202e", id="right-to-left override"),
            pytest.param("\u00ad", id="soft hyphen"),
            pytest.param("\ufe0f", id="variation selector"),
            pytest.param("\U000e0101", id="variation selector of the second block"),
            pytest.param("\U000e0031", id="tag"),
            pytest.param("\u20e3", id="keycap"),
            pytest.param("\u0336", id="strike-through"),
            pytest.param("\u3164", id="Hangul filler"),
            pytest.param("\x01", id="control"),
            pytest.param("\ud83d", id="half of a surrogate pair"),
        ],
    )
    def test_what_nobody_sees_is_hidden(self, char):
        """
        An invisible character has one form, whatever it is.
        """
        assert fold(f"1{char}3") == f"1{HIDDEN}3"

    @pytest.mark.parametrize("char", ["\t", "\xa0", "\u2003", "\u3000", "\r"])
    def test_spaces_are_spaces(self, char):
        """
        A space of any width is an ASCII one.
        """
        assert fold(char) == " "

    @pytest.mark.parametrize("char", ["\n", "\x85", "\u2028", "\u2029"])
    def test_lines_end_as_lines(self, char):
        """
        The end of a line is no mere space.
        """
        assert fold(char) == "\n"

    def test_punctuation_has_its_ascii_twin(self):
        """
        Full-width and Chinese punctuation reads as ASCII; what has no twin stays.
        """
        assert fold("：；，．＠－＿／（）【】—～＋、。￥") == ":;,.@-_/()[]-~+、。￥"

    def test_text_without_twins_stays(self):
        """
        Ordinary Chinese and plain lower-case ASCII pass as they are.
        """
        text = "主播这个多少钱 a-z 0-9!"
        assert fold(text) == text


class TestWithoutHidden:
    @given(st.text("ab\x00", max_size=30))
    def test_nothing_hidden_divides_a_find(self, folded):
        """
        What is found among the seen characters starts with one of them and ends before the next.
        """
        found = [folded[span.start : span.end] for span in without_hidden(_letters)(folded)]

        assert [piece.replace(HIDDEN, "") for piece in found] == list(folded.replace(HIDDEN, ""))
        assert all(piece[0] != HIDDEN for piece in found)
        assert "".join(found) == folded.lstrip(HIDDEN)

    def test_what_is_wrapped_sees_nothing_hidden(self):
        """
        The finder itself never meets a hidden character.
        """
        seen = []
        list(without_hidden(lambda text: seen.append(text) or [])(f"1{HIDDEN}3"))

        assert seen == ["13"]


def _letters(text):
    return [Span(at, at + 1, "QQ", 1.0) for at in range(len(text))]
