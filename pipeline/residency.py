"""The guard of residency: brokers and key services are where data may be, or nothing starts."""

import logging
import os
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, Self

from pipeline.environment import PREFIX, SettingsError

log: Final = logging.getLogger(__name__)

VARIABLE: Final = f"{PREFIX}RESIDENCY"
_DOMAIN: Final = re.compile(r"\.?[a-z0-9]([a-z0-9._-]*[a-z0-9])?")


class OutsideError(SettingsError):
    """
    A broker or a key service that is not where data may be: one sentence with what to do.
    """


@dataclass(frozen=True, slots=True)
class Residency:
    """
    Where brokers and key services may be.

    A host passes when it is one of the domains, or within one; or when every address that it has is within the
    networks. A name without an address passes by its domain alone.

    Protects against a setting, or a broker of the cluster, that would take data or keys out of the country.
    Does not protect against a domain that leads abroad, a proxy on an allowed address, what a broker replicates
    elsewhere by itself, nor against who sets the environment.

    Args:
        domains: in lower case, without a dot before.
        networks: of addresses.
    """

    domains: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """
        What `QINGLIU_RESIDENCY` allows, joined by commas; without it, everything.

        Raises:
            SettingsError: an entry is neither a domain nor a network.
        """
        entries = [part.strip().lower() for part in environment.get(VARIABLE, "").split(",") if part.strip()]
        domains, networks = set(), []
        for entry in entries:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if "/" in entry or not _DOMAIN.fullmatch(entry) or re.fullmatch(r"[0-9.]+", entry):
                    msg = f"{VARIABLE} takes hosts, domains and networks such as 10.0.0.0/8, and {entry!r} is none"
                    raise SettingsError(msg) from None
                domains.add(entry.removeprefix("."))
        return cls(frozenset(domains), tuple(networks))

    @property
    def guards(self) -> bool:
        """
        Whether anything is refused.
        """
        return bool(self.domains or self.networks)

    def check(self, hosts: Iterable[str], what: str) -> None:
        """
        See that all of these hosts are where they may be.

        Args:
            hosts: names or addresses.
            what: they are, for the sentence.

        Raises:
            OutsideError: one is not, or nobody can tell.
        """
        for host in hosts:
            if self.guards and not self._allows(host.strip("[]").rstrip(".").lower()):
                msg = f"{what} {host} is outside of {VARIABLE}; use one within, or allow its domain or network there"
                raise OutsideError(msg)

    def _allows(self, host: str) -> bool:
        if any(host == domain or host.endswith(f".{domain}") for domain in self.domains):
            return True
        return bool(self.networks) and all(self._within(address) for address in _addresses(host))

    def _within(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self.networks)
        except ValueError:
            return False


def hosts_of(bootstrap: Iterable[str]) -> list[str]:
    """
    The hosts of `host:port`s.
    """
    return [server.strip().rpartition(":")[0] for server in bootstrap]


def guard() -> Residency:
    """
    The guard of this deployment; one that guards nothing says so in the log.

    Raises:
        SettingsError: it cannot be understood.
    """
    residency = Residency.from_environment()
    if not residency.guards:
        log.warning("%s is not set: brokers and key services may be anywhere", VARIABLE)
    return residency


def _addresses(host: str) -> list[str]:
    """
    Every address that a host has; itself, when it is one or has none.
    """
    try:
        ip_address(host)
    except ValueError:
        try:
            return [str(found[4][0]) for found in socket.getaddrinfo(host, None)]
        except (OSError, UnicodeError):
            pass
    return [host]
