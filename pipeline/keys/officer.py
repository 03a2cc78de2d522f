"""The files of the privacy officer's key pair."""

from pathlib import Path
from typing import Final

from pipeline.keys.file import CannotDecrypt, KeysError, read, refuse_existing, write_new
from pipeline.keys.passphrase import PassphraseAead
from pipeline.sealing import OfficerPrivateKey, OfficerPublicKey, from_line, to_line

_CONTEXT: Final = b"qingliu officer 1"
_PREFIX: Final = "qingliu-officer-private-1:"


def save_officer(key: OfficerPrivateKey, private: Path, public: Path, passphrase: bytes) -> None:
    """
    Write the privacy officer's key pair: the private half encrypted, the public half as one line.

    Raises:
        KeysError: a file exists or cannot be written, or the passphrase is too short.
    """
    box = PassphraseAead(passphrase).encrypt(key.to_bytes(), _CONTEXT)
    refuse_existing(private, public)
    write_new(private, to_line(box, _PREFIX) + "\n")
    write_new(public, key.public().to_text() + "\n")


def load_officer(path: Path, passphrase: bytes) -> OfficerPrivateKey:
    """
    The private half that `save_officer` wrote.

    Raises:
        KeysError: the file is missing, is no such key, or the passphrase is wrong or too short.
    """
    text, cipher = read(path, "officer's private key"), PassphraseAead(passphrase)
    try:
        return OfficerPrivateKey.from_bytes(cipher.decrypt(from_line(text, _PREFIX), _CONTEXT))
    except (CannotDecrypt, ValueError):
        msg = f"{path} does not open: it is no officer's private key, or the passphrase is another one; check both"
        raise KeysError(msg) from None


def load_officer_public(path: Path) -> OfficerPublicKey:
    """
    The public half that `save_officer` wrote.

    Raises:
        KeysError: the file is missing or is no such key.
    """
    try:
        return OfficerPublicKey.from_text(read(path, "officer's public key"))
    except KeysError:
        raise
    except ValueError as error:
        msg = f"{path}: {error}"
        raise KeysError(msg) from None
