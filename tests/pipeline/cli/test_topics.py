"""Claims about `qingliu topics`, as far as they need no broker; `tests/integration` has the others."""

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.topics import wanted_topics
from pipeline.key_changes import changes_topic
from pipeline.worker import needed_topics
from schemas import VIEWS

BOTH = pytest.mark.parametrize("name", ["plan", "apply"])
DAY_MS = 86_400_000


def run(name, *arguments, env=None):
    return CliRunner().invoke(main, ["topics", name, *arguments], env=env)


class TestWantedTopics:
    def test_are_those_that_a_worker_needs(self):
        """
        After `qingliu topics apply` no topic is missing.
        """
        topics = wanted_topics(VIEWS, 12, 3)

        others = {changes_topic(view.recipient) for view in VIEWS}  # to which `qingliu keys` writes
        assert {topic.name for topic in topics} == set(needed_topics(VIEWS)) | others
        assert {(topic.partitions, topic.replication) for topic in topics} == {(12, 3)}
        without = {topic.name for topic in wanted_topics(VIEWS, 12, 3, subjects="off")}
        assert without == set(needed_topics(VIEWS, subjects=False)) | others

    def test_keep_records_as_long_as_declared(self):
        """
        Raw, clean and quarantine topics each have a retention of their own; links outlive their window, subjects stay.
        """
        topics = wanted_topics(VIEWS, 1, 1, link_days=5, retention_raw=0.5, retention_clean=7, retention_quarantine=3)
        *others, subjects, _, links = topics
        kept = {topic.name: int(topic.config["retention.ms"]) / DAY_MS for topic in (*others, links)}

        assert kept["raw.order"] == 0.5
        assert kept["clean.ads.order"] == 7
        assert kept["quarantine.raw.order"] == 3
        assert 5 + 7 < kept["privacy.links"] <= 5 + 7 + 2
        assert (subjects.name, subjects.config["cleanup.policy"]) == ("privacy.subjects", "compact")


class TestMistakes:
    @BOTH
    def test_no_broker(self, name, refuses):
        """
        The sentence names option and variable.
        """
        refuses(run(name, env={"QINGLIU_BOOTSTRAP": ""}), "no broker is given", "--bootstrap", "QINGLIU_BOOTSTRAP")

    @BOTH
    def test_a_broker_that_does_not_answer(self, name, refuses, closed_port):
        """
        The sentence says where nothing listens.
        """
        refuses(run(name, "--bootstrap", closed_port), f"nothing listens at {closed_port}")
        refuses(run(name, env={"QINGLIU_BOOTSTRAP": closed_port}), f"nothing listens at {closed_port}")

    @BOTH
    def test_no_address(self, name, refuses):
        """
        The sentence says what one looks like.
        """
        refuses(run(name, "--bootstrap", "kafka"), "write host:port")

    @BOTH
    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--partitions", "0"),
            ("--partitions", "many"),
            ("--replication", "-1"),
            ("--retention-raw", "0"),
            ("--retention-clean", "nan"),
            ("--retention-quarantine", "inf"),
            ("--retention-quarantine", "forever"),
        ],
    )
    def test_numbers_out_of_range(self, name, option, value, refuses, closed_port):
        """
        Before any broker is asked.
        """
        result = run(name, "--bootstrap", closed_port, option, value)

        refuses(result)
        assert "nothing listens" not in result.stderr

    @BOTH
    def test_a_module_that_is_missing(self, name, refuses):
        """
        As for every command that takes views.
        """
        refuses(run(name, "--views", "no_such_module"), "cannot find the module no_such_module")
