"""Approvers: persons who sign for what no one may decide alone, each with a key pair of their own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline.keys import PassphraseAead, refuse_existing
from pipeline.keys.file import CannotDecrypt, write_new
from pipeline.sealing import from_line, to_line

PUBLIC_SUFFIX: Final = ".pub"
PRIVATE_SUFFIX: Final = ".key"

_PUBLIC_PREFIX: Final = "qingliu-approver-public-1:"
_PRIVATE_PREFIX: Final = "qingliu-approver-private-1:"
_CONTEXT: Final = b"qingliu approver 1 "
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class ApprovalError(ValueError):
    """
    An approver, a roster or a document that does not hold: one sentence with what to do.
    """


@dataclass(frozen=True, slots=True)
class PublicKey:
    """
    The half by which everybody can see that an approver signed.

    Args:
        raw: 32 bytes.

    Source: Ed25519, RFC 8032.
    """

    raw: bytes

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """
        The key from its one-line form.

        Raises:
            ValueError: the text is no such key.
        """
        raw = from_line(text, _PUBLIC_PREFIX)
        Ed25519PublicKey.from_public_bytes(raw)
        return cls(raw)

    def to_text(self) -> str:
        """
        One line of text.
        """
        return to_line(self.raw, _PUBLIC_PREFIX)

    def signed(self, message: bytes, signature: bytes) -> bool:
        """
        Whether a signature of a message was made with the other half.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Approver:
    """
    A person with the key that signs.

    Args:
        name: 1–32 lower-case letters, digits, dashes and underscores, a letter first.
        key: 32 bytes.

    Raises:
        ApprovalError: the name is no such word.
    """

    name: str
    key: bytes

    def __post_init__(self) -> None:
        check_name(self.name)

    @classmethod
    def generate(cls, name: str) -> "Approver":
        """
        A person with a fresh key.
        """
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    def __repr__(self) -> str:
        return f"Approver({self.name!r})"

    def public(self) -> PublicKey:
        """
        The other half of the key.
        """
        return PublicKey(Ed25519PrivateKey.from_private_bytes(self.key).public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """
        The signature of a message, 64 bytes.
        """
        return Ed25519PrivateKey.from_private_bytes(self.key).sign(message)


@dataclass(frozen=True, slots=True)
class Roster:
    """
    Who may approve, with their public keys.

    Protects against anybody who is not on it, and against one person under two names with one key.
    Does not protect against whoever may write to its folder: keep it under review like the views themselves.

    Args:
        keys: by name.

    Raises:
        ApprovalError: a name is no approver's, or two have the same key.
    """

    keys: Mapping[str, PublicKey]

    def __post_init__(self) -> None:
        names: dict[PublicKey, str] = {}
        for name, key in self.keys.items():
            check_name(name)
            if key in names:
                msg = f"the approvers {names[key]} and {name} have the same key; each person needs one of their own"
                raise ApprovalError(msg)
            names[key] = name


def check_name(name: str) -> None:
    """
    See that a name can be an approver's.

    Raises:
        ApprovalError: it cannot.
    """
    if not _NAME.fullmatch(name):
        msg = "an approver's name must be 1–32 lower-case letters, digits, dashes and underscores, a letter first"
        raise ApprovalError(msg)


def save_approver(approver: Approver, folder: Path, passphrase: bytes) -> tuple[Path, Path]:
    """
    Write `<name>.key`, encrypted, and `<name>.pub`; the two paths.

    Raises:
        KeysError: a file exists or cannot be written, or the passphrase is too short.
    """
    private, public = (folder / f"{approver.name}{suffix}" for suffix in (PRIVATE_SUFFIX, PUBLIC_SUFFIX))
    box = PassphraseAead(passphrase).encrypt(approver.key, _CONTEXT + approver.name.encode())
    refuse_existing(private, public)
    write_new(private, to_line(box, _PRIVATE_PREFIX) + "\n")
    write_new(public, approver.public().to_text() + "\n")
    return private, public


def load_approver(path: Path, passphrase: bytes) -> Approver:
    """
    The person whose `<name>.key` this is.

    Raises:
        ApprovalError: the file is missing, is no such key, was renamed, or the passphrase is another one.
        KeysError: the passphrase is too short.
    """
    name, cipher = path.stem, PassphraseAead(passphrase)
    text = read_text(path, "approver's private key", "make one with `qingliu approver init`")
    check_name(name)
    try:
        return Approver(name, cipher.decrypt(from_line(text, _PRIVATE_PREFIX), _CONTEXT + name.encode()))
    except (CannotDecrypt, ValueError):
        msg = (
            f"{path} does not open: it is no approver's private key, was renamed, or the passphrase is another one; "
            "check all three"
        )
        raise ApprovalError(msg) from None


def load_roster(folder: Path) -> Roster:
    """
    Everybody of whom a folder has a `<name>.pub`.

    Raises:
        ApprovalError: the folder is missing or has a file that is no such key.
    """
    if not folder.is_dir():
        msg = f"{folder} (the folder of approvers) does not exist; put the .pub files of `qingliu approver init` there"
        raise ApprovalError(msg)
    keys = {}
    for path in sorted(folder.glob(f"*{PUBLIC_SUFFIX}")):
        try:
            keys[path.stem] = PublicKey.from_text(read_text(path, "approver's public key", "put it back"))
        except ApprovalError:
            raise
        except ValueError:
            msg = f"{path} is no approver's public key; give the .pub file that `qingliu approver init` wrote"
            raise ApprovalError(msg) from None
    return Roster(keys)


def read_text(path: Path, what: str, how: str) -> str:
    """
    The text of a file.

    Args:
        path: of the file.
        what: it is, for the sentence.
        how: to come by it, for the sentence.

    Raises:
        ApprovalError: the file is missing or cannot be read.
    """
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        msg = f"{path} (the {what}) does not exist; {how}, or correct the path"
    except UnicodeDecodeError:
        msg = f"{path} (the {what}) is not text; {how}, or correct the path"
    except OSError as error:
        msg = f"{path} (the {what}) cannot be read: {error.strerror}; check its permissions"
    raise ApprovalError(msg)
