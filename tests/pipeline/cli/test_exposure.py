"""Claims about `qingliu audit exposure`, as far as they need no real broker; `tests/integration` has the others."""

import json
import os

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.engine import Engine
from pipeline.kafka_client import EmbeddedBroker, Feeder
from pipeline.keys import RootKeys, load_passphrase
from pipeline.links.identifiers import identifiers_of
from pipeline.links.record import TOPIC as LINKS
from pipeline.links.record import Boxes, Sighting, day_at
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Subject, write_value
from schemas import VIEWS, order
from tests.pipeline.events import ORDER, encode
from transforms.timestamp import read_timestamp

USER, DEVICE = ORDER["user_id"], ORDER["device_id"]
AT = read_timestamp(ORDER["occurred_at"])
DAY = day_at(AT)
BACK = "u-10000000002"
TABLET = "b" * 16
RENEWED = "c" * 16
ALONE = {name: value for name, value in ORDER.items() if name != "user_id"} | {"device_id": TABLET}


def run(*arguments):
    environment = {name: None for name in os.environ if "QINGLIU" in name}
    return CliRunner().invoke(main, ["audit", "exposure", *map(str, arguments)], env=environment)


@pytest.fixture(scope="module")
def roots(keys):
    return RootKeys.load(keys / "keyset.json", load_passphrase(keys / "passphrase"))


@pytest.fixture(scope="module")
def broker(roots):
    """
    One whose clean topics hold two orders that analytics got, one of a device alone that was seen with the person.
    """
    names = identifiers_of(roots)
    boxes = Boxes(roots.internal("links"))
    back = write_value(Subject(erased_at=AT, registered_at=AT + 1))
    with EmbeddedBroker() as embedded:
        for topic in (*(view.topic for view in VIEWS), SUBJECTS, LINKS):
            embedded.create_topic(topic, 1)
        with Feeder(embedded.bootstrap) as feeder:
            release(feeder, roots, ORDER, ALONE)
            for subject in (BACK, names.device(RENEWED).subject):
                feeder.send(SUBJECTS, subject.encode(), back, AT)
            for user, device in ((USER, TABLET), (BACK, RENEWED)):
                feeder.send(LINKS, *boxes.write(Sighting(names.user(user), names.device(device), DAY)), AT)
            assert feeder.flush(10) == 0
        yield embedded


def release(feeder, roots, *events):
    """
    What analytics get of these events.
    """
    for number, event in enumerate(events):
        ((value, key, timestamp),) = Engine((order.ANALYTICS,), roots).topics["raw.order"].process(encode(event))
        headers = [("source", b"1.%d" % number), ("policy", b"p")]
        feeder.send(order.ANALYTICS.topic, key, value, timestamp, headers=headers)


@pytest.fixture
def exposure(broker, keys):
    """
    Calls the command: `exposure(user, recipient, …)`.
    """

    def call(user, recipient, *arguments, bootstrap=broker.bootstrap):
        files = ("--keyset", keys / "keyset.json", "--passphrase", keys / "passphrase")
        return run("--subject", user, "--recipient", recipient, "--bootstrap", bootstrap, *files, *arguments)

    return call


def orders(result):
    """
    How many of the person's own, and how many through a device.
    """
    told = json.loads(result.stdout)["topics"][order.ANALYTICS.topic]
    return told["records"], told["through_device"]["records"]


