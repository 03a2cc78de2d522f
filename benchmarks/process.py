"""Processes that are measured from outside, by what Linux says of them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

STOP_SECONDS: Final = 30
_ROOT: Final = Path(__file__).parents[1]
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_TAIL: Final = 20


class BenchmarkError(RuntimeError):
    """
    What keeps a figure from being measured: one sentence, and the end of a log where there is one.
    """


class Child:
    """
    A Python module running in a process of its own as long as the `with` block.

    Args:
        name: for errors.
        arguments: of `python -m`.
        environment: over that of this process.
        log: where its output goes.
    """

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._name = name
        self._arguments = arguments
        self._environment = {**os.environ, **environment}
        self._log = log

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 — our own modules
                [sys.executable, "-m", *self._arguments],
                cwd=_ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def fail(self, wrong: str) -> NoReturn:
        """
        Say what is wrong with it, with the end of its log.

        Raises:
            BenchmarkError: always.
        """
        tail = "\n".join(self._log.read_text("utf-8", errors="replace").splitlines()[-_TAIL:])
        msg = f"{self._name} {wrong}; its log ends:\n{tail}"
        raise BenchmarkError(msg)

    def check_alive(self) -> None:
        """
        Nothing, as long as it runs.

        Raises:
            BenchmarkError: it has ended.
        """
        code = self._process.poll()
        if code is not None:
            self.fail(f"ended with exit code {code}")

    def rss_mib(self) -> float:
        """
        Resident memory now, in MiB.
        """
        return self._status_mib("VmRSS")

    def peak_rss_mib(self) -> float:
        """
        The most resident memory it ever had, in MiB.
        """
        return self._status_mib("VmHWM")

    def cpu_seconds(self) -> float:
        """
        Processor time so far, its own and the kernel's for it.
        """
        return _cpu_seconds(self._proc("stat"))

    def _status_mib(self, name: str) -> float:
        lines = self._proc("status").splitlines()
        kib = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
        return int(kib) / 1_024

    def _proc(self, file: str) -> str:
        try:
            return Path(f"/proc/{self._process.pid}/{file}").read_text("utf-8")
        except OSError:
            self.fail("ended while it was measured")


def cpu_seconds(pid: int) -> float:
    """
    Processor time of any process so far, its own and the kernel's for it.
    """
    return _cpu_seconds(Path(f"/proc/{pid}/stat").read_text("utf-8"))


def _cpu_seconds(stat: str) -> float:
    # Fields 14 and 15; the second, the command's name, is in parentheses and may hold anything.
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
