"""Faults on a real Kafka: whatever happens, nothing is lost, nothing leaves after a withdrawal, and keys keep order."""

import os

import pytest

from tests.faults import faketime
from tests.faults.schedules import SCHEDULES
from tests.faults.stage import staged
from tests.faults.trial import run
from tests.kafka.broker import EXTERNAL
from tests.kafka.programs import MissingError, java

RATE = 100


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """
    Three brokers and three workers for all schedules. What is missing on a machine is said, and in CI it fails.
    """
    if os.environ.get(EXTERNAL):
        pytest.skip("brokers that are not ours cannot be broken")
    try:
        java()
        faketime.library()
    except MissingError as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must run the fault suite: {missing}", pytrace=False)
        pytest.skip(str(missing))
    with staged(tmp_path_factory.mktemp("faults"), "at_least_once", rate=RATE, seed=1) as ready:
        yield ready


class TestFaults:
    @pytest.mark.parametrize("schedule", SCHEDULES)
    def test_lose_nothing_and_let_nothing_out(self, stage, schedule):
        """
        Each event is in every view it belongs to, as the engine makes it, or held; none by a consent taken back; the
        records of a key are in order. Duplicates are counted, and are none without a fault.
        """
        trial = run(stage, schedule, SCHEDULES[schedule].short)

        assert trial.verdict.harm == {}, stage.fleet.last_words()
        assert trial.verdict.produced > RATE * SCHEDULES[schedule].short / 2
        assert trial.verdict.consented > 0
        assert trial.verdict.took_back > 0
        assert schedule != "quiet" or trial.verdict.duplicates == 0
