"""Claims about `qingliu audit`, as far as they need no real broker; `tests/integration` has the others."""

import json
import os

import pytest
from click.testing import CliRunner

from pipeline.audit.signing import SigningKey
from pipeline.cli import main
from pipeline.keys import RootKeys, load_passphrase
from tests.pipeline.audit.chains import SIGNING, THEIRS, chain, chunk

LOG = chain(chunk(0, 9), chunk(10, 19))
KEY = SIGNING.public.to_text()


def run(*arguments, content=None):
    environment = {name: None for name in os.environ if "QINGLIU" in name}
    return CliRunner().invoke(main, ["audit", *map(str, arguments)], env=environment, input=content)


def lines(values):
    return b"\n".join(values) + b"\n"


@pytest.fixture(scope="module")
def roots(keys):
    return RootKeys.load(keys / "keyset.json", load_passphrase(keys / "passphrase"))


@pytest.fixture
def key_options(keys):
    return ("--keyset", keys / "keyset.json", "--passphrase", keys / "passphrase")


class TestKey:
    def test_is_what_records_are_checked_with(self, roots, key_options):
        """
        One line, the same each time.
        """
        shown = run("key", *key_options)

        assert shown.exit_code == 0
        assert shown.stdout == SigningKey(roots.internal("audit")).public.to_text() + "\n"

    @pytest.mark.parametrize(
        ("left_out", "sentence"),
        [
            pytest.param("keyset", "pass --keyset or set QINGLIU_KEYSET", id="keyset"),
            pytest.param("passphrase", "pass --passphrase or --kms", id="passphrase"),
        ],
    )
    def test_needs_the_keyset(self, keys, refuses, left_out, sentence):
        """
        The sentence names the option and the variable.
        """
        given = [name for name in ("keyset", "passphrase") if name != left_out]
        files = {"keyset": "keyset.json", "passphrase": "passphrase"}
        result = run("key", *[part for name in given for part in (f"--{name}", keys / files[name])])

        refuses(result, sentence)


class TestVerify:
    def test_of_a_whole_log_exits_with_0(self):
        """
        And says what it looked at.
        """
        result = run("verify", "--file", "-", "--public-key", KEY, content=lines(LOG))

        assert result.exit_code == 0
        assert result.stdout == "4 records of 1 chains, 1 of them ended; 2 chunks of 20 raw records\nwhole\n"

    def test_of_an_altered_log_exits_with_1(self):
        """
        And names the place.
        """
        altered = [LOG[0], LOG[1].replace(b'"read":10', b'"read":11'), *LOG[2:]]
        result = run("verify", "--file", "-", "--public-key", KEY, content=lines(altered))

        assert result.exit_code == 1
        assert "wrongly_signed: line 2: it was altered" in result.stdout
        assert "missing: line 3: record 2 of its chain" in result.stdout
        assert result.stdout.splitlines()[-1] == "NOT WHOLE: 2 findings"

    def test_takes_the_key_from_a_file(self, tmp_path):
        """
        As `qingliu audit key` wrote it; another one checks nothing.
        """
        (tmp_path / "audit.pub").write_text(KEY + "\n")
        (tmp_path / "theirs.pub").write_text(THEIRS.public.to_text() + "\n")
        (tmp_path / "log").write_bytes(lines(LOG))

        codes = [
            run("verify", "--file", tmp_path / "log", "--public-key", tmp_path / name).exit_code
            for name in ("audit.pub", "theirs.pub")
        ]

        assert codes == [0, 1]

    def test_says_when_only_the_log_itself_named_the_key(self):
        """
        A forger would have named another.
        """
        assert f"the log itself names ({KEY})" in run("verify", "--file", "-", content=lines(LOG)).stdout

    def test_takes_in_what_lies_beside_the_keyset(self, tmp_path):
        """
        Records of commands that had no broker.
        """
        (tmp_path / "keyset.json.audit").write_bytes(lines(chain()))
        (tmp_path / "altered").write_bytes(lines(chain()[:1] * 2))
        results = [
            run("verify", "--file", "-", "--public-key", KEY, "--also", tmp_path / name, content=lines(LOG))
            for name in ("keyset.json.audit", "altered")
        ]

        assert [result.exit_code for result in results] == [0, 1]
        assert "6 records of 2 chains" in results[0].stdout

    def test_prints_json(self):
        """
        One object with everything that was found.
        """
        result = run("verify", "--file", "-", "--json", content=lines(LOG[:2] + LOG[3:]))
        report = json.loads(result.stdout)

        assert result.exit_code == 1
        assert (report["whole"], report["records"], report["read"]) == (False, 3, 10)
        assert [finding["what"] for finding in report["findings"]] == ["missing"]

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param((), "pass --bootstrap", id="nothing to read"),
            pytest.param(("--file", "-", "--public-key", "00"), "not a public key", id="no key"),
            pytest.param(
                ("--file", "-", "--since", "2026-01-01T00:00:00Z"), "leave --since out", id="a time in a file"
            ),
            pytest.param(("--bootstrap", "127.0.0.1:1"), "nothing listens", id="no broker"),
        ],
    )
    def test_refuses(self, refuses, arguments, sentence):
        """
        In one sentence.
        """
        refuses(run("verify", *arguments, content=b""), sentence)


class TestHelp:
    @pytest.mark.parametrize("name", ["key", "verify", "exposure"])
    def test_has_an_example(self, name):
        """
        Of each command.
        """
        assert f"qingliu audit {name} --" in run(name, "--help").stdout
