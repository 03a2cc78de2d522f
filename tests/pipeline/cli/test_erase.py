"""Claims about `qingliu erase`, over an embedded broker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from pipeline.audit.record import TOPIC as AUDIT
from pipeline.audit.record import read as read_audit
from pipeline.cli import main
from pipeline.codec import loads
from pipeline.erasure import carrying
from pipeline.erasure.record import REQUESTS, Reason, Request, write_request
from pipeline.kafka_client import EmbeddedBroker, Feeder, now_ms, read_all
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import read_value
from pipeline.worker import needed_topics
from schemas import VIEWS

TOLD = ("clean.ads.erasures", "clean.analytics.erasures")
PATIENCE = 60


@pytest.fixture(scope="module")
def broker():
    with EmbeddedBroker() as embedded:
        for topic in needed_topics(VIEWS):
            embedded.create_topic(topic, 2)
        yield embedded


@pytest.fixture
def erase(broker, keys, monkeypatch):
    """
    Calls the command: `erase("u-1", "--json")`.
    """
    monkeypatch.setattr(carrying, "SETTLE_SECONDS", 0)

    def call(*arguments, text=None):
        return run(*options(broker, keys), *arguments, text=text)

    return call


def options(broker, keys):
    return (
        "--bootstrap",
        broker.bootstrap,
        "--keyset",
        str(keys / "keyset.json"),
        "--passphrase",
        str(keys / "passphrase"),
    )


def run(*arguments, text=None):
    environment = {name: None for name in os.environ if "QINGLIU" in name}
    return CliRunner().invoke(main, ["erase", *arguments], env=environment, input=text)


def states(broker, subject):
    return [read_value(each.value) for each in read_all(broker.bootstrap, SUBJECTS) if each.key == subject.encode()]


def notices(broker, topic):
    return [loads(record.value) for record in read_all(broker.bootstrap, topic)]


class TestErase:
    def test_does_everything_before_it_returns(self, broker, erase):
        """
        State, notices and the audit's record.
        """
        before = {topic: len(notices(broker, topic)) for topic in TOLD}
        ended = erase("u-10000000001", "--reason", "request", "--json")

        assert ended.exit_code == 0, ended.output
        done = json.loads(ended.stdout)
        assert (done["persons"], done["devices"], done["dry_run"]) == (1, 0, False)
        assert done["tokens"].keys() >= {"ads", "analytics"}
        assert all(state.gone for state in states(broker, "u-10000000001"))
        assert all(len(notices(broker, topic)) == before[topic] + 1 for topic in TOLD)
        audited = [read_audit(record.value) for record in read_all(broker.bootstrap, AUDIT)]
        assert [record.kind for record in audited][-3:] == ["start", "erasure", "end"]

    def test_names_nobody_in_what_it_says(self, erase):
        """
        Neither progress nor result.
        """
        ended = erase("u-10000000002")

        assert ended.exit_code == 0, ended.output
        assert "1 erased" in ended.output
        assert "u-10000000002" not in ended.output

    def test_takes_lists_and_numbers(self, broker, erase, tmp_path):
        """
        From a file, from standard input, and of who is known by a number alone; each once.
        """
        (tmp_path / "list").write_text("u-3\n\nu-4\nu-3\n")
        (tmp_path / "numbers").write_text("13900139000\n\n138-0013-8000\n")
        lists = ("--file", str(tmp_path / "list"), "--file", "-", "--phone-file", str(tmp_path / "numbers"))
        ended = erase(*lists, "--phone", "138 0013 8000", "--json", text="u-5\n")

        assert ended.exit_code == 0, ended.output
        assert json.loads(ended.stdout)["persons"] == 5
        people = ("u-3", "u-4", "u-5", "phone:+8613800138000", "phone:+8613900139000")
        assert all(states(broker, subject) for subject in people)

    def test_can_be_rehearsed(self, broker, erase):
        """
        Nothing is written then.
        """
        before = {topic: len(list(read_all(broker.bootstrap, topic))) for topic in (SUBJECTS, AUDIT, *TOLD)}
        ended = erase("u-6", "--dry-run", "--json")

        assert ended.exit_code == 0, ended.output
        assert json.loads(ended.stdout)["dry_run"] is True
        assert json.loads(ended.stdout)["notices"]["ads"] == 1
        assert {topic: len(list(read_all(broker.bootstrap, topic))) for topic in before} == before

    def test_follows_requests(self, broker, keys, tmp_path):
        """
        Until it is told to stop, which it does with 0; a supervisor is told that it is ready, lives, and stops.
        """
        log = tmp_path / "log"
        command = [sys.executable, "-m", "pipeline", "erase", "--follow", *options(broker, keys)]
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        told.bind(str(tmp_path / "notify"))
        environment = os.environ | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with (
            told,
            log.open("wb") as output,
            subprocess.Popen(command, stderr=output, stdout=output, env=environment) as process,
        ):
            with Feeder(broker.bootstrap) as feeder:
                feeder.send(REQUESTS, *write_request(Request("u-7", now_ms(), Reason.REQUEST)), now_ms())
                feeder.send(REQUESTS, b"u-8", b"nonsense", now_ms())
                assert feeder.flush(30) == 0
            until = time.monotonic() + PATIENCE
            while "erased 1" not in log.read_text() and time.monotonic() < until:
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE)
            told.settimeout(0)
            states_told = [told.recv(100)]
            while states_told[-1] != b"STOPPING=1":
                states_told.append(told.recv(100))

        said = log.read_text()
        assert states_told[0] == b"READY=1"
        assert set(states_told[1:-1]) == {b"WATCHDOG=1"}
        assert code == 0, said
        assert "erased 1" in said
        assert "nobody was erased by the request in partition" in said
        assert "u-7" not in said
        assert [state.gone for state in states(broker, "u-7")] == [True, True]


class TestMistakes:
    def test_nobody(self, refuses):
        """
        The sentence says how to name somebody.
        """
        refuses(run(), "nobody is to be erased", "--phone", "--file", "--phone-file", "--follow")

    def test_two_lists_of_standard_input(self, refuses):
        """
        The first would take what was meant for the second: telephone numbers for user ids.
        """
        refuses(run("--file", "-", "--phone-file", "-"), "standard input", "files")

    @pytest.mark.parametrize("option", ["u-1", "--dry-run"])
    def test_follow_with_somebody(self, option, refuses):
        """
        Whom to erase comes from the topic then.
        """
        refuses(run("--follow", option), "privacy.erasures")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            pytest.param([], "--bootstrap", id="no broker"),
            pytest.param(["--bootstrap", "localhost:1"], "--keyset", id="no keyset"),
            pytest.param(["--bootstrap", "localhost:1", "--keyset", "k"], "--passphrase", id="no passphrase"),
            pytest.param(
                ["--bootstrap", "localhost:1", "--keyset", "k", "--passphrase", "missing"],
                "does not exist",
                id="no file",
            ),
        ],
    )
    def test_what_is_missing(self, arguments, said, refuses):
        """
        The sentence names option and variable, or the file.
        """
        refuses(run("u-1", *arguments), said)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            pytest.param(["--phone", "12"], "not a telephone number", id="a number that is none"),
            pytest.param(["u-1", "--reference", "王小明"], "reference has to be", id="a reference with words in it"),
            pytest.param(["u" * 300], "the key is no user id", id="an id that is no event's"),
        ],
    )
    def test_what_cannot_be_understood(self, arguments, said, refuses):
        """
        Without repeating it.
        """
        ended = run(*arguments)

        refuses(ended, said)
        assert not any(argument in ended.stderr for argument in arguments if not argument.startswith("-"))

    def test_a_topic_that_is_missing(self, keys, refuses):
        """
        Before anything is written.
        """
        with EmbeddedBroker() as empty:
            refuses(run("u-1", *options(empty, keys)), "missing topics", "privacy.subjects", "qingliu topics apply")
