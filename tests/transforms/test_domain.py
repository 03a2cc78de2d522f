"""Domains: the form that their names have."""

import pytest

from transforms.domain import check_domain


class TestCheckDomain:
    @pytest.mark.parametrize("domain", ["ads", "ads.device", "a1.b_2.c"])
    def test_takes_words_joined_by_dots(self, domain):
        """
        One or several.
        """
        check_domain(domain)

    @pytest.mark.parametrize("domain", ["", "Ads", "ads.", ".ads", "1a", "ads device", "ads|device", "ads\n"])
    def test_refuses_any_other(self, domain):
        """
        A mark that separates the parts of a key's name above all.
        """
        with pytest.raises(ValueError, match="must be lower-case words joined by dots"):
            check_domain(domain)
