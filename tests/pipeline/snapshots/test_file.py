"""Claims about snapshots: what was known comes back whole, or not at all."""

import pytest

from pipeline.snapshots.file import Header, Unusable, read_snapshot, write_snapshot
from pipeline.subjects.hashing import hasher
from pipeline.subjects.profile import Profile
from pipeline.subjects.record import LATEST_BIRTH, Consent, Subject
from pipeline.subjects.store import SubjectStore

FILE = "subjects.snapshot"
NOW = 1_767_196_800_000
KEY = bytes(range(32))
HEADER = Header(NOW, {"privacy.subjects": {0: 7, 1: 0}}, {"privacy.subjects": "cluster/topic"})
BUCKETS = 4_096
PEOPLE = {
    f"u-{number}": Subject(
        {"ads": Consent(granted=bool(number % 2), at=NOW - number, policy_version=f"v{number % 3}")},
        salt=bytes([1 + number % 255]) * 16,
    )
    for number in range(300)
}


def empty(purposes=("ads",), **settings):
    return SubjectStore(purposes, KEY, BUCKETS, **{"salts": True, **settings})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "snapshots" / FILE


@pytest.fixture
def written(path):
    made = empty()
    for user, subject in PEOPLE.items():
        made.put(user, subject, NOW)
    made.put_profile("u-0", Profile(NOW, LATEST_BIRTH))
    write_snapshot(path, KEY, made.frozen(), HEADER)
    return made


class TestRead:
    def test_gives_back_what_was_written(self, path, written):
        """
        Every person, and what the snapshot is of.
        """
        read = empty()

        assert read_snapshot(path, KEY, read) == HEADER
        assert len(read) == len(PEOPLE)
        assert {user: read.get(user) for user in PEOPLE} == PEOPLE
        assert {user: read.heads[user] for user in PEOPLE} == {user: written.heads[user] for user in PEOPLE}

    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(lambda raw: b"", id="empty"),
            pytest.param(lambda raw: raw[: len(raw) // 2], id="cut"),
            pytest.param(lambda raw: raw[:-1], id="cut by a byte"),
            pytest.param(lambda raw: raw[:19], id="cut before its id"),
            pytest.param(lambda raw: raw + b"\0", id="prolonged"),
            pytest.param(lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), id="altered at the end"),
            pytest.param(lambda raw: raw[:60] + bytes([raw[60] ^ 1]) + raw[61:], id="altered at the start"),
            pytest.param(lambda raw: raw[:20] + bytes([raw[20] ^ 1]) + raw[21:], id="of another id"),
            pytest.param(lambda raw: b"Q" + raw[1:], id="of another format"),
        ],
    )
    def test_refuses_what_was_altered(self, path, written, damage):
        """
        And knows nobody then.
        """
        path.write_bytes(damage(path.read_bytes()))
        read = empty()
        with pytest.raises(Unusable):
            read_snapshot(path, KEY, read)

        assert len(read) == 0
        assert not any(read.heads[user] for user in PEOPLE)

    @pytest.mark.parametrize(
        ("key", "settings", "sentence"),
        [
            pytest.param(bytes(32), {}, "another key", id="key"),
            pytest.param(KEY, {"purposes": ("ads", "analytics")}, "other views", id="purposes"),
            pytest.param(KEY, {"salts": False}, "other views", id="no salts"),
        ],
    )
    def test_refuses_one_of_something_else(self, path, written, key, settings, sentence):
        """
        Its rows would be read as others.
        """
        with pytest.raises(Unusable, match=sentence):
            read_snapshot(path, key, empty(**settings))

    def test_refuses_one_whose_rows_were_laid_out_otherwise(self, path, written, monkeypatch):
        """
        By an older release, which had no format or another one.
        """
        layout = {name: value for name, value in written.layout.items() if name != "format"}
        with monkeypatch.context() as older:
            older.setattr(SubjectStore, "layout", layout)
            write_snapshot(path, KEY, written, HEADER)

        with pytest.raises(Unusable, match="another release"):
            read_snapshot(path, KEY, empty())

    def test_refuses_frames_of_another_snapshot(self, path, written):
        """
        Both sealed under one key.
        """
        first = path.read_bytes()
        write_snapshot(path, KEY, written, HEADER)
        second = path.read_bytes()
        half = len(first) // 2
        assert len(first) == len(second)
        path.write_bytes(first[:half] + second[half:])

        with pytest.raises(Unusable):
            read_snapshot(path, KEY, empty())

    def test_that_is_missing_is_no_error_of_a_worker(self, path):
        """
        The first start has none.
        """
        with pytest.raises(Unusable, match="there is none"):
            read_snapshot(path, KEY, empty())


class TestWrite:
    def test_names_nobody(self, path, written):
        """
        No hash, no salt, and nothing of what it is of in clear.
        """
        raw = path.read_bytes()

        words = (b"purposes", b"privacy.subjects", hasher(KEY)("u-1")[:8], PEOPLE["u-1"].salt)
        assert not any(word in raw for word in words)
        assert path.stat().st_mode & 0o077 == 0

    def test_leaves_the_one_before_when_it_fails(self, path, written, monkeypatch):
        """
        And nothing half.
        """
        before = path.read_bytes()
        monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            write_snapshot(path, KEY, written, HEADER)

        assert path.read_bytes() == before
        assert [each.name for each in path.parent.iterdir()] == [FILE]

    def test_is_of_one_moment(self, path, written):
        """
        What changes while it is written is not in it.
        """
        frozen = written.frozen()
        written.put("u-new", Subject(tracking_opt_out=True), NOW)
        written.put("u-1", Subject(erased_at=NOW), NOW)
        write_snapshot(path, KEY, frozen, HEADER)
        read = empty()
        read_snapshot(path, KEY, read)

        assert (read.get("u-new"), read.get("u-1")) == (None, PEOPLE["u-1"])
