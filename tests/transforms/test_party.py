"""Parties: the names that they can have."""

import pytest

from transforms.party import check_party, is_party


class TestParty:
    @pytest.mark.parametrize("name", ["m-100", "logistics", "7", "A_b", "x" * 64])
    def test_has_a_plain_word_for_a_name(self, name):
        """
        Letters, digits, dashes and underscores.
        """
        assert is_party(name)
        check_party(name)

    @pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", "-x", "a.b", "x" * 65, "é", "a\n", "a\0"])
    def test_has_none_that_leads_elsewhere(self, name):
        """
        The name is that of a file.
        """
        assert not is_party(name)
        with pytest.raises(ValueError, match="must be 1–64 letters"):
            check_party(name)
