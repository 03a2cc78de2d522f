"""Claims about `qingliu audit`, as far as they need no real broker; `tests/integration` has the others."""

import json
import os

import pytest
from click.testing import CliRunner

from pipeline.audit.signing import SigningKey
from pipeline.cli import main
from pipeline.engine import Engine
from pipeline.kafka_client import EmbeddedBroker, Feeder
from pipeline.keys import RootKeys, load_passphrase
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Subject, write_value
from schemas import VIEWS, order
from tests.pipeline.audit.chains import SIGNING, THEIRS, chain, chunk
from tests.pipeline.events import ORDER, encode

LOG = chain(chunk(0, 9), chunk(10, 19))
KEY = SIGNING.public.to_text()
BACK = "u-10000000002"
AT = 1_767_225_600_000


def run(*arguments, content=None):
    environment = {name: None for name in os.environ if "QINGLIU" in name}
    return CliRunner().invoke(main, ["audit", *map(str, arguments)], env=environment, input=content)


def lines(values):
    return b"\n".join(values) + b"\n"


@pytest.fixture(scope="module")
def broker(roots):
    """
    One whose clean topics hold one order, which analytics got.
    """
    ((value, key, timestamp),) = Engine((order.ANALYTICS,), roots).topics["raw.order"].process(encode(ORDER))
    with EmbeddedBroker() as embedded:
        for topic in (*(view.topic for view in VIEWS), SUBJECTS):
            embedded.create_topic(topic, 1)
        with Feeder(embedded.bootstrap) as feeder:
            headers = [("source", b"1.a"), ("policy", b"p")]
            feeder.send(order.ANALYTICS.topic, key, value, timestamp, headers=headers)
            feeder.send(SUBJECTS, BACK.encode(), write_value(Subject(erased_at=AT, registered_at=AT + 1)), AT)
            assert feeder.flush(10) == 0
        yield embedded


@pytest.fixture(scope="module")
def roots(keys):
    return RootKeys.load(keys / "keyset.json", load_passphrase(keys / "passphrase"))


@pytest.fixture
def key_options(keys):
    return ("--keyset", keys / "keyset.json", "--passphrase", keys / "passphrase")


class TestKey:
    def test_is_what_records_are_checked_with(self, roots, key_options):
        """
        One line, the same each time.
        """
        shown = run("key", *key_options)

        assert shown.exit_code == 0
        assert shown.stdout == SigningKey(roots.internal("audit")).public.to_text() + "\n"

    @pytest.mark.parametrize(
        ("left_out", "sentence"),
        [
            pytest.param("keyset", "pass --keyset or set QINGLIU_KEYSET", id="keyset"),
            pytest.param("passphrase", "pass --passphrase or --kms", id="passphrase"),
        ],
    )
    def test_needs_the_keyset(self, keys, refuses, left_out, sentence):
        """
        The sentence names the option and the variable.
        """
        given = [name for name in ("keyset", "passphrase") if name != left_out]
        files = {"keyset": "keyset.json", "passphrase": "passphrase"}
        result = run("key", *[part for name in given for part in (f"--{name}", keys / files[name])])

        refuses(result, sentence)


