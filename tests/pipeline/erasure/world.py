"""A deployment in memory: topics, workers that read and write them, and an eraser that may be cut off anywhere."""

import asyncio
from collections import defaultdict
from types import SimpleNamespace

from pipeline.codec import dumps, loads
from pipeline.counts import LinkCounts, SubjectCounts
from pipeline.currency import Currency
from pipeline.engine import Engine
from pipeline.erasure.carrying import Eraser
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import Reason, Request
from pipeline.kafka_client import Record
from pipeline.keys import RootKeys
from pipeline.links.record import TOPIC as LINKS
from pipeline.links.table import LinkTable
from pipeline.publisher import Publisher
from pipeline.subjects.deciding import Decider
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Subject, format_time, write_value
from pipeline.subjects.store import SubjectStore
from schemas import device, log
from tests.pipeline.events import EVENTS
from transforms.timestamp import DAY, day_of

BEGINNING = 1_790_000_000_000
VIEWS = (device.ANALYTICS, device.ADS, log.ANALYTICS, log.ADS)
RECIPIENTS = ("ads", "analytics")
KEYS = RootKeys.generate(since=day_of(BEGINNING - 200 * DAY))
NAMES = ("user_id", "device_id", "cookie_id")
PURPOSES = ["analytics", "ads"]
WINDOW = 30


class CutOff(Exception):  # noqa: N818 — what happened
    """
    The eraser's process ended.
    """


class Topics:
    """
    Topics in memory, whose writer may be cut off after any record.
    """

    def __init__(self):
        self.logs = defaultdict(list)
        self.left = None

    def read(self, topic):
        return iter(list(self.logs[topic]))

    def write(self, topic, records, timestamp):
        for key, value in records:
            if self.left == 0:
                raise CutOff
            if self.left is not None:
                self.left -= 1
            self.append(topic, key, value, timestamp)

    def append(self, topic, key, value, timestamp):
        self.logs[topic].append(Record(topic, 0, len(self.logs[topic]), timestamp, key, value, ()))

    def told(self, recipient):
        """
        Every token that a recipient was told to delete, with its kind.
        """
        notices = [loads(record.value) for record in self.logs[notice_topic(recipient)]]
        return {(kind, token) for notice in notices for kind, held in notice["tokens"].items() for token in held}


class Sender:
    """
    What the publisher needs of a producer.
    """

    def __init__(self, topics):
        self._topics = topics

    def create_batch(self):
        batch = []
        return SimpleNamespace(append=lambda **record: batch.append(record) or True, records=batch)

    async def send_batch(self, batch, topic, _partition):
        for record in batch.records:
            self._topics.append(topic, record["key"], record["value"], record["timestamp"])
        sent = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent

    async def partition_count(self, _topic):
        return 1


class Worker:
    """
    What a worker knows, and what it makes of an event.
    """

    def __init__(self, world):
        self._topics = world.topics
        self._read = defaultdict(int)
        store = SubjectStore(PURPOSES, KEYS.internal("subjects"), buckets=16)
        currency, clock = Currency(), lambda: 0.0
        currency.until = 1.0
        persons = Decider(store, currency, SubjectCounts(), clock=clock, now=lambda: world.now)
        self.table = LinkTable(
            KEYS.internal("links"), WINDOW, persons, store, LinkCounts(), clock=clock, now=lambda: world.now
        )
        self.table.currency.until = 1.0
        self._readers = {
            SUBJECTS: SubjectReader(["nowhere:1"], store, currency, SubjectCounts(), 60),
            LINKS: self.table.reader(["nowhere:1"], 60),
        }
        self.persons = persons

    def follow(self):
        """
        Read what is new.
        """
        for topic, reader in self._readers.items():
            for record in self._topics.logs[topic][self._read[topic] :]:
                reader.take(record)
            self._read[topic] = len(self._topics.logs[topic])

    def process(self, topic, raw):
        """
        What each recipient gets, and the names in it.
        """
        self.follow()
        PRESENT.worker = self
        engine = ENGINE.topics[topic]
        results = engine.process(raw)
        asyncio.run(self.table.sightings.send(Publisher(Sender(self._topics))))
        clean = {
            view.recipient: result and loads(result[0]) for view, result in zip(engine.views, results, strict=True)
        }
        return {
            recipient: None if record is None else {(name, record[name]) for name in NAMES if name in record}
            for recipient, record in clean.items()
        }


PRESENT = SimpleNamespace(worker=None)
"""Whoever is at work: the engine is compiled once for all."""


def decide(*about):
    return PRESENT.worker.table.decide(*about)


def erased(*about):
    return PRESENT.worker.persons.erased(*about)


ENGINE = Engine(VIEWS, KEYS, decide, erased)


class World:
    """
    Everything together, with a clock of its own.
    """

    def __init__(self):
        self.now = BEGINNING
        self.topics = Topics()
        self.worker = Worker(self)
        self.audit = []
        self.events = 0

    def event(self, user=None, device_id=None, cookie=None, ago=0):
        """
        Topic and bytes of an event that names these.
        """
        topic = "raw.device" if cookie is None else "raw.log"
        about = {"user_id": user, "device_id": device_id, "cookie_id": cookie}
        self.events += 1
        event = {name: value for name, value in EVENTS[topic].items() if name not in about}
        event |= {name: value for name, value in about.items() if value is not None}
        event |= {"event_id": f"event-{self.events:08}", "occurred_at": format_time(self.now - ago)}
        return topic, dumps(event)

    def act(self, *about, ago=0):
        """
        Somebody does something; what each recipient gets of it.
        """
        return self.worker.process(*self.event(*about, ago=ago))

    def state(self, subject, **known):
        """
        What upstream says of somebody.
        """
        self.topics.append(SUBJECTS, subject.encode(), write_value(Subject(**known)), self.now)

    def eraser(self):
        return Eraser(VIEWS, KEYS, self.topics, lambda *record: self.audit.append(record), now=lambda: self.now)

    def erase(self, *subjects, at=None, cut_off_after=None, settle=lambda: None):
        """
        Erase persons, in one go or up to where it is cut off.
        """
        requests = [Request(each, self.now if at is None else at, Reason.REQUEST) for each in subjects]
        self.topics.left = cut_off_after
        try:
            eraser = self.eraser()
            eraser.stop(requests)
            return eraser.carry_out(requests, settle)
        finally:
            self.topics.left = None
