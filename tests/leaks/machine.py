"""A machine of its own for a program: fresh folders for whatever it leaves behind, and a trace of all that it does."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.leaks.scanner import Written
from tests.leaks.trace import Trace, traced

ROOT = Path(__file__).parents[2]
TRACED_SECONDS = 20
_OF_PROCESS = ("cmdline", "comm", "environ", "limits", "maps", "mountinfo", "status", "wchan")


@dataclass(slots=True)
class Program:
    """
    One that runs, or ran.

    Args:
        name: in findings.
        process: of it.
        log: what it says, on either output.
        trace_file: where strace writes.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    trace_file: Path
    _trace: Trace | None = None

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """
        Send a signal; the exit code.
        """
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def trace(self) -> Trace:
        """
        Of a program that has ended.

        Raises:
            AssertionError: strace did not come to the end.
        """
        if self._trace:
            return self._trace
        until = time.monotonic() + TRACED_SECONDS
        while not self._ended():
            assert time.monotonic() < until, f"{self.name}: its trace has no end"
            time.sleep(0.05)
        self._trace = Trace.read(self.trace_file)
        return self._trace

    def _ended(self) -> bool:
        last = re.compile(rf"{self.process.pid} +\+\+\+ (exited|killed)")  # strace pads short numbers of processes
        return any(map(last.match, self.trace_file.read_text("utf-8", "replace").splitlines()[-50:]))

    def shown(self) -> Iterator[Written]:
        """
        What other processes can see of it while it runs: its arguments, names of threads and open files, and so on.
        """
        here = Path("/proc") / str(self.process.pid)
        for path in [*(here / name for name in _OF_PROCESS), *here.glob("task/*/comm")]:
            with suppress(OSError):  # it may be root's alone, or of a thread that has ended
                yield Written(f"{self.name}: /proc/…/{path.name}", path.read_bytes())
        for path in here.glob("fd/*"):
            with suppress(OSError):
                yield Written(f"{self.name}: /proc/…/fd", os.fsencode(path.readlink()))


@dataclass(slots=True)
class Machine:
    """
    Folders that programs are started in.

    Args:
        folder: where they are made.
        programs: that were started.
    """

    folder: Path
    programs: list[Program] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place in self.places:
            place.mkdir(parents=True)
        self._aside.mkdir()

    @property
    def here(self) -> Path:
        """
        The current folder of programs.
        """
        return self.folder / "machine" / "here"

    @property
    def state(self) -> Path:
        """
        Where programs are told to keep what they must.
        """
        return self.folder / "machine" / "state"

    @property
    def places(self) -> tuple[Path, ...]:
        """
        Every folder in which a program may leave something.
        """
        return self.here, self.state, self.folder / "machine" / "home", self.folder / "machine" / "tmp"

    @property
    def _aside(self) -> Path:
        return self.folder / "aside"

    @contextmanager
    def runs(self, name: str, command: Sequence[str], **environment: str) -> Iterator[Program]:
        """
        A program, traced, that is killed at the end if it still runs. It gets no environment but this one.
        """
        log, trace = self._aside / f"{name}.log", self._aside / f"{name}.trace"
        home, tmp = self.places[2:]
        known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "TMPDIR": str(tmp)}
        known |= {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                traced(trace, command), stdout=output, stderr=output, env=known | environment, cwd=self.here
            )
        program = Program(name, process, log, trace)
        self.programs.append(program)
        try:
            yield program
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(20)

    def left(self) -> Iterator[Written]:
        """
        What programs said, and what lies in their folders, names included.
        """
        for program in self.programs:
            yield Written(f"{program.name}: log", program.log.read_bytes())
        for path in self.files():
            name = path.relative_to(self.folder)
            yield Written("a file's name", os.fsencode(name))
            yield Written(f"a file in {name.parts[1]}", path.read_bytes())

    def files(self) -> list[Path]:
        """
        Every file in the folders.
        """
        return [path for place in self.places for path in sorted(place.rglob("*")) if path.is_file()]
