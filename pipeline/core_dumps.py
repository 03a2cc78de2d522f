"""No picture of this process's memory on a disk."""

import ctypes
import resource
import sys
from contextlib import suppress
from typing import Final

_SET_DUMPABLE: Final = 4  # PR_SET_DUMPABLE, linux/prctl.h


def off() -> None:
    """
    Let no crash of this process leave a core dump, and no other process of the same user look into it.

    Children inherit the limit of core dumps alone.

    Protects keys and events in memory against whoever reads a disk, and against a debugger without privileges.
    Does not protect against root, swap, hibernation, nor a picture of the whole machine.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A handler that the kernel pipes dumps to is started in spite of the limit, but not for such a process.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
