"""The demo's worker: a process of its own with throw-away keys, as `qingliu worker` runs in production."""

import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pipeline.keys import KEYSET_FILE, OFFICER_PUBLIC_FILE, RootKeys
from pipeline.keys.party import PUBLIC_SUFFIX, write_party_public
from pipeline.sealing import OfficerPrivateKey
from pipeline.settings import PREFIX
from pipeline.simulator import MERCHANTS
from transforms.boxes import PartyPrivateKey

LOG_LINES: Final = 12

_PASSPHRASE_FILE: Final = "passphrase"  # noqa: S105 — the name of a file
_LOG_FILE: Final = "worker.log"
_PARTIES: Final = "parties"
_STOP_SECONDS: Final = 15.0
_KIB_PER_MIB: Final = 1024


@dataclass(frozen=True, slots=True)
class ThrowAwayKeys:
    """
    Keys that exist for one demo and are forgotten with it.
    """

    root: RootKeys
    officer: OfficerPrivateKey

    @classmethod
    def make(cls, folder: Path) -> Self:
        """
        Fresh keys; what a worker needs of them is written to a folder, which only its owner may read.
        """
        root, officer = RootKeys.generate(), OfficerPrivateKey.generate()
        passphrase = secrets.token_urlsafe(24)
        root.save(folder / KEYSET_FILE, passphrase.encode())
        for name, text in ((_PASSPHRASE_FILE, passphrase), (OFFICER_PUBLIC_FILE, officer.public().to_text())):
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text + "\n", "utf-8")
        (folder / _PARTIES).mkdir()
        for party in ("logistics", *MERCHANTS):
            public = PartyPrivateKey.generate(party).public()
            (folder / _PARTIES / f"{party}{PUBLIC_SUFFIX}").write_text(write_party_public(public), "utf-8")
        return cls(root, officer)


class Worker:
    """
    A running `qingliu worker`.

    Args:
        folder: with the keys; the log goes there too.
        bootstrap: of the broker.
    """

    def __init__(self, folder: Path, bootstrap: str) -> None:
        self._folder = folder
        self._bootstrap = bootstrap
        self._process: subprocess.Popen[bytes] | None = None
        self._peak = 0

    def __enter__(self) -> Self:
        folder = self._folder
        command = [sys.executable, "-P", "-m", "pipeline", "worker", "--bootstrap", self._bootstrap]
        command += ["--keyset", str(folder / KEYSET_FILE), "--passphrase", str(folder / _PASSPHRASE_FILE)]
        command += ["--officer", str(folder / OFFICER_PUBLIC_FILE), "--group", "demo"]
        command += ["--parties", str(folder / _PARTIES)]
        # Nothing of a real deployment's settings may reach the demo.
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        (folder / _LOG_FILE).touch(mode=0o600)
        with (folder / _LOG_FILE).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 — our own interpreter with our own arguments
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the demo, which stops the worker when its turn comes
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """
        Of its process; None before it was started.
        """
        return self._process.pid if self._process else None

    def exit_code(self) -> int | None:
        """
        None while it runs.
        """
        return self._process.poll() if self._process else None

    def stop(self) -> int | None:
        """
        Ask it to end, and make it end when it does not; its exit code.
        """
        process = self._process
        if process is None:
            return None
        if process.poll() is None:
            self.peak_memory()
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        return process.wait()

    def peak_memory(self) -> float | None:
        """
        The most memory that it has had resident so far, in MiB; None where the system does not tell.
        """
        try:
            status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        except OSError:
            status = ""
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self._peak = int(line.split()[1])
        return round(self._peak / _KIB_PER_MIB, 1) if self._peak else None

    def last_words(self) -> list[str]:
        """
        The end of its log.
        """
        try:
            text = (self._folder / _LOG_FILE).read_text("utf-8", "replace")
        except OSError:
            return []
        return text.splitlines()[-LOG_LINES:]
