"""Claims about `qingliu reidentify`."""

import pytest
from click.testing import CliRunner

from pipeline.approvals.approver import Approver, save_approver
from pipeline.audit.record import TOPIC as AUDIT
from pipeline.audit.record import read
from pipeline.cli import main
from pipeline.codec import dumps, loads
from pipeline.engine import TopicEngine
from pipeline.kafka_client import EmbeddedBroker, read_all
from pipeline.keys import RootKeys
from pipeline.subjects.record import TOPIC as SUBJECTS
from schemas import order
from tests.pipeline.events import ORDER

PASSPHRASE = "correct horse battery"


def run(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture
def people(tmp_path):
    """
    Two approvers, their passphrase, and a file of candidates.
    """
    (tmp_path / "own").write_text(PASSPHRASE)
    (tmp_path / "candidates").write_text("u-1\nu-10000000001\n")
    for name in ("wang", "li"):
        save_approver(Approver.generate(name), tmp_path / "approvers", PASSPHRASE.encode())
    return tmp_path


def own(people, name):
    return ("--key", people / "approvers" / f"{name}.key", "--key-passphrase", people / "own")


def ask(people, token, **changes):
    options = {"--recipient": "analytics", "--code": "policy-vital", "--reason": "case 1024"} | changes
    said = [part for pair in options.items() for part in pair]
    return run("reidentify", "request", token, *said, *own(people, "wang"), "--out", people / "request.json")


def answer(people, keys, *more):
    keyset = ("--keyset", keys / "keyset.json", "--passphrase", keys / "passphrase")
    roster = ("--approvers", people / "approvers", "--candidates", people / "candidates")
    return run("reidentify", "open", people / "request.json", *own(people, "wang"), *roster, *keyset, *more)


class TestReidentify:
    def test_answers_two_persons_and_leaves_a_record(self, people, keys):
        """
        The person goes to standard output alone; the audit knows who asked why, and not about whom.
        """
        roots = RootKeys.load(keys / "keyset.json", PASSPHRASE.encode())
        clean = TopicEngine(order.RAW, (order.ANALYTICS,), roots).process(dumps(ORDER))[0][0]
        with EmbeddedBroker() as broker:
            for topic in (SUBJECTS, AUDIT):
                broker.create_topic(topic, 1)
            assert ask(people, loads(clean)["user_id"]).exit_code == 0
            key = people / "approvers" / "li.key"
            run("approver", "sign", people / "request.json", "--key", key, "--passphrase", people / "own")

            result = answer(people, keys, "--bootstrap", broker.bootstrap)
            records = [read(record.value) for record in read_all(broker.bootstrap, AUDIT)]

        assert result.exit_code == 0, result.output
        assert loads(result.stdout) == {"kind": "user_id", "value": "u-10000000001"}
        (record,) = [record for record in records if record.kind == "reidentification"]
        assert {name: value for name, value in record.body.items() if name != "grant"} == {
            "code": "policy-vital",
            "approvers": ["wang", "li"],
            "recipient": "analytics",
            "resolved": 1,
        }

    def test_answers_nobody_alone(self, people, keys, refuses, closed_port):
        """
        The second signature is asked for before any key is opened or broker spoken to.
        """
        ask(people, "1.wW_36GfUuCjAVxdO-g96SQ")

        result = answer(people, keys, "--bootstrap", closed_port)

        refuses(result, "1 of 2 approvers have signed")
        assert result.stdout == ""

    def test_answers_nothing_without_an_audit(self, people, keys, refuses):
        """
        Whoever signed.
        """
        ask(people, "1.wW_36GfUuCjAVxdO-g96SQ")

        refuses(answer(people, keys), "no broker is given")

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            pytest.param({"--recipient": "nobody"}, "unknown recipient", id="recipient"),
            pytest.param({"--reason": "\x1b"}, "printable", id="reason"),
            pytest.param({"--hours": "25"}, None, id="longer than a day"),
            pytest.param({"--code": "because"}, None, id="code"),
        ],
    )
    def test_asks_nothing_out_of_bounds(self, people, refuses, changes, sentence):
        """
        No file is written.
        """
        result = ask(people, "1.wW_36GfUuCjAVxdO-g96SQ", **changes)

        refuses(result, *([sentence] if sentence else []))
        assert not (people / "request.json").exists()
