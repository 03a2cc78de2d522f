"""The chunk transport against the pinned faust-streaming: what may be committed, and what has to be read again."""

import asyncio
from collections import Counter
from importlib.metadata import version

import faust
import pytest
from aiokafka import ConsumerRecord
from aiokafka.structs import TopicPartition
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from pipeline.app import broker_urls
from pipeline.delivery.at_least_once import AtLeastOnce
from pipeline.transport import ChunkSchema, Transport, topic_partitions

HERE = TP("raw.device", 0)
THERE = TP("raw.device", 1)


def record(offset, tp=HERE):
    return ConsumerRecord(tp.topic, tp.partition, offset, 1_795_329_480_000, 0, None, b"{}", None, 0, 2, ())


def records(first, last, tp=HERE):
    return [record(offset, tp) for offset in range(first, last + 1)]


class Broker:
    """
    Stands for the consumer's thread: what it fetches, where it is told to seek.
    """

    def __init__(self, consumer):
        self.consumer = consumer
        self.fetches = []
        self.committed = {}
        self.sought = []
        self.more = set()
        self.asked = []

    async def getmany(self, active_partitions, timeout):
        self.asked.append(active_partitions)
        fetched = self.fetches.pop(0)
        return await fetched() if callable(fetched) else fetched

    def assignment(self):
        return {HERE, THERE}

    def highwater(self, tp):
        return 1_000

    def behind(self, tp):
        return tp in self.more

    async def seek_to_committed(self):
        self.sought.append("committed")
        return {TopicPartition(*tp): self.committed.get(tp) for tp in (HERE, THERE)}

    async def seek_to_beginning(self, *partitions):
        self.sought.append({TP(*tp) for tp in partitions})
        return True

    async def commit(self, offsets):
        self.committed |= offsets
        return True


class Taking(AtLeastOnce):
    """
    Notes what was sought before partitions were taken, and from where on it is to resume.
    """

    def __init__(self, broker):
        super().__init__(None)
        self.broker = broker
        self.hangs = None

    async def take(self, partitions):
        if self.hangs:
            await self.hangs.wait()
        self.sought_before = list(self.broker.sought)

    def resume(self, positions, reading):
        self.resumed = (dict(positions), reading)


@pytest.fixture(scope="module", autouse=True)
def loop():
    """
    The event loop that Faust's objects take when they are made.
    """
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    yield made
    asyncio.set_event_loop(None)
    made.close()


@pytest.fixture
def consumer():
    return new_consumer()


def new_consumer():
    app = faust.App("test", broker=broker_urls(["127.0.0.1:1"]), store="memory://")
    app.delivery = AtLeastOnce(None)
    app.topics._acking_topics.add("raw.device")
    made = app.transport.create_consumer(
        callback=nothing, on_partitions_revoked=nothing, on_partitions_assigned=nothing
    )
    made._thread.thread_loop.close()
    made._thread = Broker(made)
    made._set_active_tps({HERE, THERE})
    app.consumer_generation_id = 1
    return made


async def nothing(*_):
    pass


def run(coroutine):
    return asyncio.get_event_loop_policy().get_event_loop().run_until_complete(coroutine)


def fetch(consumer, *fetches):
    """
    One round of `getmany` for each fetch; the chunks it brought.
    """

    async def rounds():
        chunks = []
        for fetched in fetches:
            consumer._thread.fetches.append(fetched)
            chunks += [(tp, message) async for tp, message in consumer.getmany(timeout=1.0)]
        return chunks

    return run(rounds())


def committable(consumer):
    return consumer._filter_committable_offsets(list(consumer._filter_tps_with_pending_acks()))


def test_is_held_to_the_version_it_was_written_for():
    """
    The overridden methods are private; another version has to be read first.
    """
    assert version("faust-streaming") == "0.15.3"


