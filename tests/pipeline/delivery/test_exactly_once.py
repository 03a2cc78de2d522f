"""Exactly once: whoever is fenced, paused or killed when, each raw record is seen once."""

import asyncio
from collections import defaultdict
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.delivery import StaleChunkError
from pipeline.delivery.exactly_once import ExactlyOnce
from pipeline.transport import Chunk

HERE = ("raw.device", 0)
THERE = ("raw.device", 1)


class FencedError(Exception):
    """
    Somebody else has the name now.
    """


class Broker:
    """
    What a broker does for transactions: one epoch a name, and records that are seen with their offset or not at all.
    """

    def __init__(self):
        self.epochs = defaultdict(int)
        self.offsets = {}
        self.seen = []

    async def open(self, partition):
        self.epochs[partition] += 1
        return Producer(self, partition, self.epochs[partition])


class Producer:
    def __init__(self, broker, partition, epoch):
        self.broker, self.partition, self.epoch = broker, partition, epoch
        self.open = None
        self.stopped = False
        self.answers = None
        self.refuses = None

    def check(self):
        if self.epoch != self.broker.epochs[self.partition]:
            raise FencedError

    async def begin(self):
        assert self.open is None
        self.open = []

    async def commit(self, offset):
        self.check()
        self.broker.seen += self.open
        self.broker.offsets[self.partition] = offset
        self.open = None

    async def abort(self):
        self.check()
        self.open = None

    async def stop(self):
        self.stopped = True

    def create_batch(self):
        return Batch()

    async def send_batch(self, batch, topic, partition):
        self.check()
        if self.refuses in batch:
            raise FencedError
        self.open += [(self.partition, value) for value in batch]
        future = self.answers or asyncio.get_running_loop().create_future()
        if self.answers is None:
            future.set_result(None)
        return future

    async def partition_count(self, topic):
        return 1


class Batch(list):
    def append(self, *, timestamp, key, value, headers):
        super().append(value)
        return timestamp


class Worker:
    """
    Reads raw records by their offsets, each of which it makes one clean record of.
    """

    def __init__(self, broker):
        self.broker = broker
        self.delivery = ExactlyOnce(None, broker.open)
        self.readings = 0
        self.position = {}

    async def take(self, *partitions):
        await self.delivery.take(partitions)
        self.readings += 1
        self.position = {each: self.broker.offsets.get(each, 0) for each in partitions}
        self.delivery.resume(
            {each: self.broker.offsets[each] for each in partitions if each in self.broker.offsets}, self.readings
        )

    def read(self, size, partition=HERE):
        start = self.position[partition]
        self.position[partition] = start + size
        return Chunk([SimpleNamespace(offset=offset) for offset in range(start, start + size)], start, self.readings)

    async def send(self, chunk, partition=HERE):
        await asyncio.gather(*await self.dispatch(chunk, partition))

    async def dispatch(self, chunk, partition=HERE, told=(), *, interrupted=False):
        async with self.delivery.dispatch(partition, chunk) as dispatch:
            for each in chunk:
                await dispatch.send("clean.ads.device", [(0, None, each.offset, [])], 0)
            dispatch.futures += told
            if interrupted:
                raise asyncio.CancelledError
        return dispatch.futures

    async def commit(self, *partitions):
        return await self.delivery.commit(dict.fromkeys(partitions or [HERE], 0), None)


def seen(broker, partition=HERE):
    return [value for each, value in broker.seen if each == partition]


async def while_a_transaction_ends(broker):
    """
    A worker, what the end of its transaction waits for, that end, and a chunk that has to wait for it.
    """
    worker = Worker(broker)
    await worker.take(HERE)
    told = asyncio.get_running_loop().create_future()
    await worker.dispatch(worker.read(2), told=[told])
    await asyncio.sleep(0)
    committing = asyncio.create_task(worker.commit())
    await asyncio.sleep(0)
    (waiting,) = await worker.dispatch(worker.read(3))
    return worker, told, committing, waiting


