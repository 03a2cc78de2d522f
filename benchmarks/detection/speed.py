"""How many texts a second of processor time, and what a fresh process costs before its first."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final

import orjson

from benchmarks.detection.corpus import Corpus
from benchmarks.detection.labelled import FIELDS
from benchmarks.detection.systems import MODES, Find, Names, qingliu, qingliu_one
from benchmarks.process import BenchmarkError
from benchmarks.table import Say, Table

LENGTHS: Final = (20, 100, 500)
PERSONAL: Final = 0.03
"""Share of danmaku with something personal, as measured on a platform; other fields have the corpus's own."""

ROUNDS: Final = 5
STARTS: Final = 3
_ROUND_SECONDS: Final = 0.1
_TEXTS: Final = 20_000  # more than the rounds see, so that no cache of texts helps
_TRIAL: Final = 20
_ROOT: Final = Path(__file__).parents[2]


def measure(split: str, seed: int, say: Say) -> dict[str, Any]:
    """
    Each mode, by length and by field; and the start of a process in each mode.
    """
    by_length = {str(length): cut(split, seed, length) for length in LENGTHS}
    by_field = {field: own(split, seed, field) for field in FIELDS}
    results: dict[str, Any] = {"length": {}, "field": {}, "start": {}}
    with one_processor():
        for mode in MODES:
            say(f"speed: names={mode}")
            many = qingliu(mode)
            for length, texts in by_length.items():
                results["length"].setdefault(length, {})[mode] = _both(mode, many, "contact", texts)
            for field, texts in by_field.items():
                results["field"].setdefault(field, {})[mode] = _both(mode, many, field, texts)
    for mode in MODES:
        say(f"speed: start with names={mode}")
        results["start"][mode] = start(mode)
    return results


def measure_stock(split: str, seed: int, say: Say) -> dict[str, Any]:
    """
    The same of stock Presidio, which knows no fields.
    """
    from benchmarks.detection.stock import one  # noqa: PLC0415 — importing Presidio takes a second

    say("speed: stock Presidio")
    with one_processor():
        return {
            "length": {str(length): rate(one(), cut(split, seed, length)) for length in LENGTHS},
            "danmaku": rate(one(), own(split, seed, "danmaku")),
            "start": start("stock"),
        }


