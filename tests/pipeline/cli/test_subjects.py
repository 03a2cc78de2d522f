"""Claims about `qingliu subjects`, over an embedded broker."""

import json
import os
from dataclasses import replace

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.subjects import latest
from pipeline.kafka_client import EmbeddedBroker, Feeder, Record, now_ms, read_all
from pipeline.subjects.record import TOPIC, Consent, Subject, read_value, write_value

USER = "u-10000000001"
GRANT = ("--consent", "ads", "--policy-version", "v3")


@pytest.fixture(scope="module")
def broker():
    with EmbeddedBroker() as embedded:
        embedded.create_topic(TOPIC, 3)
        yield embedded


def run(*arguments):
    environment = {name: None for name in os.environ if "QINGLIU" in name}
    return CliRunner().invoke(main, ["subjects", *arguments], env=environment)


@pytest.fixture
def subjects(broker):
    """
    Calls the command about a user: `subjects("set", user, …)`.
    """

    def call(command, user, *arguments):
        return run(command, user, "--bootstrap", broker.bootstrap, *arguments)

    return call


def written(broker, user):
    return [record.value for record in read_all(broker.bootstrap, TOPIC) if record.key == user.encode()]


class TestSet:
    def test_writes_what_a_worker_reads(self, broker, subjects):
        """
        Each change as the whole of what is known.
        """
        assert subjects("set", "u-1", *GRANT, "--at", "2026-01-01T00:00:00Z").exit_code == 0
        assert subjects("set", "u-1", "--birth-date", "2001-02-03", "--tracking-opt-out").exit_code == 0
        assert subjects("set", "u-1", "--withdraw", "ads", "--policy-version", "v4").exit_code == 0
        first, second, third = map(read_value, written(broker, "u-1"))

        assert replace(first, salt=None) == Subject({"ads": Consent(True, 1_767_225_600_000, "v3")})  # noqa: FBT003
        assert second.consents == first.consents
        assert (second.birth_date.isoformat(), second.tracking_opt_out) == ("2001-02-03", True)
        assert (third.birth_date, third.tracking_opt_out) == (second.birth_date, second.tracking_opt_out)
        assert not third.consents["ads"].granted
        assert third.consents["ads"].at > first.consents["ads"].at

    def test_keeps_a_salt_as_long_as_the_person_is_there(self, broker, subjects):
        """
        Makes one where there is none; an erasure destroys it, and whoever registers again gets another.
        """
        for change in (
            GRANT,
            ("--guardian-consent",),
            ("--erased-at", "2026-01-01T00:00:00Z"),
            ("--tracking-opt-out",),
        ):
            assert subjects("set", "u-7", *change).exit_code == 0
        shown = subjects("set", "u-7", "--registered-at", "2026-01-02T00:00:00Z")
        salts = [read_value(value).salt for value in written(broker, "u-7")]

        assert salts[0] == salts[1] != salts[4]
        assert salts[2:4] == [None, None]
        assert salts[4]
        assert "registered_at: 2026-01-02T00:00:00.000Z" in shown.stdout
        assert "salt: yes" in shown.stdout

    def test_forgets(self, broker, subjects):
        """
        A tombstone.
        """
        subjects("set", "u-2", *GRANT)
        done = subjects("set", "u-2", "--forget")

        assert (done.exit_code, done.stdout) == (0, "nothing is known\n")
        assert written(broker, "u-2")[-1] is None

    def test_shows_the_result_and_not_the_person(self, subjects):
        """
        As `show` does.
        """
        done = subjects("set", "u-3", *GRANT, "--erased-at", "2026-01-01T00:00:00Z", "--guardian-consent")

        assert "ads: granted at " in done.stdout
        assert "erased_at: 2026-01-01T00:00:00.000Z" in done.stdout
        assert "guardian_consent: yes" in done.stdout
        assert "u-3" not in done.output

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param((), "nothing is to be changed", id="nothing"),
            pytest.param(("--consent", "ads"), "pass --policy-version", id="no policy"),
            pytest.param(("--consent", "resale", "--policy-version", "v3"), "no view has the purpose", id="no purpose"),
            pytest.param((*GRANT, "--withdraw", "ads"), "ads is named twice", id="both"),
            pytest.param((*GRANT, "--forget"), "give it alone", id="forget and more"),
            pytest.param(("--birth-date", "2011-02-29"), "birth_date has to be a date", id="no such day"),
            pytest.param((*GRANT, "--at", "yesterday"), "RFC 3339", id="no time"),
            pytest.param(("--consent", "ads", "--policy-version", "v" * 65), "1–64 characters", id="a long version"),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, subjects, refuses, arguments, sentence):
        """
        One sentence, exit code 2, and nothing of the person in it.
        """
        result = subjects("set", USER, *arguments)

        refuses(result, sentence)
        assert USER not in result.output

    def test_needs_a_broker(self, refuses, closed_port):
        """
        One that answers.
        """
        refuses(run("set", USER, *GRANT), "pass --bootstrap")
        refuses(run("set", "u" * 300, "--forget", "--bootstrap", closed_port), "the key is no user id")


class TestShow:
    def test_tells_what_is_known(self, subjects):
        """
        In words, and as JSON.
        """
        subjects("set", "u-5", *GRANT, "--at", "2026-01-01T00:00:00Z")
        words, told = subjects("show", "u-5"), subjects("show", "u-5", "--json")

        assert (words.exit_code, words.stdout) == (
            0,
            "ads: granted at 2026-01-01T00:00:00.000Z, policy v3\nsalt: yes\n",
        )
        assert json.loads(told.stdout) == {
            "known": {
                "consents": {"ads": {"granted": True, "at": "2026-01-01T00:00:00.000Z", "policy_version": "v3"}},
                "salt": True,
            },
            "unreadable": None,
            "records": 1,
        }

    def test_nothing_known_is_a_finding(self, subjects):
        """
        Exit code 1.
        """
        result = subjects("show", "u-nobody")

        assert (result.exit_code, result.stdout) == (1, "nothing is known\n")

    def test_says_why_a_record_cannot_be_understood(self, broker, subjects):
        """
        And what is set next replaces it.
        """
        with Feeder(broker.bootstrap) as feeder:
            feeder.send(TOPIC, b"u-6", b'{"consents":{"ads":"13800138000"}}', now_ms())
            feeder.flush(10)
        result = subjects("show", "u-6")

        assert (result.exit_code, result.stdout) == (1, "cannot be understood: consents.* has to be an object\n")
        replaced = subjects("set", "u-6", *GRANT)
        assert replaced.exit_code == 0
        assert "is replaced" in replaced.stderr
        assert subjects("show", "u-6").exit_code == 0

    def test_a_topic_that_is_missing(self, refuses):
        """
        Named, with the command that creates it.
        """
        with EmbeddedBroker() as empty:
            empty.create_topic("raw.order", 1)
            result = run("show", USER, "--bootstrap", empty.bootstrap)

        refuses(result, "missing topics: privacy.subjects", "qingliu topics apply")


class TestLatest:
    def test_goes_by_the_time_of_writing(self):
        """
        Records of one person may lie in several partitions.
        """
        values = {at: write_value(Subject(tracking_opt_out=at == 2)) for at in (1, 2)}
        records = [Record(TOPIC, 3 - at, at, at, b"u", values[at], ()) for at in (2, 1)]

        assert latest(records).subject == Subject(tracking_opt_out=True)
