"""Claims about `qingliu sunset`."""

from datetime import date

import pytest
from click.testing import CliRunner

from pipeline.audit.custody import beside
from pipeline.audit.record import read
from pipeline.audit.signing import SigningKey
from pipeline.audit.verify import Entry
from pipeline.audit.verify import verify as verified
from pipeline.cli import main
from pipeline.codec import loads
from pipeline.keys import RootKeys
from pipeline.keys.sunset import public_key

PASSPHRASE = "correct horse battery"
KEYS = RootKeys.generate(date(2025, 1, 1))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    (tmp_path / "logistics.key").write_text("private")
    KEYS.save(tmp_path / "keyset.json", PASSPHRASE.encode())
    return tmp_path


def run(folder, *arguments, **settings):
    files = ("--keyset", folder / "keyset.json", "--passphrase", folder / "passphrase", "--record", folder / "record")
    return CliRunner().invoke(main, ["sunset", *map(str, (*files, *arguments))], **settings)


def verify(folder, *arguments):
    return CliRunner().invoke(main, ["sunset", "--verify", str(folder / "record"), *arguments])


class TestSunset:
    def test_asks_for_the_deployments_name(self, folder):
        """
        Another one destroys nothing.
        """
        wrong = run(folder, "--group", "blue", input="qingliu\n")
        assert wrong.exit_code == 2
        assert "nothing was destroyed" in wrong.stderr
        assert RootKeys.load(folder / "keyset.json", PASSPHRASE.encode())

        right = run(folder, "--group", "blue", "--also", folder / "logistics.key", input="blue\n")
        assert right.exit_code == 0, right.output
        assert not (folder / "logistics.key").exists()
        assert loads((folder / "record").read_text())["deployment"] == "blue"

    def test_leaves_keys_that_no_command_opens(self, folder, refuses):
        """
        And that say so.
        """
        run(folder, "--yes")
        options = ("--keyset", str(folder / "keyset.json"), "--passphrase", str(folder / "passphrase"))

        refuses(CliRunner().invoke(main, ["keys", "show", *options]), "these keys were destroyed on")
        refuses(CliRunner().invoke(main, ["keys", "rotate", *options]), "these keys were destroyed on")
        refuses(run(folder, "--yes"), "these keys were destroyed on")

    def test_is_told_to_the_audit(self, folder):
        """
        Before and after, signed with a key that is gone then; the public half stays.
        """
        result = run(folder, "--yes")
        lines = beside(folder / "keyset.json").read_bytes().splitlines()
        records = [Entry(line, number) for number, line in enumerate(lines)]
        asked, done = (read(entry.value).body for entry in records[1:3])

        assert "the audit record is in" in result.stderr
        assert verified(records, SigningKey(KEYS.internal("audit")).public).whole
        assert (asked["step"], done["step"]) == ("asked", "done")
        assert done["before"]["versions"] == [1]
        assert done["after"]["versions"] == []

    def test_prints_the_record(self, folder):
        """
        As it stands in the file.
        """
        assert loads(run(folder, "--yes", "--json").stdout) == loads((folder / "record").read_text())

    def test_needs_a_place_for_the_record(self, folder, refuses):
        """
        Nothing is destroyed without one.
        """
        options = ("--keyset", str(folder / "keyset.json"), "--passphrase", str(folder / "passphrase"))

        refuses(CliRunner().invoke(main, ["sunset", *options, "--yes"]), "pass --record")


class TestVerify:
    def test_holds_against_the_key_that_was_noted(self, folder):
        """
        With it, and without it with a word on what to compare.
        """
        run(folder, "--yes")

        assert verify(folder, "--public-key", public_key(KEYS)).exit_code == 0
        assert "compare it with what you noted before" in verify(folder).stdout
        assert loads(verify(folder, "--json").stdout)["public_key"] == public_key(KEYS)

    def test_finds_the_record_of_another_deployment(self, folder):
        """
        Signed, and with another key.
        """
        run(folder, "--yes")
        found = verify(folder, "--public-key", public_key(RootKeys.generate()))

        assert found.exit_code == 1
        assert "with another key" in found.stderr

    def test_finds_an_alteration(self, folder):
        """
        A day later, for instance.
        """
        run(folder, "--yes")
        record = folder / "record"
        record.write_text(record.read_text().replace("2025-01-01", "2025-01-02"))

        assert verify(folder).exit_code == 1


def test_help_has_an_example():
    """
    One that can be copied.
    """
    text = CliRunner().invoke(main, ["sunset", "--help"]).stdout

    assert "Example:" in text
    assert "qingliu sunset --verify" in text
