"""Cookie、网站信标、像素标签…退订: who opted out is not followed."""

import pytest

from tests.promises.town import consent

ZERO = "00000000-0000-0000-0000-000000000000"


class TestOptOut:
    @pytest.mark.parametrize(
        ("topic", "name", "value"),
        [
            pytest.param("raw.device", "device_id", ZERO, id="an all-zero OAID"),
            pytest.param("raw.log", "cookie_id", "0" * 32, id="an opted-out cookie"),
        ],
    )
    def test_of_a_device_or_browser_gives_nobody_a_token(self, town, topic, name, value):
        """
        Whoever consented to what; the rest of the event passes.
        """
        user = town.person()
        town.know(user, consents=consent(granted=True))

        (outcome,) = town.released(town.act(topic, user_id=user, **{name: value}))

        assert "user_id" in outcome["ads"]
        assert not any(name in record for record in outcome.values())

    def test_of_a_person_outweighs_consent(self, town):
        """
        To advertising; what analytics count is no tracking across services.
        """
        user = town.person()
        town.know(user, consents=consent(granted=True), tracking_opt_out=True)

        (outcome,) = town.released(town.act("raw.log", user_id=user))

        assert not {"user_id", "device_id", "cookie_id"} & outcome["ads"].keys()
        assert "user_id" in outcome["analytics"]

    def test_stands_from_the_profile_that_says_so(self, town):
        """
        That one already, whatever the consent service knows; and no recipient is told of it.
        """
        user = town.person()
        town.know(user, consents=consent(granted=True))

        before, said, after = town.released(
            town.act("raw.log", user_id=user),
            town.act("raw.account", user_id=user, tracking_opt_out=True),
            town.act("raw.account", user_id=user, tracking_opt_out=False),
        )

        assert "user_id" in before["ads"]
        assert said["ads"] is None
        assert after["ads"] is None
        assert "tracking_opt_out" not in said["analytics"]
