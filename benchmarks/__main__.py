"""`python -m benchmarks`: tables for people, or one JSON object."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any, Final

import orjson
from rich.console import Console

from benchmarks import delivery, end_to_end, hot_path, join_attack, links, machine, memory, state, subjects, transforms
from benchmarks.process import BenchmarkError
from benchmarks.table import Table
from tests.kafka.programs import MissingError

SECTIONS: Final = {
    "hot_path": hot_path,
    "transforms": transforms,
    "subjects": subjects,
    "state": state,
    "links": links,
    "end_to_end": end_to_end,
    "delivery": delivery,
    "memory": memory,
    "join_attack": join_attack,
}
UNASKED: Final = ("hot_path", "transforms", "subjects", "links", "state", "end_to_end")
"""What runs without `--only`; the others take minutes."""

_progress: Final = Console(stderr=True, highlight=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Measure and print; the exit code.
    """
    options = _parse(arguments)
    results: dict[str, Any] = {"machine": machine.describe()}
    try:
        for name in options.only or UNASKED:
            results[name] = SECTIONS[name].measure(options.events, _progress.print)
    except (BenchmarkError, MissingError) as error:
        _progress.print(f"Error: {error}", markup=False)
        return 2
    _print(results, options)
    return 0


def _parse(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser("python -m benchmarks", description="What the pipeline costs, beside something known.")
    parser.add_argument(
        "--only",
        nargs="+",
        action="extend",
        choices=SECTIONS,
        help="sections to run; all but delivery, memory and join_attack otherwise",
    )
    parser.add_argument("--events", type=_positive, help="size of each measurement, instead of each section's own")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object")
    shape.add_argument("--markdown", action="store_true", help="print the tables that benchmarks/README.md holds")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        msg = f"{text!r} is no number of events; give 1 or more"
        raise ArgumentTypeError(msg)
    return int(text)


def _print(results: dict[str, Any], options: Namespace) -> None:
    if options.json:
        print(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode())
        return
    tables = [
        _machine(results["machine"]),
        *(SECTIONS[name].table(results[name]) for name in results if name in SECTIONS),
    ]
    if options.markdown:
        print("\n".join(table.markdown() for table in tables), end="")
        return
    console = Console(highlight=False)
    for table in tables:
        table.show(console)


def _machine(described: dict[str, str]) -> Table:
    return Table("Machine", ("what", "value"), [*described.items()])


if __name__ == "__main__":
    sys.exit(main())
