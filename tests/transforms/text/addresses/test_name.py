"""Names: where they begin, and what is none."""

import pytest

from transforms.text.addresses.name import begins, bridges, holds_a_stop, is_name, segment_end, tail
from transforms.text.addresses.persons import Persons
from transforms.text.fold import fold

NOBODY = Persons([])


class TestBegins:
    @pytest.mark.parametrize(
        ("before", "name"),
        [
            pytest.param("麻烦送到", "阳光", id="behind what the writer says"),
            pytest.param("你好，", "文三", id="behind punctuation"),
            pytest.param("13800138000", "文三", id="behind a phone number"),
            pytest.param("学校", "西南交通", id="behind a word for the place"),
            pytest.param("我住", "和平", id="和 in a name"),
            pytest.param("送", "解放", id="放 in a name"),
            pytest.param("我在", "金地自在", id="在 in a name"),
            pytest.param("", "馨和", id="at the start"),
        ],
    )
    def test_behind_what_no_name_has(self, before, name):
        """
        The rest is the name.
        """
        text = fold(before + name + "路90号")

        assert begins(text, 0, len(before + name)) == len(before)

    def test_never_inside_a_number(self):
        """
        Not even in one that begins farther away than a name.
        """
        assert begins("13800138000湖光山色文山路", 0, 17) == 11

    def test_never_far_away(self):
        """
        A name has at most twelve characters before its last word.
        """
        assert begins("东" * 100, 0, 100) == 88

    def test_never_before_the_floor(self):
        """
        What belongs to the address before stays with it.
        """
        assert begins("文山文山路", 2, 4) == 2


class TestBridges:
    @pytest.mark.parametrize(
        ("gap", "joined"),
        [
            pytest.param("", True, id="nothing"),
            pytest.param(", ", True, id="separators"),
            pytest.param(",东部", True, id="a name"),
            pytest.param("\n详细地址:金山南", True, id="a label and a name"),
            pytest.param("(中邦)", True, id="a name in brackets"),
            pytest.param("。东部", False, id="the end of a sentence"),
            pytest.param(",要2个,", False, id="another clause"),
            pytest.param("电话13800138000", False, id="a phone number"),
            pytest.param("东" * 13, False, id="too long"),
        ],
    )
    def test_only_what_can_be_a_name(self, gap, joined):
        """
        Between two parts of one address stand separators and the second one's name.
        """
        assert bridges(f"90号{gap}3幢", 3, 3 + len(gap)) is joined

    def test_with_a_seldom_character_only_inside(self):
        """
        Behind a division the name of a place is expected: 每天惠大厦.
        """
        assert bridges("秦淮区每天惠大厦", 3, 6, inside=True)
        assert not bridges("秦淮区每天惠大厦", 3, 6)


class TestTail:
    @pytest.mark.parametrize(
        ("behind", "taken"),
        [
            pytest.param("星巴克，谢谢", "星巴克", id="a shop"),
            pytest.param("王小明，", "", id="a person"),
            pytest.param("门口，", "", id="the door"),
            pytest.param("谢谢", "", id="thanks"),
            pytest.param("", "", id="nothing"),
        ],
    )
    def test_takes_a_name_up_to_punctuation(self, behind, taken):
        """
        Unless it may be somebody's.
        """
        assert tail(f"1楼{behind}", 2, NOBODY) == 2 + len(taken)

    def test_takes_no_name_of_a_person(self):
        """
        Whatever the surname.
        """
        assert tail("1楼巴特尔", 2, Persons([(2, 5)])) == 2


class TestWords:
    def test_hold_a_stop(self):
        """
        上门 is what a courier does.
        """
        assert holds_a_stop("上门", 0, 2)
        assert not holds_a_stop("良渚", 0, 2)

    def test_are_names_with_a_letter(self):
        """
        Digits and separators alone are none.
        """
        assert is_name("3里")
        assert not is_name("3-5 ")

    def test_end_at_punctuation(self):
        """
        Or where they are said to end.
        """
        assert segment_end("文三路,西湖", 0, 6) == 3
        assert segment_end("文三路", 0, 2) == 2
