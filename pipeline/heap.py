"""How the C library keeps a process's memory."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_MMAP_THRESHOLD: Final = -3  # M_MMAP_THRESHOLD and M_ARENA_MAX, malloc.h of glibc
_ARENA_MAX: Final = -8
_LARGE: Final = 128 * 1024  # bytes: where glibc begins, before it moves that up to 32 MiB by itself
_ARENAS: Final = 2


def compact() -> None:
    """
    Let large buffers go back to the system when they are freed, and threads share two heaps instead of eight a core.

    Batches of up to 1 MiB come and go all the time between small results that stay: in one heap they leave holes, some
    40 MiB in a worker. To be called before threads start. Does nothing where the C library is not glibc.

    Source: mallopt(3).
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            tune = ctypes.CDLL(None).mallopt
            tune(_ARENA_MAX, _ARENAS)
            tune(_MMAP_THRESHOLD, _LARGE)
