"""Seal: a value for one party."""

import pytest

from transforms.base import CannotOpen, Refused
from transforms.boxes import PartyPrivateKey
from transforms.examples import EXAMPLE_PARTY
from transforms.seal import Seal

PLACE = "clean.merchant.order|consignee.phone"
OTHER = PartyPrivateKey.generate("m-200")


class Keys:
    """
    Two parties with keys.
    """

    party = staticmethod({key.party: key.public().sealer() for key in (EXAMPLE_PARTY, OTHER)}.get)


def sealed(value, *context, to=""):
    return Seal(to).bind(Keys(), "phone")(value, *context)


class TestSeal:
    def test_reaches_the_party_that_the_event_names(self):
        """
        Merchant A opens its own, and cannot read B's order on the same topic.
        """
        mine, yours = sealed("13800138000", PLACE, "m-100"), sealed("13900139000", PLACE, "m-200")

        assert EXAMPLE_PARTY.open(mine, PLACE) == "13800138000"
        assert OTHER.open(yours, PLACE) == "13900139000"
        with pytest.raises(CannotOpen):
            EXAMPLE_PARTY.open(yours, PLACE)

    def test_reaches_a_fixed_party(self):
        """
        Whom the declaration names, whatever the event says.
        """
        assert OTHER.open(sealed("13800138000", PLACE, to="m-200"), PLACE) == "13800138000"

    @pytest.mark.parametrize("party", ["m-300", "", "../m-100", "m-100.pub", "m-100\0"])
    def test_withholds_what_nobody_could_open(self, party):
        """
        The field is absent, and no name leads anywhere.
        """
        assert sealed("13800138000", PLACE, party) is None

    @pytest.mark.parametrize("party", [pytest.param("m-100", id="key"), pytest.param("m-300", id="no key")])
    def test_refuses_what_is_no_text(self, party):
        """
        Key or no key.
        """
        with pytest.raises(Refused, match="expected string, got number"):
            sealed(7, PLACE, party)

    def test_refuses_a_name_that_no_party_has(self):
        """
        When it is declared.
        """
        with pytest.raises(ValueError, match="party '../x' must be 1–64 letters"):
            Seal("../x")

    def test_needs_a_party_unless_it_is_fixed(self):
        """
        And the place in either case.
        """
        assert Seal().needs == ("place", "party")
        assert Seal("logistics").needs == ("place",)
