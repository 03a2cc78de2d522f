"""The shipped views, in a module that makes every logger as talkative as it can be; of whoever looks for a fault."""

import logging

from schemas import VIEWS

__all__ = ["VIEWS"]


class Talkative(logging.Logger):
    """
    One that takes every level for its own.
    """

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 — logging's name
        """
        Always.
        """
        return bool(level)

    def getEffectiveLevel(self) -> int:  # noqa: N802 — logging's name
        """
        The lowest.
        """
        return logging.NOTSET + 1


for each in (logging.getLogger(name) for name in tuple(logging.root.manager.loggerDict)):
    each.__class__ = Talkative
logging.setLoggerClass(Talkative)
