"""Protection of key files by a passphrase."""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pipeline.keys.file import CannotDecrypt, KeysError, read

MINIMUM_PASSPHRASE: Final = 12

_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12


class PassphraseAead:
    """
    AES-256-GCM under a key that scrypt makes of a passphrase; a box is salt, nonce, ciphertext and tag.

    Protects a file at rest as well as the passphrase resists guessing: each guess costs about 0.2 s and 32 MiB.
    Does not protect against somebody who reads the passphrase's file too; keep the two apart.

    Args:
        passphrase: at least 12 bytes.

    Raises:
        KeysError: the passphrase is shorter.

    Source: scrypt, RFC 7914 (N = 2**15, r = 8, p = 3); AES-GCM, NIST SP 800-38D.
    """

    name: Final = "passphrase"

    def __init__(self, passphrase: bytes) -> None:
        if len(passphrase) < MINIMUM_PASSPHRASE:
            msg = f"the passphrase is shorter than {MINIMUM_PASSPHRASE} bytes; choose a longer one"
            raise KeysError(msg)
        self._passphrase = passphrase

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """
        A fresh salt and nonce each time.
        """
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        return salt + nonce + self._cipher(salt).encrypt(nonce, plaintext, associated_data)

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """
        The plaintext of a box.

        Raises:
            CannotDecrypt: the wrong passphrase or an altered box; which of them is not said.
        """
        salt, rest = ciphertext[:_SALT_BYTES], ciphertext[_SALT_BYTES:]
        try:
            return self._cipher(salt).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], associated_data)
        except (InvalidTag, ValueError):
            msg = "decryption failed"
            raise CannotDecrypt(msg) from None

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(Scrypt(salt=salt, length=_KEY_BYTES, n=2**15, r=8, p=3).derive(self._passphrase))


def load_passphrase(path: Path) -> bytes:
    """
    The first line of a file, without its line end.

    Raises:
        KeysError: the file is missing or its first line too short.
    """
    line = read(path, "passphrase").partition("\n")[0].rstrip("\r").encode()
    PassphraseAead(line)
    return line
