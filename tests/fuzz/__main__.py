"""
A fuzzer for so many seconds on each target: `python -m tests.fuzz [--seconds 60] [codec] [engine] [text]`.

Finds lie in target/fuzz/<target>/ as crash-… files; exit code 1 when there are any. What is fixed goes into
tests/fuzz/corpus/<target>/, where the ordinary tests keep it fixed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

NAMES = ("codec", "engine", "text")
LONGEST = {"codec": 4_096, "engine": 4_096, "text": 1_024}
"""Bytes of an input: what breaks with more is looked for in test_hostile_events.py."""


def fuzz(name: str, seconds: int) -> int:
    """
    One target in a process of its own, since libFuzzer ends it; its exit code.
    """
    found = ROOT / "target" / "fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST[name]}",
        f"-artifact_prefix={found}/",
        f"-dict={HERE / 'words.dict'}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    grown = found / "corpus"
    grown.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz", "--target", name, *options, str(grown), str(HERE / "corpus" / name)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def run(name: str, options: list[str]) -> None:
    """
    Fuzz here and now; never returns.
    """
    import atheris  # noqa: PLC0415 — only who fuzzes has it

    with atheris.instrument_imports(include=["pipeline", "schemas", "transforms"], enable_loader_override=False):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 — imported under instrumentation

    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """
    The command.
    """
    if sys.argv[1:2] == ["--target"]:
        run(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz codec, engine and text detector.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}; all of them unless named")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: %(default)s)")
    arguments = parser.parse_args()
    unknown = set(arguments.targets) - set(NAMES)
    if unknown:
        parser.error(f"no target is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    codes = [fuzz(name, arguments.seconds) for name in arguments.targets or NAMES]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
