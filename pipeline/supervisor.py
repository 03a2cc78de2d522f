"""What a worker tells systemd of itself, as datagrams: no port is open, and no library is needed."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Self

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
HEALTHY: Final = "WATCHDOG=1"


class Supervisor:
    """
    Whoever listens at `NOTIFY_SOCKET`; nobody where that is not set.

    A message that cannot be sent is lost: the supervisor then takes the worker for dead, which is its to decide.

    Args:
        address: path of a Unix datagram socket, with a leading `@` for an abstract one; empty for nobody.

    Source:
        sd_notify(3) of systemd.
    """

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """
        The one that started this process.
        """
        return cls(environment.get("NOTIFY_SOCKET", ""))

    def say(self, state: str) -> None:
        """
        Tell it a state, such as `READY`.
        """
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, suppress(OSError):
            sender.settimeout(0)
            sender.sendto(state.encode(), self._address)