def test_serves_urls_of_its_own():
    """
    `chunks://` is found through the entry point.
    """
    app = faust.App("test", broker=broker_urls(["127.0.0.1:1", "127.0.0.1:2"]), store="memory://")

    assert isinstance(app.transport, Transport)
    assert isinstance(app.transport.create_producer(), Transport.Producer)


class TestFetching:
    def test_makes_one_message_of_a_partitions_records(self, consumer):
        """
        Its offset is the last record's, its value the records, untouched.
        """
        ours, theirs = records(0, 9), records(5, 7, THERE)

        chunks = fetch(consumer, {HERE: ours, THERE: theirs})

        assert [(tp, message.offset) for tp, message in chunks] == [(HERE, 9), (THERE, 7)]
        assert chunks[0][1].value == ours

    def test_hands_the_records_to_the_agent(self, consumer):
        """
        The schema decodes nothing.
        """
        ((_, message),) = fetch(consumer, {HERE: records(0, 2)})
        decode = ChunkSchema().compile(consumer.app)

        event = run(decode(message))

        assert event.value is message.value

    def test_reads_again_what_came_while_the_flow_was_stopped(self, consumer):
        """
        A rebalance began: the records may lie on either side of its seek.
        """

        async def rebalancing():
            consumer.stop_flow()
            return {HERE: records(0, 9)}

        assert fetch(consumer, rebalancing) == []
        consumer.resume_flow()
        chunks = fetch(consumer, {HERE: records(0, 9)})

        assert [message.offset for _, message in chunks] == [9]
        assert consumer._thread.sought == ["committed", {HERE, THERE}]

    def test_reads_again_what_came_while_the_position_moved(self, consumer):
        """
        Records of before a seek must not come in front of those that it gives back.
        """

        async def sought():
            await consumer.perform_seek()
            return {HERE: records(200, 299)}

        assert fetch(consumer, sought) == []
        chunks = fetch(consumer, {HERE: records(100, 199)})

        assert [message.offset for _, message in chunks] == [199]
        assert consumer._thread.sought.count("committed") == 2

    def test_says_from_where_on_a_chunk_was_looked_for(self, consumer):
        """
        The committed offset, then the end of the chunk before; offsets between that hold no record are accounted for.
        """
        consumer._thread.committed = {HERE: 40, THERE: None}
        run(consumer.perform_seek())
        chunks = fetch(consumer, {HERE: records(42, 50), THERE: records(7, 9, THERE)}, {HERE: records(60, 61)})

        assert [message.value.start for _, message in chunks] == [40, 7, 51]

        run(consumer.perform_seek())

        assert [message.value.start for _, message in fetch(consumer, {HERE: records(42, 50)})] == [40]

    def test_seeks_the_beginning_of_partitions_without_a_commit(self, consumer):
        """
        Aiokafka leaves them where they are, and records fetched and given up would be lost.
        """
        consumer._thread.committed = {HERE: 40}

        run(consumer.perform_seek())

        assert consumer._thread.sought == ["committed", {THERE}]
        assert consumer._committed_offset[HERE] == 40

    def test_gives_up_what_came_before_the_committed_offsets_were_sought(self, consumer):
        """
        Aiokafka fetches from what it believes to be the offset, while an earlier owner may still commit.
        """
        run(consumer.on_partitions_assigned({HERE, THERE}, 2))
        consumer.resume_partitions({HERE, THERE})

        fetch(consumer, {HERE: records(0, 9)})

        assert consumer._thread.sought == ["committed", {HERE, THERE}]

    def test_seeks_again_when_that_was_given_up(self, consumer):
        """
        Faust waits for it so long and no longer, and then goes on as if it had been done.
        """
        consumer._delivery = Taking(consumer._thread)
        consumer._delivery.hangs = asyncio.Event()

        async def go():
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(consumer.perform_seek(), 0.01)
            consumer._delivery.hangs.set()

        run(go())

        assert [message.offset for _, message in fetch(consumer, {HERE: records(0, 9)})] == [9]
        assert consumer._thread.sought == ["committed", {HERE, THERE}]

    def test_takes_partitions_before_it_asks_where_to_go_on(self, consumer):
        """
        Whoever had them may commit until then.
        """
        consumer._delivery = delivery = Taking(consumer._thread)
        consumer._thread.committed = {HERE: 40}

        run(consumer.perform_seek())
        ((_, message),) = fetch(consumer, {HERE: records(40, 49)})

        assert delivery.sought_before == []
        assert delivery.resumed == ({HERE: 40}, message.value.reading)

    def test_never_drops_a_chunk_for_its_offset(self, consumer):
        """
        Faust compares a message's offset with what it read last; a chunk cut elsewhere after a seek would fail it.
        """
        consumer._read_offset[HERE] = 500
        consumer._read_offset.update({HERE: 500})

        assert consumer._read_offset[HERE] is None

    def test_leaves_out_paused_partitions(self, consumer):
        """
        A partition whose buffer is full comes later.
        """
        consumer.pause_partitions({THERE})

        chunks = fetch(consumer, {HERE: records(0, 1), THERE: records(0, 1, THERE)})

        assert [tp for tp, _ in chunks] == [HERE]