def cut(split: str, seed: int, length: int) -> list[str]:
    """
    Texts to customer service of exactly so many characters: one after the other, cut.
    """
    corpus = Corpus(split, seed)
    texts = []
    for _ in range(_TEXTS * min(LENGTHS) // length):
        text = ""
        while len(text) < length:
            text += corpus.text("contact").text + "。"
        texts.append(text[:length])
    return texts


def own(split: str, seed: int, field: str) -> list[str]:
    """
    Texts of a field, as long as they are.
    """
    corpus = Corpus(split, seed)
    personal = PERSONAL if field == "danmaku" else None
    return [corpus.text(field, personal=personal).text for _ in range(_TEXTS)]


def rate(find: Callable[[str], Any], texts: Sequence[str]) -> float:
    """
    Texts a second of processor time, one by one: the median of the rounds. Each round has the next texts of all.
    """
    source = cycle(texts)

    def run(count: int) -> float:
        chosen = [next(source) for _ in range(count)]
        began = process_time()
        for text in chosen:
            find(text)
        return process_time() - began

    return _rate(run)


def batched_rate(find: Find, field: str, texts: Sequence[str]) -> float:
    """
    The same, many in a call.
    """
    source = cycle(texts)

    def run(count: int) -> float:
        chosen = [next(source) for _ in range(count)]
        began = process_time()
        find(field, chosen)
        return process_time() - began

    return _rate(run)


def start(mode: str) -> dict[str, float]:
    """
    The median of some fresh processes.

    Raises:
        BenchmarkError: one failed.
    """
    runs = [_start(mode) for _ in range(STARTS)]
    return {name: round(median(run[name] for run in runs), 3) for name in runs[0]}


@contextmanager
def one_processor() -> Iterator[None]:
    """
    Every thread of this process on one processor, where the system can do that.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    _bind({max(allowed)})
    try:
        yield
    finally:
        _bind(allowed)


def _bind(processors: Collection[int]) -> None:
    for thread in Path("/proc/self/task").iterdir():  # threads that are there already do not follow their process
        os.sched_setaffinity(int(thread.name), processors)


def tables(results: Mapping[str, Any]) -> list[Table]:
    """
    By length, by field, and the start; stock Presidio beside them where it was measured.
    """
    ours, stock = results.get("speed"), results.get("stock_speed")
    return [*_rate_tables(ours, stock), _start_table(ours, stock)]


def _both(mode: Names, many: Find, field: str, texts: Sequence[str]) -> dict[str, float]:
    one = qingliu_one(field, mode)
    return {
        "one_by_one": round(rate(one, texts), 1),
        "many": round(batched_rate(many, field, texts), 1),
    }


def _rate(run: Callable[[int], float]) -> float:
    gc.collect()
    gc.disable()
    try:
        run(_TRIAL)  # fills caches
        count = max(_TRIAL, int(_ROUND_SECONDS * _TRIAL / run(_TRIAL)))
        return median(count / run(count) for _ in range(ROUNDS))
    finally:
        gc.enable()


def _start(mode: str) -> dict[str, float]:
    began = perf_counter()
    done = subprocess.run(  # noqa: S603 — our own module
        [sys.executable, "-m", "benchmarks.detection.start", mode], cwd=_ROOT, capture_output=True, check=False
    )
    if done.returncode:
        msg = f"a fresh process with names={mode} failed:\n{done.stderr.decode(errors='replace')[-2_000:]}"
        raise BenchmarkError(msg)
    return {"process_seconds": perf_counter() - began, **orjson.loads(done.stdout)}


def _rate_tables(ours: Mapping[str, Any] | None, stock: Mapping[str, Any] | None) -> list[Table]:
    header = tuple(cell for mode in MODES for cell in (mode, f"{mode}, many")) if ours else ()
    beside = ("stock Presidio",) if stock else ()
    by_length = stock["length"] if stock else {}
    by_field = {"danmaku": stock["danmaku"]} if stock else {}

    def rows(measured: Mapping[str, Any], others: Mapping[str, float]) -> list[tuple[str, ...]]:
        return [(name, *_cells(measured.get(name)), *_beside(others, name)) for name in measured or others]

    def _beside(others: Mapping[str, float], name: str) -> tuple[str, ...]:
        return (f"{others[name]:,.0f}" if name in others else "",) if stock else ()

    lengths, fields = (ours["length"], ours["field"]) if ours else ({}, {})
    return [
        Table(
            "Texts a second of processor time by length, field contact, by what looks for names",
            ("characters", *header, *beside),
            rows(lengths, by_length),
        ),
        Table(
            f"Texts a second of processor time by field; {PERSONAL:.0%} of danmaku are personal",
            ("field", *header, *beside),
            rows(fields, by_field),
        ),
    ]


def _cells(modes: Mapping[str, Any] | None) -> list[str]:
    if modes is None:
        return []
    return [f"{modes[mode][way]:,.0f}" for mode in MODES for way in ("one_by_one", "many")]


def _start_table(ours: Mapping[str, Any] | None, stock: Mapping[str, Any] | None) -> Table:
    starts = {**(ours["start"] if ours else {}), **({"stock Presidio": stock["start"]} if stock else {})}
    rows = [
        (
            name,
            f"{run['process_seconds']:.2f}",
            f"{run['seconds']:.2f}",
            f"{run['rss_mib']:.0f}",
            f"{run['rss_mib_before']:.0f}",
        )
        for name, run in starts.items()
    ]
    header = ("names", "process s", "first find s", "RSS MiB", "RSS MiB before")
    return Table("A fresh process: import, make, find once", header, rows)
