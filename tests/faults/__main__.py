"""
The long run: `python -m tests.faults --minutes 60 --schedule worker_kill --delivery exactly_once`.

Schedules take turns until the time is over, each at least once. Exit code 0; 1 when anything was missing, wrong, out of
order, released after a withdrawal, doubled under exactly_once, or did not recover; 2 for what is not understood.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from confluent_kafka import KafkaException
from rich.console import Console

from pipeline.topics import TopicsError
from tests.faults.report import line, markdown
from tests.faults.schedules import SCHEDULES
from tests.faults.stage import Stage, staged
from tests.faults.trial import Trial, run
from tests.kafka.node import BrokerError
from tests.kafka.programs import MissingError

CONSOLE = Console(stderr=True, soft_wrap=True)
EXACTLY_ONCE = "exactly_once"


def arguments() -> argparse.Namespace:
    """
    What was asked for.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Faults on a real Kafka, for long.")
    parser.add_argument("--minutes", type=float, default=0, help="for how long; every schedule has one turn at least")
    parser.add_argument("--schedule", action="append", choices=SCHEDULES, help="one of them; may be repeated [all]")
    parser.add_argument("--delivery", choices=["at_least_once", EXACTLY_ONCE], default="at_least_once")
    parser.add_argument("--rate", type=float, default=100, help="events a second [100]")
    parser.add_argument("--seconds", type=float, help="of faults in a turn [as the schedule says]")
    parser.add_argument("--seed", type=int, default=1, help="of events and of whom faults hit [1]")
    parser.add_argument("--report", type=Path, help="file for the table, in markdown")
    parser.add_argument("--folder", type=Path, help="for keys and logs of workers [a temporary one]")
    return parser.parse_args()


def main() -> int:
    """
    Play, tell, and write the table; the exit code.
    """
    asked = arguments()
    names = asked.schedule or list(SCHEDULES)
    trials: list[Trial] = []
    failure = ""
    try:
        with tempfile.TemporaryDirectory(prefix="qingliu-faults-") as temporary:
            folder = asked.folder or Path(temporary)
            with staged(folder, asked.delivery, rate=asked.rate, seed=asked.seed) as stage:
                trials.extend(_trials(stage, names, asked))
    except MissingError as missing:
        CONSOLE.print(str(missing))
        return 2
    except (AssertionError, BrokerError, TopicsError, KafkaException) as error:
        failure = str(error)
    table = markdown(trials, asked.delivery)
    print(table)  # noqa: T201 — what was asked for
    if asked.report:
        asked.report.write_text(table)
    doubled = asked.delivery == EXACTLY_ONCE and any(trial.verdict.duplicates for trial in trials)
    if failure:
        CONSOLE.print(f"did not recover: {failure}", markup=False)
    return 1 if failure or doubled or any(trial.verdict.harm for trial in trials) else 0


def _trials(stage: Stage, names: list[str], asked: argparse.Namespace) -> Iterator[Trial]:
    end = time.monotonic() + asked.minutes * 60
    for turn, name in enumerate(cycle(names)):
        if turn >= len(names) and time.monotonic() > end:
            return
        with _progress(stage, name, end):
            trial = run(stage, name, SCHEDULES[name].long if asked.seconds is None else asked.seconds)
        CONSOLE.print(line(trial), markup=False, highlight=False)
        yield trial


@contextmanager
def _progress(stage: Stage, name: str, end: float) -> Iterator[None]:
    begun, over = time.monotonic(), threading.Event()
    with CONSOLE.status(name) as status:

        def tell() -> None:
            while not over.wait(1):
                left = max(0, end - time.monotonic()) / 60
                status.update(
                    f"{name} for {time.monotonic() - begun:.0f} s; {stage.feed.sent:,} events sent, "
                    f"{len(stage.fleet.running())} workers run, {left:.0f} min left"
                )

        thread = threading.Thread(target=tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


if __name__ == "__main__":
    sys.exit(main())
