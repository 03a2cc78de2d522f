"""Each transform by itself: the rows of `transforms/examples.py`, one value again and again."""

from collections import Counter
from dataclasses import fields
from statistics import median
from timeit import Timer
from typing import Any, Final

from benchmarks.table import Say, Table
from transforms.examples import EXAMPLE_KEYS, EXAMPLES, Example

CALLS: Final = 100_000
REPEATS: Final = 7


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Nanoseconds a call, the call itself included. The value is always the same, so what has a cache answers from it.

    Args:
        events: calls in each of the repeats, of which the median counts.
        say: where progress goes.
    """
    say("transforms")
    seen: Counter[str] = Counter()
    results = {}
    for example in EXAMPLES:
        name = type(example.transform).__name__
        seen[name] += 1
        number = seen[name]
        results[name if number == 1 else f"{name}-{number}"] = {
            "nanoseconds": round(_nanoseconds(example, events or CALLS), 1),
            "declaration": _declaration(example.transform),
            "kind": example.kind,
        }
    return results


def table(results: dict[str, Any]) -> Table:
    """
    One row an example.
    """
    return Table(
        "Transforms: one call, with the value in the cache where there is one",
        ("name", "declaration", "kind", "ns"),
        [
            (name, result["declaration"], result["kind"], f"{result['nanoseconds']:.0f}")
            for name, result in results.items()
        ],
    )


def _declaration(transform: Any) -> str:
    given = (
        f"{field.name}={value!r}"
        for field in fields(transform)
        if (value := getattr(transform, field.name)) != field.default
    )
    return f"{type(transform).__name__}({', '.join(given)})"


def _nanoseconds(example: Example, calls: int) -> float:
    apply = example.transform.bind(EXAMPLE_KEYS, example.kind)
    arguments = {f"argument{number}": argument for number, argument in enumerate(example.arguments)}
    apply(*arguments.values())
    timer = Timer(f"apply({', '.join(arguments)})", globals={"apply": apply, **arguments})
    return median(timer.repeat(REPEATS, calls)) / calls * 1e9
