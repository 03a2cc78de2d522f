"""
Subject state: memory of a store and time of a decision, beside a dictionary of the same subjects' numbers.

The time is the processor's, since look-ups are too short to be told from those of whoever shares it.
"""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from struct import Struct
from tempfile import TemporaryDirectory
from time import thread_time_ns
from typing import Any, Final

from benchmarks.hot_path import SEED
from benchmarks.table import Say, Table
from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.subjects.deciding import Decider
from pipeline.subjects.record import SALT_BYTES, Consent, Subject
from pipeline.subjects.store import SubjectStore
from schemas import VIEWS

SUBJECTS: Final = 1_000_000
SAMPLE: Final = 20_000  # look-ups a round, of subjects drawn from all: more than the processor's caches keep
ROUNDS: Final = 15
NOW: Final = 1_767_196_800_000
PURPOSES: Final = ("analytics", "ads")
MIB: Final = 1 << 20
_BUCKETS: Final = 1 << 20  # of a store, unless told otherwise
_PART: Final = 4_096  # buckets
_PLACE: Final = Struct("<QQ")
_BORN: Final = date(1990, 1, 1)
SORTS: Final = {
    "again": "one of 20,000 who come again",
    "first": "somebody out of all",
    "unknown": "somebody unknown",
}


def measure(events: int | None, say: Say) -> dict[str, Any]:
    """
    Fill a store, then ask for subjects at random, known and unknown ones.

    Args:
        events: subjects; ten million are the figure of benchmarks/README.md.
        say: where progress goes.
    """
    count = events or SUBJECTS
    say(f"subjects: {count:,} of them, of whom everything is known")
    with TemporaryDirectory() as folder:
        parts = Path(folder) / "parts"
        full, restored = (_alone(hold, count, parts) for hold in (hold_everything, hold_restored))
    say("subjects: the same, of whom little is known")
    before, started = resident(), thread_time_ns()
    store = _filled(count)
    fill_seconds = (thread_time_ns() - started) / 1e9
    held = resident() - before
    currency, chance = Currency(), random.Random(SEED)
    currency.until = float("inf")
    decide = Decider(store, currency, SubjectCounts()).decide
    dictionary = {_user(number): number for number in range(count)}
    dict_held = resident() - before - held
    regulars = [chance.randrange(count) for _ in range(SAMPLE)]

    def again() -> Sequence[str]:
        return [_user(number) for number in regulars]  # new objects: their hashes are not yet known

    def first() -> Sequence[str]:
        return [_user(chance.randrange(count)) for _ in range(SAMPLE)]

    def unknown() -> Sequence[str]:
        return [_user(count + chance.randrange(10**9)) for _ in range(SAMPLE)]

    say("subjects: deciding")
    return {
        "subjects": count,
        "store_mib": round(held / MIB, 1),
        "bytes_a_subject": round(held / count, 1),
        "full_store_mib": round(full / MIB, 1),
        "full_bytes_a_subject": round(full / count, 1),
        "restored_store_mib": round(restored / MIB, 1),
        "restored_bytes_a_subject": round(restored / count, 1),
        "dict_mib": round(dict_held / MIB, 1),
        "fill_microseconds": round(fill_seconds * 1e6 / count, 2),
        "again": _compared(decide, dictionary, again),
        "first": _compared(decide, dictionary, first),
        "unknown": _compared(decide, dictionary, unknown),
    }


def table(results: dict[str, Any]) -> Table:
    """
    One row a figure.
    """
    rows = [
        ("subjects", f"{results['subjects']:,}"),
        ("memory, MiB", f"{results['store_mib']:,}"),
        (f"memory with {len(every_purpose())} purposes and a salt each, MiB", f"{results['full_store_mib']:,}"),
        ("the same after a restart, from a snapshot, MiB", f"{results['restored_store_mib']:,}"),
        ("memory of a dict from user ids to numbers, MiB", f"{results['dict_mib']:,}"),
        ("memory, bytes a subject", f"{results['bytes_a_subject']}"),
        ("put, µs", f"{results['fill_microseconds']}"),
    ]
    for sort, words in SORTS.items():
        result = results[sort]
        rows += [
            (f"decide about {words}, ns", f"{result['nanoseconds']:.0f}"),
            ("a look-up of the same in the dict, ns", f"{result['dict_nanoseconds']:.0f}"),
            ("ratio", f"{result['ratio_to_dict']:.1f}"),
        ]
    return Table("Subject state: one store, and one decision beside a look-up in a dict", ("what", "value"), rows)