class TestCommitting:
    def test_follows_finished_chunks(self, consumer):
        """
        The offset to commit is the one after the last record.
        """
        ((_, message),) = fetch(consumer, {HERE: records(0, 9)})
        assert committable(consumer) == {}

        consumer.ack(message)

        assert committable(consumer) == {HERE: 10}
        assert committable(consumer) == {}

    def test_never_passes_an_unfinished_chunk(self, consumer):
        """
        However many behind it are finished.
        """
        chunks = [message for _, message in fetch(consumer, *({HERE: records(n, n + 9)} for n in (0, 10, 20)))]

        consumer.ack(chunks[1])
        consumer.ack(chunks[2])
        assert committable(consumer) == {}
        consumer.ack(chunks[0])

        assert committable(consumer) == {HERE: 30}

    def test_spans_offsets_that_do_not_exist(self, consumer):
        """
        Compaction and transactions leave holes; a chunk reaches over them.
        """
        chunks = [message for _, message in fetch(consumer, {HERE: [record(3), record(40)]}, {HERE: [record(90)]})]
        for message in chunks:
            consumer.ack(message)

        assert committable(consumer) == {HERE: 91}

    def test_keeps_partitions_apart(self, consumer):
        """
        One partition's unfinished chunk holds nobody else back.
        """
        (_, ours), (_, theirs) = fetch(consumer, {HERE: records(0, 4), THERE: records(0, 7, THERE)})
        assert ours

        consumer.ack(theirs)

        assert committable(consumer) == {THERE: 8}

    def test_forgets_chunks_that_are_read_again(self, consumer):
        """
        A chunk of before a seek says nothing about what comes after it.
        """
        ((_, old),) = fetch(consumer, {HERE: records(0, 9)})
        run(consumer.perform_seek())

        consumer.ack(old)

        assert committable(consumer) == {}

    def test_counts_an_acknowledgement_once(self, consumer):
        """
        A second one changes nothing.
        """
        ((_, message),) = fetch(consumer, {HERE: records(0, 9)})

        assert consumer.ack(message)
        assert not consumer.ack(message)

    def test_takes_the_acknowledgement_of_an_event(self, consumer):
        """
        Faust's own way to it: event, message, consumer.
        """
        ((_, message),) = fetch(consumer, {HERE: records(0, 9)})
        message.incref()

        message.ack(consumer)

        assert committable(consumer) == {HERE: 10}

    def test_commits_once_more_when_a_commit_is_under_way(self, consumer):
        """
        What is finished meanwhile is not in that one, and Faust would leave it to whoever gets the partition next.
        """
        (_, first), (_, second) = fetch(consumer, {HERE: records(0, 4)}, {HERE: records(5, 9)})
        thread, under_way = consumer._thread, asyncio.Event()
        commit = thread.commit

        async def slow(offsets):
            await under_way.wait()
            return await commit(offsets)

        async def go():
            thread.commit = slow
            consumer.ack(first)
            early = asyncio.create_task(consumer.commit())
            await asyncio.sleep(0)
            consumer.ack(second)
            last = asyncio.create_task(consumer.commit_and_end_transactions())
            await asyncio.sleep(0)
            under_way.set()
            await asyncio.gather(early, last)

        run(go())

        assert thread.committed == {HERE: 10}

    def test_goes_back_with_a_topic_that_was_made_anew(self, consumer):
        """
        Its first offsets are below what was committed of the one before.
        """
        consumer._thread.committed = {HERE: 500}
        run(consumer.perform_seek())
        ((_, message),) = fetch(consumer, {HERE: records(0, 9)})
        consumer.ack(message)

        assert committable(consumer) == {HERE: 10}

    def test_commits_finished_chunks_before_a_partition_is_revoked(self, consumer):
        """
        Then it forgets the partition.
        """
        seen = {}

        async def revoked(_):
            seen.update(committable(consumer))

        consumer._on_partitions_revoked = revoked
        ((_, message),) = fetch(consumer, {HERE: records(0, 9)})
        consumer.ack(message)

        run(consumer.on_partitions_revoked({HERE}))

        assert seen == {HERE: 10}
        assert HERE not in consumer._chunks

    @given(st.data())
    def test_is_safe_for_any_order_of_acknowledgements(self, data):
        """
        What is committed at any moment has only finished chunks before it; once all are finished, all is committed.
        """
        consumer = new_consumer()
        sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=8))
        starts = [sum(sizes[:n]) for n in range(len(sizes))]
        chunks = [
            message
            for _, message in fetch(
                consumer, *({HERE: records(start, start + size - 1)} for start, size in zip(starts, sizes, strict=True))
            )
        ]
        finished = set()
        committed = 0
        for position in data.draw(st.permutations(range(len(chunks)))):
            consumer.ack(chunks[position])
            finished.add(position)
            committed = committable(consumer).get(HERE, committed)
            passed = {n for n, message in enumerate(chunks) if message.offset < committed}
            assert passed <= finished

        assert committed == sum(sizes)


