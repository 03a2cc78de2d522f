"""
Keys: the deployment's root keyset, encrypted at rest, and the keys derived from it. The only door to Tink.

The root is a Tink keyset of HKDF-SHA-256 PRF keys; a key's id is its version, from 1. Every other key is
`PRF(root, purpose | recipient | domain | epoch)`, which is HKDF (RFC 5869), so that two recipients, domains or epochs
share none.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import tink  # type: ignore[import-untyped] # ships no types
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from tink import aead, cleartext_keyset_handle, prf
from tink.proto import tink_pb2  # type: ignore[import-untyped]

from pipeline.sealing import OfficerPrivateKey, OfficerPublicKey, from_line, to_line
from transforms import Apply, Key

KEYSET_FILE: Final = "keyset.json"
OFFICER_PRIVATE_FILE: Final = "officer.key"
OFFICER_PUBLIC_FILE: Final = "officer.pub"
MINIMUM_PASSPHRASE: Final = 12

_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_KEYSET_CONTEXT: Final = b"qingliu keyset 1"
_OFFICER_CONTEXT: Final = b"qingliu officer 1"
_OFFICER_PREFIX: Final = "qingliu-officer-private-1:"


class KeysError(ValueError):
    """
    A key file that cannot be read, or may not be written: one sentence with what to do.
    """


class RecipientKeys:
    """
    A `Keyring`: derives the keys of one recipient and purpose, and keeps the transforms bound to them.
    """

    def __init__(self, root: "RootKeys", recipient: str, purpose: str) -> None:
        self._root = root
        self._owner = (purpose, recipient)
        self._memo: dict[tuple[Any, ...], Apply] = {}

    def derive(self, domain: str, epoch: str = "") -> Key:
        """
        The key of a domain in an epoch, 32 bytes, from the newest root key.

        Raises:
            ValueError: a part of the key's name contains the mark that separates them.
        """
        parts = (*self._owner, domain, epoch)
        if any("|" in part for part in parts):
            msg = "a purpose, recipient, domain or epoch must not contain |, which separates the parts of a key's name"
            raise ValueError(msg)
        return self._root.derive("|".join(("qingliu/1", *parts)))

    def memo(self, name: tuple[Any, ...], make: Callable[[], Apply]) -> Apply:
        """
        What `make` returned the first time `name` was asked for.
        """
        if name not in self._memo:
            self._memo[name] = make()
        return self._memo[name]


class RootKeys:
    """
    The root keyset, open in memory.
    """

    def __init__(self, handle: tink.KeysetHandle) -> None:
        prf.register()
        self._handle = handle
        self._prfs = handle.primitive(prf.PrfSet)
        self.keyring = lru_cache(maxsize=None)(self._keyring)

    @classmethod
    def generate(cls) -> Self:
        """
        A fresh keyset with one key, version 1.
        """
        prf.register()
        template = tink.new_keyset_handle(prf.prf_key_templates.HKDF_SHA256)
        keyset = tink_pb2.Keyset()
        keyset.CopyFrom(template._keyset)  # noqa: SLF001 — Tink for Python has no keyset manager to choose ids with
        keyset.primary_key_id = keyset.key[0].key_id = 1
        return cls(cleartext_keyset_handle.from_keyset(keyset))

    @classmethod
    def load(cls, path: Path, passphrase: bytes) -> Self:
        """
        The keyset of a file that `save` wrote.

        Raises:
            KeysError: the file is missing, is no keyset, or the passphrase is wrong or too short.
        """
        text, cipher = _read(path, "keyset"), PassphraseAead(passphrase)
        try:
            return cls(tink.json_proto_keyset_format.parse_encrypted(text, cipher, _KEYSET_CONTEXT))
        except (tink.TinkError, RuntimeError, ValueError):
            msg = f"{path} does not open: either it is no qingliu keyset or the passphrase is another one; check both"
            raise KeysError(msg) from None

    def save(self, path: Path, passphrase: bytes) -> None:
        """
        Write the keyset, encrypted, to a file that does not exist yet.

        Raises:
            KeysError: the file exists or cannot be written, or the passphrase is too short.
        """
        cipher = PassphraseAead(passphrase)
        text = tink.json_proto_keyset_format.serialize_encrypted(self._handle, cipher, _KEYSET_CONTEXT)
        _write(path, text + "\n")

    @property
    def version(self) -> int:
        """
        The version of the newest key.
        """
        return int(self._prfs.primary_id())

    def derive(self, name: str) -> Key:
        """
        The 32-byte key of a name, from the newest root key.
        """
        return Key(self.version, self._prfs.primary().compute(name.encode(), _KEY_BYTES))

    def _keyring(self, recipient: str, purpose: str) -> RecipientKeys:
        return RecipientKeys(self, recipient, purpose)


class PassphraseAead(aead.Aead):  # type: ignore[misc] # untyped
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
            tink.TinkError: the wrong passphrase or an altered box; which of them is not said.
        """
        salt, rest = ciphertext[:_SALT_BYTES], ciphertext[_SALT_BYTES:]
        try:
            return self._cipher(salt).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], associated_data)
        except (InvalidTag, ValueError):
            msg = "decryption failed"
            raise tink.TinkError(msg) from None

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(Scrypt(salt=salt, length=_KEY_BYTES, n=2**15, r=8, p=3).derive(self._passphrase))


