"""The files of a party's key pair."""

import stat

import pytest

from pipeline.keys import KeysError, load_party, read_party_public, save_party
from transforms.boxes import PartyPrivateKey

PASSPHRASE = b"correct horse battery"
KEY = PartyPrivateKey.generate("m-100")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("party")
    save_party(KEY, folder / "m-100.key", folder / "m-100.pub", PASSPHRASE)
    return folder / "m-100.key", folder / "m-100.pub"


class TestPrivateKey:
    def test_opens_again(self, files):
        """
        With its name, for its owner alone.
        """
        loaded = load_party(files[0], PASSPHRASE)

        assert (loaded.party, loaded.to_bytes()) == ("m-100", KEY.to_bytes())
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600

    def test_does_not_open_with_another_passphrase(self, files):
        """
        One sentence, which does not say which of the two is wrong.
        """
        with pytest.raises(KeysError, match="does not open: it is no party's private key, or the passphrase"):
            load_party(files[0], b"incorrect horse battery")

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda text: text.replace("m-100", "m-200"), id="renamed"),
            pytest.param(lambda text: text.replace("party", "officer"), id="other sort"),
            pytest.param(lambda text: text[:-9], id="cut"),
            pytest.param(lambda _: "", id="empty"),
        ],
    )
    def test_that_was_altered_does_not_open(self, files, tmp_path, change):
        """
        The name is bound to the key.
        """
        (tmp_path / "x.key").write_text(change(files[0].read_text()))

        with pytest.raises(KeysError, match="does not open"):
            load_party(tmp_path / "x.key", PASSPHRASE)

    def test_that_is_missing_is_made_by_another_command(self, tmp_path):
        """
        The sentence says by which.
        """
        with pytest.raises(KeysError, match="make one with `qingliu party init`"):
            load_party(tmp_path / "x.key", PASSPHRASE)

    def test_is_never_overwritten(self, files):
        """
        What was sealed to it could not be opened any more.
        """
        with pytest.raises(KeysError, match="exists"):
            save_party(KEY, *files, PASSPHRASE)


class TestPublicKey:
    def test_is_one_line_that_names_its_party(self, files):
        """
        And is read back as that party's.
        """
        text = files[1].read_text()

        assert text.startswith("qingliu-party-public-1:m-100:")
        assert read_party_public(text, "m-100") == KEY.public()

    @pytest.mark.parametrize("party", ["m-200", "m-100:", "", "../m-100"])
    def test_is_no_other_partys(self, files, party):
        """
        A file in the wrong place must not seal one merchant's orders to another.
        """
        with pytest.raises(ValueError, match=r"."):
            read_party_public(files[1].read_text(), party)
