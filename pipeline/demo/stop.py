"""Ctrl-C, asked once and asked twice."""

import signal
from types import FrameType, TracebackType
from typing import Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """
    Turns the first SIGINT or SIGTERM into a wish and the second into `KeyboardInterrupt`.

    Use it in the main thread.
    """

    def __init__(self) -> None:
        self.asked = False
        """Whether somebody wants an end."""
        self._before = {number: signal.getsignal(number) for number in _SIGNALS}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 — signal's
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
