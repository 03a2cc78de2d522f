"""The benchmarks' results: which figures there are and what they are made of. No test looks at how large one is."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from benchmarks.__main__ import main
from benchmarks.process import BenchmarkError, Child
from benchmarks.rounds import Comparison
from benchmarks.subjects import SORTS
from benchmarks.table import Table
from pipeline.engine import by_contract
from schemas import VIEWS
from transforms.examples import EXAMPLES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results():
    """
    What a very small run prints.
    """
    sections = ["hot_path", "transforms", "subjects", "links", "state"]
    command = [sys.executable, "-m", "benchmarks", "--only", *sections, "--events", "200", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return orjson.loads(done.stdout)


class TestJson:
    def test_holds_the_sections_that_were_asked_for(self, results):
        """
        Standard output is one object: the machine and the chosen sections, nothing else.
        """
        assert set(results) == {"machine", "hot_path", "transforms", "subjects", "links", "state"}

    def test_says_on_what_was_measured(self, results):
        """
        A figure comes with processor, Python and date.
        """
        assert {"cpu", "python", "date"} <= set(results["machine"])
        assert all(results["machine"].values())

    def test_compares_each_topic_with_itself_without_state(self, results):
        """
        And all of them together.
        """
        assert set(results["state"]) == {contract.name for contract, _ in by_contract(VIEWS)} | {"all"}
        assert all(result["ratio"] > 0 for result in results["state"].values())

    @pytest.mark.parametrize(
        ("contract", "views"), [pytest.param(*group, id=group[0].name) for group in by_contract(VIEWS)]
    )
    def test_compares_each_topic_with_orjson(self, results, contract, views):
        """
        Every topic has its ratio with all recipients and with each of them alone.
        """
        topic = results["hot_path"][contract.name]

        assert {view.recipient for view in views} == set(topic["recipients"])
        for compared in (topic, *topic["recipients"].values()):
            assert min(compared["ratio_to_orjson"], compared["microseconds"], compared["orjson_microseconds"]) > 0
            low, high = compared["ratio_quartiles"]
            assert low <= compared["ratio_to_orjson"] <= high

    def test_has_a_figure_for_each_example(self, results):
        """
        No two rows of the examples share a name.
        """
        assert len(results["transforms"]) == len(EXAMPLES)
        assert all(row["nanoseconds"] > 0 for row in results["transforms"].values())

    @pytest.mark.parametrize("sort", SORTS)
    def test_compares_decisions_with_a_dict(self, results, sort):
        """
        About people who come again, who come once, and of whom nothing is known.
        """
        assert results["subjects"]["subjects"] == 200
        assert results["links"]["pairs"] == 200
        assert min(results["links"]["search_nanoseconds"].values()) > 0
        assert min(results["subjects"][sort].values()) > 0


class TestComparison:
    def test_takes_the_median_of_the_ratios(self):
        """
        A round in which the machine was slow for both counts as its ratio, not as its time.
        """
        compared = Comparison.of([(1.0, 5.0), (100.0, 500.0), (1.0, 7.0), (2.0, 10.0), (1.0, 6.0)])

        assert compared.ratio == 5.0
        assert compared.quartiles == (5.0, 6.0)
        assert compared.microseconds == 7.0
        assert compared.orjson_microseconds == 1.0


class TestChild:
    def test_a_process_that_ends_is_an_error_with_its_log(self, tmp_path):
        """
        The error says how it ended and what it said last.
        """
        with Child("the worker", ("pipeline", "no-such-command"), {}, tmp_path / "log") as child:
            child._process.wait()
            with pytest.raises(BenchmarkError, match=r"the worker ended with exit code 2(?s:.*)no-such-command"):
                child.check_alive()

    def test_memory_and_time_are_those_of_the_process(self, tmp_path):
        """
        A running process has memory, a peak not below it, and processor time.
        """
        with Child("a server", ("http.server", "0", "--bind", "127.0.0.1"), {}, tmp_path / "log") as child:
            child.check_alive()
            before, peak = child.rss_mib(), child.peak_rss_mib()

            assert 0 < before <= peak
            assert child.cpu_seconds() >= 0


class TestTable:
    def test_markdown_aligns_numbers_to_the_right(self):
        """
        A column of numbers is told from one of words, and a bar in a cell does not open a column.
        """
        table = Table("Title", ("what", "µs"), [("a|b", "1.5–2"), ("c", "1,200"), ("d", "")])

        assert table.markdown().splitlines() == [
            "### Title",
            "",
            "| what | µs |",
            "| --- | ---: |",
            "| a\\|b | 1.5–2 |",
            "| c | 1,200 |",
            "| d |  |",
        ]


class TestCommandLine:
    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param(["--only", "no_such_section"], id="unknown section"),
            pytest.param(["--events", "0"], id="no events"),
            pytest.param(["--events", "many"], id="no number"),
            pytest.param(["--json", "--markdown"], id="two formats"),
        ],
    )
    def test_refuses_what_it_cannot_measure(self, arguments, capsys):
        """
        The exit code is 2 and standard output stays empty.
        """
        with pytest.raises(SystemExit, match="2"):
            main(arguments)

        assert capsys.readouterr().out == ""
