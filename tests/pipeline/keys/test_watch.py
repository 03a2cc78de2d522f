"""The watch: a new key file is used within seconds, and a bad one changes nothing."""

import asyncio
import logging
from datetime import date, timedelta

import pytest

from pipeline.keys import KeyWatch, RootKeys
from pipeline.keys.file import destroy
from pipeline.keys.watch import WARN_SECONDS

PASSPHRASE = b"correct horse battery"
MONTH = timedelta(days=30)
ROOT = RootKeys.generate()


class Watched:
    """
    A key file, whoever watches it, and what was passed on.
    """

    def __init__(self, folder):
        self.path = folder / "keyset.json"
        ROOT.save(self.path, PASSPHRASE)
        self.loads = 0
        self.used = []
        self.now = 1000.0
        self._watch = KeyWatch(self.path, ROOT, self._load, self._use, lambda: self.now)

    def _load(self):
        self.loads += 1
        return RootKeys.load(self.path, PASSPHRASE)

    async def _use(self, keys):
        self.used.append(keys)

    def look(self):
        return asyncio.run(self._watch.look())


@pytest.fixture
def watched(tmp_path):
    return Watched(tmp_path)


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


class TestKeyWatch:
    def test_passes_on_what_is_new(self, watched):
        """
        Once, and then the next.
        """
        once = ROOT.rotated(MONTH)
        assert watched.look()
        once.replace(watched.path, PASSPHRASE)
        assert watched.look()
        assert watched.look()
        once.without(1).expired(date(2026, 11, 1)).replace(watched.path, PASSPHRASE)
        assert watched.look()

        assert [(keys.versions, keys.since) for keys in watched.used] == [
            ((1, 2), ROOT.since),
            ((2,), date(2026, 11, 1)),
        ]

    def test_sees_a_change_from_before_its_first_look(self, watched):
        """
        Between the worker's start and the watch's.
        """
        ROOT.rotated(MONTH).replace(watched.path, PASSPHRASE)
        watched.look()

        assert len(watched.used) == 1

    def test_reads_a_file_that_did_not_change_no_more(self, watched):
        """
        Opening one takes a fifth of a second.
        """
        for _ in range(3):
            watched.look()

        assert watched.loads == 1

    def test_passes_on_nothing_when_the_same_keys_were_written_again(self, watched):
        """
        A copy put in its place is no change.
        """
        watched.look()
        ROOT.replace(watched.path, PASSPHRASE)
        watched.look()

        assert (watched.loads, watched.used) == (2, [])

    @pytest.mark.parametrize(
        ("spoil", "sentence"),
        [
            pytest.param(lambda path: path.unlink(), "cannot be read: No such file", id="missing"),
            pytest.param(lambda path: path.write_text("half"), "is no key file", id="no key file"),
            pytest.param(
                lambda path: ROOT.replace(path, b"another passphrase"), "does not open", id="other passphrase"
            ),
            pytest.param(
                lambda path: RootKeys.generate().replace(path, PASSPHRASE), "older or other keys", id="other keys"
            ),
        ],
    )
    def test_keeps_the_keys_in_use_when_the_file_is_bad(self, watched, caplog, spoil, sentence):
        """
        And warns of it once a minute, until a good one is there.
        """
        watched.look()
        spoil(watched.path)
        for _ in range(3):
            assert watched.look()
            watched.now += WARN_SECONDS / 3

        (said,) = warnings(caplog)
        assert said.startswith("the keys in use stay: ")
        assert sentence in said
        watched.look()
        assert (watched.used, len(warnings(caplog))) == ([], 2)

        watched.path.unlink(missing_ok=True)
        ROOT.rotated(MONTH).save(watched.path, PASSPHRASE)
        watched.look()
        assert watched.used[0].versions == (1, 2)

    @pytest.mark.parametrize(
        "older",
        [
            pytest.param(ROOT.expired(date(2026, 11, 1)), id="without the newest version"),
            pytest.param(ROOT.rotated(MONTH), id="with epochs that had expired"),
        ],
    )
    def test_does_not_go_back(self, watched, caplog, older):
        """
        A backup in the file's place would bring expired keys back.
        """
        ROOT.rotated(MONTH).expired(date(2026, 11, 1)).replace(watched.path, PASSPHRASE)
        watched.look()
        older.replace(watched.path, PASSPHRASE)
        watched.look()

        assert len(watched.used) == 1
        assert "older or other keys" in warnings(caplog)[0]

    def test_ends_when_the_keys_were_destroyed(self, watched, caplog):
        """
        What still has them in memory has to stop.
        """
        destroy(watched.path, "2026-11-22T00:00:00+00:00")

        assert not watched.look()
        assert asyncio.run(watched._watch.run()) is None
        assert "were destroyed on 2026-11-22" in caplog.text

    def test_what_goes_wrong_with_the_use_is_no_matter_of_the_file(self, tmp_path):
        """
        It ends the worker.
        """

        async def fail(keys):
            raise RuntimeError

        watched = Watched(tmp_path)
        watched._watch = KeyWatch(watched.path, ROOT, watched._load, fail)
        ROOT.rotated(MONTH).replace(watched.path, PASSPHRASE)
        with pytest.raises(RuntimeError):
            watched.look()
