"""A trial: one schedule while upstream goes on, and what it came to."""

import time
from collections import Counter
from dataclasses import dataclass

from tests.faults.schedules import SCHEDULES
from tests.faults.stage import Stage
from tests.faults.verifier import Verdict

_WITHDRAWING = 12
_AFTERWARDS = 4.0
"""Seconds in which people go on after their withdrawal must be known."""


@dataclass(frozen=True, slots=True)
class Trial:
    """
    What a schedule came to.

    Args:
        schedule: its name.
        verdict: on every record.
        recovery: seconds from the last fault's end until everything that was sent by then was processed and committed.
        codes: exit codes with which workers ended by themselves, to be started again.
    """

    schedule: str
    verdict: Verdict
    recovery: float
    codes: Counter[int]


def run(stage: Stage, name: str, seconds: float) -> Trial:
    """
    Play a schedule, let everything recover, and judge.

    Args:
        stage: on which the feed goes on.
        name: of the schedule.
        seconds: for which faults happen.

    Raises:
        AssertionError: something did not recover.
    """
    stage.fleet.codes()
    stage.consent_again()
    chosen = stage.withdraw(_WITHDRAWING)
    SCHEDULES[name].play(stage, seconds)
    healed = time.monotonic()
    stage.catch_up()
    recovery = time.monotonic() - healed
    stage.silence(chosen, _AFTERWARDS)
    return Trial(name, stage.settle(), recovery, stage.fleet.codes())
