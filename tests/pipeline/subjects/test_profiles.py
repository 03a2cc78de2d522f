"""Claims about profiles between workers: known at once, written once, and read by all."""

import asyncio
from types import SimpleNamespace

import pytest

from pipeline.codec import dumps
from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.decision import Decision
from pipeline.subjects.deciding import Decider
from pipeline.subjects.profile import TOPIC, read_profile
from pipeline.subjects.profiles import ProfileFeed, ProfileReader
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.record import Consent, Subject
from pipeline.subjects.store import SubjectStore
from tests.pipeline.events import ACCOUNT, encode
from transforms.timestamp import read_timestamp

NOW = read_timestamp(ACCOUNT["occurred_at"])
USER = ACCOUNT["user_id"]
CHILD = ACCOUNT | {"birth_date": "2014-05-06", "id_card": None}


class Publisher:
    """
    Keeps what is sent.
    """

    def __init__(self):
        self.sent = []

    async def send(self, topic, records, _unkeyed):
        self.sent += [(topic, key, value) for _, key, value, _ in records]
        return []


class Worker:
    def __init__(self):
        self.store, self.counts, currency = SubjectStore(["ads"], bytes(32), buckets=4), SubjectCounts(), Currency()
        currency.until = 1.0
        self.decide = Decider(self.store, currency, self.counts, clock=lambda: 0.0, now=lambda: NOW).decide
        self.subjects = SubjectReader(["127.0.0.1:9"], self.store, currency, self.counts, 5.0)
        self.reader = ProfileReader(["127.0.0.1:9"], self.store, self.counts, 5.0, self.subjects)
        self.feed, self.publisher = ProfileFeed(self.store), Publisher()
        self.store.put(USER, Subject({"ads": Consent(granted=True, at=NOW, policy_version="v3")}), NOW)

    def hear(self, *events):
        self.feed.hear(
            [SimpleNamespace(value=event if isinstance(event, bytes) else encode(event)) for event in events]
        )
        asyncio.run(self.feed.send(self.publisher))

    def take(self, key, value):
        self.reader.take(SimpleNamespace(key=key, value=value, partition=2, offset=7, timestamp=NOW))

    def suppressed(self):
        return self.decide(USER, None, None, NOW).suppressed


class TestFeed:
    def test_a_child_is_one_from_its_first_profile_on(self):
        """
        Before that event itself is processed; and every other worker hears of it.
        """
        worker, other = Worker(), Worker()
        assert worker.decide(USER, None, None, NOW) == Decision(purposes=frozenset({"ads"}))
        worker.hear(CHILD)
        assert worker.suppressed()

        (topic, key, value) = worker.publisher.sent[0]
        other.take(key, value)
        assert (topic, key) == (TOPIC, USER.encode())
        assert other.suppressed()

    def test_writes_what_is_new_alone(self):
        """
        One record a person and chunk, with all that is known together.
        """
        worker = Worker()
        worker.hear(CHILD, CHILD | {"birth_date": "2015-05-06"})
        worker.hear(CHILD, CHILD | {"birth_date": "1990-01-01"})

        assert [read_profile(value).birth_date.year for _, _, value in worker.publisher.sent] == [2015]

    def test_grants_nothing(self):
        """
        Neither by growing up nor by opting in.
        """
        worker = Worker()
        worker.hear(CHILD | {"tracking_opt_out": True})
        worker.hear(CHILD | {"birth_date": "1990-01-01", "tracking_opt_out": False})
        assert worker.suppressed()

        worker.store.put(USER, Subject(guardian_consent=True), NOW)
        assert worker.decide(USER, None, None, NOW).purposes == frozenset()

    def test_brings_back_nobody(self):
        """
        An erased person's old profile is not taken, nor written.
        """
        worker = Worker()
        worker.store.put(USER, Subject(erased_at=NOW + 1), NOW + 1)
        worker.hear(CHILD)

        assert worker.publisher.sent == []
        assert worker.store.get(USER) == Subject(erased_at=NOW + 1)
        assert worker.store.profile(USER) is None

    def test_never_ends_a_worker(self):
        """
        Whatever an event is.
        """
        worker = Worker()
        worker.hear(b"", b"[]", b"\xff", dumps({}), dumps({"user_id": 1}), dumps(CHILD | {"user_id": "u" * 64}))

        assert len(worker.publisher.sent) == 1


class TestReader:
    def test_a_tombstone_forgets(self):
        """
        What profiles said, and nothing else.
        """
        worker = Worker()
        worker.hear(CHILD)
        worker.take(USER.encode(), None)

        assert worker.decide(USER, None, None, NOW).purposes == {"ads"}

    @pytest.mark.parametrize("value", [b"", b"{}", b'{"at":"2026-01-01T00:00:00Z","grants":true}'])
    def test_what_is_not_understood_suppresses(self, value, caplog):
        """
        It may have been a child's. It is told by its place alone.
        """
        worker = Worker()
        worker.take(USER.encode(), value)

        assert worker.suppressed()
        assert worker.counts.unreadable == 1
        assert "partition 2 of privacy.profiles at offset 7" in caplog.text
        assert USER not in caplog.text

    def test_a_record_about_nobody_is_counted(self):
        """
        Nothing else can be done with it.
        """
        worker = Worker()
        worker.take(None, b"{}")

        assert (worker.counts.unreadable, worker.counts.profiles) == (1, 1)

    def test_records_are_believed_as_long_as_profiles_are(self):
        """
        Whose profile was not read may be a child.
        """
        worker = Worker()
        assert worker.subjects.limit() == float("-inf")
        worker.reader._currency.until = 5.0

        assert worker.subjects.limit() == 5.0
