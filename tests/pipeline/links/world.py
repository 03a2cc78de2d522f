"""A table of links over a topic in memory, with a clock of its own."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace

from pipeline.counts import LinkCounts, SubjectCounts
from pipeline.currency import Currency
from pipeline.links.identifiers import Identifiers
from pipeline.links.record import Boxes, Sighting, day_at, start_of
from pipeline.links.store import BUCKETS
from pipeline.links.table import LinkTable
from pipeline.publisher import Publisher
from pipeline.subjects.deciding import Decider
from pipeline.subjects.store import SubjectStore
from transforms.timestamp import DAY, read_timestamp

KEY = bytes(range(32))
NOON = read_timestamp("2026-11-22T12:00:00+08:00")
WINDOW = 30
IDENTIFIERS = Identifiers(KEY, SubjectStore(["ads"], KEY, buckets=4).digest_of)
BOXES = Boxes(KEY)


class Log:
    """
    What was sent to a topic, in order; what the publisher needs of a producer.
    """

    def __init__(self):
        self.records = []

    def create_batch(self):
        batch = []
        return SimpleNamespace(append=lambda **record: batch.append(record) or True, records=batch)

    async def send_batch(self, batch, topic, partition):
        self.records += [SimpleNamespace(topic=topic, partition=partition, **record) for record in batch.records]
        sent = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent

    async def partition_count(self, _topic):
        return 1


@dataclass
class Stored:
    """
    A record as a reader gets it.
    """

    key: bytes | None
    value: bytes | None
    timestamp: int
    partition: int = 0
    offset: int = 7


class World:
    """
    One worker's links, what it knows of persons, and the topic that all of them share.
    """

    def __init__(self, topic=None, window=WINDOW, buckets=BUCKETS):
        self.topic = [] if topic is None else topic
        self.now, self.clock, self.window, self.buckets = NOON, 0.0, window, buckets
        self.persons_current, self.persons_counts, self.counts = Currency(), SubjectCounts(), LinkCounts()
        self.subjects = SubjectStore(["analytics", "ads"], KEY, buckets=16)
        self.begin()

    def begin(self):
        """
        A worker that knows nothing yet of links.
        """
        self.log = Log()
        self.persons_current.until = 60.0
        decider = Decider(
            self.subjects, self.persons_current, self.persons_counts, clock=lambda: self.clock, now=lambda: self.now
        )
        self.table = LinkTable(
            KEY,
            self.window,
            decider,
            self.subjects,
            self.counts,
            clock=lambda: self.clock,
            now=lambda: self.now,
            buckets=self.buckets,
        )
        self.table.currency.until = 60.0
        self.decide = self.table.decide
        self.reader = self.table.reader(["127.0.0.1:9"], 5.0)

    def see(self, user=None, device=None, cookie=None, days=0):
        """
        An event so many days from now.
        """
        return self.decide(user, device, cookie, self.now + days * DAY)

    def pass_days(self, days):
        self.now += days * DAY

    def write(self):
        """
        Send what waits.
        """
        asyncio.run(self.table.sightings.send(Publisher(self.log)))
        sent = [Stored(record.key, record.value, record.timestamp) for record in self.log.records]
        self.log.records.clear()
        self.topic += sent
        return sent

    def read(self, records=None):
        """
        Take records of the topic, all of them by default.
        """
        for record in self.topic if records is None else records:
            self.reader.take(record)

    def compacted(self):
        """
        The topic's last record of each key.
        """
        last = {record.key: number for number, record in enumerate(self.topic)}
        return [self.topic[number] for number in sorted(last.values()) if self.topic[number].value is not None]


def stored(user=None, device=None, cookie=None, *, day, timestamp=None):
    """
    The record of a pair.
    """
    named = (
        user and IDENTIFIERS.user(user),
        device and IDENTIFIERS.device(device),
        cookie and IDENTIFIERS.cookie(cookie),
    )
    first, second = (each for each in named if each)
    key, value = BOXES.write(Sighting(first, second, day))
    return Stored(key, value, start_of(day) if timestamp is None else timestamp)


TODAY = day_at(NOON)
