"""The log of a command, in its topic or in a file: whole when the command did its work, without an end otherwise."""

import stat

import pytest

from pipeline.audit.commands import CommandLog, InFile, InTopic, NotKept
from pipeline.audit.record import END, ERASURE, START, TOPIC, Unreadable, read
from pipeline.audit.topic import entries
from pipeline.audit.verify import Entry, verify
from pipeline.kafka_client import EmbeddedBroker, KafkaClientError
from tests.pipeline.audit.chains import SIGNING

STEP = {"request": "request-1", "step": "asked", "topics": {"clean.ads.order": 3}}


@pytest.fixture
def broker():
    with EmbeddedBroker() as embedded:
        embedded.create_topic(TOPIC, 3)
        yield embedded


class TestCommandLog:
    def test_is_a_whole_chain(self, broker):
        """
        What was said stands between an opening and a close.
        """
        with CommandLog(InTopic(broker.bootstrap), SIGNING, "qingliu erase") as log:
            log.write(ERASURE, STEP)
            log.write(ERASURE, STEP | {"step": "told"})
        found = list(entries(broker.bootstrap))

        assert [read(entry.value).kind for entry in found] == [START, ERASURE, ERASURE, END]
        assert read(found[1].value).body == STEP
        assert verify(found, SIGNING.public).as_dict()["unended"] == []
        assert verify(found, SIGNING.public).whole

    def test_is_kept_before_the_command_goes_on(self, broker):
        """
        Each record, as soon as it was said.
        """
        with CommandLog(InTopic(broker.bootstrap), SIGNING, "qingliu erase") as log:
            log.write(ERASURE, STEP)

            assert len(list(entries(broker.bootstrap))) == 2

    def test_has_no_end_when_the_command_failed(self, broker):
        """
        Which the verifier tells.
        """
        with pytest.raises(Unreadable), CommandLog(InTopic(broker.bootstrap), SIGNING, "qingliu erase") as log:
            log.write(ERASURE, {"user_id": "u-1"})
        report = verify(entries(broker.bootstrap), SIGNING.public)

        assert report.whole
        assert len(report.unended) == 1

    def test_says_when_it_was_not_kept(self, monkeypatch):
        """
        One sentence with what to do; the command must not go on.
        """
        with EmbeddedBroker() as lost:
            lost.create_topic(TOPIC, 1)
            log = CommandLog(InTopic(lost.bootstrap), SIGNING, "qingliu erase").__enter__()
        monkeypatch.setattr("pipeline.audit.commands._KEPT_SECONDS", 0.5)

        with pytest.raises(KafkaClientError, match="was not kept"):
            log.write(ERASURE, STEP)
        log._shelf.__exit__(None, None, None)


def lines(path):
    return [Entry(line, number) for number, line in enumerate(path.read_bytes().splitlines())]


class TestInFile:
    def test_keeps_one_chain_after_the_other(self, tmp_path):
        """
        Each run's is whole, and so is the file.
        """
        path = tmp_path / "keyset.json.audit"
        for _ in range(2):
            with CommandLog(InFile(path), SIGNING, "qingliu erase") as log:
                log.write(ERASURE, STEP)
        report = verify(lines(path), SIGNING.public)

        assert report.whole
        assert (report.records, report.chains, report.unended) == (6, 2, [])
        assert stat.S_IMODE(path.stat().st_mode) & 0o137 == 0

    def test_loses_no_record_to_one_that_was_torn(self, tmp_path):
        """
        By a machine that died while it wrote: that line alone is none.
        """
        path = tmp_path / "audit"
        path.write_bytes(b'{"chain":"00')
        with CommandLog(InFile(path), SIGNING, "qingliu erase") as log:
            log.write(ERASURE, STEP)
        report = verify(lines(path), SIGNING.public)

        assert [finding.where for finding in report.findings] == ["line 1"]
        assert report.chains == 1

    def test_says_when_it_cannot_be_written(self, tmp_path):
        """
        Before the command does anything.
        """
        with pytest.raises(NotKept, match="make its folder writable"):
            CommandLog(InFile(tmp_path / "missing" / "audit"), SIGNING, "qingliu erase").__enter__()
