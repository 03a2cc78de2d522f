"""`python -m benchmarks.detection`: tables for people, or one JSON object."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import orjson
from rich.console import Console

from benchmarks import machine
from benchmarks.detection import quality, speed
from benchmarks.detection.corpus import Corpus
from benchmarks.detection.labelled import Labelled
from benchmarks.detection.metrics import Judged
from benchmarks.detection.sections import SPLITS
from benchmarks.detection.stock import stock
from benchmarks.detection.systems import MODES, qingliu
from benchmarks.process import BenchmarkError
from benchmarks.table import Table
from transforms.text.entities import THRESHOLD

SECTIONS: Final = ("quality", "stock", "speed")
TEXTS: Final = 12_000
_PACKAGES: Final = ("presidio-analyzer", "onnxruntime", "rjieba")

_progress: Final = Console(stderr=True, highlight=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Judge and print; the exit code.
    """
    options = _parse(arguments)
    try:
        results = measure(options)
    except BenchmarkError as error:
        _progress.print(f"Error: {error}", markup=False)
        return 2
    _print(results, options)
    return 0


def measure(options: Namespace) -> dict[str, Any]:
    """
    The chosen sections.
    """
    chosen = options.only or SECTIONS
    results: dict[str, Any] = {"machine": {**machine.describe(), **_packages()}}
    if {"quality", "stock"} & set(chosen):
        texts = Corpus(options.split, options.seed).texts(options.texts)
        results["corpus"] = {
            "split": options.split,
            "seed": options.seed,
            "texts": len(texts),
            "fields": quality.describe(texts),
        }
        results["systems"] = {
            **(_qingliu(texts, options) if "quality" in chosen else {}),
            **(_stock(texts) if "stock" in chosen else {}),
        }
    if "speed" in chosen:
        results["speed"] = speed.measure(options.split, options.seed, _progress.print)
    if "stock" in chosen:
        results["stock_speed"] = speed.measure_stock(options.split, options.seed, _progress.print)
    return results


def _qingliu(texts: Sequence[Labelled], options: Namespace) -> dict[str, Any]:
    systems = {}
    for names in options.names or ("auto",):
        _progress.print(f"quality: names={names}")
        find = qingliu(names)
        judged = quality.judge(find, texts)
        systems[f"names={names}"] = {**quality.figures(judged), "gate": quality.gate(find, texts)}
        for line in quality.misses(judged, options.misses):
            _progress.print(line, markup=False, soft_wrap=True)
    return systems


def _stock(texts: Sequence[Labelled]) -> dict[str, Any]:
    _progress.print("quality: stock Presidio")
    judged = quality.judge(stock(), texts)
    likely = [Judged(text, [span for span in found if span.score >= THRESHOLD]) for text, found in judged]
    return {"stock": quality.figures(judged), f"stock ≥ {THRESHOLD}": quality.figures(likely)}


def _packages() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _parse(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(
        "python -m benchmarks.detection", description="How well personal data is found, and how fast."
    )
    parser.add_argument("--split", choices=SPLITS, default="dev", help="texts to judge on; test is not for tuning")
    parser.add_argument("--texts", type=_positive, default=TEXTS, help=f"how many; {TEXTS:,} otherwise")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--only", nargs="+", action="extend", choices=SECTIONS, help="sections to run; all otherwise")
    parser.add_argument(
        "--names",
        nargs="+",
        action="extend",
        choices=("auto", *MODES),
        help="ways of finding names to judge; auto otherwise",
    )
    parser.add_argument(
        "--misses", type=int, default=0, metavar="N", help="show N misses and false hits of each sort; not of test"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object")
    shape.add_argument("--markdown", action="store_true", help="print the tables that this folder's README.md holds")
    options = parser.parse_args(arguments)
    if options.misses and options.split == "test":
        parser.error("the misses of test are not shown: tuning on them is a defect; look at --split dev")
    return options


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        msg = f"{text!r} is no number of texts; give 1 or more"
        raise ArgumentTypeError(msg)
    return int(text)


def _print(results: dict[str, Any], options: Namespace) -> None:
    if options.json:
        print(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode())
        return
    tables = _tables(results)
    if options.markdown:
        print("\n".join(table.markdown() for table in tables), end="")
        return
    console = Console(highlight=False)
    for table in tables:
        table.show(console)


def _tables(results: dict[str, Any]) -> list[Table]:
    tables = [Table("Machine", ("what", "value"), [*results["machine"].items()])]
    if "systems" in results:
        tables += quality.tables(results)
    if {"speed", "stock_speed"} & set(results):
        tables += speed.tables(results)
    return tables


if __name__ == "__main__":
    sys.exit(main())
