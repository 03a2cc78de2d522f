"""The key file: one box that opens as itself alone, and is replaced as a whole."""

import base64
import errno
import os
import stat
from datetime import timedelta

import pytest

from pipeline.codec import dumps, loads
from pipeline.keys import KeysDestroyed, KeysError, PassphraseAead, RootKeys, load_officer, refuse_existing
from pipeline.keys.file import CannotDecrypt, alone, destroy

PASSPHRASE = b"correct horse battery"
OTHER = b"incorrect horse battery"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def root():
    return RootKeys.generate()


@pytest.fixture(scope="module")
def keyset(root, tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keyset.json"
    root.save(path, PASSPHRASE)
    return path


class TestKeysetFile:
    def test_opens_again(self, root, keyset):
        """
        The keys derived before and after are the same.
        """
        loaded = RootKeys.load(keyset, PASSPHRASE)

        assert loaded.version == root.version == 1
        assert loaded.derive("name") == root.derive("name")

    def test_is_read_by_its_owner_alone(self, keyset):
        """
        Mode 0600, whatever the umask.
        """
        assert mode(keyset) == 0o600

    def test_holds_nothing_of_the_root_key(self, root, keyset):
        """
        Neither as bytes nor in base64 nor in hexadecimal.
        """
        text = keyset.read_bytes()
        for secret in (root._keyset.key[0].key_data.value, root._internal, root._ratchets[1].secret):
            assert secret not in text
            assert base64.b64encode(secret)[:40] not in text
            assert secret.hex().encode() not in text

    def test_is_never_overwritten(self, root, keyset):
        """
        The sentence says so, and the file stays as it was.
        """
        before = keyset.read_bytes()
        with pytest.raises(KeysError, match="exists, and overwriting a key loses"):
            root.save(keyset, PASSPHRASE)

        assert keyset.read_bytes() == before

    @pytest.mark.parametrize("passphrase", [OTHER, PASSPHRASE + b" "])
    def test_does_not_open_with_another_passphrase(self, keyset, passphrase):
        """
        The sentence names the file and does not say which of the two is wrong.
        """
        with pytest.raises(KeysError, match=r"does not open: either .* or the passphrase is another one") as error:
            RootKeys.load(keyset, passphrase)

        assert passphrase.decode() not in str(error.value)

    def test_does_not_open_as_an_officers_key(self, keyset):
        """
        Files of one sort are not taken for the other, with the same passphrase.
        """
        with pytest.raises(KeysError, match="no officer's private key"):
            load_officer(keyset, PASSPHRASE)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"{}", id="empty object"),
            pytest.param(b"null", id="null"),
            pytest.param(b"[]", id="array"),
            pytest.param(b'{"encryptedKeyset": "AAAA"}', id="encrypted keyset of Tink"),
            pytest.param(b'{"primaryKeyId": 1, "key": []}', id="clear keyset of Tink"),
            pytest.param(b'{"format": "qingliu-keys-2", "protection": "passphrase", "box": "AAAA"}', id="newer format"),
            pytest.param(b'{"format": "qingliu-keys-1", "protection": 1, "box": "AAAA"}', id="strange protection"),
            pytest.param(b'{"format": "qingliu-keys-1", "protection": "passphrase"}', id="no box"),
            pytest.param(b'{"format": "qingliu-keys-1", "protection": "passphrase", "box": 5}', id="number"),
            pytest.param(b'{"format": "qingliu-keys-1", "protection": "passphrase", "box": "*"}', id="no base64"),
            pytest.param(b"\xff\xfe\x00", id="no text"),
            pytest.param("清流".encode(), id="other text"),
        ],
    )
    def test_says_when_a_file_is_none(self, tmp_path, content):
        """
        One sentence for whatever the file holds.
        """
        path = tmp_path / "keyset.json"
        path.write_bytes(content)
        with pytest.raises(KeysError, match=r"keyset\.json .*(this version of qingliu|is not text).*keys init"):
            RootKeys.load(path, PASSPHRASE)

    def test_says_when_something_else_protects_it(self, keyset, tmp_path):
        """
        And a head that was changed does not open.
        """
        changed = tmp_path / "keyset.json"
        changed.write_text(keyset.read_text().replace('"passphrase"', '"hcvault://vault:8200/transit/keys/qingliu"'))
        with pytest.raises(KeysError, match=r"is protected by hcvault://.*, and passphrase was given"):
            RootKeys.load(changed, PASSPHRASE)

    def test_a_truncated_file_does_not_open(self, keyset, tmp_path):
        """
        At no length but the whole.
        """
        whole, path = keyset.read_bytes().rstrip(), tmp_path / "keyset.json"
        for length in range(0, len(whole), 13):
            path.write_bytes(whole[:length])
            with pytest.raises(KeysError):
                RootKeys.load(path, PASSPHRASE)

    @pytest.mark.parametrize("position", [0, 16, 28, -1])
    def test_an_altered_file_does_not_open(self, keyset, tmp_path, position):
        """
        One bit of salt, nonce, ciphertext or tag is enough.
        """
        head = loads(keyset.read_text())
        box = bytearray(base64.b64decode(head["box"]))
        box[position] ^= 1
        path = tmp_path / "keyset.json"
        path.write_bytes(dumps(head | {"box": base64.b64encode(box).decode()}))
        with pytest.raises(KeysError, match="does not open"):
            RootKeys.load(path, PASSPHRASE)

    def test_a_box_of_another_protection_does_not_open(self, keyset):
        """
        It is bound to what the head says.
        """
        box = base64.b64decode(loads(keyset.read_text())["box"])
        with pytest.raises(CannotDecrypt):
            PassphraseAead(PASSPHRASE).decrypt(box, b"qingliu-keys-1|hcvault://vault:8200/transit/keys/qingliu")

    def test_a_missing_file_is_told(self, tmp_path):
        """
        With the command that makes one.
        """
        with pytest.raises(KeysError, match=r"the keyset file.* does not exist; make one with `qingliu keys init`"):
            RootKeys.load(tmp_path / "keyset.json", PASSPHRASE)

    def test_a_folder_is_told(self, tmp_path):
        """
        What cannot be read is told with the system's reason.
        """
        with pytest.raises(KeysError, match="cannot be read"):
            RootKeys.load(tmp_path, PASSPHRASE)

    def test_a_folder_that_is_missing_is_made(self, root, tmp_path):
        """
        The first `keys init` needs no preparation.
        """
        root.save(tmp_path / "new" / "folder" / "keyset.json", PASSPHRASE)

        assert mode(tmp_path / "new" / "folder" / "keyset.json") == 0o600

    def test_a_place_that_cannot_be_written_is_told(self, root, tmp_path):
        """
        A file in place of the folder.
        """
        (tmp_path / "file").touch()
        with pytest.raises(KeysError, match=r"cannot be written.*choose another folder"):
            root.save(tmp_path / "file" / "keyset.json", PASSPHRASE)

    @pytest.mark.parametrize("passphrase", [b"", b"eleven char"])
    def test_a_short_passphrase_is_refused(self, root, keyset, tmp_path, passphrase):
        """
        When a file is written, and when one is read; nothing is left behind.
        """
        with pytest.raises(KeysError, match="shorter than 12 bytes"):
            root.save(tmp_path / "keyset.json", passphrase)
        with pytest.raises(KeysError, match="shorter than 12 bytes"):
            RootKeys.load(keyset, passphrase)

        assert list(tmp_path.iterdir()) == []


