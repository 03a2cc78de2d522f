"""Says at the end of each run which promises are not kept yet."""

from pathlib import Path

from tests.promises.promises import NOT_YET

HERE = Path(__file__).parent


def pytest_terminal_summary(terminalreporter):
    """
    One line a promise, so that nobody takes a green run for all of them.
    """
    terminalreporter.section("promises not kept yet")
    for promise, missing in NOT_YET.items():
        terminalreporter.line(f"{promise}: {missing}")
