"""
A fresh process that makes a detector and uses it once: `python -m benchmarks.detection.start dictionary`.

It prints one JSON object: seconds since it began to import, and its resident memory.
"""

import sys
from pathlib import Path
from time import perf_counter

import orjson

from benchmarks.detection.systems import qingliu_one

_TEXT = "收件人王小明，电话13800138000"


def _rss_mib() -> float:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1_024


def main(mode: str) -> None:
    before, began = _rss_mib(), perf_counter()
    if mode == "stock":
        from benchmarks.detection.stock import one  # noqa: PLC0415 — what is timed

        find = one()
    else:
        find = qingliu_one("contact", mode)
    find(_TEXT)
    result = {"seconds": perf_counter() - began, "rss_mib": _rss_mib(), "rss_mib_before": before}
    print(orjson.dumps(result).decode())


if __name__ == "__main__":
    main(sys.argv[1])
