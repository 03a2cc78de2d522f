"""The end of a deployment: every key destroyed, and a signed record that says so."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline.codec import loads, pretty
from pipeline.keys import file
from pipeline.keys.file import KeysError
from pipeline.keys.root import RootKeys

FORMAT: Final = "qingliu-sunset-1"
_CONTEXT: Final = b"qingliu sunset 1\n"


def public_key(keys: RootKeys) -> str:
    """
    The public half of the key that a deployment's last record will be signed with: 64 hexadecimal digits.

    Whoever noted it beforehand can tell that the record is of this deployment.
    """
    return _signing(keys).public_key().public_bytes_raw().hex()


def sunset(keys: RootKeys, deployment: str, keyset: Path, others: Sequence[Path], record: Path) -> dict[str, Any]:
    """
    Destroy the key file and other files, and write the record; what it says.

    The record is written before and gets its name after everything is destroyed, so that there is never a record of
    what was not done, nor keys destroyed without a record.

    Protects tokens, sealed and encrypted values from being resolved by anybody, ourselves included.
    Does not destroy backups, snapshots of disks, keys that a worker still has in memory, or the officer's private key:
    those are for people to destroy.

    Args:
        keys: of the key file.
        deployment: its name.
        keyset: the key file, in whose place a note remains.
        others: files to delete.
        record: where to write; no such file exists yet.

    Raises:
        KeysError: a file is missing or cannot be destroyed or written.
    """
    for path in (keyset, *others):
        file.check_writable(path)
    file.refuse_existing(record)
    about = _signed(keys, deployment, [keyset, *others])
    pending = record.with_name(f".{record.name}.pending")
    with suppress(OSError):
        pending.unlink()  # of a run that died
    file.write_new(pending, pretty(about))
    try:
        for path in others:
            file.remove(path)
        file.destroy(keyset, about["destroyed_at"])
    except KeysError:
        pending.unlink()
        raise
    pending.rename(record)
    return about


def verify(text: str) -> dict[str, Any]:
    """
    What a record says, when its signature is that of the public key within.

    Raises:
        KeysError: it is no record, or was altered.
    """
    try:
        record = loads(text)
        signature = bytes.fromhex(record.pop("signature"))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(record["public_key"]))
        key.verify(signature, _CONTEXT + pretty(record).encode())
        genuine = record["format"] == FORMAT
    except (AttributeError, KeyError, TypeError, ValueError, InvalidSignature):
        genuine = False
    if not genuine:
        msg = "not a record of a sunset, or one that was altered; ask for the file that `qingliu sunset` wrote"
        raise KeysError(msg)
    return dict(record)


def _signed(keys: RootKeys, deployment: str, files: Sequence[Path]) -> dict[str, Any]:
    record = {
        "format": FORMAT,
        "deployment": deployment,
        "destroyed_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "versions": [
            {"version": each.number, "made": each.made.isoformat(), "name": keys.name_of(each.number)}
            for each in keys.about
        ],
        "epochs_from": keys.since.isoformat(),
        "files": [{"name": path.name, "sha256": sha256(path.read_bytes()).hexdigest()} for path in files],
        "public_key": public_key(keys),
    }
    signature = _signing(keys).sign(_CONTEXT + pretty(record).encode())
    return {**record, "signature": signature.hex()}


def _signing(keys: RootKeys) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.internal("sunset"))
