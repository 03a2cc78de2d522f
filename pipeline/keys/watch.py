"""The watch: a running worker notices within seconds that its key file was replaced."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from pipeline.keys.file import KeysDestroyed, KeysError
from pipeline.keys.root import RootKeys

log: Final = logging.getLogger(__name__)

POLL_SECONDS: Final = 2.0
WARN_SECONDS: Final = 60.0

Stamp = tuple[int, int, int]


class KeyWatch:
    """
    Looks at the key file every other second and passes on what a new one holds.

    A file that is missing, does not open or holds what came before the keys in use changes nothing: the keys in use
    stay, and a warning says so once a minute.

    Args:
        path: of the key file.
        keys: in use.
        load: reads the key file.
        use: takes the new keys.
        clock: seconds.
    """

    def __init__(
        self,
        path: Path,
        keys: RootKeys,
        load: Callable[[], RootKeys],
        use: Callable[[RootKeys], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._keys = keys
        self._load = load
        self._use = use
        self._clock = clock
        self._seen: Stamp | None = None  # so that a change between loading and now is not missed
        self._warned = -WARN_SECONDS

    async def run(self) -> None:
        """
        Look until the keys are destroyed.
        """
        while True:
            if not await self.look():
                return
            await asyncio.sleep(POLL_SECONDS)

    async def look(self) -> bool:
        """
        Look once; False when the keys were destroyed.
        """
        try:
            stamp = _stamp(self._path)
            if stamp == self._seen:
                return True
            keys = await asyncio.to_thread(self._load)
            self._check(keys)
        except KeysDestroyed as error:
            log.critical("%s", str(error))  # an exception is logged by its type alone
            return False
        except KeysError as error:
            self._warn(str(error))
            return True
        self._seen = stamp
        if keys.fingerprint != self._keys.fingerprint:
            await self._use(keys)
            log.info("keys: version %d makes tokens, of %s; epochs from %s", keys.version, keys.versions, keys.since)
        self._keys = keys
        return True

    def _check(self, keys: RootKeys) -> None:
        if not keys.follow(self._keys):
            msg = (
                f"{self._path} holds older or other keys than those in use; put the newest back, or restart all workers"
            )
            raise KeysError(msg)

    def _warn(self, sentence: str) -> None:
        if self._clock() - self._warned >= WARN_SECONDS:
            self._warned = self._clock()
            log.warning("the keys in use stay: %s", sentence)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError as error:
        msg = f"{path} (the keyset file) cannot be read: {error.strerror}; put it back"
        raise KeysError(msg) from None
    return found.st_ino, found.st_mtime_ns, found.st_size
