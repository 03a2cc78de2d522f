"""Sealing: what only the privacy officer can open again."""

import base64
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from transforms.base import CannotOpen

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_X25519_BYTES: Final = 32
_MLKEM_SEED_BYTES: Final = 64
_MLKEM_PUBLIC_BYTES: Final = 1184

PUBLIC_PREFIX: Final = "qingliu-officer-public-1:"


def to_line(raw: bytes, prefix: str) -> str:
    """
    Bytes as one line of text that says what they are.
    """
    return prefix + base64.b64encode(raw).decode()


def from_line(text: str, prefix: str) -> bytes:
    """
    The bytes of such a line.

    Raises:
        ValueError: the line says something else, or is damaged.
    """
    before, found, body = text.strip().partition(prefix)
    if before or not found:
        msg = f"the line does not begin with {prefix}"
        raise ValueError(msg)
    return base64.b64decode(body, validate=True)


@dataclass(frozen=True, slots=True)
class OfficerPublicKey:
    """
    The half of the privacy officer's key pair that the pipeline has: it closes boxes and opens none.

    Protects a sealed payload against everybody without the private key, later quantum computers included: a box is safe
    as long as either X25519 or ML-KEM-768 is. Does not hide a payload's length, and does not prove who sealed it.

    Source: HPKE base mode, RFC 9180, with the hybrid KEM of ML-KEM-768 (FIPS 203) and X25519.
    """

    mlkem: bytes
    x25519: bytes

    @classmethod
    def from_text(cls, text: str) -> "OfficerPublicKey":
        """
        The key from its one-line form.

        Raises:
            ValueError: the text is no such key.
        """
        try:
            raw = from_line(text, PUBLIC_PREFIX)
            key = cls(raw[:_MLKEM_PUBLIC_BYTES], raw[_MLKEM_PUBLIC_BYTES:])
            key.sealer().seal(b"", b"")  # some X25519 keys are only refused when used
        except ValueError:
            msg = "not a privacy officer's public key; give the file officer.pub that `qingliu keys init` wrote"
            raise ValueError(msg) from None
        return key

    def to_text(self) -> str:
        """
        One line of text.
        """
        return to_line(self.mlkem + self.x25519, PUBLIC_PREFIX)

    def sealer(self) -> "Sealer":
        """
        The key, ready for use.
        """
        return Sealer(
            MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.mlkem), X25519PublicKey.from_public_bytes(self.x25519)
            )
        )


@dataclass(frozen=True, slots=True)
class Sealer:
    """
    Seals payloads to one public key.
    """

    key: MLKEM768X25519PublicKey

    def seal(self, payload: bytes, context: bytes) -> bytes:
        """
        A box that opens only with the private key and the same context.

        It takes about 0.1 ms, and has 1,136 bytes more than the payload.
        """
        return _SUITE.encrypt(payload, self.key, info=context)


@dataclass(frozen=True, slots=True)
class OfficerPrivateKey:
    """
    The half that opens boxes. Keep it off the machines that run workers.
    """

    mlkem_seed: bytes
    x25519: bytes

    @classmethod
    def generate(cls) -> "OfficerPrivateKey":
        """
        A fresh key.
        """
        return cls(MLKEM768PrivateKey.generate().private_bytes_raw(), X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_bytes(cls, raw: bytes) -> "OfficerPrivateKey":
        """
        The key from its 96 bytes.
        """
        if len(raw) != _MLKEM_SEED_BYTES + _X25519_BYTES:
            msg = "a privacy officer's private key has 96 bytes"
            raise ValueError(msg)
        return cls(raw[:_MLKEM_SEED_BYTES], raw[_MLKEM_SEED_BYTES:])

    def to_bytes(self) -> bytes:
        """
        96 bytes: the ML-KEM seed and the X25519 scalar.
        """
        return self.mlkem_seed + self.x25519

    def __repr__(self) -> str:
        return "OfficerPrivateKey()"

    def public(self) -> OfficerPublicKey:
        """
        The other half.
        """
        mlkem = MLKEM768PrivateKey.from_seed_bytes(self.mlkem_seed).public_key().public_bytes_raw()
        x25519 = X25519PrivateKey.from_private_bytes(self.x25519).public_key().public_bytes_raw()
        return OfficerPublicKey(mlkem, x25519)

    def open(self, box: bytes, context: bytes) -> bytes:
        """
        The payload of a box.

        Raises:
            CannotOpen: the wrong key, the wrong context, or an altered box.
        """
        key = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(self.mlkem_seed), X25519PrivateKey.from_private_bytes(self.x25519)
        )
        try:
            return _SUITE.decrypt(box, key, info=context)
        except (InvalidTag, ValueError):
            msg = "the box does not open with this key and context"
            raise CannotOpen(msg) from None
