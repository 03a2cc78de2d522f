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
EXACTLY_ONCE = (
    "worker_kill",
    "worker_pause",
    "controller_kill",
    "coordinator_kill",
    "slow_brokers",
    "full_disk",
    "record_refused",
    "too_few_replicas",
)
AT_LEAST_ONCE = ("worker_kill", *(name for name in SCHEDULES if name not in EXACTLY_ONCE))
"""Each schedule with one delivery, and what happens most with both; a soak plays all of them with either."""


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


def played(stage, schedule, delivery):
    stage.deliver(delivery)
    verdict = run(stage, schedule, SCHEDULES[schedule].short).verdict
    assert verdict.produced > RATE * SCHEDULES[schedule].short / 2
    assert verdict.consented > 0
    assert verdict.took_back > 0
    return verdict


class TestFaults:
    @pytest.mark.parametrize("schedule", AT_LEAST_ONCE)
    def test_lose_nothing_and_let_nothing_out(self, stage, schedule):
        """
        Each event is in every view it belongs to, as the engine makes it, or held; none by a consent taken back; the
        records of a key are in order. Duplicates are none without a fault.
        """
        verdict = played(stage, schedule, "at_least_once")

        assert verdict.harm == {}, stage.fleet.last_words()
        assert schedule != "quiet" or verdict.duplicates == 0

    @pytest.mark.parametrize("schedule", EXACTLY_ONCE)
    def test_double_nothing_either_where_that_is_promised(self, stage, schedule):
        """
        Under exactly once readers of committed records see each of them once.
        """
        verdict = played(stage, schedule, "exactly_once")

        assert verdict.harm == {}, stage.fleet.last_words()
        assert verdict.duplicates == 0
