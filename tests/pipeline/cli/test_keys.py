"""Claims about `qingliu keys`."""

import stat

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.keys import RootKeys, load_officer, load_officer_public, load_passphrase

FILES = {"keyset.json", "officer.key", "officer.pub"}


def init(out, *arguments, **settings):
    return CliRunner().invoke(main, ["keys", "init", "--out", str(out), *map(str, arguments)], **settings)


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    return path


class TestInit:
    def test_makes_keys_that_open(self, keys):
        """
        The keyset and both halves of the officer's key, with the passphrases given.
        """
        secret = load_passphrase(keys / "passphrase")

        assert RootKeys.load(keys / "keyset.json", secret).version == 1
        assert load_officer(keys / "officer.key", secret).public() == load_officer_public(keys / "officer.pub")
        assert all(stat.S_IMODE((keys / name).stat().st_mode) == 0o600 for name in FILES)

    def test_says_what_is_for_whom(self, tmp_path, passphrase):
        """
        Each file with its reader, and no secret.
        """
        result = init(tmp_path / "keys", "--passphrase", passphrase, "--officer-passphrase", passphrase)

        assert result.exit_code == 0
        assert {line.partition(":")[0].rpartition("/")[2] for line in result.stdout.splitlines()} == FILES
        assert "QINGLIU_KEYSET" in result.stdout
        assert "correct horse" not in result.output

    def test_asks_for_passphrases(self, tmp_path):
        """
        Twice each, without showing them; what is typed is what a file would hold.
        """
        typed = "keyset passphrase\nkeyset passphrase\nofficer passphrase\nofficer passphrase\n"
        result = init(tmp_path / "keys", input=typed)

        assert result.exit_code == 0
        assert "passphrase\n" not in result.stdout.replace("Passphrase", "")
        assert RootKeys.load(tmp_path / "keys" / "keyset.json", b"keyset passphrase")
        assert load_officer(tmp_path / "keys" / "officer.key", b"officer passphrase")

    @pytest.mark.parametrize("existing", sorted(FILES))
    def test_overwrites_nothing(self, tmp_path, passphrase, refuses, existing):
        """
        One file that exists keeps all others from being made.
        """
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / existing).write_text("mine")

        refuses(
            init(tmp_path / "keys", "--passphrase", passphrase, "--officer-passphrase", passphrase),
            f"{existing} exists",
            "choose another folder",
        )
        assert [(path.name, path.read_text()) for path in (tmp_path / "keys").iterdir()] == [(existing, "mine")]

    @pytest.mark.parametrize("option", ["--passphrase", "--officer-passphrase"])
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            pytest.param(b"short\n", "shorter than 12 bytes", id="short"),
            pytest.param(b"\xff", "is not text", id="no text"),
            pytest.param(None, "does not exist", id="missing"),
        ],
    )
    def test_writes_nothing_without_good_passphrases(self, passphrase, refuses, option, content, sentence):
        """
        Neither key is made when one of the passphrases is missing, no text or too short.
        """
        out, bad = passphrase.with_name("keys"), passphrase.with_name("bad")
        if content is not None:
            bad.write_bytes(content)
        files = {"--passphrase": passphrase, "--officer-passphrase": passphrase} | {option: bad}

        refuses(init(out, *(part for pair in files.items() for part in pair)), sentence)
        assert not out.exists()

    def test_refuses_a_short_typed_passphrase(self, tmp_path, refuses):
        """
        At once, before the next question.
        """
        refuses(init(tmp_path / "keys", input="short\nshort\n"), "shorter than 12 bytes")

    def test_needs_a_folder(self, tmp_path, refuses):
        """
        And takes no file for one.
        """
        (tmp_path / "file").touch()

        refuses(CliRunner().invoke(main, ["keys", "init"]), "'--out'")
        refuses(init(tmp_path / "file"), "is a file")


class TestHelp:
    def test_has_an_example(self):
        """
        One that can be copied.
        """
        text = CliRunner().invoke(main, ["keys", "init", "--help"]).stdout

        assert "Example:" in text
        assert "qingliu keys init --out keys" in text