class TestOneOwner:
    def test_records_are_seen_with_their_offset(self):
        """
        Not before, and several chunks together.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            await worker.send(worker.read(3))
            await worker.send(worker.read(2))
            before = list(broker.seen)
            assert await worker.commit()
            return broker, before

        broker, before = asyncio.run(go())

        assert before == []
        assert (seen(broker), broker.offsets[HERE]) == ([0, 1, 2, 3, 4], 5)

    def test_nothing_is_committed_before_all_is_confirmed(self):
        """
        Also what is said of the chunk elsewhere.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            told = asyncio.get_running_loop().create_future()
            await worker.dispatch(worker.read(1), told=[told])
            await asyncio.sleep(0)
            committing = asyncio.create_task(worker.commit())
            for _ in range(10):
                await asyncio.sleep(0)
            before = list(broker.seen)
            told.set_result(None)
            await committing
            return before, seen(broker)

        assert asyncio.run(go()) == ([], [0])

    def test_what_is_sent_while_a_transaction_ends_is_in_the_next_one(self):
        """
        And its offset with it.
        """

        async def go():
            broker = Broker()
            worker, told, committing, second = await while_a_transaction_ends(broker)
            told.set_result(None)
            await committing
            await second
            first = (seen(broker), dict(broker.offsets))
            await worker.commit()
            return first, (seen(broker), broker.offsets)

        assert asyncio.run(go()) == (([0, 1], {HERE: 2}), ([0, 1, 2, 3, 4], {HERE: 5}))

    def test_a_record_that_was_refused_ends_it(self):
        """
        The error comes back, and nothing is committed.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            producer = worker.delivery._held[HERE]._producer
            producer.answers = asyncio.get_running_loop().create_future()
            (future,) = await worker.dispatch(worker.read(1))
            await asyncio.sleep(0)
            producer.answers.set_exception(FencedError())
            for end in (future, worker.commit()):
                with pytest.raises(FencedError):
                    await end
            return broker

        assert asyncio.run(go()).offsets == {}

    def test_a_chunk_that_is_sent_half_is_never_committed(self):
        """
        Nor is anything behind it taken, until all is read again.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            await worker.send(worker.read(2))
            worker.delivery._held[HERE]._producer.refuses = 3
            with pytest.raises(FencedError):
                await worker.send(worker.read(2))
            assert not await worker.commit()
            with pytest.raises(RuntimeError, match="sent half"):
                await worker.send(worker.read(1))
            before = seen(broker)
            worker.delivery._held[HERE]._producer.refuses = None
            await worker.take(HERE)
            await worker.send(worker.read(5))
            await worker.commit()
            return before, seen(broker)

        assert asyncio.run(go()) == ([], [0, 1, 2, 3, 4])

    def test_a_chunk_that_an_agent_gives_up_is_missed(self):
        """
        Nothing of it is sent, and nothing behind it is taken, or its records would be lost.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            await worker.send(worker.read(2))
            with pytest.raises(asyncio.CancelledError):
                await worker.dispatch(worker.read(2), interrupted=True)
            with pytest.raises(RuntimeError, match="out of turn"):
                await worker.send(worker.read(1))
            await worker.commit()
            return broker

        assert seen(asyncio.run(go())) == [0, 1]

    @pytest.mark.parametrize(
        "start", [pytest.param(0, id="once more"), pytest.param(3, id="behind a gap"), pytest.param(1, id="in between")]
    )
    def test_a_chunk_that_does_not_follow_is_refused(self, start):
        """
        Records would be doubled or lost.
        """

        async def go():
            worker = Worker(Broker())
            await worker.take(HERE)
            await worker.send(worker.read(2))
            worker.position[HERE] = start
            with pytest.raises(RuntimeError, match="out of turn"):
                await worker.send(worker.read(1))

        asyncio.run(go())

    def test_offsets_that_hold_no_record_are_no_gap(self):
        """
        A chunk says from where on it was looked for.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            await worker.send(worker.read(2))
            await worker.send(Chunk([SimpleNamespace(offset=7)], 2, worker.readings))
            await worker.commit()
            return broker

        assert asyncio.run(go()).offsets == {HERE: 8}

    def test_partitions_are_apart(self):
        """
        One's transaction ends without the other's.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE, THERE)
            await worker.send(worker.read(2))
            await worker.send(worker.read(3, THERE), THERE)
            await worker.commit(THERE)
            return broker

        broker = asyncio.run(go())

        assert (seen(broker), seen(broker, THERE)) == ([], [0, 1, 2])


class TestASeek:
    def test_gives_up_what_is_not_committed(self):
        """
        It is read again, and seen once.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE)
            await worker.send(worker.read(2))
            await worker.take(HERE)
            await worker.send(worker.read(4))
            await worker.commit()
            return broker

        assert seen(asyncio.run(go())) == [0, 1, 2, 3]

    def test_makes_chunks_of_before_stale(self):
        """
        Such as one that an agent still had in hand.
        """

        async def go():
            worker = Worker(Broker())
            await worker.take(HERE)
            old = worker.read(2)
            await worker.take(HERE)
            with pytest.raises(StaleChunkError):
                await worker.send(old)
            await worker.send(worker.read(2))

        asyncio.run(go())

    def test_gives_up_chunks_that_wait_for_their_turn(self):
        """
        They are read again.
        """

        async def go():
            broker = Broker()
            worker, told, committing, waiting = await while_a_transaction_ends(broker)
            taking = asyncio.create_task(worker.take(HERE))
            await asyncio.sleep(0)
            told.set_result(None)
            await asyncio.gather(committing, waiting, taking)
            await worker.send(worker.read(4))
            await worker.commit()
            return broker

        assert seen(asyncio.run(go())) == [0, 1, 2, 3, 4, 5]


