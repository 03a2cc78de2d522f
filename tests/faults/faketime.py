"""A worker with a clock of its own, which may jump: libfaketime, preloaded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.fleet import Worker
from tests.kafka.programs import MissingError

_NAME = "libfaketimeMT.so.1"


def library() -> Path:
    """
    Where libfaketime lies.

    Raises:
        MissingError: it is not installed.
    """
    found = sorted(
        path for lib in ("/usr/lib", "/usr/lib64", "/usr/local/lib") for path in Path(lib).glob(f"**/faketime/{_NAME}")
    )
    if not found:
        msg = f"{_NAME} is missing: install it (Debian package libfaketime)"
        raise MissingError(msg)
    return found[0]


def preloaded(clock: Path) -> dict[str, str]:
    """
    The environment of a process whose clock is as a file says: so many seconds ahead.

    Args:
        clock: the file, with text such as `+60`; it is looked at every other second.
    """
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@contextmanager
def faked(worker: Worker, clock: Path) -> Iterator[Callable[[float], None]]:
    """
    A worker started again with a clock that can be set; afterwards with the machine's.

    Only the time of day jumps, as when somebody sets it: the monotonic clock goes on as always.

    Args:
        worker: of a fleet.
        clock: file to steer by.

    Yields:
        Sets the clock by so many seconds ahead of the machine's.
    """

    def jump(seconds: float) -> None:
        fresh = clock.with_suffix(".new")
        fresh.write_text(f"{seconds:+g}\n")
        fresh.replace(clock)

    before = worker.environment
    jump(0)
    worker.environment = before | preloaded(clock)
    _restart(worker)
    try:
        yield jump
    finally:
        worker.environment = before
        _restart(worker)


def _restart(worker: Worker) -> None:
    worker.stop()
    worker.start()
    worker.wait_ready()
