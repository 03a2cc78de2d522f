"""What a soak came to, as a table."""

from collections import defaultdict
from collections.abc import Iterable

from tests.faults.schedules import SCHEDULES
from tests.faults.trial import Trial

_HEAD = (
    "schedule",
    "rounds",
    "produced",
    "records",
    "missing",
    "duplicates",
    "after withdrawal",
    "wrong",
    "out of order",
    "restarts",
    "recovery s",
    "command",
)
_COUNTED = ("produced", "records", "missing", "duplicates", "released_after", "wrong", "disordered")


def markdown(trials: Iterable[Trial], delivery: str) -> str:
    """
    A row for each schedule: sums over its rounds, and the longest recovery.

    Args:
        trials: in any order.
        delivery: of the workers.
    """
    rounds: defaultdict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        rounds[trial.schedule].append(trial)
    rows = [_row(name, rounds[name], delivery) for name in SCHEDULES if name in rounds]
    lines = [_HEAD, ["---", *["---:"] * (len(_HEAD) - 2), "---"], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def line(trial: Trial) -> str:
    """
    One trial in words.
    """
    verdict = trial.verdict
    harm = ", ".join(f"{number} {name}" for name, number in verdict.harm.items()) or "nothing missing, late or wrong"
    ended = sum(trial.codes.values())
    return (
        f"{trial.schedule}: {verdict.produced:,} events, {verdict.records:,} records, {harm}, "
        f"{verdict.duplicates:,} duplicates, {ended} restarts, recovered in {trial.recovery:.1f} s"
    )


def _row(name: str, trials: list[Trial], delivery: str) -> list[str]:
    sums = [sum(getattr(trial.verdict, each) for trial in trials) for each in _COUNTED]
    restarts = sum(sum(trial.codes.values()) for trial in trials)
    longest = max(trial.recovery for trial in trials)
    command = f'`make soak ARGS="--schedule {name} --delivery {delivery}"`'
    return [name, str(len(trials)), *(f"{each:,}" for each in sums), str(restarts), f"{longest:.1f}", command]
