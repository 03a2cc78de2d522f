"""One Kafka node: a JVM that is broker and controller, with its folder and its log."""

import resource
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

HOST = "127.0.0.1"
FORMAT_SECONDS = 60
STOP_SECONDS = 30
TAIL_LINES = 20


class BrokerError(RuntimeError):
    """
    A broker did not do what it was told; where there is a log, its end follows the sentence.
    """


@dataclass(slots=True)
class Node:
    """
    A node that can be formatted, launched and ended.

    Args:
        number: from 1; Kafka's `node.id`.
        folder: its configuration, its data and its log.
        port: where clients connect.
        secured: further ports for clients, by the names of their listeners.
        controller_port: where the controllers connect to each other.
        process: the JVM that was started last.
    """

    number: int
    folder: Path
    port: int
    controller_port: int
    secured: Mapping[str, int] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """
        Whether its process lives.
        """
        return self.process is not None and self.process.poll() is None

    def configure(self, settings: Mapping[str, str]) -> None:
        """
        Write its `server.properties`.
        """
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))

    def format(self, java: Sequence[str], cluster_id: str, users: Mapping[str, str]) -> None:
        """
        Begin to format its storage, with these users of SCRAM and their passwords; `formatted` waits for the end.
        """
        scram = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in users.items()]
        quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")  # it runs a second or two
        command = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(self._properties)]
        self._spawn(java, *quick, *command, *(word for user in scram for word in ("--add-scram", user)))

    def formatted(self) -> None:
        """
        Wait until its storage is formatted.

        Raises:
            BrokerError: it could not be, or took more than a minute.
        """
        try:
            code = self.process.wait(FORMAT_SECONDS) if self.process else None
        except subprocess.TimeoutExpired:
            code = None
        if code != 0:
            self.fail("could not format its storage")

    def launch(self, java: Sequence[str], heap_mib: int) -> None:
        """
        Start the JVM.

        Raises:
            BrokerError: it runs already.
        """
        if self.running:
            msg = f"node {self.number} runs already: stop or kill it first"
            raise BrokerError(msg)
        heap = (f"-Xms{heap_mib // 2}m", f"-Xmx{heap_mib}m")
        self._spawn(java, *heap, "-Dlog4j2.level=INFO", "kafka.Kafka", str(self._properties))

    def stop(self) -> None:
        """
        Shut it down in an orderly way.

        Raises:
            BrokerError: it does not run.
        """
        process = self._live("start it before you stop it")
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # without a majority of controllers it waits for minutes
            process.kill()
            process.wait()

    def kill(self) -> None:
        """
        End it as a power cut would.

        Raises:
            BrokerError: it does not run.
        """
        process = self._live("start it before you kill it")
        process.kill()
        process.wait()

    def pause(self) -> None:
        """
        Hold it still, as a long garbage collection would.

        Raises:
            BrokerError: it does not run.
        """
        self._live("start it before you pause it").send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """
        Let it go on after `pause`.

        Raises:
            BrokerError: it does not run.
        """
        self._live("start it before it can go on").send_signal(signal.SIGCONT)

    def refuse_writes(self) -> None:
        """
        Let every write to a file fail (EFBIG), to Kafka the same exception as on a full disk; sockets go on.

        It lasts until the process ends.

        Raises:
            BrokerError: it does not run.
        """
        pid = self._live("start it before its disk is full").pid
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))

    def listens(self) -> bool:
        """
        Whether something accepts connections on its port.
        """
        with closing(socket.socket()) as probe:
            probe.settimeout(1)
            return probe.connect_ex((HOST, self.port)) == 0

    def fail(self, wrong: str) -> NoReturn:
        """
        Say what is wrong with it, with the last lines of its log.

        Raises:
            BrokerError: always.
        """
        log = self._log.read_text(errors="replace") if self._log.exists() else ""
        tail = "\n".join(log.splitlines()[-TAIL_LINES:])
        msg = f"Kafka node {self.number} {wrong}; its log ends:\n{tail}"
        raise BrokerError(msg)

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _live(self, remedy: str) -> subprocess.Popen[bytes]:
        if self.process is None or not self.running:
            msg = f"node {self.number} does not run: {remedy}"
            raise BrokerError(msg)
        return self.process

    def _spawn(self, java: Sequence[str], *arguments: str) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*java, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
