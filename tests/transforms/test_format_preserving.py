"""FormatPreserving: a number in place of a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import CannotOpen, Refused
from transforms.examples import EXAMPLE_KEYS, ExampleKeyring
from transforms.format_preserving import FormatPreserving, restored

RULE = FormatPreserving("support.phone", keep_prefix=3)
SECRET = EXAMPLE_KEYS.derive("ff1:support.phone").secret
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def changed(value, rule=RULE, kind="phone", keys=EXAMPLE_KEYS):
    return rule.bind(keys, kind)(value)


class TestFormatPreserving:
    @given(MOBILES)
    def test_gives_a_number_of_the_same_form_that_comes_back(self, mobile):
        """
        Eleven digits, the operator's as they were.
        """
        other = changed(mobile)

        assert len(other) == 11
        assert other.isdecimal()
        assert other[:3] == mobile[:3]
        assert restored(other, SECRET, RULE, "phone") == mobile

    @pytest.mark.parametrize(
        "spelling", ["138 0013 8000", "+86-138-0013-8000", "8613800138000", "１３８００１３８０００"]
    )
    def test_gives_one_number_however_it_was_written(self, spelling):
        """
        Equal numbers stay equal.
        """
        assert changed(spelling) == changed("13800138000")

    def test_keeps_the_sign_of_a_number_from_abroad(self):
        """
        So that none passes for one of mainland China, and each comes back.
        """
        other = changed("+1 415 555 2671")

        assert other.startswith("+141")
        assert len(other) == len("+14155552671")
        assert restored(other, SECRET, RULE, "phone") == "+14155552671"

    def test_differs_by_domain_kind_prefix_and_recipient(self):
        """
        What one of them shows tells nothing of the others.
        """
        value = "13800138000"
        made = [
            changed(value)[3:],
            changed(value, FormatPreserving("support.other", keep_prefix=3))[3:],
            changed(value, kind="plain")[3:],
            changed("13900138000")[3:],
            changed(value, keys=ExampleKeyring(bytes(32)))[3:],
        ]

        assert len(set(made)) == len(made)

    def test_takes_letters_where_it_is_told_to(self):
        """
        Capitals as small ones.
        """
        rule = FormatPreserving("support.serial", "alphanumeric")

        assert changed("R58N12ABCDE", rule, "plain") == changed("r58n12abcde", rule, "plain")
        secret = EXAMPLE_KEYS.derive("ff1:support.serial").secret
        assert restored(changed("R58N12ABCDE", rule, "plain"), secret, rule, "plain") == "r58n12abcde"

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            pytest.param("12345", "plain", id="too short"),
            pytest.param("12345678", "plain", id="too short behind the prefix"),
            pytest.param("张伟丰13800138000", "plain", id="name in the prefix"),
            pytest.param("13800138000张伟", "plain", id="name behind"),
            pytest.param("138 0013 8000", "plain", id="blanks"),
            pytest.param("", "plain", id="empty"),
            pytest.param("++13800138000", "plain", id="two signs"),
            pytest.param("12345", "phone", id="no telephone number"),
            pytest.param("1" * 9_000, "plain", id="endless"),
        ],
    )
    def test_refuses_what_it_cannot_hide(self, value, kind):
        """
        Without showing it.
        """
        with pytest.raises(Refused) as refusal:
            changed(value, kind=kind)

        assert not value or value not in str(refusal.value)

    def test_refuses_what_is_no_text(self):
        """
        By its type.
        """
        with pytest.raises(Refused, match="expected string, got number"):
            changed(13800138000)

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param(("Support",), id="domain"),
            pytest.param(("a", "letters"), id="alphabet"),
            pytest.param(("a", "digits", -1), id="prefix below"),
            pytest.param(("a", "digits", 13), id="prefix above"),
            pytest.param(("a", "digits", True), id="no number"),
        ],
    )
    def test_refuses_wrong_arguments(self, arguments):
        """
        When it is declared.
        """
        with pytest.raises(ValueError, match="must be lower-case|choose one of|whole number"):
            FormatPreserving(*arguments)


class TestRestored:
    @pytest.mark.parametrize("text", ["", "138", "张伟13800138000", "1.xAwYKH42qDToG6aW6mZ95w"])
    def test_says_what_was_never_released(self, text):
        """
        As far as the form tells.
        """
        with pytest.raises(CannotOpen, match="not a text of the alphabet"):
            restored(text, SECRET, RULE, "phone")
