"""The sunset: nothing is left that opens anything, and a record that cannot be altered says so."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from pipeline.codec import dumps, loads
from pipeline.keys import KeysDestroyed, KeysError, RootKeys
from pipeline.keys.sunset import public_key, sunset, verify

PASSPHRASE = b"correct horse battery"
KEYS = RootKeys.generate(date(2025, 1, 1)).rotated(timedelta(days=30))


@pytest.fixture
def files(tmp_path):
    keyset, party = tmp_path / "keyset.json", tmp_path / "logistics.key"
    KEYS.save(keyset, PASSPHRASE)
    party.write_text("private")
    return keyset, party, tmp_path / "sunset.json"


class TestSunset:
    def test_destroys_every_file(self, files):
        """
        The key file leaves a note in its place, the others leave nothing.
        """
        keyset, party, record = files
        sunset(KEYS, "qingliu", keyset, [party], record)

        assert sorted(path.name for path in record.parent.iterdir()) == ["keyset.json", "sunset.json"]
        with pytest.raises(KeysDestroyed):
            RootKeys.load(keyset, PASSPHRASE)

    def test_says_what_was_destroyed(self, files):
        """
        Versions and files by names from which nothing of them follows, signed with the key that was shown before.
        """
        keyset, party, record = files
        digests = [sha256(path.read_bytes()).hexdigest() for path in (keyset, party)]
        sunset(KEYS, "qingliu", keyset, [party], record)
        said = verify(record.read_text())

        assert said["deployment"] == "qingliu"
        assert [(each["version"], each["name"]) for each in said["versions"]] == [
            (1, KEYS.name_of(1)),
            (2, KEYS.name_of(2)),
        ]
        assert [each["sha256"] for each in said["files"]] == digests
        assert (said["epochs_from"], said["public_key"]) == ("2025-01-01", public_key(KEYS))

    def test_tells_no_secret(self, files):
        """
        Neither a root nor what signed it.
        """
        keyset, party, record = files
        sunset(KEYS, "qingliu", keyset, [party], record)
        text = record.read_text()

        assert KEYS._internal.hex() not in text
        assert KEYS.internal("sunset").hex() not in text

    @pytest.mark.parametrize("missing", [0, 1])
    def test_destroys_nothing_when_it_cannot_destroy_all(self, files, missing):
        """
        And writes no record.
        """
        files[missing].unlink()
        left = sorted(path.name for path in files[2].parent.iterdir())
        with pytest.raises(KeysError, match="cannot be destroyed: No such file"):
            sunset(KEYS, "qingliu", files[0], [files[1]], files[2])

        assert sorted(path.name for path in files[2].parent.iterdir()) == left

    def test_destroys_nothing_when_the_record_exists(self, files):
        """
        It may be the record of another deployment.
        """
        keyset, party, record = files
        record.write_text("mine")
        with pytest.raises(KeysError, match="exists"):
            sunset(KEYS, "qingliu", keyset, [party], record)

        assert RootKeys.load(keyset, PASSPHRASE)
        assert party.read_text() == "private"

    def test_destroys_nothing_when_the_record_cannot_be_written(self, files):
        """
        Keys that are gone without a record would look like keys that were lost.
        """
        keyset, party, _ = files
        with pytest.raises(KeysError, match="cannot be written"):
            sunset(KEYS, "qingliu", keyset, [party], party / "sunset.json")

        assert RootKeys.load(keyset, PASSPHRASE)


class TestVerify:
    @pytest.mark.parametrize("member", ["deployment", "destroyed_at", "versions", "files", "epochs_from", "signature"])
    def test_sees_every_alteration(self, files, member):
        """
        Of each member, and of one that was added or left out.
        """
        keyset, party, record = files
        sunset(KEYS, "qingliu", keyset, [party], record)
        said = loads(record.read_text())
        without = {name: value for name, value in said.items() if name != member}
        for altered in (said | {member: "0" * 128}, without, said | {"more": 1}):
            with pytest.raises(KeysError, match="not a record of a sunset, or one that was altered"):
                verify(dumps(altered).decode())

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", "null", '{"signature": 5}', '{"signature": "00", "public_key": "zz"}']
    )
    def test_refuses_what_is_none(self, text):
        """
        One sentence for whatever it is.
        """
        with pytest.raises(KeysError, match="not a record of a sunset"):
            verify(text)
