"""Claims about the demo's worker process and its keys."""

import os
import stat
import time

import pytest

from pipeline.demo.child import ThrowAwayKeys, Worker
from pipeline.keys import RootKeys, load_officer_public, load_passphrase

NOWHERE = "127.0.0.1:9"


@pytest.fixture
def keys(tmp_path):
    return ThrowAwayKeys.make(tmp_path)


def wait(worker):
    """
    The exit code of a worker that ends by itself.
    """
    until = time.monotonic() + 60
    while worker.exit_code() is None and time.monotonic() < until:
        time.sleep(0.05)
    return worker.exit_code()


class TestThrowAwayKeys:
    def test_a_worker_can_load_them(self, keys, tmp_path):
        """
        The files hold the same keys.
        """
        loaded = RootKeys.load(tmp_path / "keyset.json", load_passphrase(tmp_path / "passphrase"))

        assert loaded.derive("name") == keys.root.derive("name")
        assert load_officer_public(tmp_path / "officer.pub") == keys.officer.public()

    def test_the_private_half_is_not_written(self, keys, tmp_path):
        """
        Only what a worker needs is on the disk.
        """
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "keyset.json",
            "officer.pub",
            "parties",
            "passphrase",
        ]
        assert {path.suffix for path in (tmp_path / "parties").iterdir()} == {".pub"}

    def test_differ_each_time(self, keys, tmp_path):
        """
        Two demos share nothing.
        """
        assert ThrowAwayKeys.make(tmp_path / "other").root.derive("name") != keys.root.derive("name")


class TestWorker:
    def test_that_cannot_start_leaves_its_reason(self, keys, tmp_path):
        """
        Its last words are there after its end.
        """
        with Worker(tmp_path, "not an address") as worker:
            code = wait(worker)

        assert code == 2
        assert any("is no broker address" in line for line in worker.last_words())

    def test_takes_no_settings_of_a_real_deployment(self, keys, tmp_path, monkeypatch):
        """
        A setting of the environment that would stop it does not.
        """
        monkeypatch.setenv("QINGLIU_CHUNK", "none")
        with Worker(tmp_path, "not an address") as worker:
            wait(worker)

        assert not any("QINGLIU_CHUNK" in line for line in worker.last_words())

    def test_is_gone_after_its_block(self, keys, tmp_path):
        """
        Whatever it was doing.
        """
        with Worker(tmp_path, NOWHERE) as worker:
            assert worker.exit_code() is None

        assert worker.exit_code() is not None

    def test_tells_its_peak_memory_also_after_its_end(self, keys, tmp_path):
        """
        A Python process has more than a few MiB.
        """
        with Worker(tmp_path, NOWHERE) as worker:
            until = time.monotonic() + 60
            while (worker.peak_memory() or 0) < 5 and time.monotonic() < until:
                time.sleep(0.05)

        assert worker.peak_memory() >= 5

    def test_does_not_get_the_terminals_signals(self, keys, tmp_path):
        """
        It has a session of its own, so that Ctrl-C reaches the demo alone.
        """
        with Worker(tmp_path, NOWHERE) as worker:
            assert os.getsid(worker.pid) != os.getsid(0)

    def test_its_log_is_only_for_the_owner(self, keys, tmp_path):
        """
        So are the key files.
        """
        with Worker(tmp_path, "not an address") as worker:
            wait(worker)

        for path in tmp_path.iterdir():
            assert path.is_dir() or stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
