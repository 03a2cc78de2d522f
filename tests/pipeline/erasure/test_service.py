"""Claims about the service: a request is carried out before it is committed, and whoever asks is stopped at once."""

from pipeline.erasure.record import REQUESTS, Reason, Request, write_request
from pipeline.erasure.service import Service
from pipeline.kafka_client import Record
from pipeline.subjects.record import TOPIC as SUBJECTS
from tests.pipeline.erasure.world import BEGINNING, World

ANNA, BERT = Request("u-anna", BEGINNING, Reason.REQUEST), Request("u-bert", BEGINNING, Reason.CHILD)
PHONE = "a1b2c3d4e5f60718"


class Asked:
    """
    Requests in memory, and what was committed of them.
    """

    def __init__(self, *batches):
        self.batches = list(batches)
        self.committed = []
        self.offset = 0

    def read(self, maximum, seconds):
        assert maximum > 0
        assert seconds > 0
        records = []
        for request in self.batches.pop(0) if self.batches else ():
            key, value = write_request(request) if isinstance(request, Request) else (b"u-1", request)
            records.append(Record(REQUESTS, 0, self.offset, BEGINNING, key, value, ()))
            self.offset += 1
        return records

    def commit(self, records):
        self.committed += [record.offset for record in records]


class Clock:
    """
    A second passes each time it is looked at.
    """

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        self.seconds += 1
        return self.seconds


def serve(*batches, world=None, turns=6):
    """
    What was asked for, and the world after the service has ended.
    """
    world = world or World()
    asked, left = Asked(*batches), iter(range(turns))
    service = Service(asked, world.eraser, lambda: next(left, None) is None, Clock())
    service.run()
    return asked, world, service


def written(world):
    return [record.key for record in world.topics.logs[SUBJECTS]]


class TestService:
    def test_carries_out_and_commits(self):
        """
        Everything of a batch, then the batch.
        """
        asked, world, _ = serve([ANNA], [BERT])

        assert asked.committed == [0, 1]
        assert set(written(world)) == {b"u-anna", b"u-bert"}
        assert len(world.audit) == 2

    def test_stops_who_asks_while_others_are_carried_out(self):
        """
        They are carried out next.
        """
        world = World()
        told = []
        eraser = world.eraser

        def watched():
            made = eraser()
            stop = made.stop
            made.stop = lambda requests: (told.append((len(world.audit), len(list(requests)))), stop(requests))
            return made

        world.eraser = watched
        asked, _, _ = serve([ANNA], [BERT], world=world)

        assert told == [(0, 1), (0, 1)]
        assert asked.committed == [0, 1]

    def test_passes_over_what_it_cannot_understand(self):
        """
        It is told and committed, and keeps nobody else waiting.
        """
        asked, world, service = serve([b"?", ANNA, b"{}"])

        assert asked.committed == [0, 1, 2]
        assert service.unreadable == 2
        assert set(written(world)) == {b"u-anna"}

    def test_reads_no_request_as_later_than_it_was_written(self):
        """
        The clock of whoever asks may be ahead.
        """
        late = Request("u-anna", BEGINNING + 86_400_000, Reason.REQUEST)
        _, world, _ = serve([late])

        assert {record.value for record in world.topics.logs[SUBJECTS]} == {
            b'{"consents":{},"erased_at":"2026-09-21T14:13:20.000Z"}'
        }

    def test_takes_the_keys_of_the_moment(self):
        """
        They may have been rotated since the last batch.
        """
        world = World()
        made = []
        eraser = world.eraser
        world.eraser = lambda: made.append(1) or eraser()
        serve([ANNA], [], [], [], [], [], [], [BERT], world=world, turns=12)

        assert len(made) >= 2

    def test_ends_when_it_is_told(self):
        """
        Between two batches.
        """
        asked, _, _ = serve([ANNA], turns=0)

        assert asked.committed == []
