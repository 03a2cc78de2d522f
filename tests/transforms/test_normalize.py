"""One written form for equal identifiers, and none for what is no identifier."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import normalize
from transforms.base import Refused
from transforms.normalize import identifies_nothing, normalizer

SEPARATED = st.sampled_from(["", " ", "-", ".", "　", "－", "．"])
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
FULL_WIDTH = {code - 0xFEE0: chr(code) for code in range(0xFF01, 0xFF5F)} | {0x20: chr(0x3000)}


class TestPhone:
    @pytest.mark.parametrize(
        ("spelling", "expected"),
        [
            pytest.param("13800138000", "+8613800138000", id="bare"),
            pytest.param("138 0013 8000", "+8613800138000", id="blanks"),
            pytest.param("138-0013-8000", "+8613800138000", id="hyphens"),
            pytest.param("+86 138 0013 8000", "+8613800138000", id="country code"),
            pytest.param("8613800138000", "+8613800138000", id="country code without plus"),
            pytest.param("008613800138000", "+8613800138000", id="international prefix"),
            pytest.param("(+86)138.0013.8000", "+8613800138000", id="brackets and dots"),
            pytest.param("１３８００１３８０００", "+8613800138000", id="full-width digits"),
            pytest.param("＋８６（１３８）００１３－８０００", "+8613800138000", id="full-width signs"),
            pytest.param("0755-12345678", "+8675512345678", id="landline"),
            pytest.param("010 1234 5678", "+861012345678", id="landline of a two-digit area"),
            pytest.param("+86 755 1234 5678", "+8675512345678", id="landline from abroad"),
            pytest.param("+86 (0)755 1234 5678", "+8675512345678", id="landline from abroad with a zero"),
            pytest.param("+852 9123 4567", "+85291234567", id="another country"),
            pytest.param("00 1 (212) 555-0123", "+12125550123", id="another country by prefix"),
        ],
    )
    def test_spellings_of_one_number_are_one(self, spelling, expected):
        """
        The written form is E.164.
        """
        assert normalize.phone(spelling) == expected

    @given(MOBILES, st.data())
    def test_separators_make_no_difference(self, number, data):
        """
        For all mobile numbers and separators anywhere between their digits.
        """
        spelling = "".join(digit + data.draw(SEPARATED) for digit in number)

        assert normalize.phone(spelling) == f"+86{number}"

    @given(MOBILES)
    def test_is_stable(self, number):
        """
        The written form of a written form is itself.
        """
        assert normalize.phone(normalize.phone(number)) == normalize.phone(number)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("", id="empty"),
            pytest.param("12800138000", id="no such prefix"),
            pytest.param("1380013800", id="a digit short"),
            pytest.param("138001380000", id="a digit long"),
            pytest.param("+", id="a plus alone"),
            pytest.param("+0123456789", id="country code 0"),
            pytest.param("+1234567890123456", id="16 digits"),
            pytest.param("+86138001x8000", id="a letter"),
            pytest.param("13800138000, 13900139000", id="two numbers"),
            pytest.param("١٣٨٠٠١٣٨٠٠٠", id="digits of another script"),
            pytest.param("13800138000\n", id="line end"),
        ],
    )
    def test_refuses_what_is_no_number(self, value):
        """
        The sentence does not repeat it.
        """
        refuses(normalize.phone, value)


class TestMac:
    @pytest.mark.parametrize(
        "spelling",
        [
            pytest.param("a4b1c2d3e4f5", id="bare"),
            pytest.param("A4:B1:C2:D3:E4:F5", id="colons, upper case"),
            pytest.param("a4-b1-c2-d3-e4-f5", id="hyphens"),
            pytest.param("a4b1.c2d3.e4f5", id="dots"),
            pytest.param(" a4 b1 c2 d3 e4 f5 ", id="blanks"),
            pytest.param("Ａ４：Ｂ１：Ｃ２：Ｄ３：Ｅ４：Ｆ５", id="full-width"),
        ],
    )
    def test_spellings_of_one_address_are_one(self, spelling):
        """
        The written form is twelve lower-case digits.
        """
        assert normalize.mac(spelling) == "a4b1c2d3e4f5"

    @pytest.mark.parametrize(
        "value",
        ["", "a4:b1:c2:d3:e4", "a4:b1:c2:d3:e4:f5:06", "g4:b1:c2:d3:e4:f5", "00:00:00:00:00:00", "0000.0000.0000"],
    )
    def test_refuses_what_is_no_address(self, value):
        """
        The all-zero address is nobody's.
        """
        refuses(normalize.mac, value)


class TestDeviceId:
    @pytest.mark.parametrize(
        "spelling",
        [
            pytest.param("6f9619ff8b86d011b42d00cf4fc964ff", id="bare"),
            pytest.param("6F9619FF-8B86-D011-B42D-00CF4FC964FF", id="IDFA"),
            pytest.param("６Ｆ９６１９ＦＦ－８Ｂ８６－Ｄ０１１－Ｂ４２Ｄ－００ＣＦ４ＦＣ９６４ＦＦ", id="full-width"),
        ],
    )
    def test_spellings_of_one_identifier_are_one(self, spelling):
        """
        Case and separators make no difference.
        """
        assert normalize.device_id(spelling) == "6f9619ff8b86d011b42d00cf4fc964ff"

    @pytest.mark.parametrize("value", ["", "1234567", "a" * 65, "9774d56d682e549!", "设备一二三四五六", "0" * 16])
    def test_refuses_what_is_no_identifier(self, value):
        """
        Too short, too long, of other letters, or all-zero.
        """
        refuses(normalize.device_id, value)


class TestOtherKinds:
    @pytest.mark.parametrize(
        ("kind", "spelling", "expected"),
        [
            pytest.param("email", " Zhang.Wei@Example.COM ", "zhang.wei@example.com", id="e-mail"),
            pytest.param("email", "ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "zhang@example.com", id="full-width e-mail"),
            pytest.param("bank_card", "6222 0212 3456 7890 128", "6222021234567890128", id="bank card"),
            pytest.param(
                "bank_card", "６２２２－０２１２－３４５６－７８９０", "6222021234567890", id="full-width card"
            ),
            pytest.param("national_id", "11010519491231002x", "11010519491231002X", id="identity number"),
            pytest.param("national_id", "110105 19491231 002Ｘ", "11010519491231002X", id="identity number, blanks"),
            pytest.param("national_id", "H12345678", "H12345678", id="permit"),
            pytest.param("national_id", "a123456(3)", "A1234563", id="Hong Kong identity card"),
            pytest.param("hardware_id", "86-0000-0000-0001-7", "860000000000017", id="IMEI"),
        ],
    )
    def test_spellings_become_one(self, kind, spelling, expected):
        """
        Each kind has one written form.
        """
        assert normalizer(kind)(spelling) == expected

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            pytest.param("email", "zhang wei@example.com", id="blank in an e-mail address"),
            pytest.param("email", "a@b@c", id="two @"),
            pytest.param("email", "@example.com", id="no name"),
            pytest.param("email", "a" * 65 + "@example.com", id="name past 64"),
            pytest.param("bank_card", "12345678901", id="11 digits"),
            pytest.param("bank_card", "12345678901234567890", id="20 digits"),
            pytest.param("bank_card", "6222x21234567890", id="letter in a card"),
            pytest.param("national_id", "1101051949123100", id="16 digits"),
            pytest.param("national_id", "X1010519491231002X", id="X in front"),
        ],
    )
    def test_refuses_what_is_none(self, kind, value):
        """
        The sentence does not repeat it.
        """
        refuses(normalizer(kind), value)

    @pytest.mark.parametrize("kind", ["plain", "user_id", "cookie_id", "order_id", "nickname"])
    def test_leaves_other_kinds_alone(self, kind):
        """
        A user id that differs in case is another user.
        """
        normalized = normalizer(kind)

        assert normalized is None or normalized(" U-1001 ") == " U-1001 "

    @pytest.mark.parametrize("kind", ["bank_card", "device_id", "email", "mac", "national_id", "phone"])
    @given(data=st.data())
    def test_full_width_makes_no_difference(self, kind, data):
        """
        For all texts: what is refused in ASCII is refused in full width, and what is not becomes the same.
        """
        identifiers = st.text(" -.:()_/+@0123456789abcdefxABCDEFX", min_size=8, max_size=20)
        ascii_text = data.draw(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)) | identifiers | MOBILES)

        assert outcome(kind, ascii_text.translate(FULL_WIDTH)) == outcome(kind, ascii_text)

    @given(st.sampled_from(["bank_card", "device_id", "email", "mac", "national_id", "phone"]), st.text())
    def test_is_stable_or_refused(self, kind, value):
        """
        For all texts: the written form of a written form is itself.
        """
        written = outcome(kind, value)

        assert written is None or outcome(kind, written) == written


class TestIdentifiesNothing:
    @pytest.mark.parametrize(
        ("value", "nothing"),
        [
            pytest.param("00000000-0000-0000-0000-000000000000", True, id="OAID after opting out"),
            pytest.param("0000000000000000", True, id="bare zeros"),
            pytest.param("00:00:00:00:00:00", True, id="MAC"),
            pytest.param("00-00-00-00-00-00", True, id="MAC with hyphens"),
            pytest.param("0000.0000.0000", True, id="MAC with dots"),
            pytest.param("0", True, id="one zero"),
            pytest.param("", True, id="empty"),
            pytest.param(" - ", True, id="separators alone"),
            pytest.param("00000000-0000-0000-0000-000000000001", False, id="almost zero"),
            pytest.param("02:00:00:00:00:00", False, id="MAC that Android shows to apps"),
            pytest.param("9774d56d682e549c", False, id="identifier"),
            pytest.param("O000", False, id="letter O"),
        ],
    )
    def test_is_zeros_and_separators_alone(self, value, nothing):
        """
        What a phone reports after its owner opted out of tracking.
        """
        assert identifies_nothing(value) is nothing


def refuses(function, value):
    with pytest.raises(Refused) as refusal:
        function(value)

    assert not value or value not in str(refusal.value)
    assert not re.search(r"[0-9]{4}", str(refusal.value))


def outcome(kind, value):
    try:
        return normalizer(kind)(value)
    except Refused:
        return None
