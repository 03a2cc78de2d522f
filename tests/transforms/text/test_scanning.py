"""Scanning: passing over what no alternative begins with."""

import re
from string import printable

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.addresses.grammar import PART
from transforms.text.digits import Reading
from transforms.text.messengers import TRIGGER
from transforms.text.scanning import passing_over

PATTERNS = {"PART": PART, "TRIGGER": TRIGGER, **{reading.name: reading.value for reading in Reading}}
BEFORE = ("", "3", "3号", "楼", "单元", "路", "a ", "x")
"""What alternatives look back at."""


def parted(pattern):
    """
    The first characters and the alternatives that a pattern was made of.
    """
    return re.fullmatch(r"\[\^(.*?)\]\*\+\(\?:(.*)\|\[\1\]\|\\Z\)", pattern.pattern, re.DOTALL).groups()


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_no_alternative_begins_with_what_is_passed_over(pattern):
    """
    Not with any character that it names or may name, whatever stands before it.
    """
    first, alternatives = parted(pattern)
    alternative = regex.compile(alternatives)
    others = [char for char in {*printable, *alternatives, *"啊，🙂"} if not re.match(f"[{first}]", char)]

    assert others
    for char in others:
        assert not any(alternative.match(before + char, len(before), partial=True) for before in BEFORE)


@given(st.text("ab12 "))
def test_finds_the_same(text):
    """
    As the alternatives alone find.
    """
    alternatives = "(ab)|b(1+)(?=2)|(?<=a)(1)"
    found = [match[match.lastindex] for match in passing_over("ab1", alternatives).finditer(text) if match.lastindex]

    assert found == [match[match.lastindex] for match in re.finditer(alternatives, text)]


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
@pytest.mark.parametrize("unit", ["啊", "1"])
def test_takes_linear_time(pattern, unit):
    """
    Also over what is passed over, up to the end.
    """
    assert is_linear(pattern.finditer, unit)
