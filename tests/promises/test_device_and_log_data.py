"""单独的设备信息、日志信息…结合使用期间…将被视为个人信息: alone they name nobody, joined they are personal."""

import time

import pytest

from pipeline.kafka_client import now_ms
from tests.promises.town import READ_SECONDS, consent
from transforms.timestamp import DAY


class TestDevices:
    def test_alone_are_released_by_the_standalone_rules(self, town):
        """
        Ads get a token of the device, and nothing of anybody.
        """
        (outcome,) = town.released(town.act("raw.device", without=("user_id",), device_id=town.device()))

        assert "device_id" in outcome["ads"]
        assert "user_id" not in outcome["ads"]

    def test_with_a_person_are_released_by_the_linked_rules(self, town):
        """
        Without consent no token at all.
        """
        (outcome,) = town.released(town.act("raw.device", user_id=town.person(), device_id=town.device()))

        assert "device_id" not in outcome["ads"]

    @pytest.mark.parametrize(
        ("seen", "later", "linked"),
        [
            pytest.param(0, 0, True, id="the same day"),
            pytest.param(29 * DAY, 0, True, id="29 days later"),
            pytest.param(32 * DAY, 0, False, id="after the window has ended"),
        ],
    )
    def test_that_were_seen_with_a_person_are_theirs_until_the_window_ends(self, town, seen, later, linked):
        """
        In other topics and partitions too; then they stand alone again.
        """
        now, device = now_ms(), town.device()
        town.released(town.act("raw.interaction", user_id=town.person(), device_id=device, at=now - seen))
        time.sleep(READ_SECONDS)

        (outcome,) = town.released(town.act("raw.device", without=("user_id",), device_id=device, at=now - later))

        assert ("device_id" not in outcome["ads"]) is linked

    def test_of_who_consented_are_released_as_consented(self, town):
        """
        A device of two persons only as both did.
        """
        granting, silent, own, shared = town.person(), town.person(), town.device(), town.device()
        town.know(granting, consents=consent(granted=True))
        town.released(
            town.act("raw.interaction", user_id=granting, device_id=own),
            town.act("raw.interaction", user_id=granting, device_id=shared),
            town.act("raw.interaction", user_id=silent, device_id=shared),
        )
        time.sleep(READ_SECONDS)

        one, both = town.released(
            *(town.act("raw.device", without=("user_id",), device_id=device) for device in (own, shared))
        )

        assert "device_id" in one["ads"]
        assert "device_id" not in both["ads"]


class TestCookies:
    def test_are_linked_through_a_device(self, town):
        """
        A browser that was seen with a device that was seen with a person.
        """
        device, cookie = town.device(), town.device().replace("-", "")
        town.released(town.act("raw.interaction", user_id=town.person(), device_id=device))
        town.released(town.act("raw.log", without=("user_id",), device_id=device, cookie_id=cookie))
        time.sleep(READ_SECONDS)

        (outcome,) = town.released(town.act("raw.log", without=("user_id", "device_id"), cookie_id=cookie))
        (stranger,) = town.released(
            town.act("raw.log", without=("user_id", "device_id"), cookie_id=town.device().replace("-", ""))
        )

        assert "carrier" not in stranger["ads"]
        assert outcome["ads"].keys() <= stranger["ads"].keys()
