"""Agents: a chunk is acknowledged when all it became is confirmed, and the unexpected ends the process."""

import asyncio
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from pipeline import agents
from pipeline.agents import EXIT_UNEXPECTED, TopicAgent
from pipeline.codec import loads
from pipeline.counts import Counts, SubjectCounts
from pipeline.decision import Decision
from pipeline.delivery import StaleChunkError
from pipeline.delivery.at_least_once import AtLeastOnce
from pipeline.engine import Engine
from pipeline.flood import Floods
from pipeline.links.record import TOPIC as LINKS
from pipeline.sealing import OfficerPrivateKey
from pipeline.source import SourceTokens
from pipeline.transport import Chunk
from schemas import device
from tests.pipeline.events import EVENTS, KEYS, encode
from tests.pipeline.links.world import World

ROTATED = KEYS.rotated(timedelta(days=30))
SEALER = OfficerPrivateKey.generate().public().sealer()
GOOD = encode(EVENTS["raw.device"])
BROKEN = b"{13800138000"


class Publisher:
    """
    Keeps what is sent, and answers when told to.
    """

    def __init__(self, error=None):
        self.sent = []
        self.futures = []
        self.error = error

    async def send(self, topic, records, unkeyed):
        if self.error:
            raise self.error
        self.sent += [(topic, record) for record in records]
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1:]

    def answer(self):
        for future in self.futures:
            if not future.done():
                future.set_result(None)


class Audit:
    """
    Keeps what it is told, and answers when told to.
    """

    def __init__(self, *, answers=True):
        self.said = []
        self.futures = []
        self._answers = answers

    def chunk(self, body):
        self.said.append(body)
        self.futures.append(asyncio.get_running_loop().create_future())
        if self._answers:
            self.futures[-1].set_result(None)
        return self.futures[-1]


class Event:
    """
    A chunk on its way through an agent.
    """

    def __init__(self, *values, first=0):
        records = [SimpleNamespace(offset=first + n, key=b"u-1", value=value) for n, value in enumerate(values)]
        self.value = Chunk(records, first, 1)
        self.message = SimpleNamespace(partition=3)
        self.acknowledged = False

    def ack(self):
        self.acknowledged = True


class Stream:
    def __init__(self, *events):
        self._events = events

    def noack(self):
        return self

    async def events(self):
        for event in self._events:
            yield event


class Ended(BaseException):
    """
    What stands for the end of the process in these tests.
    """


@pytest.fixture
def ended(monkeypatch):
    codes = []

    def leave(code):
        codes.append(code)
        raise Ended

    monkeypatch.setattr(agents.os, "_exit", leave)
    monkeypatch.setattr(agents.logging, "shutdown", lambda: None)
    return codes


def agent(publisher, in_flight=2, views=(device.ANALYTICS, device.ADS), decide=None, **more):
    counts = Counts()
    topic_engine = Engine(views, KEYS, decide).topics["raw.device"]
    delivery = AtLeastOnce(publisher)
    return TopicAgent(topic_engine, SEALER, delivery, counts, in_flight, **{"audit": Audit()} | more), counts