def every_purpose() -> tuple[str, ...]:
    """
    All that the shipped views ask consent to, or say.
    """
    return tuple(dict.fromkeys(purpose for view in VIEWS for purpose in view.purposes))


def hold_everything(count: int, parts: Path) -> int:
    """
    Bytes of a store in which each subject has a word on every purpose, a day of birth and a salt of their own.

    Args:
        count: of subjects.
        parts: a file for what a snapshot would hold, each part behind its first bucket and its length.
    """
    chance = random.Random(SEED)
    before = resident()
    store = SubjectStore(every_purpose(), bytes(32), salts=True)
    said = [dict.fromkeys(every_purpose(), Consent(bool(number % 2), NOW - number, "v3")) for number in range(1_000)]
    for number in range(count):
        salt = chance.getrandbits(8 * SALT_BYTES).to_bytes(SALT_BYTES, "little")
        store.put(_user(number), Subject(said[number % 1_000], birth_date=_BORN, salt=salt), NOW)
    held = resident() - before
    with parts.open("wb") as file:
        for first in range(0, _BUCKETS, _PART):
            part = store.export(first, _PART, NOW)
            file.write(_PLACE.pack(first, len(part)) + part)
    return held


def hold_restored(_count: int, parts: Path) -> int:
    """
    Bytes of a store that was made from those parts.
    """
    before = resident()
    store = SubjectStore(every_purpose(), bytes(32), salts=True)
    with parts.open("rb") as file:
        while place := file.read(_PLACE.size):
            first, length = _PLACE.unpack(place)
            store.restore(first, file.read(length))
    return resident() - before


def _alone(hold: Callable[[int, Path], int], count: int, parts: Path) -> int:
    """
    What it holds in a process whose memory nothing else has used before.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        return other.submit(hold, count, parts).result()


def _filled(count: int) -> SubjectStore:
    chance = random.Random(SEED)
    store = SubjectStore(PURPOSES, bytes(32))
    born = [date(1950, 1, 1) + timedelta(days=chance.randrange(22_000)) for _ in range(1_000)]
    subjects = [
        Subject({"ads": Consent(chance.random() < 1 / 2, NOW - number, "v3")}, birth_date=day)
        for number, day in enumerate(born)
    ]
    for number in range(count):
        store.put(_user(number), subjects[number % 1_000], NOW)
    return store


def _user(number: int) -> str:
    return f"u-{10_000_000_000 + number * 7_919}"


def _compared(
    decide: Callable[[str, None, None, int], Any], dictionary: dict[str, int], users: Callable[[], Sequence[str]]
) -> dict[str, float]:
    pairs = []
    for number in range(ROUNDS + 1):
        if number % 2:
            own, plain = _time_decide(decide, users()), _time_dict(dictionary, users())
        else:
            plain, own = _time_dict(dictionary, users()), _time_decide(decide, users())
        pairs.append((own, plain))
    return {
        "nanoseconds": round(median(own for own, _ in pairs[1:]), 1),
        "dict_nanoseconds": round(median(plain for _, plain in pairs[1:]), 1),
        "ratio_to_dict": round(median(own / plain for own, plain in pairs[1:]), 2),
    }


def _time_decide(decide: Callable[[str, None, None, int], Any], users: Sequence[str]) -> float:
    start = thread_time_ns()
    for user in users:
        decide(user, None, None, NOW)
    return (thread_time_ns() - start) / len(users)


def _time_dict(dictionary: dict[str, int], users: Sequence[str]) -> float:
    get = dictionary.get
    start = thread_time_ns()
    for user in users:
        get(user)
    return (thread_time_ns() - start) / len(users)


def resident() -> int:
    """
    Bytes of this process in memory.
    """
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    return 0
