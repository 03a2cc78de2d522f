"""What differs from one deployment to the next, read from the environment once."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pipeline.address import Address
from pipeline.environment import PREFIX, SettingsError
from pipeline.links.record import WINDOW_DAYS

__all__ = ["AT_LEAST_ONCE", "EXACTLY_ONCE", "PREFIX", "Settings", "SettingsError", "servers", "switch"]

_SERVER: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_GROUP: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")

AT_LEAST_ONCE: Final = "at_least_once"
EXACTLY_ONCE: Final = "exactly_once"


@dataclass(frozen=True, slots=True)
class Settings:
    """
    A worker's deployment.

    Args:
        bootstrap: brokers, `host:port`.
        keyset: file of the encrypted root keyset.
        passphrase: file whose first line opens it; None where a key management service does.
        officer: file of the privacy officer's public key.
        group: consumer group; workers of one deployment share it.
        chunk: the most records a chunk holds. At about 30 µs a record, 500 keep the event loop busy for 15 ms.
        in_flight: chunks of one topic that may wait for the broker at the same time.
        commit_seconds: time between two commits; after a crash, as much is processed again.
        session_seconds: silence after which the group gives a worker's partitions to another.
        delivery_seconds: how long a record may wait for its broker before the worker ends, to be started again.
        subjects: whether `privacy.subjects` is read; otherwise nobody has consented.
        snapshots: folder in which what is known of subjects is kept, sealed, so that the next start reads only what
            came since; None when it reads everything.
        parties: folder of the public keys to which values are sealed; None when views seal none.
        subjects_max_lag: seconds for which subject state and links are believed after their end was last seen.
        link_days: days for which a device or cookie stays linked with a person after both were seen together.
        grants: folder of signed grants; None when nothing passes without consent.
        approvers: folder of the public keys of those who sign them.
        kms: URI of the key of a key management service that opens the keyset, in place of a passphrase.
        stall_seconds: how long records may wait while nothing moves before the worker ends, to be started again.
        stop_seconds: how long a worker that was asked to stop may take to finish what it has in hand, before it ends
            without; what is not finished is done again by whoever takes the partitions up.
        flood_share: share of broken events of a topic above which an alarm is raised; 1 for never.
        flood: `alarm` alone, or `stop` to take no more of such a topic until the worker is started again.
        delivery: `at_least_once`, or `exactly_once` for readers of committed records.
        instance: this worker's name, of its own within the group, by which it gets its partitions back when it is
            started again before its session is over; empty when it leaves them to others at once.
        web: where the web port listens; None for no port.
        web_token: file of the token that has to be shown there; needed where other machines reach it.

    Raises:
        SettingsError: a value cannot be understood.
    """

    bootstrap: tuple[str, ...]
    keyset: Path
    passphrase: Path | None
    officer: Path
    group: str = "qingliu"
    chunk: int = 500
    in_flight: int = 4
    commit_seconds: float = 1.0
    session_seconds: float = 10.0
    delivery_seconds: float = 60.0
    subjects: bool = True
    subjects_max_lag: float = 60.0
    grants: Path | None = None
    approvers: Path | None = None
    parties: Path | None = None
    snapshots: Path | None = None
    kms: str = ""
    link_days: int = WINDOW_DAYS
    stall_seconds: float = 120.0
    stop_seconds: float = 75.0
    flood_share: float = 0.5
    flood: str = "alarm"
    delivery: str = AT_LEAST_ONCE
    instance: str = ""
    web: Address | None = None
    web_token: Path | None = None

    def __post_init__(self) -> None:
        for server in self.bootstrap:
            match = _SERVER.fullmatch(server)
            if not match or not 0 < int(match[2]) < 2**16:
                msg = f"{server!r} is no broker address; write host:port, several joined by commas"
                raise SettingsError(msg)
        if not self.bootstrap:
            msg = f"no broker is given; pass --bootstrap host:port or set {PREFIX}BOOTSTRAP"
            raise SettingsError(msg)
        if not _GROUP.fullmatch(self.group):
            msg = f"group {self.group!r} must be 1–200 letters, digits, dots, dashes and underscores"
            raise SettingsError(msg)
        if self.instance and not _GROUP.fullmatch(self.instance):
            msg = f"instance {self.instance!r} must be 1–200 letters, digits, dots, dashes and underscores"
            raise SettingsError(msg)
        for name, low, high in _BOUNDS:
            if not low <= getattr(self, name) <= high:
                msg = f"{name} must be {low}–{high}; correct {PREFIX}{name.upper()}"
                raise SettingsError(msg)
        for wrong, sentence in self._contradictions():
            if wrong:
                raise SettingsError(sentence)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **given: object) -> Self:
        """
        Settings from `QINGLIU_…` variables; what is given and not None wins over the environment.

        Raises:
            SettingsError: a value is missing or cannot be understood.
        """
        values = {name: value for name, value in given.items() if value is not None}
        for name, read in _READERS.items():
            text = environment.get(PREFIX + name.upper())
            if name in values or not text:
                continue
            try:
                values[name] = read(text)
            except SettingsError:
                raise
            except ValueError:
                msg = f"{PREFIX}{name.upper()} must be a number"
                raise SettingsError(msg) from None
        if "kms" in values:
            values.setdefault("passphrase", None)
        for name, what in _REQUIRED.items():
            if name not in values:
                msg = f"{what} is missing; set {PREFIX}{name.upper()} or pass --{name}"
                raise SettingsError(msg)
        return cls(**values)  # type: ignore[arg-type]

    def _contradictions(self) -> tuple[tuple[bool, str], ...]:
        return (
            (
                bool(self.grants and not (self.approvers and self.subjects)),
                f"grants need {PREFIX}APPROVERS, who sign them, and {PREFIX}SUBJECTS=on, to know the erased; set both",
            ),
            (
                bool(self.web and not self.web.loopback and not self.web_token),
                f"other machines reach the web port {self.web}; set {PREFIX}WEB_TOKEN, or {PREFIX}WEB to a port alone",
            ),
            (
                self.stall_seconds <= 2 * self.commit_seconds,
                f"stall_seconds must be more than twice commit_seconds; correct {PREFIX}STALL_SECONDS",
            ),
        )


def servers(text: str) -> tuple[str, ...]:
    """
    `host:port,host:port` as a tuple.
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def switch(text: str) -> bool:
    """
    `on` or `off`.

    Raises:
        SettingsError: neither of them.
    """
    if text.lower() not in {"on", "off"}:
        msg = f"{PREFIX}SUBJECTS must be on or off"
        raise SettingsError(msg)
    return text.lower() == "on"