class TestDelivery:
    def test_an_event_is_not_acknowledged_before_its_sightings_are_written(self):
        """
        A link that dies with the worker would be missing for good.
        """

        async def go():
            world, publisher = World(), Publisher()
            made, _ = agent(publisher, decide=world.decide, sightings=world.table.sightings)
            event = Event(GOOD)
            await made.run(Stream(event))
            topics = [topic for topic, _ in publisher.sent]
            for topic, future in zip(topics, publisher.futures, strict=True):
                if topic != LINKS:
                    future.set_result(None)
            for _ in range(5):
                await asyncio.sleep(0)
            before = event.acknowledged
            publisher.answer()
            for _ in range(5):
                await asyncio.sleep(0)
            return topics.count(LINKS), before, event.acknowledged

        assert asyncio.run(go()) == (1, False, True)

    def test_every_record_has_an_outcome_in_every_view(self):
        """
        A clean record each, or a quarantine record for all.
        """

        async def go():
            publisher = Publisher()
            made, counts = agent(publisher)
            await made.run(Stream(Event(GOOD, BROKEN, GOOD)))
            return publisher, counts

        publisher, counts = asyncio.run(go())

        assert [topic for topic, _ in publisher.sent] == [
            *["clean.analytics.device"] * 2,
            *["clean.ads.device"] * 2,
            "quarantine.raw.device",
        ]
        assert counts.as_dict() == {
            "read": {"raw.device": 3},
            "released": {"raw.device": {"ads": 2, "analytics": 2}},
            "suppressed": {"raw.device": {"ads": 0, "analytics": 0}},
            "quarantined": {"raw.device": {"not_json": 1}},
            "floods": {},
            "unknown_fields": {},
            "granted": {},
            "subjects": SubjectCounts().as_dict(),
            "links": {"records": 0, "known": 0, "unreadable": 0, "outdated": 0, "undecided": 0},
        }

    def test_names_of_unknown_fields_are_told_to_nobody(self):
        """
        They may be personal: only how many there were is said.
        """

        async def go():
            made, counts = agent(Publisher())
            await made.run(Stream(Event(encode(EVENTS["raw.device"] | {"lilei": 1, "openid_wx": 2}))))
            return counts

        counts = asyncio.run(go())

        assert counts.unknown["raw.device"] == {"lilei": 1, "openid_wx": 1}
        assert counts.as_dict()["unknown_fields"] == {"raw.device": 2}

    def test_a_chunk_is_acknowledged_after_its_last_record(self):
        """
        Not while one answer is missing, quarantine included.
        """

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher)
            event = Event(GOOD, BROKEN)
            await made.run(Stream(event))
            await asyncio.sleep(0)
            for future in publisher.futures[:-1]:
                future.set_result(None)
            await asyncio.sleep(0.01)
            early = event.acknowledged
            publisher.answer()
            await asyncio.sleep(0.01)
            return early, event.acknowledged

        assert asyncio.run(go()) == (False, True)

    def test_a_chunk_that_somebody_else_reads_now_is_left_to_them(self):
        """
        Nothing is sent of it, and the next one is.
        """

        class Late(AtLeastOnce):
            def dispatch(self, partition, chunk):
                if chunk.start == 0:
                    raise StaleChunkError
                return super().dispatch(partition, chunk)

        async def go():
            publisher, late, next_one = Publisher(), Event(GOOD), Event(GOOD, first=1)
            made, _ = agent(publisher, in_flight=1)
            made._delivery = Late(publisher)
            running = asyncio.create_task(made.run(Stream(late, next_one)))
            while not running.done():
                publisher.answer()
                await asyncio.sleep(0)
            return publisher.sent

        assert len(asyncio.run(go())) == 2

    def test_only_so_many_chunks_wait_at_a_time(self):
        """
        A slow broker slows the reading.
        """

        async def go():
            publisher = Publisher()
            made, counts = agent(publisher, in_flight=2)
            task = asyncio.create_task(made.run(Stream(*(Event(GOOD, first=n) for n in range(5)))))
            await asyncio.sleep(0.01)
            waiting = counts.read["raw.device"]
            while not task.done():
                publisher.answer()
                await asyncio.sleep(0)
            return waiting, counts.read["raw.device"]

        assert asyncio.run(go()) == (2, 5)

    def test_a_slow_chunk_lets_heartbeats_have_their_turn(self, monkeypatch):
        """
        The search of long texts may take seconds a chunk, and a worker that is silent so long loses its partitions.
        """

        async def go():
            publisher, beats = Publisher(), 0
            made, _ = agent(publisher)
            process = made._engine.process

            def slow(raw):
                time.sleep(agents._TURN)
                return process(raw)

            monkeypatch.setattr(made._engine, "process", slow)
            running = asyncio.create_task(made.run(Stream(Event(*(GOOD,) * 6))))
            while not publisher.sent:
                beats += 1
                await asyncio.sleep(0)
            publisher.answer()
            await running
            return beats

        assert asyncio.run(go()) >= 6

    def test_headers_tell_policy_schema_and_source(self):
        """
        The source opens with the recipient's key alone.
        """

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher)
            await made.run(Stream(Event(GOOD, first=41)))
            return publisher.sent

        (_, analytics), (_, ads) = asyncio.run(go())
        source = dict(analytics[3])["source"]
        tokens = SourceTokens(KEYS.keyring("analytics", "analytics"), "raw.device")

        assert dict(analytics[3]) == {
            "policy": device.ANALYTICS.policy().encode(),
            "schema": b"clean.analytics.device/1",
            "source": source,
        }
        assert tokens.open(source) == (3, 41)
        with pytest.raises(ValueError, match="not a source token"):
            tokens.open(dict(ads[3])["source"])

    def test_two_recipients_get_the_records_of_a_chunk_in_orders_of_their_own(self):
        """
        Or the n-th record of one would be the n-th of the other.
        """
        people = [encode(EVENTS["raw.device"] | {"user_id": f"u-{n:04}", "model": f"M{n}"}) for n in range(64)]

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher, views=(device.ANALYTICS, device.ADS))
            await made.run(Stream(Event(*people)))
            return publisher.sent

        sent = asyncio.run(go())
        analytics, ads = (
            [loads(value)["model"] for name, (_, _, value, _) in sent if name == topic]
            for topic in ("clean.analytics.device", "clean.ads.device")
        )

        assert sorted(analytics) == sorted(ads) == sorted(f"M{n}" for n in range(64))
        assert sum(one == other for one, other in zip(analytics, ads, strict=True)) < 16

    def test_a_quarantine_record_shows_no_value_and_the_hour_it_was_held(self):
        """
        Key and value of the raw record are sealed. Without a time of its own retention would delete it at once.
        """

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher)
            await made.run(Stream(Event(BROKEN)))
            return publisher.sent

        ((_, (timestamp, key, value, headers)),) = asyncio.run(go())

        assert (key, headers) == (None, [])
        assert timestamp % 3_600_000 == 0
        assert 0 <= time.time() * 1_000 - timestamp < 2 * 3_600_000
        assert b"13800138000" not in value
        assert {"partition": 3, "offset": 0, "reason": "not_json"}.items() <= loads(value).items()

    def test_no_record_is_of_the_future(self):
        """
        A broker would refuse it, or keep it longer than was promised; the event's own time stays in the value.
        """
        ahead = encode(EVENTS["raw.device"] | {"occurred_at": "2099-12-31T00:00:00Z"})

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher)
            await made.run(Stream(Event(ahead)))
            return publisher.sent

        for _, (timestamp, _, value, _) in asyncio.run(go()):
            assert timestamp % 3_600_000 == 0
            assert timestamp <= time.time() * 1_000
            assert loads(value)["occurred_at"].startswith("2099-12-31")


