"""Buckets: how a store's rows stand in a frame of a snapshot."""

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final

_LENGTH: Final = Struct("<I")


def pack(buckets: Iterable[bytes]) -> bytes:
    """
    Buckets one after the other, with the length of each before it.
    """
    return b"".join(part for bucket in buckets for part in (_LENGTH.pack(len(bucket)), bucket))


def unpack(packed: bytes, row: int) -> Iterator[bytes]:
    """
    The buckets of `pack`.

    Args:
        packed: what it gave.
        row: bytes of one; a bucket has whole rows.

    Raises:
        ValueError: they are damaged, or of another layout.
    """
    at = 0
    while at < len(packed):
        start = at + _LENGTH.size
        at = start + (_LENGTH.unpack_from(packed, at)[0] if start <= len(packed) else 0)
        bucket = packed[start:at]
        if at > len(packed) or start > at or len(bucket) % row:
            msg = "these buckets are damaged, or of another layout"
            raise ValueError(msg)
        yield bucket
