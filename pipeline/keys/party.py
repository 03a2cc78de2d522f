"""The files of a party's key pair: one line each, which names the party."""

from pathlib import Path
from typing import Final

from pipeline.keys.file import CannotDecrypt, KeysError, read, refuse_existing, write_new
from pipeline.keys.passphrase import PassphraseAead
from pipeline.sealing import from_line, to_line
from transforms.boxes import PartyPrivateKey, PartyPublicKey
from transforms.party import is_party

PRIVATE_SUFFIX: Final = ".key"
PUBLIC_SUFFIX: Final = ".pub"

_PRIVATE: Final = "qingliu-party-private-1"
_PUBLIC: Final = "qingliu-party-public-1"


def save_party(key: PartyPrivateKey, private: Path, public: Path, passphrase: bytes) -> None:
    """
    Write a party's key pair: the private half encrypted, the public half as one line.

    Raises:
        KeysError: a file exists or cannot be written, or the passphrase is too short.
    """
    box = PassphraseAead(passphrase).encrypt(key.to_bytes(), _context(key.party))
    refuse_existing(private, public)
    write_new(private, to_line(box, f"{_PRIVATE}:{key.party}:") + "\n")
    write_new(public, write_party_public(key.public()))


def write_party_public(key: PartyPublicKey) -> str:
    """
    The public half as its file has it.
    """
    return to_line(key.raw, f"{_PUBLIC}:{key.party}:") + "\n"


def load_party(path: Path, passphrase: bytes) -> PartyPrivateKey:
    """
    The private half that `save_party` wrote.

    Raises:
        KeysError: the file is missing, is no such key, or the passphrase is wrong or too short.
    """
    text, cipher = read(path, "party's private key", "party init"), PassphraseAead(passphrase)
    party = text.removeprefix(f"{_PRIVATE}:").partition(":")[0]
    try:
        box = from_line(text, f"{_PRIVATE}:{party}:")
        return PartyPrivateKey(party, cipher.decrypt(box, _context(party)))
    except (CannotDecrypt, ValueError):
        msg = f"{path} does not open: it is no party's private key, or the passphrase is another one; check both"
        raise KeysError(msg) from None


def read_party_public(text: str, party: str) -> PartyPublicKey:
    """
    The public half that `save_party` wrote, of the party that it is expected of.

    Raises:
        ValueError: the text is no such key, or another party's.
    """
    if not is_party(party):
        msg = "no name of a party"
        raise ValueError(msg)
    return PartyPublicKey(party, from_line(text, f"{_PUBLIC}:{party}:"))


def _context(party: str) -> bytes:
    return f"qingliu party 1|{party}".encode()
