"""What tests of commands share: key files, and what a mistake looks like."""

import pytest
from click.testing import CliRunner

from pipeline.cli import main

PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """
    A folder as `qingliu keys init` makes it, with the passphrase file beside the keys.
    """
    folder = tmp_path_factory.mktemp("keys")
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    arguments = ("--passphrase", folder / "passphrase", "--officer-passphrase", folder / "passphrase")
    made = CliRunner().invoke(main, ["keys", "init", "--out", str(folder), *map(str, arguments)])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def refuses():
    """
    Checks that a command ended with one sentence and exit code 2: `refuses(result, "what the sentence says")`.
    """

    def check(result, *fragments):
        assert result.exit_code == 2, result.output
        (sentence,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        for fragment in fragments:
            assert fragment in sentence
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)

    return check
