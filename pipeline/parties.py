"""Parties: the public keys of those to whom values are sealed, from a folder that may change while workers run."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline.engine import Keys
from pipeline.keys.file import KeysError
from pipeline.keys.party import PUBLIC_SUFFIX, read_party_public
from transforms import Apply, Key, Keyring
from transforms.base import Sealing
from transforms.boxes import PartyPublicKey, PartySealer

log: Final = logging.getLogger(__name__)

SECONDS: Final = 5.0
"""Between two looks at the folder: so long a new merchant waits, and a withdrawn key is still sealed to."""

LOOKS: Final = 12
"""Between two words on what was withheld: a minute."""

_Look = tuple[int, int, int]  # time of change in nanoseconds, size, inode


class Parties:
    """
    The public keys in a folder: a file `<party>.pub` for each party, as `qingliu party init` writes it.

    The folder is listed, and a party is looked up in the list: what an event says of its party never becomes part of a
    path. A file that is no key of the party it is named after counts as none, and is told once.

    Args:
        folder: where the files are.

    Raises:
        KeysError: the folder cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, _Look] = {}
        # One object, which the thread that looks at the folder replaces: a key never meets another look's sealer.
        self._known = _Known({}, {})
        self.withheld = 0
        """Values for parties that had no key."""
        try:
            self._read()
        except OSError as error:
            msg = f"the folder of parties {folder} cannot be read: {error.strerror}; correct QINGLIU_PARTIES"
            raise KeysError(msg) from None

    def __len__(self) -> int:
        return len(self._known.keys)

    def get(self, name: str, /) -> Sealing | None:
        """
        The public key of a party, None when it has none.
        """
        known = self._known
        sealer = known.sealers.get(name) or known.make(name)
        if sealer is None:
            self.withheld += 1
        return sealer

    def refresh(self) -> None:
        """
        Look at the folder again; while it cannot be read the keys stay as they were.
        """
        try:
            self._read()
        except OSError as error:
            log.warning("the folder of parties cannot be read (%s); their keys stay as they were", error.strerror)

    @contextmanager
    def watched(self, seconds: float = SECONDS) -> Iterator[None]:
        """
        Meanwhile, a thread looks at the folder now and then, and says what was withheld.
        """
        stop = threading.Event()

        def watch() -> None:
            said, looks = 0, 0
            while not stop.wait(seconds):
                self.refresh()
                looks += 1
                if looks % LOOKS == 0 and self.withheld > said:
                    said = self.withheld
                    log.warning("withheld so far, since their parties have no key: %d values", said)

        thread = threading.Thread(target=watch, name="parties", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _read(self) -> None:
        seen = {}
        for path in self._folder.iterdir():
            if path.suffix == PUBLIC_SUFFIX:
                about = path.stat()
                seen[path.stem] = (about.st_mtime_ns, about.st_size, about.st_ino)
        changed = {name for name, look in seen.items() if self._seen.get(name) != look}
        if not changed and seen.keys() == self._seen.keys():
            return
        kept = {name: key for name, key in self._known.keys.items() if name in seen and name not in changed}
        sealers = {name: sealer for name, sealer in self._known.sealers.copy().items() if name in kept}
        self._known, self._seen = _Known(kept | self._load(changed), sealers), seen

    def _load(self, names: set[str]) -> dict[str, PartyPublicKey]:
        keys = {}
        for name in sorted(names):
            try:
                keys[name] = read_party_public((self._folder / f"{name}{PUBLIC_SUFFIX}").read_text("utf-8"), name)
            except (OSError, ValueError):
                log.warning("%s%s is no public key of this party; values for it are withheld", name, PUBLIC_SUFFIX)
        return keys


@dataclass(frozen=True, slots=True)
class _Known:
    """
    What one look at the folder found.

    A sealer is made when the first value is for its party: there may be many parties, of which few sell today. None
    stands for a key that nothing may be sealed to.
    """

    keys: Mapping[str, PartyPublicKey]
    sealers: dict[str, PartySealer | None]

    def make(self, name: str) -> PartySealer | None:
        key = self.keys.get(name)
        if key is None or name in self.sealers:
            return None
        try:
            self.sealers[name] = key.sealer()
        except ValueError:
            self.sealers[name] = None
            log.warning("%s%s: nothing may be sealed to this key; values for it are withheld", name, PUBLIC_SUFFIX)
        return self.sealers[name]


class Directory(Protocol):
    """
    Where the public keys of parties come from: `Parties`, or a dictionary.
    """

    def get(self, name: str, /) -> Sealing | None:
        """
        The public key of a party, None when it has none.
        """
        ...


class KeysOfParties:
    """
    A deployment's keys, and the public keys of parties beside them.
    """

    def __init__(self, keys: Keys, parties: Directory) -> None:
        self._keys = keys
        self._parties = parties

    def keyring(self, recipient: str, purpose: str) -> Keyring:
        """
        The keyring of a recipient and purpose, which knows the parties.
        """
        return _KeyringOfParties(self._keys.keyring(recipient, purpose), self._parties)


class _KeyringOfParties:
    def __init__(self, keyring: Keyring, parties: Directory) -> None:
        self.derive: Callable[..., Key] = keyring.derive
        self.subject_key: Callable[[str, bytes], bytes] = keyring.subject_key
        self.memo: Callable[[tuple[Any, ...], Callable[[], Apply]], Apply] = keyring.memo
        self.party: Callable[[str], Sealing | None] = parties.get
