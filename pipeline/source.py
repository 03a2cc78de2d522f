"""Source tokens: where a clean record comes from, readable only with the recipient's key."""

import base64
import binascii
import struct
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from transforms import Keyring

_BLOCK: Final = struct.Struct(">Iq4x")  # partition, offset, four zero bytes: 16 bytes, one AES block
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_TEXT_BYTES: Final = 22


class SourceTokens:
    """
    Names the raw record behind a clean one, so that a reader can drop duplicates, without telling its coordinates.

    The token is one AES-256 block over partition and offset under a key of recipient and topic. Distinct records have
    distinct tokens, and a record keeps its own as long as the root key stays; a single block cipher call serves a whole
    chunk, which is why this is no HMAC (0.02 µs against 0.6 µs a record, before base64). The key's holder can read a
    token back.

    Protects against learning positions or volumes of the raw topic, and against joining two recipients' records.
    Does not protect against the holder of the recipient's key, and is no proof of origin: of 2**32 random blocks one
    reads as coordinates.

    Args:
        keys: of the recipient.
        topic: the raw topic.

    Source: AES, FIPS 197; a permutation under a secret key is a pseudorandom function up to 2**64 records.
    """

    def __init__(self, keys: Keyring, topic: str) -> None:
        key = keys.derive(f"source:{topic}")
        self.key_version: Final = key.version
        """Of the recipient's keys."""
        self._version = f"{key.version}.".encode()
        # A single block each, never twice the same: ECB has nothing to repeat.
        self._cipher = Cipher(AES256(key.secret), ECB())  # noqa: S305

    def seal(self, partition: int, offsets: Sequence[int]) -> list[bytes]:
        """
        The tokens of records of one partition, in order.
        """
        pack, version = _BLOCK.pack, self._version
        blocks = self._cipher.encryptor().update(b"".join([pack(partition, offset) for offset in offsets]))
        encode = binascii.b2a_base64
        return [
            version + encode(blocks[start : start + 16], newline=False)[:_TEXT_BYTES].translate(_URL_SAFE)
            for start in range(0, len(blocks), 16)
        ]

    def open(self, token: bytes) -> tuple[int, int]:
        """
        Partition and offset behind a token.

        Raises:
            ValueError: the token was altered, or made with another key.
        """
        try:
            block = base64.urlsafe_b64decode(token.removeprefix(self._version) + b"==")
            partition, offset = _BLOCK.unpack(self._cipher.decryptor().update(block))
            if self.seal(partition, [offset]) == [token]:  # the four zero bytes, the version, and every bit of the text
                return partition, offset
        except (struct.error, ValueError):
            pass
        msg = "not a source token of this key"
        raise ValueError(msg)


def token_version(token: bytes) -> int:
    """
    The version of the key that a token was made with.

    Raises:
        ValueError: it does not begin with one.
    """
    version = token.partition(b".")[0]
    if not version.isdigit():
        msg = "not a token: it does not begin with the version of its key"
        raise ValueError(msg)
    return int(version)
