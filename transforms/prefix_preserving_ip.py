"""PrefixPreservingIp: a pseudonymous address in a pseudonymous network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any, ClassVar, Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB

from transforms.base import Apply, Keyring, Need, Reading, wrong_type
from transforms.domain import check_domain
from transforms.epoch import EPOCHS, Epoch, epoch_of
from transforms.memo import Memo
from transforms.truncate_ip import CACHED_ADDRESSES, IpAddress, read_address

BLOCK_BITS: Final = 128
FIRST_BIT: Final = bytes(b"01"[byte >> 7] for byte in range(256))
"""Translates the first byte of a block to the digit of its first bit."""

Flips = Callable[[int], int]
"""From the bits of an address to the bits that change in it."""


@dataclass(frozen=True, slots=True)
class PrefixPreservingIp:
    """
    Replace an IP address by another one, so that addresses share a prefix exactly when the originals do.

    Equal addresses stay equal, different ones stay different, and networks of every size stay networks, so sessions
    and traffic can be studied by a reader who learns no address. An IPv4-mapped IPv6 address is read as IPv4.

    Protects against a reader without the key who looks for an address.
    Does not protect against a reader who can plant traffic or recognises hosts by their behaviour: each address so
    known reveals the prefix it shares with every other one. Released addresses look real and may be somebody's; they
    must never be contacted, blocked or looked up. IPv4 and IPv6 are mapped apart.

    Args:
        domain: the columns in which equal addresses shall stay equal, such as `analytics.ip`.
        epoch: the period after which pseudonyms change (`day`, `week`, `month`, `quarter`, `year`), by the event's own
            time; empty when they never do. A short one bounds what planted traffic can reveal.

    Raises:
        ValueError: an argument is none of these.

    Source: Xu, Fan, Ammar, Moon, Prefix-Preserving IP Address Anonymization, ICNP 2002 (Crypto-PAn), with AES-128.
    """

    domain: str = "ip"
    epoch: Epoch = ""

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})

    def __post_init__(self) -> None:
        check_domain(self.domain)
        if self.epoch not in EPOCHS:
            msg = f"epoch {self.epoch!r} is unknown; choose one of {', '.join(EPOCHS[1:])}, or leave it out"
            raise ValueError(msg)

    @property
    def needs(self) -> tuple[Need, ...]:
        """
        The time, where pseudonyms change with it.
        """
        return ("time",) if self.epoch else ()

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The text of an address of the same version.
        """
        return {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — every address is read alike
        """
        `apply(value)`, or `apply(value, time)` with an epoch; addresses repeat, so it remembers them.
        """
        return keys.memo((type(self).__name__, self.domain, self.epoch), lambda: self._make(keys))

    def _make(self, keys: Keyring) -> Apply:
        unit = self.epoch

        def pseudonymizer(epoch: str) -> Callable[[IpAddress], IpAddress]:
            return _pseudonymizer(keys.derive(f"crypto_pan:{self.domain}", epoch).secret)

        pseudonymizers = Memo(pseudonymizer, 64)
        replaced = Memo(lambda pair: str(pseudonymizers[pair[1]](read_address(pair[0]))), CACHED_ADDRESSES)

        def apply(value: Any, time: int = 0) -> str:
            if not isinstance(value, str):
                raise wrong_type(value, "string")
            return replaced[value, epoch_of(unit, time) if unit else ""]  # type: ignore[no-any-return]

        return apply


def crypto_pan(key: bytes, address: IpAddress) -> IpAddress:
    """
    One address under Crypto-PAn.

    Args:
        key: 32 bytes: 16 of the AES-128 key, then 16 that are encrypted once to become the padding.
        address: of either version; IPv6 is mapped by the same construction over 128 bits.

    Raises:
        ValueError: the key is not 32 bytes long.

    Source: Xu, Fan, Ammar, Moon 2002, and the vectors that accompany the authors' implementation.
    """
    return _pseudonymizer(key)(address)


def _pseudonymizer(key: bytes) -> Callable[[IpAddress], IpAddress]:
    if len(key) != 32:  # noqa: PLR2004 — the sentence below says it
        msg = f"Crypto-PAn takes a key of 32 bytes, got {len(key)}; derive one with Keyring.derive"
        raise ValueError(msg)
    # Each block is a distinct prefix of one address under a secret padding: AES serves as a PRF, not as a mode.
    encrypt = Cipher(AES128(key[:16]), ECB()).encryptor().update  # noqa: S305 — see above
    padding = int.from_bytes(encrypt(key[16:]))
    flips = {IPv4Address: _flips(encrypt, padding, 32), IPv6Address: _flips(encrypt, padding, 128)}

    def pseudonym(address: IpAddress) -> IpAddress:
        version = type(address)
        bits = int(address)
        return version(bits ^ flips[version](bits))

    return pseudonym


def _flips(encrypt: Callable[[bytes], bytes], padding: int, width: int) -> Flips:
    """
    The first bits of the encryptions of every proper prefix, each filled up with padding, as one number.

    All blocks are laid side by side in one long integer, so a single multiplication copies the address into each, two
    bit operations replace the tails, and a single call encrypts them.
    """
    size = width * BLOCK_BITS // 8
    copies = tails = 0
    for prefix in range(width):
        tail = (1 << BLOCK_BITS - prefix) - 1
        copies = copies << BLOCK_BITS | 1 << BLOCK_BITS - width
        tails = tails << BLOCK_BITS | tail
    filling = padding * (copies >> BLOCK_BITS - width) & tails
    heads = ~tails

    def flips(bits: int) -> int:
        blocks = (bits * copies & heads | filling).to_bytes(size)
        return int(encrypt(blocks)[:: BLOCK_BITS // 8].translate(FIRST_BIT), 2)

    return flips
