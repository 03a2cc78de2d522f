"""Logging that cannot tell a value: errors by type and place; third parties never below INFO, nor all the time."""

import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from typing import Final, TextIO

_THIRD_PARTIES: Final = (
    "aiohttp",
    "aiokafka",
    "asyncio",
    "faust",
    "kafka",
    "mode",
    "presidio-analyzer",
    "presidio-anonymizer",
)


def configure(*, verbose: bool = False) -> None:
    """
    Log to standard error, one line a record.

    Args:
        verbose: also what Faust and aiokafka say at INFO. DEBUG is written by nobody: theirs prints records.
    """
    handler = _Handler(sys.stderr)
    handler.setLevel(logging.INFO)  # whatever a module of views sets a logger's level to
    handler.addFilter(_Patience())
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _THIRD_PARTIES:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.WARNING)


@contextmanager
def silenced(name: str) -> Iterator[None]:
    """
    Keep a logger quiet for a while: for an error that is told in a sentence of our own.
    """
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def describe(error: BaseException) -> str:
    """
    An error's type, its causes' types, and where each was raised.

    Its message is left out, since it may hold a value.
    """
    described: list[str] = []
    current: BaseException | None = error
    while current is not None and len(described) < _CAUSES:
        frames = traceback.extract_tb(current.__traceback__)[-3:]
        places = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))  # noqa: PTH119 — a name for a log line
        described.append(f"{type(current).__name__} at {places or 'an unknown place'}")
        current = current.__cause__ or current.__context__
    return ", caused by ".join(described)


_CAUSES: Final = 5


class _Patience(logging.Filter):
    """
    Lets third parties say the same thing once in a while; the next time they say how often it was left out.

    While a broker is away aiokafka says so fifty times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[int, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in _THIRD_PARTIES:
            return True
        now = time.monotonic()
        if len(self._said) > _MOST_SAID:
            self._said.clear()
        error = record.exc_info[0] if record.exc_info else None
        what = hash((record.name, record.levelno, str(record.msg), str(record.args), error))
        at, left_out = self._said.get(what, (float("-inf"), 0))
        if now - at < _AGAIN_SECONDS:
            self._said[what] = at, left_out + 1
            return False
        self._said[what] = now, 0
        record.left_out = left_out
        return True


_AGAIN_SECONDS: Final = 10.0
_MOST_SAID: Final = 1_000


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 — logging's name
        # logging's own way is to print the arguments of a line that it cannot write.
        why = describe(sys.exc_info()[1] or RuntimeError())
        with suppress(OSError, ValueError):
            sys.stderr.write(f"a log line of {record.name} cannot be written: {why}\n")


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        shown = copy(record)
        if isinstance(shown.args, tuple):
            shown.args = tuple(describe(arg) if isinstance(arg, BaseException) else arg for arg in shown.args)
        # asyncio writes an error nobody waited for, message and all, into the lines after the first.
        shown.msg, shown.args = shown.getMessage().partition("\n")[0], None
        left_out = getattr(record, "left_out", 0)
        if left_out:
            shown.msg += f" ({left_out} times more before)"
        return super().format(shown)

    def formatException(self, ei: object) -> str:  # noqa: N802 — logging's name
        error = ei[1] if isinstance(ei, tuple) else None
        return describe(error) if isinstance(error, BaseException) else ""
