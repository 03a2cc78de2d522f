"""Claims about `qingliu approver`."""

import pytest
from click.testing import CliRunner

from pipeline.approvals.approver import load_approver, load_roster
from pipeline.approvals.document import Document, load_document
from pipeline.cli import main

PASSPHRASE = "correct horse battery"


def run(*arguments, **settings):
    return CliRunner().invoke(main, ["approver", *map(str, arguments)], **settings)


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    return path


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "document.json"
    path.write_text(Document("grant", {"reason": "案件 1024"}).to_text())
    return path


class TestInit:
    def test_makes_a_pair_that_opens(self, tmp_path, passphrase):
        """
        And says which half is for whom.
        """
        result = run("init", "wang", "--out", tmp_path / "wang", "--passphrase", passphrase)

        assert result.exit_code == 0, result.output
        assert "only wang may read it" in result.stdout
        assert "QINGLIU_APPROVERS" in result.stdout
        assert load_approver(tmp_path / "wang" / "wang.key", PASSPHRASE.encode()).name == "wang"

    def test_asks_for_the_passphrase_twice(self, tmp_path):
        """
        Without showing it.
        """
        result = run("init", "wang", "--out", tmp_path, input=f"{PASSPHRASE}\n{PASSPHRASE}\n")

        assert result.exit_code == 0
        assert PASSPHRASE not in result.output
        assert load_approver(tmp_path / "wang.key", PASSPHRASE.encode())

    @pytest.mark.parametrize(
        ("name", "typed", "sentence"),
        [
            pytest.param("Wang", PASSPHRASE, "lower-case", id="name"),
            pytest.param("wang", "short", "shorter than 12 bytes", id="passphrase"),
        ],
    )
    def test_refuses(self, tmp_path, refuses, name, typed, sentence):
        """
        Before anything is written.
        """
        (tmp_path / "typed").write_text(typed)

        refuses(run("init", name, "--out", tmp_path / "out", "--passphrase", tmp_path / "typed"), sentence)

        assert not (tmp_path / "out").exists()


class TestSign:
    def test_puts_the_signature_into_the_file(self, tmp_path, passphrase, document):
        """
        After showing what is signed; two persons make it approved.
        """
        for name in ("wang", "li"):
            run("init", name, "--out", tmp_path / "people", "--passphrase", passphrase)
            key = tmp_path / "people" / f"{name}.key"
            result = run("sign", document, "--key", key, "--passphrase", passphrase)

            assert result.exit_code == 0, result.output
            assert '"reason": "案件 1024"' in result.stdout
            assert result.stdout.endswith(f"signed by {name}\n")
        assert load_document(document).approvers(load_roster(tmp_path / "people")) == ("wang", "li")

    def test_does_not_sign_twice(self, tmp_path, passphrase, document, refuses):
        """
        The file stays as it was.
        """
        run("init", "wang", "--out", tmp_path, "--passphrase", passphrase)
        arguments = ("sign", document, "--key", tmp_path / "wang.key", "--passphrase", passphrase)
        run(*arguments)
        before = document.read_text()

        refuses(run(*arguments), "wang has signed already")
        assert document.read_text() == before

    def test_refuses_a_wrong_passphrase(self, tmp_path, passphrase, document, refuses):
        """
        In one sentence.
        """
        run("init", "wang", "--out", tmp_path, "--passphrase", passphrase)
        passphrase.write_text("another passphrase")

        refuses(
            run("sign", document, "--key", tmp_path / "wang.key", "--passphrase", passphrase), "wang.key does not open"
        )