class TestVerify:
    def test_of_a_whole_log_exits_with_0(self):
        """
        And says what it looked at.
        """
        result = run("verify", "--file", "-", "--public-key", KEY, content=lines(LOG))

        assert result.exit_code == 0
        assert result.stdout == "4 records of 1 chains, 1 of them ended; 2 chunks of 20 raw records\nwhole\n"

    def test_of_an_altered_log_exits_with_1(self):
        """
        And names the place.
        """
        altered = [LOG[0], LOG[1].replace(b'"read":10', b'"read":11'), *LOG[2:]]
        result = run("verify", "--file", "-", "--public-key", KEY, content=lines(altered))

        assert result.exit_code == 1
        assert "wrongly_signed: line 2: it was altered" in result.stdout
        assert "missing: line 3: record 2 of its chain" in result.stdout
        assert result.stdout.splitlines()[-1] == "NOT WHOLE: 2 findings"

    def test_takes_the_key_from_a_file(self, tmp_path):
        """
        As `qingliu audit key` wrote it; another one checks nothing.
        """
        (tmp_path / "audit.pub").write_text(KEY + "\n")
        (tmp_path / "theirs.pub").write_text(THEIRS.public.to_text() + "\n")
        (tmp_path / "log").write_bytes(lines(LOG))

        codes = [
            run("verify", "--file", tmp_path / "log", "--public-key", tmp_path / name).exit_code
            for name in ("audit.pub", "theirs.pub")
        ]

        assert codes == [0, 1]

    def test_says_when_only_the_log_itself_named_the_key(self):
        """
        A forger would have named another.
        """
        assert f"the log itself names ({KEY})" in run("verify", "--file", "-", content=lines(LOG)).stdout

    def test_prints_json(self):
        """
        One object with everything that was found.
        """
        result = run("verify", "--file", "-", "--json", content=lines(LOG[:2] + LOG[3:]))
        report = json.loads(result.stdout)

        assert result.exit_code == 1
        assert (report["whole"], report["records"], report["read"]) == (False, 3, 10)
        assert [finding["what"] for finding in report["findings"]] == ["missing"]

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param((), "pass --bootstrap", id="nothing to read"),
            pytest.param(("--file", "-", "--public-key", "00"), "not a public key", id="no key"),
            pytest.param(("--bootstrap", "127.0.0.1:1"), "nothing listens", id="no broker"),
        ],
    )
    def test_refuses(self, refuses, arguments, sentence):
        """
        In one sentence.
        """
        refuses(run("verify", *arguments, content=b""), sentence)


class TestExposure:
    @pytest.fixture
    def exposure(self, broker, key_options):
        """
        Calls the command: `exposure(user, recipient, …)`.
        """

        def call(user, recipient, *arguments):
            about = ("--subject", user, "--recipient", recipient, "--bootstrap", broker.bootstrap)
            return run("exposure", *about, *key_options, *arguments)

        return call

    def test_exits_with_1_when_something_reached(self, exposure):
        """
        And tells the fields, not the person.
        """
        result = exposure(ORDER["user_id"], "analytics")

        assert result.exit_code == 1
        assert f"{order.ANALYTICS.topic}: 1 of 1 records" in result.stdout
        assert "    payment.method: 1\n" in result.stdout
        assert ORDER["user_id"] not in result.output

    def test_exits_with_0_when_nothing_did(self, exposure):
        """
        Of somebody else, to somebody else, or at another time.
        """
        later = ("--from", "2027-01-01T00:00:00+08:00")
        asked = (("u-2", "analytics"), (ORDER["user_id"], "ads"), (ORDER["user_id"], "analytics", *later))

        assert [exposure(*each).exit_code for each in asked] == [0, 0, 0]

    def test_knows_a_person_who_came_back_by_both_names(self, exposure):
        """
        The one of before the erasure, and the one since.
        """
        assert json.loads(exposure(BACK, "analytics", "--json").stdout)["tokens"] == {"user_id": 2}

    def test_prints_json(self, exposure):
        """
        By topic; the number of tokens that were looked for by kind.
        """
        told = json.loads(exposure(ORDER["user_id"], "analytics", "--device", ORDER["device_id"], "--json").stdout)

        assert told["tokens"] == {"device_id": 1, "user_id": 1}
        assert told["topics"][order.ANALYTICS.topic]["records"] == 1
        assert told["topics"][order.ANALYTICS.topic]["policies"] == {"p": 1}
        assert told["topics"]["clean.analytics.log"]["records"] == 0

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
        refuses(run("exposure", "--subject", "u-1", *arguments), sentence)

    def test_refuses_a_time_without_zone(self):
        """
        With how to write it.
        """
        result = run("exposure", "--subject", "u-1", "--recipient", "ads", "--from", "2026-01-01")

        assert result.exit_code == 2
        assert "RFC 3339" in result.stderr


class TestHelp:
    @pytest.mark.parametrize("name", ["key", "verify", "exposure"])
    def test_has_an_example(self, name):
        """
        Of each command.
        """
        assert f"qingliu audit {name} --" in run(name, "--help").stdout
