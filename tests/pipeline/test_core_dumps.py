"""Core dumps are off in every command."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, ctypes, sys
from click.testing import CliRunner
from pipeline.cli import main
before = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
CliRunner().invoke(main, ["lint", "--help"])
print(before, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
class TestOff:
    def test_leaves_neither_a_dump_nor_a_way_in(self):
        """
        The limit is zero for good, and the process is not dumpable any more.
        """
        run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

        assert run.stdout.split() == ["1", "0", "0", "0"]
