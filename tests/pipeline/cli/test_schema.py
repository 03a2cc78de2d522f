"""`qingliu schema`."""

import pytest
from click.testing import CliRunner

from pipeline.cli.schema import command
from pipeline.codec import loads
from pipeline.render.generate import documents
from schemas import VIEWS


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(command, [*map(str, arguments)])


class TestSchema:
    def test_writes_every_document(self, run, tmp_path):
        """
        The default folder is schemas/generated, made when it is not there.
        """
        result = run()

        assert result.exit_code == 0
        assert {path.name for path in (tmp_path / "schemas" / "generated").iterdir()} == set(documents(VIEWS))

    def test_is_up_to_date_after_writing(self, run):
        """
        A check right after writing finds nothing.
        """
        run("--out", "docs")

        result = run("--out", "docs", "--check")

        assert result.exit_code == 0
        assert "up to date" in result.stdout

    def test_names_what_is_not_up_to_date(self, run, tmp_path):
        """
        A check exits with 1, names each file with what to do, and writes nothing.
        """
        run("--out", "docs")
        stale, missing, extra = (tmp_path / "docs" / name for name in ("views.md", "views.html", "raw.old.schema.json"))
        stale.write_text("other")
        missing.unlink()
        extra.touch()

        result = run("--out", "docs", "--check")

        assert result.exit_code == 1
        assert result.stdout.splitlines() == [
            "stale: docs/views.md; run qingliu schema",
            "missing: docs/views.html; run qingliu schema",
            "extra: docs/raw.old.schema.json; it belongs to no view any more, delete it",
        ]
        assert stale.read_text() == "other"

    def test_names_the_same_as_json(self, run):
        """
        With --json the three lists are always there.
        """
        result = run("--out", "none", "--check", "--json")

        assert result.exit_code == 1
        assert loads(result.stdout) == {"stale": [], "missing": list(documents(VIEWS)), "extra": []}

    def test_keeps_what_it_does_not_know(self, run, tmp_path):
        """
        A left-over file is named on standard error and stays.
        """
        (tmp_path / "docs").mkdir()
        extra = tmp_path / "docs" / "clean.old.x.schema.json"
        extra.touch()

        result = run("--out", "docs", "--json")

        assert loads(result.stdout) == {"written": list(documents(VIEWS))}
        assert "clean.old.x.schema.json" in result.stderr
        assert extra.exists()

    def test_says_when_it_cannot_write(self, run, tmp_path):
        """
        A folder that cannot be made is one sentence and exit code 2.
        """
        (tmp_path / "file").touch()

        result = run("--out", "file/docs")

        assert result.exit_code == 2
        assert "file/docs cannot be written" in result.stderr
        assert "choose another folder" in result.stderr
