"""The log of a command on an embedded broker: whole when the command did its work, without an end otherwise."""

import pytest

from pipeline.audit.commands import CommandLog
from pipeline.audit.record import END, ERASURE, START, TOPIC, Unreadable, read
from pipeline.audit.topic import entries
from pipeline.audit.verify import verify
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
        with CommandLog(broker.bootstrap, SIGNING, "qingliu erase") as log:
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
        with CommandLog(broker.bootstrap, SIGNING, "qingliu erase") as log:
            log.write(ERASURE, STEP)

            assert len(list(entries(broker.bootstrap))) == 2

    def test_has_no_end_when_the_command_failed(self, broker):
        """
        Which the verifier tells.
        """
        with pytest.raises(Unreadable), CommandLog(broker.bootstrap, SIGNING, "qingliu erase") as log:
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
            log = CommandLog(lost.bootstrap, SIGNING, "qingliu erase").__enter__()
        monkeypatch.setattr("pipeline.audit.commands._KEPT_SECONDS", 0.5)

        with pytest.raises(KafkaClientError, match="was not kept"):
            log.write(ERASURE, STEP)
        log._feeder.__exit__(None, None, None)
