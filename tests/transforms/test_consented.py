"""Consented: nothing without the second consent, and with it what the rule releases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import (
    Consented,
    Drop,
    GeoCell,
    Keep,
    Pseudonymize,
    Refused,
    ShiftTime,
    bare,
    second_purposes,
    withholds,
)
from transforms.examples import EXAMPLE_KEYS, EXAMPLES


class TestConsented:
    @pytest.mark.parametrize(
        "row",
        [
            pytest.param(row, id=repr(row.transform))
            for row in EXAMPLES
            if not isinstance(row.transform, Consented | Drop)
        ],
    )
    @given(others=st.frozensets(st.sampled_from(["ads", "analytics", "share", "sharing2"])))
    def test_is_the_rule_with_consent_and_nothing_without(self, row, others):
        """
        Of every shipped transform, whatever else was consented to.
        """
        apply = Consented("sharing", row.transform).bind(EXAMPLE_KEYS, row.kind)
        value, *needs = row.arguments

        assert row.read(apply(value, others | {"sharing"}, *needs)) == row.released
        assert apply(value, others, *needs) is None

    def test_gives_who_came_back_other_tokens(self):
        """
        However many consents the token waits for; what makes no token is as before.
        """
        token = Pseudonymize("example.user", epoch="month")
        waiting = Consented("sharing", Consented("research", token))
        both = frozenset({"sharing", "research"})
        again = waiting.bind_generation(EXAMPLE_KEYS, "user_id", 7)

        assert again("u-1", both, both, 0) == token.bind_generation(EXAMPLE_KEYS, "user_id", 7)("u-1", 0)
        assert again("u-1", both, both, 0) != waiting.bind(EXAMPLE_KEYS, "user_id")("u-1", both, both, 0)
        assert again("u-1", both, frozenset(), 0) is None
        assert again("u-1", frozenset(), both, 0) is None
        assert Consented("sharing", Keep()).bind_generation(EXAMPLE_KEYS, "plain", 7)("x", both) == "x"

    def test_takes_needs_and_gives_what_the_rule_does(self):
        """
        And the purposes before that.
        """
        rule = Consented("sharing", ShiftTime(30))

        assert (rule.takes, rule.gives) == (ShiftTime(30).takes, ShiftTime(30).gives)
        assert rule.needs == ("purposes", *ShiftTime(30).needs)
        assert withholds(rule)

    def test_looks_at_no_value_without_consent(self):
        """
        What the rule would refuse is absent too: it may be of a kind that nobody agreed to have looked at.
        """
        apply = Consented("sharing", Pseudonymize("a.user")).bind(EXAMPLE_KEYS)

        assert apply(5, frozenset()) is None
        with pytest.raises(Refused):
            apply(5, frozenset({"sharing"}))

    def test_waits_for_several(self):
        """
        One within the other, each told of the purposes.
        """
        rule = Consented("sharing", Consented("places", GeoCell(5)))
        apply = rule.bind(EXAMPLE_KEYS, "geo_point")
        point = (31.2304, 121.4737)

        assert rule.needs == ("purposes", "purposes")
        assert apply(point, *[frozenset({"sharing", "places"})] * 2) == "8530995bfffffff"
        assert apply(point, *[frozenset({"sharing"})] * 2) is None
        assert apply(point, *[frozenset({"places"})] * 2) is None
        assert (bare(rule), second_purposes(rule)) == (GeoCell(5), ("sharing", "places"))
        assert (bare(Keep()), second_purposes(Keep())) == (Keep(), ())

    @pytest.mark.parametrize(
        ("purpose", "rule", "sentence"),
        [
            pytest.param("two words", Keep(), "one lower-case word", id="two words"),
            pytest.param("Sharing", Keep(), "one lower-case word", id="upper case"),
            pytest.param("", Keep(), "one lower-case word", id="empty"),
            pytest.param("sharing", Drop(), "Drop releases nothing", id="nothing to release"),
        ],
    )
    def test_refuses(self, purpose, rule, sentence):
        """
        When it is declared.
        """
        with pytest.raises(ValueError, match=sentence):
            Consented(purpose, rule)
