"""The grammar: kinds of parts by the words and numbers that they end with."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.addresses.grammar import _INSIDE, PART, parts
from transforms.text.addresses.part import Kind
from transforms.text.fold import fold


def kinds(text):
    return [(text[part.start : part.end], part.kind) for part in parts(fold(text))]


class TestParts:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            pytest.param("90号", Kind.HOUSE, id="house"),
            pytest.param("90 号", Kind.HOUSE, id="house with a space"),
            pytest.param("甲10号", Kind.HOUSE, id="house of a series"),
            pytest.param("12号附3号", Kind.HOUSE, id="house and annex"),
            pytest.param("No.88", Kind.HOUSE, id="No."),
            pytest.param("三幢", Kind.BUILDING, id="building"),
            pytest.param("6号楼", Kind.BUILDING, id="building with 号"),
            pytest.param("B座", Kind.BUILDING, id="building by a letter"),
            pytest.param("F9A栋", Kind.BUILDING, id="building by letters and digits"),
            pytest.param("二单元", Kind.BUILDING, id="entrance"),
            pytest.param("501室", Kind.BUILDING, id="room"),
            pytest.param("12楼", Kind.UNIT, id="storey"),
            pytest.param("Room 302", Kind.UNIT, id="room in English"),
            pytest.param("三组", Kind.UNIT, id="group"),
            pytest.param("三区", Kind.SECTION, id="section"),
            pytest.param("B室", Kind.UNIT, id="room by a letter"),
            pytest.param("36F", Kind.UNIT, id="storey in English"),
            pytest.param("12-1-302", Kind.ROOM, id="three numbers"),
            pytest.param("12#302", Kind.ROOM, id="hash"),
            pytest.param("3-501", Kind.PAIR, id="two numbers"),
            pytest.param("门口", Kind.SPOT, id="spot"),
            pytest.param("50米路北", Kind.SPOT, id="distance"),
            pytest.param("大道", Kind.ROAD, id="road"),
            pytest.param("软件园", Kind.PLACE, id="place"),
            pytest.param("行政村", Kind.VILLAGE, id="village"),
            pytest.param("苑", Kind.ENDING, id="ending"),
        ],
    )
    def test_are_read_whole(self, text, kind):
        """
        The longest reading, of one kind.
        """
        assert kinds(text) == [(text, kind)]

    def test_that_touch_are_read_apart(self):
        """
        The entrance's number is not the building's.
        """
        assert kinds("12幢3单元201") == [
            ("12幢", Kind.BUILDING),
            ("3单元", Kind.BUILDING),
            ("201", Kind.BARE),
        ]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("3件", id="count"),
            pytest.param("2.5米", id="length"),
            pytest.param("13800138000", id="phone number"),
            pytest.param("3室2厅", id="plan of a flat"),
        ],
    )
    def test_are_no_counts(self, text):
        """
        A number with the word for goods, a decimal, a phone number.
        """
        assert {kind for _, kind in kinds(text)} <= {Kind.BARE}


class TestLongNumbers:
    THOROUGH = re.compile(PART.pattern.replace(f"|{_INSIDE}", ""))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("3376131号", [("1号", Kind.PLACE)], id="a word that begins with a digit"),
            pytest.param("6907538173东门", [("东门", Kind.SPOT)], id="a word behind it"),
            pytest.param("690753817301 12楼", [("12楼", Kind.UNIT)], id="a number behind it"),
        ],
    )
    def test_hold_no_part_but_at_their_end(self, text, expected):
        """
        There a word may begin with a digit.
        """
        assert kinds(text) == expected

    @given(st.text("0123456789abfno十甲号栋楼室中小区米 .-#"))
    def test_are_passed_over_without_a_loss(self, text):
        """
        What is found is what a look at each character finds.
        """
        assert self.THOROUGH.pattern != PART.pattern
        found, thorough = (
            [(match.start(match.lastindex), match.end()) for match in pattern.finditer(text) if match.lastindex]
            for pattern in (PART, self.THOROUGH)
        )
        assert found == thorough
