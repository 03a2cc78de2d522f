"""Claims about numbers with a check or a prefix."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulator import numbers

seeds = st.integers(0, 2**32).map(Random)


def luhn_sum(number):
    doubled = [2 * int(digit) for digit in number[-2::-2]]
    return sum(map(int, number[::-1][::2])) + sum(value - 9 if value > 9 else value for value in doubled)


class TestLuhn:
    @pytest.mark.parametrize(
        ("body", "check"),
        [
            pytest.param("7992739871", "3", id="the example of the patent's readers"),
            pytest.param("49015420323751", "8", id="the IMEI of 3GPP's examples"),
            pytest.param("411111111111111", "1", id="a card for tests"),
            pytest.param("0", "0", id="zero"),
        ],
    )
    def test_agrees_with_published_numbers(self, body, check):
        """
        The check digit is the published one.
        """
        assert numbers.luhn(body) == check


class TestIdentityNumbers:
    @pytest.mark.parametrize(
        ("body", "check"),
        [
            pytest.param("11010519491231002", "X", id="the standard's first example"),
            pytest.param("44052418800101001", "4", id="the standard's second example"),
        ],
    )
    def test_agrees_with_the_standard(self, body, check):
        """
        The check character is that of GB 11643-1999.
        """
        assert numbers.identity_check(body) == check

    @given(seeds, st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.booleans())
    def test_says_where_when_and_who(self, rng, birth, female):
        """
        Division, day of birth and sex stand in the number, and its check by MOD 11-2 comes out as one.
        """
        number = numbers.identity_number(rng, "440305", birth, female=female)

        assert number[:6] == "440305"
        assert number[6:14] == birth.strftime("%Y%m%d").zfill(8)
        assert int(number[16]) % 2 == (0 if female else 1)
        values = [10 if character == "X" else int(character) for character in number]
        assert len(values) == 18
        assert sum(value * 2 ** (17 - place) for place, value in enumerate(values)) % 11 == 1


class TestCards:
    @given(seeds)
    def test_are_unionpay_with_a_valid_check(self, rng):
        """
        62 in front, 16 to 19 digits, and a sum that ten divides.
        """
        card = numbers.bank_card(rng)

        assert card.startswith("62")
        assert 16 <= len(card) <= 19
        assert luhn_sum(card) % 10 == 0


class TestTelephones:
    @given(seeds)
    def test_imei_has_a_valid_check(self, rng):
        """
        15 digits whose sum ten divides.
        """
        imei = numbers.imei(rng)

        assert len(imei) == 15
        assert luhn_sum(imei) % 10 == 0

    @given(seeds)
    def test_meid_is_in_the_assigned_range(self, rng):
        """
        14 hexadecimal digits, A0 or higher in front.
        """
        meid = numbers.meid(rng)

        assert len(meid) == 14
        assert int(meid[:2], 16) >= 0xA0

    @given(seeds, st.sampled_from(sorted(numbers.PHONE_PREFIXES)))
    def test_numbers_belong_to_their_operator(self, rng, carrier):
        """
        11 digits, the first three of which are the operator's.
        """
        number = numbers.mobile_number(rng, carrier)

        assert len(number) == 11
        assert number.isdecimal()
        assert number[:3] in numbers.PHONE_PREFIXES[carrier]

    def test_no_prefix_has_two_operators(self):
        """
        A prefix stands once.
        """
        prefixes = [prefix for group in numbers.PHONE_PREFIXES.values() for prefix in group]

        assert len(prefixes) == len(set(prefixes))
