"""A worker's log on an embedded broker: one whole chain in the order in which things were said."""

import asyncio

import pytest

from pipeline.audit.log import AuditLog
from pipeline.audit.record import CHUNK, END, REFUSED, START, TOPIC, Unreadable, read
from pipeline.audit.topic import entries
from pipeline.audit.verify import verify
from pipeline.kafka_client import EmbeddedBroker
from tests.pipeline.audit.chains import POLICY, SIGNING, chunk


def said(first, last):
    body = chunk(first, last)
    del body["group"]
    return body


@pytest.fixture
def broker():
    with EmbeddedBroker() as embedded:
        embedded.create_topic(TOPIC, 3)
        yield embedded


@pytest.fixture
def log(broker):
    def make():
        return AuditLog([broker.bootstrap], SIGNING, "qingliu", 10.0)

    return make


async def play(log, *bodies):
    await log.start({"clean.ads.order": POLICY})
    await asyncio.gather(*[log.chunk(body) for body in bodies])
    await log.stop()


class TestAuditLog:
    def test_is_a_whole_chain(self, broker, log):
        """
        However many chunks are told of at once, their records stand in that order, between an opening and a close.
        """
        asyncio.run(play(log(), *(said(first, first + 9) for first in range(0, 2_000, 10))))
        found = list(entries(broker.bootstrap))
        records = [read(entry.value) for entry in found]

        assert [record.kind for record in records] == [START, *[CHUNK] * 200, END]
        assert [record.body["first"] for record in records[1:-1]] == list(range(0, 2_000, 10))
        assert {record.body["group"] for record in records[1:-1]} == {"qingliu"}
        assert verify(found, SIGNING.public).as_dict() == {
            "whole": True,
            "records": 202,
            "chains": 1,
            "chunks": 200,
            "read": 2_000,
            "public_key": SIGNING.public.to_text(),
            "public_key_given": True,
            "since": None,
            "not_said": [],
            "cut": [],
            "unended": [],
            "findings": [],
        }

    def test_tells_of_a_grant_before_what_was_released_under_it(self, broker, log):
        """
        Whatever is said later stands later.
        """

        async def go():
            made = log()
            await made.start({})
            await asyncio.gather(made.say(REFUSED, {"document": "0" * 64}), made.chunk(said(0, 9)))
            await made.stop()

        asyncio.run(go())

        assert [read(entry.value).kind for entry in entries(broker.bootstrap)] == [START, REFUSED, CHUNK, END]

    def test_goes_on_when_who_waited_was_cancelled(self, broker, log):
        """
        A rebalance leaves no hole in the chain.
        """

        async def go():
            made = log()
            await made.start({})
            made.chunk(said(0, 9)).cancel()
            await made.chunk(said(10, 19))
            await made.stop()

        asyncio.run(go())

        assert verify(entries(broker.bootstrap), SIGNING.public).whole

    def test_says_nothing_after_what_it_could_not_say(self, broker, log):
        """
        The error is told to who waits, and what comes later is never confirmed.
        """

        async def go():
            made = log()
            await made.start({})
            bad, good = made.chunk({"topic": "raw.order"}), made.chunk(said(0, 9))
            with pytest.raises(Unreadable):
                await bad
            await asyncio.wait([good], timeout=0.2)
            done = good.done()
            await made._producer.stop()
            return done

        assert asyncio.run(go()) is False
        assert [read(entry.value).kind for entry in entries(broker.bootstrap)] == [START]

    def test_that_never_started_has_nothing_to_close(self, log):
        """
        Such as that of a worker which was told to stop before.
        """
        asyncio.run(log().stop())
