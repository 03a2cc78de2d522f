"""Signing: the key that audit records are signed with, and the half of it that everybody may have."""

from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_CONTEXT = b"qingliu audit 1\n"  # so that a signature is about an audit record and nothing else
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """
    Checks signatures.
    """

    raw: bytes

    @classmethod
    def from_text(cls, text: str) -> Self:
        """
        The key from its 64 hexadecimal digits.

        Raises:
            ValueError: the text is no such key.
        """
        try:
            raw = bytes.fromhex(text.strip())
        except ValueError:
            raw = b""
        if len(raw) != _KEY_BYTES:
            msg = "not a public key of audit records; give the 64 digits that `qingliu audit key` shows"
            raise ValueError(msg)
        return cls(raw)

    def to_text(self) -> str:
        """
        64 hexadecimal digits.
        """
        return self.raw.hex()

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """
        Whether the holder of the private half signed this.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, _CONTEXT + content)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """
    Signs audit records, 50 µs each. The whole deployment has one, which rotations leave as it is.

    Protects against everybody without the root keyset: they can neither alter a record nor make one.
    Does not protect against whoever has the keyset, workers included, who could sign another history; what they cannot
    do is sign it after the fact in a topic that they may only append to. Ship records to a store of another owner to be
    safe from them.

    Args:
        seed: 32 bytes.

    Source: Ed25519, RFC 8032.
    """

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, content: bytes) -> bytes:
        """
        The 64 bytes of the signature.
        """
        return self._key.sign(_CONTEXT + content)
