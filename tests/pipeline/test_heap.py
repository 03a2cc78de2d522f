"""A worker's heap has no holes of large buffers."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys
from pipeline import heap

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) >> 8  # MiB of pages of 4 KiB

def hole():
    malloc, free = ctypes.CDLL(None).malloc, ctypes.CDLL(None).free
    malloc.restype, free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    free(malloc(16 << 20))  # from now on glibc would take such sizes from its heap
    before, found = resident(), []
    for _ in range(100):
        found.append(malloc(1 << 20))
        ctypes.memset(ctypes.c_void_p(found[-1]), 1, 1 << 20)
        malloc(70_000)  # stays
    for each in found:
        free(each)
    return resident() - before

if sys.argv[1] == "compact":
    heap.compact()
print(hole())
"""


def hole(how):
    run = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
class TestCompact:
    def test_gives_large_buffers_back(self):
        """
        Also when something small was taken after each of them, and stays.
        """
        assert hole("compact") <= 5
        assert hole("as it is") >= 50
