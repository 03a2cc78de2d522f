"""Claims about decisions: what costs nothing when nobody was erased."""

import pytest

from pipeline.decision import Decision


class TestRenewed:
    @pytest.mark.parametrize(
        ("decision", "renewed"),
        [
            pytest.param(Decision(), False, id="nobody was erased"),
            pytest.param(Decision(linked=True, suppressed=True, salt=b"0" * 16), False, id="all else"),
            pytest.param(Decision(generation=1), True, id="a person"),
            pytest.param(Decision(device_generation=1), True, id="a device"),
            pytest.param(Decision(cookie_generation=1), True, id="a cookie"),
        ],
    )
    def test_follows_from_the_generations(self, decision, renewed):
        """
        Any of them.
        """
        assert decision.renewed is decision.rare is renewed

    def test_is_as_rare_as_a_grant(self):
        """
        Both are left to the reference.
        """
        assert Decision(grants=("a grant",)).rare
        assert not Decision(grants=("a grant",)).renewed


def test_shows_no_salt():
    """
    In no traceback: whoever has it and the root key has the person's own.
    """
    assert "salt" not in repr(Decision(salt=b"0" * 16))
