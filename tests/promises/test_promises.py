"""The table of promises: each has its module, and each module its promise."""

from pathlib import Path

from tests.promises.promises import KEPT

HERE = Path(__file__).parent


class TestTable:
    def test_names_every_module_that_is_there(self):
        """
        And no other.
        """
        modules = {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}

        assert modules == set(KEPT)

    def test_gives_each_module_a_promise_of_its_own(self):
        """
        As the policy words it.
        """
        assert len(set(KEPT.values())) == len(KEPT)
