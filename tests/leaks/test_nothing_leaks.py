"""Nothing that goes in as an identifier comes out: in no topic, log, page, file or argument, in no encoding."""

import re
import signal

import pytest

from pipeline.audit.record import TOPIC as AUDIT
from pipeline.links.record import TOPIC as LINKS
from pipeline.quarantine import quarantine_topic
from pipeline.snapshots.keeper import SUFFIX
from tests.integration.deployment import CLEAN, RAW
from tests.leaks.by_design import NAMES_ITS_PERSON, written
from tests.leaks.machine import Program
from tests.leaks.play import NOTICES
from tests.leaks.scanner import is_sealed

FILLED = {*CLEAN, *map(quarantine_topic, RAW), *NAMES_ITS_PERSON, AUDIT, LINKS, NOTICES, "__consumer_offsets"}
"""Topics that the day must have written to; otherwise nothing was looked at."""


@pytest.fixture(scope="module")
def topics(played):
    return dict(played.records())


class TestTheDay:
    def test_plants_a_lot(self, scanner):
        """
        Otherwise nothing is looked for.
        """
        assert len(scanner) > 5_000

    def test_writes_to_every_topic(self, topics):
        """
        Of every kind that a worker writes to.
        """
        assert {topic for topic in FILLED if not topics.get(topic)} == set()

    def test_ends_as_it_should(self, played):
        """
        The crash is one.
        """
        assert played.codes == {"erasing service": 0, "worker": 0, "worker that crashes": -signal.SIGABRT}

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("'granted': {'g-", id="a grant counted"),
            pytest.param("'unreadable': 1", id="a record was not understood"),
            pytest.param("'unknown_fields': {", id="fields were unknown"),
        ],
    )
    def test_has_what_is_rare(self, played, words):
        """
        So that what is said of it was looked at, too.
        """
        assert words in "".join(program.log.read_text() for program in played.machine.programs)

    def test_goes_on_from_a_snapshot(self, played):
        """
        The second worker reads what the first one wrote.
        """
        assert "from a snapshot; reading what came since" in last(played).log.read_text()


class TestTopics:
    def test_hold_no_identifier(self, played, scanner, topics):
        """
        Neither in keys nor in values nor in headers, but for what `by_design` allows.
        """
        assert not scanner.scan(
            part for topic, records in topics.items() for part in written(topic, records, played.users)
        )

    def test_that_name_persons_are_read_by_no_recipient(self, topics):
        """
        What is allowed by design does name them, or the list has to be shorter.
        """
        for topic in NAMES_ITS_PERSON:
            assert any(record.key for record in topics[topic]), topic


class TestEverythingElse:
    def test_holds_no_identifier(self, played, scanner):
        """
        Logs at the lowest level, pages, files, names of files, arguments, environments, names of threads.
        """
        assert not scanner.scan(played.everything())

    def test_was_looked_at(self, played):
        """
        Each of these places had something in it.
        """
        places = {each.place for each in played.everything() if each.data}

        assert {
            *(f"{name}: log" for name in played.codes),
            *(f"{name}: /proc/…/cmdline" for name in played.codes if name != "erasing service"),
            *(f"worker: page {path}" for path in ("/live", "/ready", "/metrics", "/subject")),
            "a file in state",
        } <= places

    def test_says_what_third_parties_say(self, played):
        """
        Everything from INFO on, and nothing below it, whatever their loggers were told.
        """
        said = last(played).log.read_text()

        for name in ("aiokafka", "faust", "mode"):
            assert f" INFO {name}." in said
        assert " DEBUG " not in said


class TestFiles:
    def test_are_sealed_snapshots_and_nothing_else(self, played):
        """
        No core, no temporary file, no cache; and who crashes while it writes one leaves a sealed part at most.
        """
        names = {path.name for path in played.machine.files()}

        assert any(name.endswith(SUFFIX) for name in names)
        assert all(is_snapshot(name) for name in names)
        assert all(is_sealed(path.read_bytes()) for path in played.machine.files())

    def test_are_opened_for_nothing_else(self, played):
        """
        Not even for a moment, and nowhere else.
        """
        for program in played.machine.programs:
            opened = program.trace().files(played.machine.here)
            foreign = {path for path in opened if not allowed(path, played.machine.state)}
            assert not foreign, program.name


def allowed(path, state):
    return str(path) in {"/dev/null", "/dev/tty"} or path == state or (path.parent == state and is_snapshot(path.name))


def is_snapshot(name):
    """
    One, or one that is being written: then the number of its process stands behind.
    """
    return re.fullmatch(rf"[a-z]+{re.escape(SUFFIX)}(\.\d+)?", name) is not None


def last(played) -> Program:
    return played.machine.programs[-1]