def save_officer(key: OfficerPrivateKey, private: Path, public: Path, passphrase: bytes) -> None:
    """
    Write the privacy officer's key pair: the private half encrypted, the public half as one line.

    Raises:
        KeysError: a file exists or cannot be written, or the passphrase is too short.
    """
    box = PassphraseAead(passphrase).encrypt(key.to_bytes(), _OFFICER_CONTEXT)
    refuse_existing(private, public)
    _write(private, to_line(box, _OFFICER_PREFIX) + "\n")
    _write(public, key.public().to_text() + "\n")


def load_officer(path: Path, passphrase: bytes) -> OfficerPrivateKey:
    """
    The private half that `save_officer` wrote.

    Raises:
        KeysError: the file is missing, is no such key, or the passphrase is wrong or too short.
    """
    text, cipher = _read(path, "officer's private key"), PassphraseAead(passphrase)
    try:
        return OfficerPrivateKey.from_bytes(cipher.decrypt(from_line(text, _OFFICER_PREFIX), _OFFICER_CONTEXT))
    except (tink.TinkError, ValueError):
        msg = f"{path} does not open: it is no officer's private key, or the passphrase is another one; check both"
        raise KeysError(msg) from None


def load_officer_public(path: Path) -> OfficerPublicKey:
    """
    The public half that `save_officer` wrote.

    Raises:
        KeysError: the file is missing or is no such key.
    """
    try:
        return OfficerPublicKey.from_text(_read(path, "officer's public key"))
    except KeysError:
        raise
    except ValueError as error:
        msg = f"{path}: {error}"
        raise KeysError(msg) from None


def load_passphrase(path: Path) -> bytes:
    """
    The first line of a file, without its line end.

    Raises:
        KeysError: the file is missing or its first line too short.
    """
    line = _read(path, "passphrase").partition("\n")[0].rstrip("\r").encode()
    PassphraseAead(line)
    return line


def refuse_existing(*paths: Path) -> None:
    """
    See that none of these files exists, before the first of them is written.

    Raises:
        KeysError: one does.
    """
    for path in paths:
        if path.exists():
            raise _exists(path)


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        how = "write one line of your choice into it" if what == "passphrase" else "make one with `qingliu keys init`"
        msg = f"{path} (the {what} file) does not exist; {how}, or correct the path"
    except UnicodeDecodeError:
        msg = f"{path} (the {what} file) is not text; give the file that `qingliu keys init` wrote"
    except OSError as error:
        msg = f"{path} (the {what} file) cannot be read: {error.strerror}; check its permissions"
    raise KeysError(msg)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        if path.exists():
            raise _exists(path) from None
        msg = f"{path} cannot be written: {error.strerror}; choose another folder"
        raise KeysError(msg) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _exists(path: Path) -> KeysError:
    return KeysError(f"{path} exists, and overwriting a key loses all that was made with it; choose another folder")