class TestAudit:
    def test_is_told_what_became_of_a_chunk(self):
        """
        Coordinates, and for each recipient policy, key version, records by the rules that stood, and those suppressed.
        """
        decisions = {
            None: Decision(),
            "u-1": Decision(purposes=frozenset({"ads"})),
            "u-2": Decision(suppressed=True),
        }
        people = [encode({**EVENTS["raw.device"], "user_id": user}) for user in ("u-1", "u-1", "u-2", None)]
        views = (device.ANALYTICS, device.ADS)

        async def go():
            audit = Audit()
            made, _ = agent(Publisher(), audit=audit, decide=lambda user, *_: decisions[user])
            await made.run(Stream(Event(*people, BROKEN, first=41)))
            await made.run(Stream(Event(people[0], first=50)))
            return audit.said

        first, second = asyncio.run(go())

        assert first == {
            "topic": "raw.device",
            "partition": 3,
            "start": 41,
            "first": 41,
            "last": 45,
            "read": 5,
            "quarantined": {"not_json": 1},
            "grants": {},
            "views": {
                "analytics": {
                    "policy": views[0].policy(),
                    "key_version": 1,
                    "released": {"granted_linked": 2, "granted_standalone": 1},
                    "suppressed": 1,
                },
                "ads": {
                    "policy": views[1].policy(),
                    "key_version": 1,
                    "released": {"granted_linked": 2, "otherwise_standalone": 1},
                    "suppressed": 1,
                },
            },
        }
        assert (second["first"], second["read"], second["quarantined"]) == (50, 1, {})
        assert second["views"]["analytics"]["released"] == {"granted_linked": 1}

    def test_keeps_a_chunk_from_being_acknowledged(self):
        """
        As long as it has not kept what it was told.
        """

        async def go():
            publisher, audit = Publisher(), Audit(answers=False)
            made, _ = agent(publisher, audit=audit)
            event = Event(GOOD)
            await made.run(Stream(event))
            publisher.answer()
            await asyncio.sleep(0.01)
            early = event.acknowledged
            audit.futures[0].set_result(None)
            await asyncio.sleep(0.01)
            return early, event.acknowledged

        assert asyncio.run(go()) == (False, True)


