"""TruncateIp: the network part of an address."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton  # text and bytes of addresses; nothing is opened
from typing import Any, ClassVar, Final

from transforms.base import Apply, Keyring, Need, Reading, Refused, wrong_type
from transforms.memo import Memo

IpAddress = IPv4Address | IPv6Address

_V4_BYTES: Final = 4
_V6_BYTES: Final = 16
_MAPPED: Final = bytes(10) + b"\xff\xff"
_SIX_TO_FOUR: Final = b"\x20\x02"

CACHED_ADDRESSES: Final = 32_768
"""Addresses a bound transform remembers: about 15 MB."""


@dataclass(frozen=True, slots=True)
class TruncateIp:
    """
    Keep the network part of an IP address.

    Addresses of one network stay equal, so traffic can still be counted by network. An IPv6 address that only wraps an
    IPv4 address, mapped (`::ffff:0:0/96`) or 6to4 (`2002::/16`), is truncated as the IPv4 address it wraps: 48 bits of
    a 6to4 address would otherwise be the whole IPv4 address.

    Protects against a reader who looks for one household.
    Does not protect a household that owns its network, nor against joining with other columns.

    Args:
        v4: bits to keep of an IPv4 address, 0–32.
        v6: bits to keep of an IPv6 address, 0–128.

    Raises:
        ValueError: a prefix is out of range.
    """

    v4: int = 24
    v6: int = 48

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if not (_is_prefix(self.v4, 32) and _is_prefix(self.v6, 128)):
            msg = f"prefix out of range: v4={self.v4!r}, v6={self.v6!r}; v4 takes 0–32, v6 takes 0–128"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The text of a network address.
        """
        return {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — every address is read alike
        """
        A function from the text of an address to that of its network; addresses repeat, so it remembers them.
        """
        return keys.memo((type(self).__name__, self.v4, self.v6), self._make)

    def _make(self) -> Apply:
        return Memo(self._network, CACHED_ADDRESSES).__getitem__

    def _network(self, text: Any) -> str:
        if type(text) is not str:
            raise wrong_type(text, "string")
        packed = _packed(text)
        if packed.startswith(_SIX_TO_FOUR) and len(packed) == _V6_BYTES:
            packed = packed[2:6]  # the IPv4 address of the same network: a /48 would tell all of it
        kept, family = (self.v4, AF_INET) if len(packed) == _V4_BYTES else (self.v6, AF_INET6)
        host_bits = 8 * len(packed) - kept
        return inet_ntop(family, (int.from_bytes(packed) >> host_bits << host_bits).to_bytes(len(packed)))


def read_address(text: str) -> IpAddress:
    """
    The IP address that a text is.

    An IPv4-mapped IPv6 address is read as the IPv4 address: both are written for the same host.

    Args:
        text: an address alone, without port, prefix length, zone id, brackets or leading zeros.

    Raises:
        Refused: the text is anything else.

    Source: RFC 4291 section 2.2 and 2.5.5.2.
    """
    return ip_address(_packed(text))


def _packed(text: str) -> bytes:
    """
    The 4 or 16 bytes of an address; `ipaddress` takes six times as long for its objects.
    """
    packed = b""
    # The refusal is raised outside of the handler: the context that it would get there may tell the address.
    with suppress(OSError, ValueError):
        packed = inet_pton(AF_INET6 if ":" in text else AF_INET, text)
    if not packed:
        msg = "not an IP address; send the address alone, without port, prefix length or zone id"
        raise Refused(msg)
    return packed[12:] if packed.startswith(_MAPPED) and len(packed) == _V6_BYTES else packed


def _is_prefix(bits: Any, most: int) -> bool:
    return type(bits) is int and 0 <= bits <= most
