"""`qingliu demo`."""

import sys
from typing import Final

import click

from pipeline.cli.common import FOUND, problems

_MAX_RATE: Final = 20_000.0  # about what the simulator makes on one core
_MAX_SECONDS: Final = 86_400.0


@click.command("demo")
@click.option(
    "--seconds", type=click.FloatRange(1, _MAX_SECONDS), default=30, show_default=True, help="How long to feed."
)
@click.option("--rate", type=click.FloatRange(1, _MAX_RATE), default=1_000, show_default=True, help="Events a second.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the simulated people and events.")
@click.option("--partitions", type=click.IntRange(1, 64), default=4, show_default=True, help="Of each topic.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(*, seconds: float, rate: float, seed: int, partitions: int, as_json: bool) -> None:
    """
    Run everything on this machine and account for every event.

    Starts an embedded broker and a worker with throw-away keys, feeds simulated events of which 3 % are broken, and
    reads all that comes out. Every whole event must be in each view exactly once, every broken one in quarantine, and
    no identifier of any event anywhere. Feeding holds back when the machine is too slow for the rate. Ctrl-C ends
    early and still adds up.

    Exits with 1 when an event was lost, something leaked, or the worker failed.

    \b
    Example:
        qingliu demo
        qingliu demo --seconds 20 --rate 2000 --json
    """
    from rich.console import Console  # noqa: PLC0415 — loads when used

    from pipeline.codec import dumps  # noqa: PLC0415
    from pipeline.demo.run import Plan, run  # noqa: PLC0415
    from pipeline.demo.screen import Screen, summary_table  # noqa: PLC0415
    from pipeline.kafka_client import KafkaClientError  # noqa: PLC0415

    screen = Screen(Console(stderr=True))
    with problems(KafkaClientError), screen.running():
        summary = run(Plan(seconds, rate, seed, partitions), screen)
    if summary.problem:
        click.echo(f"{summary.problem}:" if summary.log else summary.problem, err=True)
        for line in summary.log:
            click.echo(f"    {line}", err=True)
    if as_json:
        click.echo(dumps(summary.as_dict()))
    else:
        Console().print(summary_table(summary))
    sys.exit(FOUND if summary.failed else 0)
