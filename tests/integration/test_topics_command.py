"""`qingliu topics` against a real broker."""

import json
import sys
import time
from uuid import uuid4

import pytest
from click.testing import CliRunner
from confluent_kafka.admin import AdminClient

from pipeline.audit.record import TOPIC as AUDIT
from pipeline.cli import main
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.topics import existing

VIEWS = """
from schemas.contract import Contract
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.view import View
from transforms import Drop

RULES = dict.fromkeys(Kind, Drop())
VIEWS = (View(recipient="carriers", contract=Contract("raw.{name}", ENVELOPE), purpose="carriers", rules=RULES),)
"""


def delete(bootstrap, names):
    """
    Delete topics, those that are there, and wait until they are gone.
    """
    present = [name for name in names if name in existing(bootstrap)]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for deleted in admin.delete_topics(present).values() if present else ():
        deleted.result(30)
    limit = time.monotonic() + 30
    while set(present) & existing(bootstrap).keys():
        assert time.monotonic() < limit, f"{present} are still there"
        time.sleep(0.1)


@pytest.fixture
def topics(kafka, tmp_path, monkeypatch):
    """
    Calls the command for views whose topics nobody has yet: `topics("plan", "--check")`.
    """
    name = f"t{uuid4().hex[:8]}"
    (tmp_path / f"{name}.py").write_text(VIEWS.replace("{name}", name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def call(command, *arguments):
        fixed = ["--bootstrap", kafka.bootstrap, "--views", name, "--partitions", "2", "--subjects", "off"]
        return CliRunner().invoke(main, ["topics", command, *fixed, *arguments])

    clean = f"clean.carriers.{name}"
    call.names = (f"raw.{name}", clean, f"quarantine.raw.{name}", "clean.carriers.key-changes", AUDIT)
    shared = call.names[3:]  # their names are the same for all these views
    delete(kafka.bootstrap, shared)
    yield call
    delete(kafka.bootstrap, shared)
    sys.modules.pop(name, None)


class TestTopicsCommand:
    def test_plans_what_it_then_does(self, topics):
        """
        Five topics to create, then created, then nothing to change; only --check makes a plan an exit code.
        """
        planned, checked = topics("plan"), topics("plan", "--check")
        applied, again = topics("apply"), topics("plan", "--check")

        assert (planned.exit_code, checked.exit_code) == (0, 1)
        assert [line.partition(":")[0] for line in planned.stdout.splitlines()] == [
            f"create {name}" for name in topics.names
        ]
        assert (applied.exit_code, applied.stdout) == (0, planned.stdout)
        assert (again.exit_code, again.stdout) == (0, "nothing to change: the topics are as declared\n")

    def test_plans_the_state_of_subjects_unless_told_not_to(self, kafka, topics):
        """
        The option that comes last stands.
        """
        delete(kafka.bootstrap, [SUBJECTS])
        assert (
            "create privacy.subjects: 2 partitions × 1, cleanup.policy=compact"
            in topics("plan", "--subjects", "on").stdout
        )
        assert "privacy.subjects" not in topics("plan").stdout

    def test_prints_one_object_of_json(self, topics):
        """
        The changes, each with what is wanted; none is an empty list.
        """
        planned = json.loads(topics("plan", "--json", "--retention-raw", "0.5").stdout)["changes"]
        applied = json.loads(topics("apply", "--json", "--retention-raw", "0.5").stdout)["changes"]

        assert planned == applied
        assert [(change["change"], change["topic"]) for change in planned] == [
            ("create", name) for name in topics.names
        ]
        assert planned[0]["partitions"] == 2
        assert planned[0]["config"]["retention.ms"] == str(12 * 3_600_000)
        assert json.loads(topics("plan", "--json", "--retention-raw", "0.5").stdout) == {"changes": []}

    def test_alters_what_differs(self, topics):
        """
        Another retention and more partitions, without losing a topic.
        """
        topics("apply")
        applied = topics("apply", "--partitions", "3", "--retention-clean", "7")

        assert applied.exit_code == 0
        assert [line.split()[0] for line in applied.stdout.splitlines()] == [
            *("extend", "extend", "alter", "extend"),
            *("extend", "alter", "extend"),  # what is said of keys is kept as long as clean records
        ]
        assert topics("plan", "--check", "--partitions", "3", "--retention-clean", "7").exit_code == 0

    def test_refuses_what_would_lose_records(self, topics):
        """
        Fewer partitions are a sentence on what to do by hand, and nothing is changed.
        """
        topics("apply")
        planned, applied = topics("plan", "--partitions", "1"), topics("apply", "--partitions", "1")

        assert planned.exit_code == 0
        assert planned.stdout.startswith(f"refuse {topics.names[0]}: it has 2 partitions and 1 are wanted")
        assert applied.exit_code == 2
        assert applied.stderr.startswith(f"Error: nothing was changed, because of topic {topics.names[0]}")
        assert topics("plan", "--check").exit_code == 0
