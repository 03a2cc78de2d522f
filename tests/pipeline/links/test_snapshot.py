"""Claims about snapshots of links: a restart knows what was known, and loses nothing that was on its way."""

import asyncio
import gc
import warnings
from functools import partial

import pytest

from pipeline.counts import LinkCounts
from pipeline.kafka_client import EmbeddedBroker, Feeder
from pipeline.links.record import TOPIC
from pipeline.publisher import Publisher
from pipeline.snapshots.file import Header, Unusable, read_snapshot, write_snapshot
from pipeline.snapshots.keeper import SnapshotKeeper
from tests.pipeline.links import world as worlds
from tests.pipeline.links.world import DAY, KEY, NOON, TODAY, WINDOW, Log, Stored, stored

USER, DEVICE, COOKIE = "u-1", "a1b2c3d4e5f6", "c0ffee00c0ffee00"
World = partial(worlds.World, buckets=1 << 11)
HEADER = Header(NOON, {TOPIC: {0: 7}}, {TOPIC: "cluster/topic"})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "links.snapshot"


def left(world, path):
    write_snapshot(path, KEY, world.table.kept.frozen(), HEADER)


def started(path, **settings):
    """
    The next life of a worker, which knows what the snapshot says.
    """
    world = World(**settings)
    read_snapshot(path, KEY, world.table.kept)
    return world


class TestRestart:
    def test_knows_what_was_known(self, path):
        """
        Pairs, their days and chains; and how many there are.
        """
        before = World()
        before.read([stored(USER, DEVICE, day=TODAY - 3), stored(None, DEVICE, COOKIE, day=TODAY)])
        left(before, path)
        world = started(path)

        assert len(world.table.store) == len(before.table.store) > 0
        assert world.see(device=DEVICE).linked
        assert world.see(cookie=COOKIE).linked
        assert world.see(cookie=COOKIE, days=WINDOW - 4).linked
        assert not world.see(device="ffffeeeedddd").linked

    def test_goes_on_from_there(self, path):
        """
        What is taken back since is no link any more.
        """
        record = stored(USER, DEVICE, day=TODAY)
        before = World()
        before.read([record])
        left(before, path)
        world = started(path)
        world.read([Stored(record.key, None, NOON)])

        assert not world.see(device=DEVICE).linked

    def test_is_of_one_moment(self, path):
        """
        What changes while it is written is not in it.
        """
        before = World()
        frozen = before.table.kept.frozen()
        before.read([stored(USER, DEVICE, day=TODAY)])
        write_snapshot(path, KEY, frozen, HEADER)

        assert len(started(path).table.store) == 0

    def test_for_another_window_is_not_believed(self, path):
        """
        What was over by the shorter one is missing for the longer one.
        """
        left(World(), path)

        with pytest.raises(Unusable, match="other views or settings"):
            started(path, window=WINDOW + 1)

    def test_leaves_nothing_of_what_it_does_not_believe(self, path):
        """
        Nor anything to be written.
        """
        before = World()
        before.see(user=USER, device=DEVICE)
        left(before, path)
        path.write_bytes(path.read_bytes()[:-1])
        world = World()
        with pytest.raises(Unusable):
            read_snapshot(path, KEY, world.table.kept)

        assert (len(world.table.store), world.write()) == (0, [])


class TestOnItsWay:
    def test_what_waited_is_written_again(self, path):
        """
        Its event was not acknowledged, and says nothing new to a store that knows it.
        """
        before = World()
        before.see(user=USER, device=DEVICE)
        left(before, path)
        world = started(path)
        world.see(user=USER, device=DEVICE)

        assert [record.key for record in world.write()] == [stored(USER, DEVICE, day=TODAY).key]
        assert world.write() == []

    @pytest.mark.parametrize("confirmed", [True, False])
    def test_what_was_sent_is_written_again_unless_confirmed(self, path, confirmed):
        """
        A broker that has it keeps it.
        """

        class Silent(Log):
            async def send_batch(self, batch, topic, partition):
                sent = await super().send_batch(batch, topic, partition)
                return sent if confirmed else asyncio.get_running_loop().create_future()

        async def play():
            before = World()
            before.see(user=USER, device=DEVICE)
            await before.table.sightings.send(Publisher(Silent()))
            left(before, path)

        asyncio.run(play())

        assert bool(started(path).write()) is not confirmed

    def test_what_was_taken_back_meanwhile_is_not(self, path):
        """
        Or an erasure would be undone.
        """
        before = World()
        before.see(user=USER, device=DEVICE)
        left(before, path)
        world = started(path)
        world.read([Stored(stored(USER, DEVICE, day=TODAY).key, None, NOON)])

        assert world.write() == []

    def test_names_nobody(self, path):
        """
        Neither in clear nor as the topic has it.
        """
        before = World()
        before.see(user=USER, device=DEVICE)
        left(before, path)
        raw, record = path.read_bytes(), stored(USER, DEVICE, day=TODAY)

        assert not any(word in raw for word in (DEVICE.encode(), record.key[1:12], record.value))


@pytest.fixture
def broker(monkeypatch):
    monkeypatch.setattr("pipeline.kafka_client.extents._IDENTITY_SECONDS", 0.1)  # to wait for what it never tells
    with EmbeddedBroker() as embedded:
        embedded.create_topic(TOPIC, 2)
        yield embedded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()  # as in tests/pipeline/test_compacted.py


class TestReader:
    def test_reads_only_what_came_since(self, broker, tmp_path):
        """
        From the topic, in the next life; the snapshot at the stop waits for the one that is being written.
        """

        async def live():
            world = World(buckets=1 << 16)
            world.counts = LinkCounts()
            world.begin()
            keeper = SnapshotKeeper(tmp_path, "links", KEY, world.table.kept, [broker.bootstrap])
            reader = world.table.reader([broker.bootstrap], 5.0, keeper)
            await reader.start()
            await reader.stop()
            return world

        read = []
        for number, devices in enumerate(([f"a1b2c3d4e5{each:02}" for each in range(20)], ["ffffeeeedddd"])):
            with Feeder(broker.bootstrap) as feeder:
                for device in devices:
                    record = stored(USER, device, day=TODAY)
                    feeder.send(TOPIC, record.key, record.value, NOON - number * DAY)
                assert feeder.flush(10) == 0
            world = asyncio.run(live())
            read.append((world.counts.records, len(world.table.store)))

        assert read == [(20, 20), (1, 21)]
