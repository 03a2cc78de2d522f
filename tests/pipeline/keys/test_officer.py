"""The officer's key files: the private one opens for the right passphrase alone."""

import base64
import stat

import pytest

from pipeline.keys import KeysError, load_officer, load_officer_public, save_officer
from pipeline.sealing import OfficerPrivateKey

PASSPHRASE = b"correct horse battery"
OTHER = b"incorrect horse battery"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def officer():
    return OfficerPrivateKey.generate()


@pytest.fixture(scope="module")
def officer_files(officer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("officer")
    save_officer(officer, folder / "officer.key", folder / "officer.pub", PASSPHRASE)
    return folder / "officer.key", folder / "officer.pub"


class TestOfficerFiles:
    def test_open_again(self, officer, officer_files):
        """
        Both halves are those that were saved, and only their owner reads them.
        """
        private, public = officer_files

        assert load_officer(private, PASSPHRASE) == officer
        assert load_officer_public(public) == officer.public()
        assert mode(private) == mode(public) == 0o600

    def test_the_private_one_is_encrypted(self, officer, officer_files):
        """
        Nothing of the key stands in the file.
        """
        text = officer_files[0].read_bytes()
        box = base64.b64decode(text.partition(b":")[2])

        assert officer.mlkem_seed[:16] not in box
        assert officer.x25519[:16] not in box

    def test_the_private_one_does_not_open_with_another_passphrase(self, officer_files):
        """
        The sentence does not say which of the two is wrong.
        """
        with pytest.raises(KeysError, match=r"no officer's private key, or the passphrase is another one"):
            load_officer(officer_files[0], OTHER)

    @pytest.mark.parametrize(
        "content",
        ["", "text", "qingliu-officer-private-1:", "qingliu-officer-private-1:AAAA", "qingliu-officer-private-1:密钥"],
    )
    def test_a_private_one_that_is_none_is_told(self, tmp_path, content):
        """
        One sentence for whatever the file holds.
        """
        path = tmp_path / "officer.key"
        path.write_text(content)
        with pytest.raises(KeysError, match=r"officer\.key does not open"):
            load_officer(path, PASSPHRASE)

    def test_the_halves_are_not_taken_for_each_other(self, officer_files):
        """
        Neither can stand in the other's place.
        """
        private, public = officer_files
        with pytest.raises(KeysError, match="no officer's private key"):
            load_officer(public, PASSPHRASE)
        with pytest.raises(KeysError, match="not a privacy officer's public key"):
            load_officer_public(private)

    @pytest.mark.parametrize("existing", ["officer.key", "officer.pub"])
    def test_neither_is_written_when_one_exists(self, officer, tmp_path, existing):
        """
        Half a pair is worth nothing.
        """
        (tmp_path / existing).write_text("mine")
        with pytest.raises(KeysError, match=rf"{existing} exists"):
            save_officer(officer, tmp_path / "officer.key", tmp_path / "officer.pub", PASSPHRASE)

        assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(existing, "mine")]

    def test_missing_ones_are_told(self, tmp_path):
        """
        Each by what it is.
        """
        with pytest.raises(KeysError, match=r"the officer's private key file.* does not exist"):
            load_officer(tmp_path / "officer.key", PASSPHRASE)
        with pytest.raises(KeysError, match=r"the officer's public key file.* does not exist"):
            load_officer_public(tmp_path / "officer.pub")
