"""Claims about starting from a snapshot: only what came since is read, and what is wrong is read whole."""

import asyncio
import gc
import logging
import time
import warnings

import pytest

from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.kafka_client import EmbeddedBroker, Feeder, now_ms
from pipeline.snapshots import keeper as module
from pipeline.snapshots.keeper import SnapshotKeeper
from pipeline.subjects.reader import SubjectReader
from pipeline.subjects.record import TOPIC, Consent, Subject, write_value
from pipeline.subjects.store import SubjectStore

FILE = "subjects.snapshot"
KEY = bytes(range(32))
PEOPLE = [f"u-{number}" for number in range(200)]


@pytest.fixture(autouse=True)
def half_open_connections():
    """
    As in tests/pipeline/test_compacted.py.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """
    The embedded broker never tells a topic's id.
    """
    monkeypatch.setattr("pipeline.kafka_client.extents._IDENTITY_SECONDS", 0.1)


@pytest.fixture
def broker():
    with EmbeddedBroker() as embedded:
        embedded.create_topic(TOPIC, 2)
        yield embedded


def said(**more):
    return write_value(Subject({"ads": Consent(granted=True, at=now_ms() - 1_000, policy_version="v3")}, **more))


def write(broker, records):
    with Feeder(broker.bootstrap) as feeder:
        for user, value in records.items():
            feeder.send(TOPIC, user.encode(), value, now_ms())
        assert feeder.flush(10) == 0


class Life:
    """
    One life of a worker, as far as subjects go.
    """

    def __init__(self, broker, folder, key=KEY):
        self.store, self.counts = SubjectStore(["ads"], KEY, buckets=64), SubjectCounts()
        self.keeper = SnapshotKeeper(folder, "subjects", key, self.store, [broker.bootstrap])
        self.reader = SubjectReader([broker.bootstrap], self.store, Currency(), self.counts, 5.0, keeper=self.keeper)

    async def live(self, *, stop=True):
        if not stop:  # killed before it could leave anything
            self.keeper.save = nothing
        await self.reader.start()
        await self.reader.stop()


async def nothing():
    pass


def live(broker, folder, **settings):
    stop = settings.pop("stop", True)
    life = Life(broker, folder, **settings)
    asyncio.run(life.live(stop=stop))
    return life


class TestRestart:
    def test_reads_only_what_came_since(self, broker, tmp_path):
        """
        And knows the same as one that reads everything.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        first = live(broker, tmp_path)
        write(broker, {"u-1": said(erased_at=now_ms() - 1), "u-2": None, "u-new": said(tracking_opt_out=True)})
        second = live(broker, tmp_path, stop=False)
        whole = live(broker, tmp_path / "elsewhere", stop=False)

        assert (first.counts.records, second.counts.records, whole.counts.records) == (200, 3, 203)
        assert len(second.store) == len(whole.store) == 200
        for user in [*PEOPLE, "u-new"]:
            assert second.store.row(user) == whole.store.row(user)

    def test_after_a_crash_goes_on_from_the_last_snapshot(self, broker, tmp_path):
        """
        However much came in between.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)
        write(broker, {"u-1": said(erased_at=now_ms() - 1)})
        live(broker, tmp_path, stop=False)
        write(broker, {"u-2": said(erased_at=now_ms() - 1)})
        third = live(broker, tmp_path)

        assert third.counts.records == 2
        assert all(third.store.get(user).gone for user in ("u-1", "u-2"))

    def test_an_older_snapshot_brings_nobody_back(self, broker, tmp_path):
        """
        The erasure after it is read again.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)
        before = (tmp_path / FILE).read_bytes()
        write(broker, {"u-1": said(erased_at=now_ms() - 1)})
        live(broker, tmp_path)
        (tmp_path / FILE).write_bytes(before)
        third = live(broker, tmp_path)

        assert third.counts.records == 1
        assert third.store.get("u-1").gone

    def test_without_news_writes_nothing(self, broker, tmp_path):
        """
        The file stays the same.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)
        before = (tmp_path / FILE).read_bytes()
        live(broker, tmp_path)

        assert (tmp_path / FILE).read_bytes() == before


class TestUnusable:
    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-9]), id="cut"),
            pytest.param(lambda path: path.write_bytes(b"13800138000"), id="something else"),
            pytest.param(lambda path: path.unlink(), id="missing"),
            pytest.param(lambda path: (path.unlink(), path.mkdir()), id="no file"),
        ],
    )
    def test_is_ignored_and_everything_read(self, broker, tmp_path, caplog, spoil):
        """
        With one warning that says why, and nothing of what is in it.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)
        spoil(tmp_path / FILE)
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            again = live(broker, tmp_path, stop=False)

        assert again.counts.records == len(again.store) == 200
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "the snapshot of subjects is not used" in caplog.text
        assert "13800138000" not in caplog.text

    def test_of_another_key_is_ignored(self, broker, tmp_path):
        """
        As after the root key was made anew.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)

        assert live(broker, tmp_path, key=bytes(32)).counts.records == 200

    def test_of_another_cluster_is_ignored(self, broker, tmp_path):
        """
        Whatever offsets it has.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)
        with EmbeddedBroker() as other:
            other.create_topic(TOPIC, 2)
            write(other, dict.fromkeys([f"w-{number}" for number in range(500)], said()))
            life = live(other, tmp_path)

        assert life.counts.records == len(life.store) == 500

    def test_that_is_old_is_ignored(self, broker, tmp_path, monkeypatch):
        """
        The topic may have lost tombstones meanwhile.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        live(broker, tmp_path)
        monkeypatch.setattr(module, "_OLDEST_MS", -1)

        assert live(broker, tmp_path).counts.records == 200

    @pytest.mark.parametrize("position", [10**6, -1])
    def test_beyond_the_topic_is_ignored(self, broker, tmp_path, position):
        """
        One that was cut, or made anew with as good as no records.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        life = Life(broker, tmp_path)

        async def play():
            await life.reader.start()
            life.reader.resume({0: position, 1: 0})
            await life.keeper.save()

        asyncio.run(play())

        assert live(broker, tmp_path, stop=False).counts.records == 200

    def test_folder_that_cannot_be_written_is_said(self, broker, tmp_path, caplog):
        """
        The worker goes on without.
        """
        write(broker, dict.fromkeys(PEOPLE, said()))
        (tmp_path / "file").write_text("in the way")
        with caplog.at_level(logging.WARNING):
            live(broker, tmp_path / "file")

        assert "no snapshot of subjects could be written" in caplog.text


class TestRun:
    def test_takes_one_again_and_again(self, broker, tmp_path, monkeypatch):
        """
        Without being asked.
        """
        monkeypatch.setattr(module, "_EVERY_SECONDS", 0.05)

        async def play():
            life = Life(broker, tmp_path)
            await life.reader.start()
            await asyncio.to_thread(write, broker, {"u-1": said()})
            limit = time.monotonic() + 20
            while not any(life.keeper._saved[TOPIC].values()):
                assert time.monotonic() < limit
                await asyncio.sleep(0.02)
            life.keeper.save = nothing
            await life.reader.stop()

        asyncio.run(play())
