"""The key file: one encrypted box with a head in clear, replaced as a whole."""

import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline.codec import loads, pretty

FORMAT: Final = "qingliu-keys-1"


class KeysError(ValueError):
    """
    A key file that cannot be read, or may not be written: one sentence with what to do.
    """


class KeysDestroyed(KeysError):  # noqa: N818 — reads "keys destroyed"
    """
    There were keys, and somebody destroyed them for good.
    """


class CannotDecrypt(ValueError):  # noqa: N818 — reads "cannot decrypt"
    """
    The wrong passphrase or key, or an altered box; which of them is not said.
    """


class Protection(Protocol):
    """
    What encrypts a key file.
    """

    @property
    def name(self) -> str:
        """
        What the head of the file calls it: `passphrase`, or the URI of a key of a key management service.
        """
        ...

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """
        A box.

        Raises:
            KeysError: a key management service refused or did not answer.
        """
        ...

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """
        The plaintext of a box.

        Raises:
            CannotDecrypt: the box does not open.
            KeysError: a key management service did not answer.
        """
        ...


def unlock(path: Path, protection: Protection) -> bytes:
    """
    What a key file holds.

    Raises:
        KeysDestroyed: it stands where one was before it was destroyed.
        KeysError: the file is missing, is no key file, or does not open.
    """
    head = _head(path)
    if "destroyed" in head:
        msg = f"{path}: these keys were destroyed on {head['destroyed']}, and nothing brings them back"
        raise KeysDestroyed(msg)
    box, named = _box(path, head), head.get("protection")
    if named != protection.name:
        msg = f"{path} is protected by {named}, and {protection.name} was given; give what `keys init` was given"
        raise KeysError(msg)
    try:
        return protection.decrypt(box, _bound(protection.name))
    except CannotDecrypt:
        what = "the passphrase is another one" if named == "passphrase" else f"{named} has another key"
        msg = f"{path} does not open: either it was altered or {what}; check both"
        raise KeysError(msg) from None


def lock(content: bytes, protection: Protection) -> str:
    """
    The text of a key file.
    """
    box = b64encode(protection.encrypt(content, _bound(protection.name))).decode()
    return pretty({"format": FORMAT, "protection": protection.name, "box": box})


def destroy(path: Path, when: str) -> None:
    """
    Put a note that the keys were destroyed in the place of a key file, with the limits of `replace`.

    Workers that watch the file stop.

    Raises:
        KeysError: the file is missing or cannot be replaced; it is as it was.
    """
    replace(path, pretty({"format": FORMAT, "destroyed": when}))


def read(path: Path, what: str, command: str = "keys init") -> str:
    """
    The text of a file that a command wrote.

    Raises:
        KeysError: the file is missing, unreadable, or no text.
    """
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        how = "write one line of your choice into it" if what == "passphrase" else f"make one with `qingliu {command}`"
        msg = f"{path} (the {what} file) does not exist; {how}, or correct the path"
    except UnicodeDecodeError:
        msg = f"{path} (the {what} file) is not text; give the file that `qingliu {command}` wrote"
    except OSError as error:
        msg = f"{path} (the {what} file) cannot be read: {error.strerror}; check its permissions"
    raise KeysError(msg)


def write_new(path: Path, text: str) -> None:
    """
    Write a file that does not exist yet, for its owner alone.

    Raises:
        KeysError: it exists, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)
    except OSError as error:
        if path.exists():
            raise _exists(path) from None
        msg = f"{path} cannot be written: {error.strerror}; choose another folder"
        raise KeysError(msg) from None


def replace(path: Path, text: str) -> None:
    """
    Put a file in another's place: readers see the one or the other, and after a power failure one of them is there.

    Owner, group and mode are those of the old one, so that workers under another account read the new one as well.

    What the old file held is overwritten, as well as a program can: file systems that copy, snapshots, backups and the
    spare cells of solid state disks keep what they have.

    Raises:
        KeysError: the folder cannot be written; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with path.open("r+b") as old:
            beside.unlink(missing_ok=True)  # of a process that died before it renamed
            _write(beside, text)
            _belong(beside, os.fstat(old.fileno()))
            beside.replace(path)
            _sync_folder(path.parent)  # before the old one goes
            _overwrite(old.fileno())
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        msg = (
            f"{path} cannot be replaced: {error.strerror}; check the permissions of its folder, where a new one is made"
        )
        raise KeysError(msg) from None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """
    Keep others from changing the key files of a folder between reading and replacing one.

    Raises:
        KeysError: somebody else is at it, or there is no such folder.
    """
    try:
        descriptor = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        msg = f"{path.parent} cannot be opened: {error.strerror}; correct the path"
        raise KeysError(msg) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        msg = f"somebody else is changing the keys in {path.parent}; try again when they are done"
        raise KeysError(msg) from None
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """
    Overwrite a file, with the limits of `replace`, and delete it.

    Raises:
        KeysError: it is missing or cannot be written.
    """
    try:
        with path.open("r+b") as file:
            _overwrite(file.fileno())
        path.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        msg = f"{path} cannot be destroyed: {error.strerror}; check the path and its permissions"
        raise KeysError(msg) from None


def check_writable(path: Path) -> None:
    """
    See that a file is there and can be overwritten, before the first of several is.

    Raises:
        KeysError: it is not.
    """
    try:
        path.open("r+b").close()
    except OSError as error:
        msg = f"{path} cannot be destroyed: {error.strerror}; check the path and its permissions"
        raise KeysError(msg) from None


def refuse_existing(*paths: Path) -> None:
    """
    See that none of these files exists, before the first of them is written.

    Raises:
        KeysError: one does.
    """
    for path in paths:
        if path.exists():
            raise _exists(path)


def _head(path: Path) -> dict[str, Any]:
    text = read(path, "keyset")
    try:
        head = loads(text)
        if head["format"] == FORMAT and isinstance(head.get("protection", ""), str):
            return dict(head)
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise _no_key_file(path)


def _box(path: Path, head: Mapping[str, Any]) -> bytes:
    try:
        return b64decode(head["box"], validate=True)
    except (KeyError, TypeError, ValueError):
        raise _no_key_file(path) from None


def _no_key_file(path: Path) -> KeysError:
    return KeysError(
        f"{path} is no key file of this version of qingliu; give the keyset.json that `qingliu keys init` wrote"
    )


def _bound(protection: str) -> bytes:
    """
    What a box is bound to, so that it opens as nothing else and its head cannot be changed.
    """
    return f"{FORMAT}|{protection}".encode()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _belong(path: Path, like: os.stat_result) -> None:
    own = path.stat()
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        os.chown(path, like.st_uid, like.st_gid)
    path.chmod(like.st_mode & 0o640)


def _overwrite(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    os.pwrite(descriptor, os.urandom(size), 0)
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exists(path: Path) -> KeysError:
    return KeysError(f"{path} exists, and overwriting a key loses all that was made with it; choose another folder")