class TestProducer:
    def test_repeats_requests_without_doubling_records(self, consumer):
        """
        Every replica confirms, and a repeated request is recognised.
        """
        producer = consumer.app.transport.create_producer()

        assert producer._settings_extra() == {"acks": "all", "enable_idempotence": True}


class TestTopicPartitions:
    def test_says_who_does_not_answer(self):
        """
        One sentence with the address and a remedy.
        """
        with pytest.raises(ConnectionError, match="no broker answers at 127.0.0.1:1; check the address"):
            run(topic_partitions(["127.0.0.1:1"], seconds=2))


def test_fakes_are_as_the_thread():
    """
    The stand-in for the consumer's thread has no method that the real one lacks.
    """
    app = faust.App("test", broker=broker_urls(["127.0.0.1:1"]), store="memory://")
    app.delivery = AtLeastOnce(None)
    thread = app.transport.create_consumer(
        callback=nothing, on_partitions_revoked=nothing, on_partitions_assigned=nothing
    )._thread
    thread.thread_loop.close()
    ours = [name for name in vars(Broker) if not name.startswith("_")]

    assert ours
    assert all(callable(getattr(thread, name, None)) for name in ours)


class TestWaiting:
    def test_is_what_was_handed_over_and_is_not_committed(self, consumer):
        """
        Its mark is the committed offset.
        """
        ((_, message),) = fetch(consumer, {HERE: records(10, 14)})
        before = consumer.waiting(Counter())
        message.value.sent = True
        consumer.ack(message)
        acknowledged = consumer.waiting(Counter())
        run(consumer.force_commit())

        assert before == acknowledged == {HERE: (None, 0)}
        assert consumer.waiting(Counter()) == {}

    def test_moves_with_what_is_committed(self, consumer):
        """
        A chunk that is finished moves the partition, even if another waits.
        """
        (_, first), _ = fetch(consumer, {HERE: records(10, 14)}, {HERE: records(15, 19)})
        consumer.ack(first)
        run(consumer.force_commit())

        assert consumer.waiting(Counter()) == {HERE: (15, 0)}

    @pytest.mark.parametrize(
        ("sent", "topic", "moves"),
        [
            pytest.param(False, "raw.device", True, id="its agent works"),
            pytest.param(False, "raw.order", False, id="another agent works"),
            pytest.param(True, "raw.device", False, id="its chunk was sent and is not confirmed"),
        ],
    )
    def test_moves_while_its_agent_works_on_it_or_before_it(self, consumer, sent, topic, moves):
        """
        A chunk of long texts takes its time; what was sent has only to be confirmed.
        """
        ((_, message),) = fetch(consumer, {HERE: records(10, 14)})
        message.value.sent = sent

        assert (consumer.waiting(Counter()) != consumer.waiting(Counter({topic: 1}))) is moves

    def test_is_what_the_brokers_have_beyond_the_position(self, consumer):
        """
        Any agent's work moves it: fetches stop while all are busy.
        """
        consumer._thread.more = {THERE}

        assert consumer.waiting(Counter()) == {THERE: (None, 0)}
        assert consumer.waiting(Counter({"raw.order": 1})) == {THERE: (None, 1)}


