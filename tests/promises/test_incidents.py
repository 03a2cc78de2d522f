"""安全事件…告知: who received what of a person, and when, can be told."""

import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.promises.town import consent

TOPICS = ("raw.device", "raw.log", "raw.order")


class TestExposure:
    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    def test_names_exactly_the_fields_that_reached_a_recipient(self, town, recipient):
        """
        Topic by topic, what is in the records that were released, and of nobody else's.
        """
        user, other = town.person(), town.person()
        town.know(user, consents=consent(granted=True))
        deeds = [town.act(topic, user_id=user, device_id=town.device()) for topic in TOPICS]
        town.act("raw.device", user_id=other, device_id=town.device())
        outcomes = town.released(*deeds)

        told = exposure(town, user, recipient)

        assert told.exit_code == 1  # something did
        by_topic = json.loads(told.stdout)["topics"]
        for topic, outcome in zip(TOPICS, outcomes, strict=True):
            line = by_topic[f"clean.{recipient}.{topic.removeprefix('raw.')}"]
            assert line["records"] == 1
            assert {path.partition(".")[0].removesuffix("[]") for path in line["fields"]} == set(outcome[recipient])

    @pytest.mark.parametrize("recipient", ["ads", "analytics"])
    def test_tells_apart_what_their_device_did_alone(self, town, recipient):
        """
        Nobody names the device: it was seen with the person once.
        """
        user, device = town.person(), town.device()
        town.know(user, consents=consent(granted=True))
        town.released(town.act("raw.interaction", user_id=user, device_id=device))
        (outcome,) = town.released(town.act("raw.device", without=("user_id",), device_id=device))

        told, without = (
            json.loads(exposure(town, user, recipient, *links).stdout)["topics"][f"clean.{recipient}.device"]
            for links in ((), ("--no-links",))
        )

        assert (told["records"], told["through_device"]["records"], without["through_device"]["records"]) == (0, 1, 0)
        assert told["through_device"]["fields"].keys() == outcome[recipient].keys()

    def test_tells_nobody_what_others_did_on_a_shared_device(self, town):
        """
        What the tablet did alone may be of each of them; what names one is of that one.
        """
        tablet, people = town.device(), (town.person(), town.person())
        town.released(*(town.act("raw.device", user_id=person, device_id=tablet) for person in people))
        town.released(town.act("raw.device", without=("user_id",), device_id=tablet))

        for person in people:
            told = json.loads(exposure(town, person, "analytics").stdout)["topics"]["clean.analytics.device"]
            assert (told["records"], told["through_device"]["records"]) == (1, 1)

    def test_says_so_when_nothing_did(self, town):
        """
        Of somebody who has done nothing.
        """
        assert exposure(town, town.person(), "ads").exit_code == 0


def exposure(town, user, recipient, *options):
    folder = town.deployment.folder
    keys = ["--keyset", folder / "keyset.json", "--passphrase", folder / "passphrase"]
    asked = ["--subject", user, "--recipient", recipient, "--bootstrap", town.deployment.kafka.bootstrap, "--json"]
    return CliRunner().invoke(main, ["audit", "exposure", *map(str, keys), *asked, *options])
