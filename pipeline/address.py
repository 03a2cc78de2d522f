"""The address of the web port."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Self

from pipeline.environment import PREFIX, SettingsError

VARIABLE: Final = f"{PREFIX}WEB"

_ADDRESS: Final = re.compile(r"(?:(?P<host>[0-9.]+|\[[0-9A-Fa-f:.]+\]):)?(?P<port>[0-9]{1,5})")
_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """
    Where the web port listens.

    Args:
        host: an IP address, so that no resolver decides who can reach it.
        port: 0 for one that is free, which the log names.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        `9464`, which is on loopback, or an address before it: `10.0.0.5:9464`, `[::1]:9464`.

        Raises:
            SettingsError: it is neither.
        """
        match = _ADDRESS.fullmatch(text)
        try:
            if match and int(match["port"]) < 2**16:
                return cls(str(ip_address((match["host"] or _LOOPBACK).strip("[]"))), int(match["port"]))
        except ValueError:
            pass
        msg = f"{VARIABLE} must be a port, or an IP address and a port, such as 9464 or 10.0.0.5:9464"
        raise SettingsError(msg)

    @property
    def loopback(self) -> bool:
        """
        Whether this machine alone reaches it.
        """
        return ip_address(self.host).is_loopback

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