class TestLags:
    def test_count_what_is_not_committed_and_what_was_not_handed_over(self, consumer):
        """
        By partition, from the first record of the oldest chunk.
        """
        (_, first), _ = fetch(consumer, {HERE: records(10, 14)}, {HERE: records(15, 19)})
        consumer._thread.more = {THERE}
        before = consumer.lags()
        consumer.ack(first)
        run(consumer.force_commit())

        assert before == {HERE: 10, THERE: 1}
        assert consumer.lags() == {HERE: 5, THERE: 1}


class TestATopicThatIsLeft:
    def test_is_fetched_no_more(self, consumer):
        """
        While others are, and also after a rebalance.
        """
        other = TP("raw.order", 0)
        consumer._set_active_tps({HERE, other})
        consumer.leave("raw.device")
        fetch(consumer, {})

        assert consumer._thread.asked == [{other}]

    def test_alone_means_that_nothing_is_fetched(self, consumer, monkeypatch):
        """
        An empty set would mean every partition.
        """
        slept = []

        async def sleep(seconds):
            slept.append(seconds)

        monkeypatch.setattr(consumer, "sleep", sleep)
        consumer.leave("raw.device")

        assert fetch(consumer, {HERE: records(10, 14)}) == []
        assert (consumer._thread.asked, slept) == ([], [1.0])

    def test_holds_up_no_rebalance_and_is_never_committed(self, consumer):
        """
        Chunks in hand are waited for if they were sent on, and not if they were not.
        """
        (_, sent), (_, held) = fetch(consumer, {HERE: records(10, 14)}, {HERE: records(15, 19)})
        sent.value.sent = True
        take_up = consumer.unacked.add  # as streams do, once and for all
        take_up(sent)
        take_up(held)
        consumer.leave("raw.device")
        waited_for = set(consumer.unacked)
        take_up(held)
        consumer.ack(sent)

        assert waited_for == {sent}
        assert not consumer.unacked
        assert committable(consumer) == {HERE: 15}

    def test_is_no_stall(self, consumer):
        """
        It stands still because somebody wished it.
        """
        fetch(consumer, {HERE: records(10, 14)})
        consumer._thread.more = {THERE}
        consumer.leave("raw.device")

        assert consumer.waiting(Counter()) == {}
