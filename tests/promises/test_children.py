"""儿童（不满14周岁）…父母或监护人同意: of a child nothing goes anywhere unless a guardian agreed."""

import pytest

from tests.integration.test_subjects import years_ago
from tests.promises.town import consent


class TestChildren:
    @pytest.mark.parametrize(
        ("years", "days", "guardian", "everybody", "ads"),
        [
            pytest.param(13, -40, False, False, False, id="thirteen"),
            pytest.param(14, 0, False, False, False, id="fourteen today, which counts from tomorrow on"),
            pytest.param(14, -1, False, True, False, id="fourteen since yesterday"),
            pytest.param(13, -40, True, True, False, id="thirteen, and a guardian agrees"),
            pytest.param(15, 0, False, True, False, id="fifteen today"),
            pytest.param(15, -1, False, True, True, id="fifteen since yesterday"),
        ],
    )
    def test_reach_nobody_without_a_guardian_and_ads_only_from_fifteen(  # noqa: PLR0913, PLR0917 — a row of a table
        self, town, years, days, guardian, everybody, ads
    ):
        """
        Counted in Shanghai, at the time of the event.
        """
        user = town.person()
        born = years_ago(years, days)
        town.know(user, consents=consent(granted=True), birth_date=born, guardian_consent=guardian)

        (outcome,) = town.released(town.act("raw.device", user_id=user))

        assert (outcome["analytics"] is not None) is everybody
        assert (outcome["ads"] is not None) is everybody
        assert ("user_id" in (outcome["ads"] or {})) is ads
