"""The command: what it refuses and what it prints."""

import orjson
import pytest

from benchmarks.detection import __main__ as command
from benchmarks.detection import quality
from transforms.text.span import Span


def first_three(_, texts):
    """
    A stand-in that takes the first three characters of every text for a name.
    """
    return [[Span(0, min(3, len(text)), "PERSON", 1.0)] for text in texts]


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(command, "qingliu", lambda _: first_three)


class TestCommandLine:
    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param(["--only", "nothing"], id="unknown section"),
            pytest.param(["--split", "validation"], id="unknown split"),
            pytest.param(["--texts", "0"], id="no texts"),
            pytest.param(["--json", "--markdown"], id="two formats"),
            pytest.param(["--split", "test", "--misses", "3"], id="misses of the judging split"),
        ],
    )
    def test_refuses_what_it_cannot_measure(self, arguments, capsys):
        """
        The exit code is 2 and standard output stays empty.
        """
        with pytest.raises(SystemExit, match="2"):
            command.main(arguments)

        assert capsys.readouterr().out == ""

    @pytest.mark.usefixtures("stand_in")
    def test_prints_one_object(self, capsys):
        """
        Corpus, machine and the figures of the detector.
        """
        assert command.main(["--only", "quality", "--texts", "200", "--seed", "5", "--json"]) == 0

        results = orjson.loads(capsys.readouterr().out)
        assert set(results) == {"machine", "corpus", "systems"}
        assert results["corpus"]["texts"] == 200
        assert set(results["systems"]["names=auto"]) == {*quality.figures([]), "gate"}

    @pytest.mark.usefixtures("stand_in")
    def test_prints_tables_for_the_readme(self, capsys):
        """
        The split stands above the figures.
        """
        assert command.main(["--only", "quality", "--texts", "200", "--split", "test", "--markdown"]) == 0

        printed = capsys.readouterr().out
        assert printed.startswith("### Machine")
        assert "### Corpus: split test, seed 1, 200 texts" in printed

    @pytest.mark.usefixtures("stand_in")
    def test_shows_misses_of_other_splits_beside_the_figures(self, capsys):
        """
        Standard output holds the figures alone.
        """
        assert command.main(["--only", "quality", "--texts", "200", "--misses", "1", "--json"]) == 0

        captured = capsys.readouterr()
        assert "false PERSON, danmaku: " in captured.err
        assert "false PERSON" not in captured.out