class TestFlood:
    def test_stops_an_agent_before_its_next_chunk(self):
        """
        The chunk that told of it is finished; what follows is neither processed nor acknowledged.
        """

        async def go():
            publisher, left = Publisher(), []
            made, counts = agent(publisher, floods=Floods(0.5, Counts(), left.append))
            chunk, after = Event(*[BROKEN] * 999, GOOD), Event(GOOD, first=1_000)
            await made.run(Stream(chunk, after))
            publisher.answer()
            await asyncio.gather(*made._waiting)
            return chunk.acknowledged, after.acknowledged, left, counts.read.total(), chunk.value.sent

        assert asyncio.run(go()) == (True, False, ["raw.device"], 1_000, True)

    def test_lets_the_good_ones_pass(self):
        """
        Where it only raises an alarm.
        """

        async def go():
            publisher = Publisher()
            made, counts = agent(publisher, floods=Floods(0.5, Counts()))
            await made.run(Stream(Event(*[BROKEN] * 999, GOOD), Event(GOOD, first=1_000)))
            return counts

        counts = asyncio.run(go())

        assert counts.released["raw.device", "ads"] == 2
        assert counts.turns["raw.device"] >= 2


class TestTheUnexpected:
    def test_ends_the_process_when_sending_fails(self, ended):
        """
        With a code that asks for another start, and nothing acknowledged.
        """
        event = Event(GOOD)

        async def go():
            made, _ = agent(Publisher(error=RuntimeError("13800138000")))
            await made.run(Stream(event))

        with pytest.raises(Ended):
            asyncio.run(go())
        assert ended == [EXIT_UNEXPECTED]
        assert not event.acknowledged

    def test_ends_the_process_when_a_record_is_not_confirmed(self, ended, caplog):
        """
        The log names the error's type and place, and not its message.
        """
        event = Event(GOOD)

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher)
            await made.run(Stream(event))
            for future in publisher.futures:
                future.set_exception(RuntimeError("13800138000"))
            with pytest.raises(Ended):
                await asyncio.gather(*made._waiting)

        asyncio.run(go())

        assert ended == [EXIT_UNEXPECTED]
        assert not event.acknowledged
        assert "RuntimeError at" in caplog.text
        assert "13800138000" not in caplog.text

    def test_a_cancelled_agent_is_not_the_unexpected(self, ended):
        """
        So it is stopped by a rebalance or at the end.
        """

        async def go():
            made, _ = agent(Publisher(error=asyncio.CancelledError()))
            await made.run(Stream(Event(GOOD)))

        with pytest.raises(asyncio.CancelledError):
            asyncio.run(go())
        assert ended == []


class TestOtherKeys:
    def test_are_used_from_the_next_chunk(self):
        """
        Tokens and sources bear the new version.
        """

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher, views=(device.ANALYTICS,))
            await made.run(Stream(Event(GOOD)))
            await made.use(Engine((device.ANALYTICS,), KEYS).with_keys(ROTATED)["raw.device"])
            await made.run(Stream(Event(GOOD)))
            return publisher

        records = [record for _, record in asyncio.run(go()).sent]
        versions = [(loads(value)["user_id"][:2], dict(headers)["source"][:2]) for _, _, value, headers in records]

        assert versions == [("1.", b"1."), ("2.", b"2.")]

    def test_do_not_change_a_chunk_in_hand(self, monkeypatch):
        """
        While the loop's other work has its turn, new keys may come; the chunk is finished with its own.
        """
        monkeypatch.setattr(agents, "_TURN", -1.0)  # every event gives way

        async def go():
            publisher = Publisher()
            made, _ = agent(publisher, views=(device.ANALYTICS,))
            running = asyncio.create_task(made.run(Stream(Event(GOOD, GOOD, GOOD), Event(GOOD))))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await made.use(made._engine.with_keys(ROTATED))
            await running
            return publisher

        versions = [loads(value)["user_id"][:2] for _, (_, _, value, _) in asyncio.run(go()).sent]

        assert versions == ["1.", "1.", "1.", "2."]

    def test_are_told_to_the_audit(self):
        """
        With the chunk that they were first used for.
        """

        async def go():
            made, _ = agent(Publisher(), in_flight=9)
            await made.run(Stream(Event(GOOD)))
            await made.use(made._engine.with_keys(ROTATED))
            await made.run(Stream(Event(GOOD)))
            return [[view["key_version"] for view in body["views"].values()] for body in made._audit.said]

        assert asyncio.run(go()) == [[1, 1], [2, 2]]

    def test_do_not_begin_the_counting_again(self):
        """
        Unknown fields are counted in one place for as long as a worker lives.
        """

        async def go():
            made, counts = agent(Publisher(), in_flight=9)
            for _ in range(2):
                await made.run(Stream(Event(encode(EVENTS["raw.device"] | {"strange": 1}))))
                await made.use(made._engine.with_keys(ROTATED))
            return counts

        assert asyncio.run(go()).unknown["raw.device"] == {"strange": 2}
