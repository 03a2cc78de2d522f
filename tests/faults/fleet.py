"""Workers as an operating system keeps them: whatever ends without being told to is started again."""

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.integration.deployment import GROUP, Deployment

RESTART_SECONDS = 1.0
"""Before a worker is started again; deploy/qingliu.service waits 5."""
_LOOK_SECONDS = 0.1
_STOP_SECONDS = 60
_READY_SECONDS = 240
_READY = b"ready: "
_IMPORTABLE = {"PYTHONPATH": str(Path(__file__).parents[2])}


class Worker:
    """
    A worker that is wanted or not.

    Args:
        name: of its log, and of its place in the group.
        command: what starts it.
        folder: to start it in.
        log: file that its words are appended to.
        environment: beside that of the tests.
    """

    def __init__(self, name: str, command: list[str], folder: Path, log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self.environment = dict(environment)
        self.codes: Counter[int] = Counter()
        """Exit codes it ended with by itself."""
        self._command = command
        self._folder = folder
        self._wanted = False
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = 0.0
        self._begun = 0
        self._told = False
        self._lock = threading.RLock()

    @property
    def running(self) -> bool:
        """
        Whether its process lives.
        """
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """
        Want it, and start it.
        """
        with self._lock:
            self._wanted = True
            self._launch()

    def look(self) -> None:
        """
        Start it again if it is wanted and has ended.
        """
        with self._lock:
            if not self._wanted or self.running or self._process is None:
                return
            if not self._ended:
                self._ended = time.monotonic()
                if not self._told:
                    self.codes[self._process.returncode] += 1
            if time.monotonic() - self._ended > RESTART_SECONDS:
                self._launch()

    def kill(self) -> None:
        """
        SIGKILL: no chance to finish anything.
        """
        with self._lock:
            self._told = True
            if self._process is not None and self.running:
                self._process.kill()
                self._process.wait()

    def stop(self) -> int:
        """
        SIGTERM, and want it no more; the exit code.

        Raises:
            TimeoutExpired: it does not end.
        """
        with self._lock:
            self._wanted = False
            process = self._process
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        return process.wait(_STOP_SECONDS)

    def pause(self) -> None:
        """
        Let its process get no time until `resume`.
        """
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """
        Let it go on after `pause`.
        """
        self._signal(signal.SIGCONT)

    def wait_ready(self) -> None:
        """
        Wait until it has said so since it was started.

        Raises:
            AssertionError: it does not.
        """
        limit = time.monotonic() + _READY_SECONDS
        while _READY not in self.log.read_bytes()[self._begun :]:
            assert time.monotonic() < limit, f"{self.name} is not ready:\n{self.last_words()}"
            time.sleep(_LOOK_SECONDS)

    def last_words(self) -> str:
        """
        The end of its log.
        """
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])

    def _signal(self, number: int) -> None:
        with self._lock:
            if self._process is not None and self.running:
                self._process.send_signal(number)

    def _launch(self) -> None:
        self._begun = self.log.stat().st_size if self.log.exists() else 0
        self._ended, self._told = 0.0, False
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdout=output,
                stderr=output,
                env=os.environ | _IMPORTABLE | self.environment,
                cwd=self._folder,
            )


class Fleet:
    """
    The workers of a deployment, looked after as long as the `with` block.

    Args:
        deployment: whose keys and topics they use.
        bootstraps: one for each worker.
        environment: of all of them.
    """

    def __init__(self, deployment: Deployment, bootstraps: list[str], environment: Mapping[str, str]) -> None:
        self.workers = [
            Worker(
                f"worker-{number}",
                deployment.command(GROUP, bootstrap, "--views", "tests.faults.views"),
                deployment.here,
                deployment.folder / f"worker-{number}.log",
                {**environment, "QINGLIU_INSTANCE": f"worker-{number}"},
            )
            for number, bootstrap in enumerate(bootstraps, 1)
        ]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="fleet", daemon=True)

    def __enter__(self) -> Self:
        for worker in self.workers:
            worker.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        for worker in self.workers:
            worker.resume()
            worker.kill()

    def change(self, **environment: str) -> bool:
        """
        Start the workers anew, one after the other, with other settings; whether they had not these already.
        """
        others = [worker for worker in self.workers if not environment.items() <= worker.environment.items()]
        for worker in others:
            worker.environment |= environment
            worker.stop()
            worker.start()
        for worker in others:
            worker.wait_ready()
        return bool(others)

    def running(self) -> list[Worker]:
        """
        Those that run now.
        """
        return [worker for worker in self.workers if worker.running]

    def codes(self) -> Counter[int]:
        """
        Exit codes with which workers ended by themselves, since the last time.
        """
        codes: Counter[int] = Counter()
        for worker in self.workers:
            codes += worker.codes
            worker.codes.clear()
        return codes

    def last_words(self) -> str:
        """
        The ends of all logs.
        """
        return "\n".join(f"--- {worker.name}\n{worker.last_words()}" for worker in self.workers)

    def _look_after(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            for worker in self.workers:
                worker.look()
