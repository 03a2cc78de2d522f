"""
Links: memory of a store and time of its searches; what they add to an event is the section `state`.

The time is the processor's.
"""

import random
from collections.abc import Callable, Sequence
from hashlib import blake2b
from time import thread_time_ns, time_ns
from typing import Any, Final

from benchmarks.hot_path import SEED
from benchmarks.subjects import MIB, resident
from benchmarks.table import Say, Table
from pipeline.links.record import Pair, day_at
from pipeline.links.store import LinkStore
from pipeline.subjects.hashing import HASH_BYTES

DEVICES: Final = 1_000_000
SAMPLE: Final = 20_000
KEY: Final = bytes(32)


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Fill a store and search it.

    Args:
        events: devices, each seen with one of half as many persons; ten million are the figure of the README.
        say: where progress goes.
    """
    count = events or DEVICES
    say(f"links: {count:,} pairs")
    before, started = resident(), thread_time_ns()
    store = LinkStore()
    today = day_at(time_ns() // 1_000_000)
    for number in range(count):
        store.put(Pair(0, _digest(b"user", number // 2), _digest(b"device", number)), today)
    fill = (thread_time_ns() - started) / count / 1e3
    held = resident() - before
    chance = random.Random(SEED)
    regulars = [_digest(b"device", chance.randrange(count)) for _ in range(SAMPLE)]
    first = [_digest(b"device", chance.randrange(count)) for _ in range(SAMPLE)]
    found = {
        "first": _time(store.reached.__getitem__, first),
        "unknown": _time(store.reached.__getitem__, [_digest(b"nobody's", number) for number in range(SAMPLE)]),
    }
    _time(store.reached.__getitem__, regulars)
    found["again"] = _time(store.reached.__getitem__, regulars)
    return {
        "pairs": count,
        "store_mib": round(held / MIB, 1),
        "bytes_a_pair": round(held / count, 1),
        "put_microseconds": round(fill, 2),
        "search_nanoseconds": found,
    }


def table(results: dict[str, Any]) -> Table:
    """
    One row a figure.
    """
    searches = results["search_nanoseconds"]
    rows = [
        ("pairs of a device and a person", f"{results['pairs']:,}"),
        ("memory, MiB", f"{results['store_mib']:,}"),
        ("memory, bytes a pair", f"{results['bytes_a_pair']}"),
        ("put, µs", f"{results['put_microseconds']}"),
        ("search from one of 20,000 that come again, ns", f"{searches['again']:.0f}"),
        ("search from a device out of all, ns", f"{searches['first']:.0f}"),
        ("search from an unknown device, ns", f"{searches['unknown']:.0f}"),
    ]
    return Table("Links: one store", ("what", "value"), rows)


def _time(call: Callable[[Any], Any], arguments: Sequence[Any]) -> float:
    start = thread_time_ns()
    for argument in arguments:
        call(argument)
    return round((thread_time_ns() - start) / len(arguments), 1)


def _digest(kind: bytes, number: int) -> bytes:
    return blake2b(b"%d" % number, key=kind, digest_size=HASH_BYTES).digest()
