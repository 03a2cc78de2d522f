"""Claims about what an identity number tells."""

from datetime import date

import pytest

from transforms.base import Refused
from transforms.national_id import birth_date_of


class TestBirthDate:
    @pytest.mark.parametrize(
        ("number", "born"),
        [
            pytest.param("11010519491231002X", date(1949, 12, 31), id="the standard's example"),
            pytest.param("11010519491231002x", date(1949, 12, 31), id="small x"),
            pytest.param(" 110105 19491231 002X", date(1949, 12, 31), id="in groups"),
            pytest.param("440524188001010014", date(1880, 1, 1), id="the standard's other example"),
        ],
    )
    def test_stands_in_the_middle(self, number, born):
        """
        Digits 7 to 14.
        """
        assert birth_date_of(number) == born

    @pytest.mark.parametrize(
        "number",
        [
            pytest.param("110105194912310021", id="a wrong check digit"),
            pytest.param("110105491231002", id="15 digits"),
            pytest.param("H12345678", id="a permit"),
            pytest.param("nobody", id="nothing"),
            pytest.param("110105194902310026", id="no such month or day"),
            pytest.param("110105201102290015", id="a leap day of no leap year"),
        ],
    )
    def test_is_refused_of_other_numbers(self, number):
        """
        In a sentence without the number.
        """
        with pytest.raises(Refused) as refusal:
            birth_date_of(number)

        assert number not in str(refusal.value)
