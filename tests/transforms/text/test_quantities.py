"""Quantities: what says that digits beside each other are several numbers."""

import pytest

from transforms.text.quantities import UNIT, decimal, priced, round_figure, several


class TestSeveral:
    @pytest.mark.parametrize(
        ("window", "groups", "gaps"),
        [
            pytest.param("1998-11-22 123", ("1998", "11", "22", "123"), ("-", "-", " "), id="date"),
            pytest.param("20261122 123", ("20261122", "123"), (" ",), id="day"),
            pytest.param("13:30:15 12345", ("13", "30", "15", "12345"), (":", ":", " "), id="time"),
            pytest.param("192.168.100.25", ("192", "168", "100", "25"), (".", ".", "."), id="address of a network"),
            pytest.param("15 16 17 18", ("15", "16", "17", "18"), (" ", " ", " "), id="in order"),
            pytest.param("18 17 16 15", ("18", "17", "16", "15"), (" ", " ", " "), id="in reverse order"),
        ],
    )
    def test_forms(self, window, groups, gaps):
        """
        Dates, times, addresses of networks and ordered lists are several numbers.
        """
        assert several(window, groups, gaps)

    @pytest.mark.parametrize(
        ("window", "groups", "gaps"),
        [
            pytest.param("138 1234 5678", ("138", "1234", "5678"), (" ", " "), id="three groups in order"),
            pytest.param("138:1234:5678", ("138", "1234", "5678"), (":", ":"), id="colons"),
            pytest.param("138.1234.5678", ("138", "1234", "5678"), (".", "."), id="points"),
        ],
    )
    def test_one_number(self, window, groups, gaps):
        """
        The groups of a telephone number are not.
        """
        assert not several(window, groups, gaps)


def test_a_point_among_other_gaps_is_a_decimal_one():
    """
    One separator throughout is none, nor is one between single digits.
    """
    assert decimal(("3", "99", "15"), (".", " "))
    assert not decimal(("138", "12", "345678"), (".", "."))
    assert not decimal(("1", "3", "8"), (".", " "))


def test_prices():
    """
    Groups that end like a price, enumerated.
    """
    assert priced(("199", "1299", "2599"), (" ", " "))
    assert not priced(("199", "1299", "2593"), (" ", " "))
    assert not priced(("199", "1299", "2599"), ("哈", "哈"))


@pytest.mark.parametrize("group", ["1299", "170", "165", "1998", "2026", "688"])
def test_round_figures(group):
    """
    Prices, sizes and years.
    """
    assert round_figure(group)
    assert not round_figure("8017")


@pytest.mark.parametrize("text", ["元", "件起", " kg", "%", "到", "  ￥"])
def test_units(text):
    """
    What follows a quantity or stands between two.
    """
    assert UNIT.match(text)
    assert not UNIT.match("哈")
