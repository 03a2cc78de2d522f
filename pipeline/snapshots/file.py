"""The file of a snapshot: a store in sealed frames, with how far its topics were read."""

import os
import time
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import IO, Any, Final, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.codec import dumps, loads

_MAGIC: Final = b"qingliu snapshot 1\n"
_ID_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_FRAMES: Final = 1_024  # at most: just under 1 MiB each at ten million persons
_LEAST: Final = 64  # buckets a frame
_FRAME: Final = Struct("<I")
_PLACE: Final = Struct("<II")  # number of a frame, and of all: none can be left out, moved, or taken from another file
_REST: Final = 0.002  # seconds after each frame, in which the event loop has the processor for itself


class Kept(Sized, Protocol):
    """
    A store that can be kept: rows in numbered buckets, which are replaced and never changed.
    """

    @property
    def layout(self) -> Mapping[str, object]:
        """
        What another store has to have in common to understand this one's buckets; `buckets` is their number.
        """
        ...

    @property
    def notes(self) -> Any:
        """
        What it takes beside the buckets, as a JSON value.
        """
        ...

    def frozen(self) -> Self:
        """
        The store as it is now, for `export`: later changes do not reach it.
        """
        ...

    def export(self, first: int, number: int, now: int, /) -> bytes:
        """
        Some buckets, as they may be kept at a time in milliseconds since 1970 UTC.
        """
        ...

    def restore(self, first: int, exported: bytes) -> int:
        """
        Take buckets that `export` gave; the number of the next one.
        """
        ...

    def restore_notes(self, notes: Any, /) -> None:
        """
        Take `notes` of another store.
        """
        ...

    def clear(self) -> None:
        """
        Know nothing.
        """
        ...


class Unusable(ValueError):  # noqa: N818 — reads "the snapshot is unusable"
    """
    A snapshot that is missing, damaged, or of something else. The sentence says which.
    """


@dataclass(frozen=True, slots=True)
class Header:
    """
    What a snapshot is of.

    Args:
        taken_at: milliseconds since 1970 UTC.
        positions: by topic and partition the offset after the last record in it.
        identities: by topic what tells it from another of its name.
    """

    taken_at: int
    positions: Mapping[str, Mapping[int, int]]
    identities: Mapping[str, str]


def write_snapshot(path: Path, key: bytes, store: Kept, header: Header) -> None:
    """
    Write a snapshot in place of the one before, whole or not at all.

    It is slow, and meant for a thread of its own.

    Protects against reading, altering, cutting or mixing snapshots without the key (AES-256-GCM), and against finding
    more of an erased person in it than the store exports. Does not protect against somebody who puts an older snapshot
    in place: it is refused by its age alone, and what the topics say since then is read anyway. One store's file is no
    other's, since each has a key of its own.

    Args:
        path: of the file.
        key: 32 bytes.
        store: frozen, or one that nothing changes meanwhile.
        header: what it is of.

    Raises:
        OSError: it cannot be written.

    Source: AES-GCM, NIST SP 800-38D; nonces are random, and at some hundred thousand frames a day far from 2³².
    """
    each, total = _portions(int(str(store.layout["buckets"])))
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            seal = _Sealing(AESGCM(key), os.urandom(_ID_BYTES), total)
            file.write(_MAGIC + seal.identity)
            _put(file, seal.close(0, dumps(_described(store, header))))
            for number in range(1, total):
                frame = store.export((number - 1) * each, each, header.taken_at)
                _put(file, seal.close(number, frame))
                time.sleep(_REST)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_snapshot(path: Path, key: bytes, store: Kept) -> Header:
    """
    Fill an empty store from a snapshot. When it is unusable the store is left empty.

    Raises:
        Unusable: there is none, or it cannot be believed.
    """
    try:
        with path.open("rb") as file:
            return _read(file, AESGCM(key), store)
    except FileNotFoundError:
        msg = "there is none"
    except OSError as error:
        msg = f"it cannot be read: {error.strerror}"
    except InvalidTag:
        msg = "it is damaged, or sealed under another key"
    except (Unusable, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = str(error) if isinstance(error, Unusable) else "it is damaged"
    store.clear()
    raise Unusable(msg)


@dataclass(frozen=True, slots=True)
class _Sealing:
    cipher: AESGCM
    identity: bytes
    total: int

    def close(self, number: int, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, plain, self._place(number))

    def open(self, number: int, box: bytes) -> bytes:
        return self.cipher.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], self._place(number))

    def _place(self, number: int) -> bytes:
        return _MAGIC + self.identity + _PLACE.pack(number, self.total)


def _read(file: IO[bytes], cipher: AESGCM, store: Kept) -> Header:
    if file.read(len(_MAGIC)) != _MAGIC:
        msg = "it is of another format"
        raise Unusable(msg)
    buckets = int(str(store.layout["buckets"]))
    seal = _Sealing(cipher, file.read(_ID_BYTES), _portions(buckets)[1])
    described = loads(seal.open(0, _next(file)))
    if described["layout"] != dict(store.layout):
        msg = "it was made with other views or settings, or by another release"
        raise Unusable(msg)
    store.restore_notes(described["notes"])
    first = 0
    for number in range(1, seal.total):
        first = store.restore(first, seal.open(number, _next(file)))
    if first != buckets or file.read(1):
        msg = "it is damaged"
        raise Unusable(msg)
    return Header(
        taken_at=described["taken_at"],
        positions={
            topic: {int(number): offset for number, offset in positions.items()}
            for topic, positions in described["positions"].items()
        },
        identities=described["identities"],
    )


def _portions(buckets: int) -> tuple[int, int]:
    """
    How many buckets a frame has, and of how many frames a file is, the one of the header included.
    """
    each = max(_LEAST, -(-buckets // _FRAMES))
    return each, 1 + -(-buckets // each)


def _described(store: Kept, header: Header) -> dict[str, Any]:
    return {
        "layout": dict(store.layout),
        "notes": store.notes,
        "taken_at": header.taken_at,
        "positions": {
            topic: {str(number): offset for number, offset in positions.items()}
            for topic, positions in header.positions.items()
        },
        "identities": dict(header.identities),
    }


def _put(file: IO[bytes], box: bytes) -> None:
    file.write(_FRAME.pack(len(box)) + box)


def _next(file: IO[bytes]) -> bytes:
    size = file.read(_FRAME.size)
    length = _FRAME.unpack(size)[0] if len(size) == _FRAME.size else 0
    box = file.read(length)
    if not length or len(box) != length:
        msg = "it was cut"
        raise Unusable(msg)
    return box