class TestExposure:
    def test_exits_with_1_when_something_reached(self, exposure):
        """
        And tells the fields, not the person, nor their devices.
        """
        result = exposure(USER, "analytics")

        assert result.exit_code == 1
        assert f"{order.ANALYTICS.topic}: 2 of 2 records\n  with a token of the person: 1," in result.stdout
        assert "  through a device or cookie alone: 1," in result.stdout
        assert "    payment.method: 1\n" in result.stdout
        for name in (USER, DEVICE, TABLET):
            assert name not in result.output

    def test_exits_with_0_when_nothing_did(self, exposure):
        """
        Of somebody else, to somebody else, or at another time.
        """
        later = ("--from", "2027-01-01T00:00:00+08:00")
        asked = (("u-2", "analytics"), (USER, "ads"), (USER, "analytics", *later))

        assert [exposure(*each).exit_code for each in asked] == [0, 0, 0]

    def test_knows_who_came_back_by_both_names(self, exposure):
        """
        The one of before the erasure, and the one since: of a person, and of a device.
        """
        told = json.loads(exposure(BACK, "analytics", "--json").stdout)

        assert told["tokens"] == {"device_id": 2, "user_id": 2}
        assert told["linked"] == 1

    def test_prints_json(self, exposure):
        """
        By topic; the number of tokens that were looked for by kind.
        """
        told = json.loads(exposure(USER, "analytics", "--no-links", "--device", TABLET, "--json").stdout)

        assert told["tokens"] == {"device_id": 1, "user_id": 1}
        assert told["topics"][order.ANALYTICS.topic]["records"] == 1
        assert told["topics"][order.ANALYTICS.topic]["policies"] == {"p": 1}
        assert told["topics"][order.ANALYTICS.topic]["through_device"]["policies"] == {"p": 1}
        assert told["topics"]["clean.analytics.log"]["records"] == 0

    @pytest.mark.parametrize(
        ("arguments", "expected", "linked"),
        [
            pytest.param((), (1, 1), 1, id="of links"),
            pytest.param(("--no-links",), (1, 0), 0, id="not of links"),
            pytest.param(("--no-links", "--device", TABLET), (1, 1), 0, id="named"),
            pytest.param(("--device", TABLET.upper()), (1, 1), 1, id="named and linked"),
            pytest.param(("--link-days", "1", "--from", "2026-11-24T00:00:00+08:00"), (0, 0), 0, id="ended before"),
            pytest.param(("--link-days", "2", "--from", "2026-11-24T00:00:00+08:00"), (0, 0), 1, id="until then"),
        ],
    )
    def test_takes_devices(self, exposure, arguments, expected, linked):
        """
        Those that links know within the period, and those that are named.
        """
        result = exposure(USER, "analytics", "--json", *arguments)

        assert orders(result) == expected
        assert json.loads(result.stdout)["linked"] == linked

    def test_goes_without_state(self, exposure, roots):
        """
        A sentence says what is not known then, on standard error.
        """
        with EmbeddedBroker() as bare:
            for view in VIEWS:
                bare.create_topic(view.topic, 1)
            with Feeder(bare.bootstrap) as feeder:
                release(feeder, roots, ORDER, ALONE)
                assert feeder.flush(10) == 0
            result = exposure(USER, "analytics", "--json", bootstrap=bare.bootstrap)

        assert result.exit_code == 1
        assert orders(result) == (1, 0)
        assert "which devices are theirs is not known: there is no privacy.links" in result.stderr
        assert "came back after an erasure is not known: there is no privacy.subjects" in result.stderr

    def test_says_where_only_a_party_can_tell(self, exposure):
        """
        A merchant's orders are sealed as a whole: none was found, which is not that there is none.
        """
        assert "clean.merchant.order: 0 records are sealed as a whole" in exposure(USER, "merchant").stdout
        assert json.loads(exposure(USER, "merchant", "--json").stdout)["topics"]["clean.merchant.order"]["sealed"]

    def test_has_no_links_of_a_consignee(self, exposure):
        """
        Who is known by a number only was seen with no device.
        """
        result = exposure("phone:+8613800138000", "analytics", "--json")

        assert (result.exit_code, json.loads(result.stdout)["linked"]) == (0, 0)

    def test_refuses_an_id_that_identifies_nothing(self, exposure, refuses):
        """
        It is everybody's who opted out.
        """
        refuses(exposure(USER, "analytics", "--device", "0" * 16), "identifies no device")

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param(("--recipient", "nobody"), "no view has the recipient", id="no recipient"),
            pytest.param(("--recipient", "ads"), "the keyset file is missing", id="no keys"),
        ],
    )
    def test_refuses(self, refuses, arguments, sentence):
        """
        In one sentence.
        """
        refuses(run("--subject", "u-1", *arguments), sentence)

    def test_refuses_a_time_without_zone(self):
        """
        With how to write it.
        """
        result = run("--subject", "u-1", "--recipient", "ads", "--from", "2026-01-01")

        assert result.exit_code == 2
        assert "RFC 3339" in result.stderr
