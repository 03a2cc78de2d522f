"""Claims about sightings: what has to be written, when, and who waits for it."""

import asyncio

import pytest

from pipeline.links.record import TOPIC, read_value, start_of
from pipeline.publisher import Publisher
from tests.pipeline.links.world import NOON, TODAY, WINDOW, Log, World, stored
from transforms.timestamp import DAY

USER, DEVICE, COOKIE = "u-1", "a1b2c3d4e5f6", "c0ffee00c0ffee00"


@pytest.fixture
def world():
    return World()


def keys(records):
    return {record.key for record in records}


class TestWhat:
    def test_is_written_of_an_event(self, world):
        """
        Each pair of its identifiers, with its day: the same as whoever else sees it writes.
        """
        world.see(USER, DEVICE, COOKIE)
        written = world.write()

        expected = [
            stored(USER, DEVICE, day=TODAY),
            stored(USER, cookie=COOKIE, day=TODAY),
            stored(device=DEVICE, cookie=COOKIE, day=TODAY),
        ]
        assert written == expected
        assert all(record.timestamp == start_of(TODAY) <= NOON for record in written)

    @pytest.mark.parametrize(
        "event",
        [
            pytest.param({"user": USER}, id="a person alone"),
            pytest.param({"device": DEVICE}, id="a device alone"),
            pytest.param({"user": USER, "device": "00000000"}, id="a placeholder"),
            pytest.param({"user": USER, "device": DEVICE, "days": -WINDOW - 8}, id="what is over"),
        ],
    )
    def test_is_not_written(self, world, event):
        """
        Nothing is seen with anything, or it makes no difference.
        """
        world.see(**event)

        assert world.write() == []

    def test_is_written_once_a_day(self, world):
        """
        However often it is seen, by whomever it was written.
        """
        world.see(USER, DEVICE)
        assert len(world.write()) == 1
        world.see(USER, DEVICE)
        world.see(USER, DEVICE, days=-1)
        assert world.write() == []
        world.pass_days(1)
        world.see(USER, DEVICE)
        assert [read_value(record.value) for record in world.write()] == [TODAY + 1]
        world.pass_days(1)
        world.read([stored(USER, DEVICE, day=TODAY + 2)])
        world.see(USER, DEVICE)
        assert world.write() == []

    def test_that_another_wrote_meanwhile_is_not_written(self, world):
        """
        Nor is less than that.
        """
        world.see(USER, DEVICE)
        world.read([stored(USER, DEVICE, day=TODAY)])

        assert world.write() == []

    def test_is_written_anew_after_it_was_taken_back(self, world):
        """
        A person who was erased and comes back is linked as anybody else.
        """
        world.see(USER, DEVICE)
        (record,) = world.write()
        record.value = None
        world.read([record])
        assert not world.see(device=DEVICE).linked
        world.see(USER, DEVICE)

        assert world.see(device=DEVICE).linked
        assert keys(world.write()) == {record.key}

    def test_is_bounded_in_memory(self, world, monkeypatch):
        """
        Identifiers that were noted are forgotten when there are many, and noted again without being written again.
        """
        monkeypatch.setattr("pipeline.links.noted._NOTED", 10)
        for _ in range(2):
            for number in range(25):
                world.see(USER, f"{number:08}{DEVICE}")

        assert all(len(noted) <= 10 for noted in world.table.notes._all)
        assert len(world.write()) == 25


class Slow(Log):
    """
    A producer whose confirmations take their time.
    """

    def __init__(self):
        super().__init__()
        self.futures = []

    async def send_batch(self, batch, topic, partition):
        await super().send_batch(batch, topic, partition)
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]


class TestSend:
    def test_every_chunk_waits_until_all_is_confirmed(self, world):
        """
        Also for what another chunk has noted, which is not noted twice: it must not be acknowledged before.
        """

        async def play():
            slow = Slow()
            publisher = Publisher(slow)
            world.see(USER, DEVICE)
            first = await world.table.sightings.send(publisher)
            world.see(USER, DEVICE)
            second = await world.table.sightings.send(publisher)
            assert first == second == slow.futures
            assert [record.topic for record in slow.records] == [TOPIC]
            slow.futures[0].set_result(None)
            world.see("u-2", DEVICE)
            assert await world.table.sightings.send(publisher) == slow.futures[1:]
            slow.futures[1].set_result(None)
            assert await world.table.sightings.send(publisher) == []

        asyncio.run(play())

    def test_what_could_not_be_sent_is_sent_with_the_next_chunk(self, world):
        """
        A turn that was cut off loses nothing.
        """

        class Cut(Log):
            async def send_batch(self, batch, topic, partition):
                raise asyncio.CancelledError

        async def play():
            world.see(USER, DEVICE)
            with pytest.raises(asyncio.CancelledError):
                await world.table.sightings.send(Publisher(Cut()))

        asyncio.run(play())

        assert len(world.write()) == 1

    def test_a_later_day_that_comes_meanwhile_is_not_lost(self, world):
        """
        It is sent the next time.
        """

        class Late(Log):
            async def send_batch(self, batch, topic, partition):
                world.pass_days(1)
                world.see(USER, DEVICE)
                return await super().send_batch(batch, topic, partition)

        world.see(USER, DEVICE)
        asyncio.run(world.table.sightings.send(Publisher(Late())))

        assert [read_value(record.value) for record in world.write()] == [TODAY + 1]
        assert world.now == NOON + DAY
