"""Ways of writing a number: what must be hidden still is the number, and the rest is a filler."""

import unicodedata
from random import Random

import pytest

from benchmarks.detection.evasion import STYLES, mobile
from benchmarks.detection.labelled import Gold, Written

NUMBER = "13800456219"
CASES = [
    pytest.param(style, id=f"{split}: {name}") for split, styles in STYLES.items() for name, style in styles.items()
]
HAN = {
    **{
        character: index
        for index, row in enumerate(["零〇", "一幺", "二", "三", "四", "五", "六", "七", "八", "九"])
        for character in row
    },
    **{character: index for index, character in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{character: index for index, character in enumerate("洞幺两三四五六拐八勾")},
    **dict.fromkeys("lI|", 1),
    **dict.fromkeys("oO", 0),
}


def digit(character):
    """
    What a character stands for, or nothing where only its sound says so.
    """
    return HAN[character] if character in HAN else unicodedata.digit(character, None)


@pytest.mark.parametrize("style", CASES)
class TestStyles:
    @pytest.mark.parametrize("seed", range(5))
    def test_what_must_be_hidden_is_the_number(self, style, seed):
        """
        Without its fillers a written number has eleven characters, each a look-alike or a homophone of its digit.
        """
        written = style(Random(seed), NUMBER)
        needed = [written.text[at] for at in Gold.of(0, "CN_MOBILE", written).needed()]
        brackets = [character for character in needed if character not in "（）"]

        assert len(brackets) == len(NUMBER)
        for character, own in zip(brackets, NUMBER, strict=True):
            assert digit(character) in {None, int(own)}

    def test_writes_something_else_than_the_number(self, style):
        """
        A style that changed nothing would be counted as plain by mistake.
        """
        assert style(Random(1), NUMBER).text != NUMBER


class TestMobile:
    @pytest.mark.parametrize("split", STYLES)
    def test_says_how_it_is_written(self, split):
        """
        Over many draws every style of the split is seen, and plain numbers as they are.
        """
        rng = Random(1)
        written = [mobile(split, rng, NUMBER) for _ in range(1_000)]

        assert {one.style for one in written} == {"plain", *STYLES[split]}
        assert {one.text for one in written if one.style == "plain"} == {NUMBER}


class TestWritten:
    def test_joins_pieces_and_knows_the_fillers(self):
        """
        A filler stands behind each piece it is given for; an empty one is none.
        """
        written = Written.joined(("138", "00", "9"), ("--", ""))

        assert written.text == "138--009"
        assert written.fillers == ((3, 5),)

    def test_gold_moves_with_its_fillers(self):
        """
        Offsets are those of the whole text.
        """
        gold = Gold.of(4, "CN_MOBILE", Written.joined(("138", "00"), ("-",)))

        assert gold.moved(10) == Gold(14, 20, "CN_MOBILE", "", ((17, 18),))
        assert gold.needed() == [4, 5, 6, 8, 9]