class TestGivingAway:
    def test_leaves_nothing_open(self):
        """
        What was not committed is given up, and the name can be taken.
        """

        async def go():
            broker = Broker()
            worker = Worker(broker)
            await worker.take(HERE, THERE)
            producer = worker.delivery._held[HERE]._producer
            chunk = worker.read(2)
            await worker.send(worker.read(2, THERE), THERE)
            await worker.send(chunk)
            await worker.delivery.release([HERE])
            with pytest.raises(StaleChunkError):
                await worker.send(chunk)
            await worker.commit(HERE, THERE)
            return broker, producer

        broker, producer = asyncio.run(go())

        assert (producer.open, producer.stopped) == (None, True)
        assert (seen(broker), seen(broker, THERE)) == ([], [0, 1])


class TestTwoOwners:
    def test_one_that_slept_commits_nothing(self):
        """
        Its partition was taken by another meanwhile.
        """

        async def go():
            broker = Broker()
            zombie, owner = Worker(broker), Worker(broker)
            await zombie.take(HERE)
            await zombie.send(zombie.read(3))
            await owner.take(HERE)
            with pytest.raises(FencedError):
                await zombie.commit()
            await owner.send(owner.read(4))
            await owner.commit()
            return broker

        assert seen(asyncio.run(go())) == [0, 1, 2, 3]

    @given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["take", "chunk", "commit", "die"]))))
    def test_each_record_is_seen_once_whoever_does_what_when(self, steps):
        """
        Three workers that each believe the partition to be theirs, die at any moment, and begin anew.
        """

        async def go():
            broker = Broker()
            workers = [Worker(broker) for _ in range(3)]
            for number, step in steps:
                worker = workers[number]
                try:
                    if step == "take":
                        await worker.take(HERE)
                    elif step == "chunk" and HERE in worker.position:
                        await worker.send(worker.read(2))
                    elif step == "commit":
                        await worker.commit()
                    elif step == "die":
                        workers[number] = Worker(broker)
                except FencedError:
                    workers[number] = Worker(broker)
            last = Worker(broker)
            await last.take(HERE)
            await last.send(last.read(2))
            await last.commit()
            return broker

        broker = asyncio.run(go())

        assert seen(broker) == list(range(broker.offsets[HERE]))
