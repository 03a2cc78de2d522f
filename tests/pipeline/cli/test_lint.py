"""`qingliu lint`."""

import pytest
from click.testing import CliRunner

from pipeline.cli.lint import command
from pipeline.codec import loads
from schemas import VIEWS

WEAK = """
from dataclasses import replace

from schemas import order
from transforms import Keep

VIEWS = (replace(order.ANALYTICS, rules={**order.ANALYTICS.rules, "note": Keep()}),)
"""


@pytest.fixture
def weak(tmp_path, monkeypatch):
    """
    A module whose view keeps a text.
    """
    (tmp_path / "shop_views_b.py").write_text(WEAK)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return "shop_views_b"


def run(*arguments):
    return CliRunner().invoke(command, arguments)


class TestLint:
    def test_finds_nothing_in_the_shipped_views(self):
        """
        Exit code 0 and an empty standard output.
        """
        result = run()

        assert (result.exit_code, result.stdout) == (0, "")
        assert f"{len(VIEWS)} views, 0 findings" in result.stderr

    def test_prints_findings(self, weak):
        """
        One line a finding, with severity, code, place and remedy; exit code 1.
        """
        result = run("--views", weak)

        assert result.exit_code == 1
        assert result.stdout == (
            "error free-text-kept: analytics of raw.order at note: "
            "people write names, numbers and addresses into texts; use RedactText or Drop\n"
        )

    def test_prints_json(self, weak):
        """
        The same as a list of objects.
        """
        result = run("--views", weak, "--json")
        (finding,) = loads(result.stdout)

        assert result.exit_code == 1
        assert (finding["code"], finding["severity"], finding["path"]) == ("free-text-kept", "error", "note")

    def test_says_when_there_is_no_such_module(self):
        """
        A module that cannot be found is one sentence and exit code 2.
        """
        result = run("--views", "no_such_module")

        assert result.exit_code == 2
        assert "cannot find the module no_such_module" in result.stderr
