"""Claims about `qingliu quarantine`, over an embedded broker; replaying needs a real one."""

import json
import os

import pytest
from click.testing import CliRunner

from pipeline.broken import Broken, Reason
from pipeline.cli import main
from pipeline.engine import by_contract
from pipeline.held import replay_mark
from pipeline.kafka_client import EmbeddedBroker, Feeder, now_ms
from pipeline.keys import save_officer
from pipeline.quarantine import Quarantine, quarantine_topic
from pipeline.sealing import OfficerPrivateKey
from schemas import VIEWS

OFFICER = OfficerPrivateKey.generate()
QUARANTINE = Quarantine(OFFICER.public().sealer(), "0f0e0d0c0b0a0908")
PASSPHRASE = b"only for this test"
PHONE = "13800138000"
CLEAR = f'{{"buyer_phone":"{PHONE}"}}'


@pytest.fixture(scope="module")
def broker():
    with EmbeddedBroker() as embedded:
        for contract, _ in by_contract(VIEWS):
            embedded.create_topic(quarantine_topic(contract.topic), 1)
        with Feeder(embedded.bootstrap) as feeder:
            for topic, offset, value, reason in (
                ("raw.order", 7, CLEAR.encode(), Reason.MISSING),
                ("raw.order", 8, b"\xff%s" % PHONE.encode(), Reason.NOT_UTF8),
                ("raw.order", 9, None, Reason.MISSING),
                ("raw.device", 1, b"{}", Reason.MISSING),
            ):
                broken = Broken(reason, "order_id" if value else "")
                for record in QUARANTINE.records(topic, 3, offset, b"u-1", value, broken):
                    feeder.send(quarantine_topic(topic), None, record, now_ms())
            feeder.send(quarantine_topic("raw.order"), None, replay_mark(("raw.order", 3, 9)), now_ms())
            feeder.send(quarantine_topic("raw.order"), None, b"?", now_ms())
            assert feeder.flush(30) == 0
        yield embedded


@pytest.fixture(scope="module")
def officer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("officer")
    (folder / "passphrase").write_bytes(PASSPHRASE)
    save_officer(OFFICER, folder / "officer.key", folder / "officer.pub", PASSPHRASE)
    save_officer(OfficerPrivateKey.generate(), folder / "other.key", folder / "other.pub", PASSPHRASE)
    return folder


@pytest.fixture
def quarantine(broker):
    environment = {name: None for name in os.environ if "QINGLIU" in name}

    def call(command, *arguments):
        return CliRunner().invoke(
            main, ["quarantine", command, "--bootstrap", broker.bootstrap, *map(str, arguments)], env=environment
        )

    return call


def unlocked(officer, key="officer.key"):
    return "--key", officer / key, "--passphrase", officer / "passphrase"


class TestList:
    def test_says_how_many_of_each_sort(self, quarantine):
        """
        Of all topics; something waits, so it exits with 1.
        """
        told = quarantine("list", "--json")

        assert told.exit_code == 1
        sorts = {
            (line["topic"], line["reason"], line["path"]): (line["events"], line["replayed"])
            for line in json.loads(told.output)["held"]
        }
        assert sorts == {
            ("raw.device", "missing", "order_id"): (1, 0),
            ("raw.order", "missing", ""): (1, 1),
            ("raw.order", "missing", "order_id"): (1, 0),
            ("raw.order", "not_utf8", "order_id"): (1, 0),
        }
        assert json.loads(told.output)["unreadable_records"] == 1

    def test_tells_each_event_and_nothing_of_what_is_in_it(self, quarantine):
        """
        Coordinates, reason and policy.
        """
        told = quarantine("list", "--topic", "order", "--each")

        assert "event raw.order 3:7  reason missing  path order_id" in told.output
        assert PHONE not in told.output
        assert "3 events held, 1 of them replayed" in told.output

    def test_exits_with_0_when_nothing_waits(self, quarantine):
        """
        As after a replay.
        """
        assert quarantine("list", "--topic", "order", "--at", "3:9").exit_code == 0

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param(("--topic", "nothing"), "unknown topic 'nothing'", id="a topic that there is not"),
            pytest.param(("--at", "7"), "write partition and offset of the raw record", id="a place that is none"),
            pytest.param(("--reason", "mood"), "is not one of", id="a reason that there is not"),
        ],
    )
    def test_refuses_what_it_cannot_mean(self, quarantine, arguments, sentence):
        """
        With one sentence and exit code 2.
        """
        told = quarantine("list", *arguments)

        assert told.exit_code == 2
        assert sentence in told.output


class TestOpen:
    def test_gives_the_events_to_the_officer(self, quarantine, officer):
        """
        One a line, as they came; bytes that are no text in base64.
        """
        told = quarantine("open", "--topic", "order", *unlocked(officer))

        lines = [json.loads(line) for line in told.output.splitlines() if line.startswith("{")]
        assert [(line["offset"], line.get("value"), line["key"]) for line in lines] == [
            (7, CLEAR, "u-1"),
            (8, None, "u-1"),
            (9, None, "u-1"),
        ]
        assert lines[1]["value_base64"]

    def test_opens_for_nobody_else(self, quarantine, officer):
        """
        And shows nothing.
        """
        told = quarantine("open", "--topic", "order", *unlocked(officer, "other.key"))

        assert told.exit_code == 2
        assert "does not open with this key" in told.output
        assert PHONE not in told.output


class TestReplay:
    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            pytest.param("not json", "line 1 of", id="no JSON"),
            pytest.param('{"topic":"raw.order","partition":3,"offset":7}', "is no corrected event", id="no value"),
            pytest.param(
                '{"topic":"raw.order","partition":3,"offset":70,"value":{}}',
                "raw.order 3:70 is not held",
                id="a stranger",
            ),
            pytest.param(
                '{"topic":"raw.order","partition":3,"offset":9,"value":{}}', "was replayed before", id="a second time"
            ),
        ],
    )
    def test_refuses_corrections_of_nothing(self, quarantine, officer, tmp_path, text, sentence):
        """
        Before anything is written.
        """
        (tmp_path / "fixed.jsonl").write_text(text)

        told = quarantine("replay", "--dry-run", "--fixed", tmp_path / "fixed.jsonl", *unlocked(officer))

        assert told.exit_code == 2
        assert sentence in told.output

    def test_tells_what_is_still_broken(self, quarantine, officer):
        """
        Without a value, and exits with 1.
        """
        told = quarantine("replay", "--dry-run", "--topic", "order", *unlocked(officer))

        assert told.exit_code == 1
        assert "still broken: raw.order 3:7: a required field is missing" in told.output
        assert "0 would be replayed, 2 still broken, 1 replayed before" in told.output
        assert PHONE not in told.output