def flood(text: str) -> str:
    """
    `alarm` or `stop`.

    Raises:
        SettingsError: neither of them.
    """
    if text.lower() not in {"alarm", "stop"}:
        msg = f"{PREFIX}FLOOD must be alarm or stop"
        raise SettingsError(msg)
    return text.lower()


def delivery(text: str) -> str:
    """
    `at_least_once` or `exactly_once`.

    Raises:
        SettingsError: neither of them.
    """
    if text.lower() not in {AT_LEAST_ONCE, EXACTLY_ONCE}:
        msg = f"{PREFIX}DELIVERY must be {AT_LEAST_ONCE} or {EXACTLY_ONCE}"
        raise SettingsError(msg)
    return text.lower()


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "bootstrap": servers,
    "keyset": Path,
    "passphrase": Path,
    "officer": Path,
    "parties": Path,
    "snapshots": Path,
    "group": str,
    "chunk": int,
    "in_flight": int,
    "commit_seconds": float,
    "session_seconds": float,
    "delivery_seconds": float,
    "subjects": switch,
    "subjects_max_lag": float,
    "grants": Path,
    "approvers": Path,
    "kms": str,
    "link_days": int,
    "stall_seconds": float,
    "stop_seconds": float,
    "flood_share": float,
    "flood": flood,
    "delivery": delivery,
    "instance": str,
    "web": Address.parse,
    "web_token": Path,
}

_BOUNDS: Final = (
    ("chunk", 1, 10_000),
    ("in_flight", 1, 64),
    ("commit_seconds", 0.05, 60),
    ("session_seconds", 1, 300),
    ("delivery_seconds", 1, 3600),
    ("subjects_max_lag", 1, 3600),
    ("link_days", 1, 400),
    ("stall_seconds", 2, 3600),
    ("stop_seconds", 1, 3600),
    ("flood_share", 0.01, 1),
)

_REQUIRED: Final = {
    "bootstrap": "the broker's address",
    "keyset": "the key reference (the file keyset.json that `qingliu keys init` wrote)",
    "passphrase": f"the passphrase file of the keyset (or {PREFIX}KMS)",
    "officer": "the privacy officer's public key (the file officer.pub that `qingliu keys init` wrote)",
}