class TestReplacing:
    def test_puts_the_new_one_in_the_old_ones_place(self, root, tmp_path):
        """
        With its mode, and nothing beside it; never one that everybody could read.
        """
        path = tmp_path / "keyset.json"
        root.save(path, PASSPHRASE)
        path.chmod(0o644)
        other = root.rotated(timedelta(days=30))
        other.replace(path, PASSPHRASE)

        assert RootKeys.load(path, PASSPHRASE).versions == (1, 2)
        assert mode(path) == 0o640
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_belongs_to_whom_the_old_one_belonged(self, root, tmp_path):
        """
        An operator's rotation does not shut the workers' account out.
        """
        path = tmp_path / "keyset.json"
        root.save(path, PASSPHRASE)
        os.chown(path, 12345, 54321)
        root.replace(path, PASSPHRASE)

        assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (12345, 54321, 0o600)

    def test_overwrites_what_the_old_one_held(self, root, tmp_path):
        """
        Whoever held on to it reads noise.
        """
        path, kept = tmp_path / "keyset.json", tmp_path / "kept"
        root.save(path, PASSPHRASE)
        before = path.read_bytes()
        kept.hardlink_to(path)
        root.replace(path, PASSPHRASE)

        after = kept.read_bytes()
        assert len(after) == len(before)
        assert sum(one == other for one, other in zip(before, after, strict=True)) < len(before) / 8

    def test_leaves_the_old_one_when_the_new_one_cannot_be_written(self, root, tmp_path, monkeypatch):
        """
        The old one is overwritten last.
        """
        path = tmp_path / "keyset.json"
        root.save(path, PASSPHRASE)
        before = path.read_bytes()

        def full(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("pipeline.keys.file.os.fsync", full)
        with pytest.raises(KeysError, match=r"cannot be replaced: No space left"):
            root.replace(path, PASSPHRASE)

        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_is_not_for_a_file_that_is_missing(self, root, tmp_path):
        """
        That would be a new one, which `save` makes.
        """
        with pytest.raises(KeysError, match=r"cannot be replaced: No such file"):
            root.replace(tmp_path / "keyset.json", PASSPHRASE)

        assert list(tmp_path.iterdir()) == []

    def test_gets_over_what_a_dead_process_left(self, root, tmp_path):
        """
        A file that was never renamed.
        """
        path = tmp_path / "keyset.json"
        root.save(path, PASSPHRASE)
        (tmp_path / ".keyset.json.new").write_text("half")
        root.replace(path, PASSPHRASE)

        assert list(tmp_path.iterdir()) == [path]

    def test_is_one_persons_work_at_a_time(self, tmp_path):
        """
        Two who rotate at once would lose one of the versions.
        """
        path = tmp_path / "keyset.json"
        with alone(path), pytest.raises(KeysError, match="somebody else is changing the keys"), alone(path):
            pass
        with alone(path):
            pass


class TestDestroying:
    def test_leaves_a_note_and_no_content(self, root, tmp_path):
        """
        Whoever held on to the old file reads noise, and whoever opens the new one is told.
        """
        path, kept = tmp_path / "keyset.json", tmp_path / "kept"
        root.save(path, PASSPHRASE)
        kept.hardlink_to(path)
        destroy(path, "2026-11-22T06:30:00+00:00")

        assert b"qingliu" not in kept.read_bytes()
        with pytest.raises(
            KeysDestroyed, match=r"destroyed on 2026-11-22T06:30:00\+00:00, and nothing brings them back"
        ):
            RootKeys.load(path, PASSPHRASE)

    def test_tells_when_there_is_nothing(self, tmp_path):
        """
        Nothing was destroyed then.
        """
        with pytest.raises(KeysError, match="cannot be replaced: No such file"):
            destroy(tmp_path / "keyset.json", "now")


class TestRefuseExisting:
    def test_names_the_first_that_exists(self, tmp_path):
        """
        Missing ones are well.
        """
        (tmp_path / "b").touch()
        refuse_existing(tmp_path / "a", tmp_path / "c")
        with pytest.raises(KeysError, match="b exists"):
            refuse_existing(tmp_path / "a", tmp_path / "b")
