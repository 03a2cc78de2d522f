"""
Roots: what every key is derived from, in versions, open in memory. The door to Tink's keysets.

Three secrets that do not follow from each other: a Tink keyset of HKDF-SHA-256 PRF keys, one for each version and with
the version as its id, for keys without an epoch; a `Ratchet` for each version, for keys of an epoch; and one secret for
the pipeline itself, which rotations leave alone.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from os import urandom
from pathlib import Path
from typing import Any, Final, Self

import tink  # type: ignore[import-untyped] # ships no types
from tink import cleartext_keyset_handle, prf, secret_key_access
from tink.proto import tink_pb2  # type: ignore[import-untyped]

from pipeline.codec import dumps, loads
from pipeline.keys import file
from pipeline.keys.file import KeysError, Protection
from pipeline.keys.passphrase import PassphraseAead
from pipeline.keys.ratchet import EARLIEST, SECRET_BYTES, Ratchet, expand
from transforms import Apply, Key
from transforms.base import Sealing
from transforms.encrypt import subject_key
from transforms.epoch import Epoch, epoch_of, first_day

_DAY: Final = timedelta(days=1)
_NOON_MS: Final = 4 * 3_600_000  # of Asia/Shanghai, after midnight UTC
_DAY_MS: Final = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Version:
    """
    One version of the roots.

    Args:
        number: from 1; the newest makes tokens.
        made: when, in UTC.
        until: up to when it stays resolvable, as was announced when a newer one came; None for the newest.
    """

    number: int
    made: datetime
    until: datetime | None = None


class RecipientKeys:
    """
    A `Keyring`: derives the keys of one recipient and purpose, and keeps the transforms bound to them.
    """

    def __init__(self, root: "RootKeys", recipient: str, purpose: str, version: int) -> None:
        self._root = root
        self._owner = (purpose, recipient)
        self._version = version
        self._memo: dict[tuple[Any, ...], Apply] = {}

    def derive(self, domain: str, epoch: str = "") -> Key:
        """
        The key of a domain in an epoch, 32 bytes.

        Raises:
            Refused: the epoch has expired, or lies beyond 2100.
            ValueError: a part of the key's name contains the mark that separates them, or there is no such epoch.
        """
        parts = (*self._owner, domain, epoch)
        if any("|" in part for part in parts):
            msg = "a purpose, recipient, domain or epoch must not contain |, which separates the parts of a key's name"
            raise ValueError(msg)
        return self._root.derive("|".join(("qingliu/1", *parts)), epoch, self._version)

    def party(self, name: str) -> Sealing | None:  # noqa: ARG002 — roots know no parties: `pipeline.parties` does
        """
        Nobody has a public key here.
        """
        return None

    def subject_key(self, subject: str, salt: bytes) -> bytes:
        """
        A person's own key for this recipient and purpose, 64 bytes; it stays the same through rotations.
        """
        return subject_key(self._root.internal("subject keys"), "|".join(self._owner), subject, salt)

    def memo(self, name: tuple[Any, ...], make: Callable[[], Apply]) -> Apply:
        """
        What `make` returned the first time `name` was asked for.
        """
        if name not in self._memo:
            self._memo[name] = make()
        return self._memo[name]


class RootKeys:
    """
    The live versions of the roots. An object never changes: `rotated`, `expired` and `without` give another one.

    Args:
        keyset: of Tink, a PRF key for each version.
        ratchets: version → its ratchet; all begin at the same day.
        internal: 32 bytes.
        about: of each version, oldest first.
    """

    def __init__(
        self, keyset: Any, ratchets: Mapping[int, Ratchet], internal: bytes, about: tuple[Version, ...]
    ) -> None:
        prf.register()
        self._keyset = keyset
        self._prfs = cleartext_keyset_handle.from_keyset(keyset).primitive(prf.PrfSet).all()
        self._ratchets = ratchets
        self._internal = internal
        self.about = about
        numbers = [each.number for each in about]
        agree = sorted(self._prfs) == sorted(ratchets) == numbers and keyset.primary_key_id == numbers[-1]
        if not agree or len(internal) != SECRET_BYTES or len({ratchet.day for ratchet in ratchets.values()}) != 1:
            msg = "the versions of the keyset, the ratchets and their dates do not agree"
            raise ValueError(msg)
        self._keyring = lru_cache(maxsize=None)(self._make_keyring)

    @classmethod
    def generate(cls, since: date = EARLIEST, now: datetime | None = None) -> Self:
        """
        Fresh roots with one version.

        Args:
            since: the first day of whose epochs there are keys, by the calendar of Asia/Shanghai.
            now: when they are made; the present by default.
        """
        prf.register()
        keyset = tink_pb2.Keyset(primary_key_id=1, key=[_fresh_key(1)])
        first = Version(1, _moment(now))
        return cls(keyset, {1: Ratchet(since, urandom(SECRET_BYTES))}, urandom(SECRET_BYTES), (first,))

    @classmethod
    def load(cls, path: Path, protection: Protection | bytes) -> Self:
        """
        The roots of a file that `save` wrote.

        Args:
            path: of the file.
            protection: what encrypts it; bytes are a passphrase.

        Raises:
            KeysError: the file is missing, is no key file, or does not open.
        """
        content = file.unlock(path, _protection(protection))
        try:
            return cls._from_bytes(content)
        except (tink.TinkError, KeyError, TypeError, ValueError):
            msg = f"{path} opens and holds no roots of this version of qingliu; use the version that wrote it"
            raise KeysError(msg) from None

    def save(self, path: Path, protection: Protection | bytes) -> None:
        """
        Write the roots, encrypted, to a file that does not exist yet.

        Raises:
            KeysError: the file exists or cannot be written, or the passphrase is too short.
        """
        file.write_new(path, file.lock(self._to_bytes(), _protection(protection)))

    def replace(self, path: Path, protection: Protection | bytes) -> None:
        """
        Write the roots, encrypted, in the place of others, which are destroyed as well as `file.replace` can.

        Raises:
            KeysError: the file is missing or cannot be replaced; it is as it was.
        """
        file.replace(path, file.lock(self._to_bytes(), _protection(protection)))

    @property
    def version(self) -> int:
        """
        The newest version, which makes tokens.
        """
        return self.about[-1].number

    @property
    def versions(self) -> tuple[int, ...]:
        """
        Every live version, oldest first.
        """
        return tuple(each.number for each in self.about)

    @property
    def since(self) -> date:
        """
        The first day whose epochs have keys; one that began before it has expired.
        """
        return self._ratchets[self.version].day

    @property
    def fingerprint(self) -> str:
        """
        A name of all that is held, from which nothing of it follows: 64 hexadecimal digits.
        """
        return sha256(self._to_bytes()).hexdigest()

    def name_of(self, version: int) -> str:
        """
        A name of a version's root, from which nothing of it follows: 32 hexadecimal digits.
        """
        return self.derive("qingliu/1|name of the root", version=version).secret[:16].hex()

    def follow(self, others: "RootKeys") -> bool:
        """
        Whether these are others after any number of rotations, expiries and destroyed versions.
        """
        same = self._internal == others._internal  # noqa: SLF001 — of its own class
        return same and self.version >= others.version and self.since >= others.since

    def epochs(self, unit: Epoch, now: datetime | None = None) -> tuple[str, ...]:
        """
        The labels of all live epochs up to now, oldest first; the empty one for the unit that never ends.
        """
        if not unit:
            return ("",)
        today = (_moment(now) + timedelta(hours=8)).date()
        days = ((self.since + count * _DAY) for count in range((today - self.since) // _DAY + 1))
        labels = dict.fromkeys(epoch_of(unit, _days(day) * _DAY_MS + _NOON_MS) for day in days)
        return tuple(label for label in labels if first_day(label) >= self.since)

    def keyring(self, recipient: str, purpose: str, version: int | None = None) -> RecipientKeys:
        """
        The keys of a recipient for a purpose: one object for each version, the newest by default.

        Raises:
            KeyError: there is no such version, or not any more.
        """
        return self._keyring(recipient, purpose, self.version if version is None else version)

    def internal(self, name: str) -> bytes:
        """
        The 32-byte key of a name for the pipeline itself; it stays the same through rotations.
        """
        return expand(self._internal, f"qingliu/1|internal|{name}".encode())

    def derive(self, name: str, epoch: str = "", version: int | None = None) -> Key:
        """
        The 32-byte key of a name, of the newest version by default.

        Without an epoch it is HKDF(root of the version, name); in an epoch it follows from the ratchet of the version
        at the epoch's first day. The name tells the epoch too, for several epochs begin on one day.

        Raises:
            Refused: the epoch has expired, or lies beyond 2100.
            ValueError: there is no such epoch.
            KeyError: there is no such version, or not any more.
        """
        number = self.version if version is None else version
        if epoch:
            return Key(number, self._ratchets[number].derive(first_day(epoch), name))
        return Key(number, self._prfs[number].compute(name.encode(), SECRET_BYTES))

    def rotated(self, overlap: timedelta, now: datetime | None = None) -> Self:
        """
        These roots with a new version, which makes tokens from then on; the one before stays for the overlap.
        """
        made, number = _moment(now), self.version + 1
        keyset = tink_pb2.Keyset(primary_key_id=number, key=[*self._keyset.key, _fresh_key(number)])
        ratchets = {**self._ratchets, number: Ratchet(self.since, urandom(SECRET_BYTES))}
        *older, last = self.about
        about = (*older, replace(last, until=made + overlap), Version(number, made))
        return type(self)(keyset, ratchets, self._internal, about)

    def expired(self, before: date) -> Self:
        """
        These roots without the keys of epochs that began before a day.

        Raises:
            Refused: the day lies before `since`, or beyond 2100.
        """
        ratchets = {number: ratchet.moved(before) for number, ratchet in self._ratchets.items()}
        return type(self)(self._keyset, ratchets, self._internal, self.about)

    def without(self, version: int) -> Self:
        """
        These roots without an older version.

        Raises:
            ValueError: it is the newest one, which makes tokens, or there is none of this number.
        """
        if version == self.version or version not in self.versions:
            msg = (
                f"version {version} is not an older one; there are {', '.join(map(str, self.versions[:-1])) or 'none'}"
            )
            raise ValueError(msg)
        kept = [key for key in self._keyset.key if key.key_id != version]
        keyset = tink_pb2.Keyset(primary_key_id=self.version, key=kept)
        ratchets = {number: ratchet for number, ratchet in self._ratchets.items() if number != version}
        return type(self)(
            keyset, ratchets, self._internal, tuple(each for each in self.about if each.number != version)
        )

    def _make_keyring(self, recipient: str, purpose: str, version: int) -> RecipientKeys:
        if version not in self._ratchets:
            raise KeyError(version)
        return RecipientKeys(self, recipient, purpose, version)

    def _to_bytes(self) -> bytes:
        handle = cleartext_keyset_handle.from_keyset(self._keyset)
        return dumps(
            {
                "keyset": loads(tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)),
                "internal": b64encode(self._internal).decode(),
                "since": self.since.isoformat(),
                "versions": [
                    {
                        "number": each.number,
                        "made": each.made.isoformat(),
                        "until": each.until and each.until.isoformat(),
                        "ratchet": b64encode(self._ratchets[each.number].secret).decode(),
                    }
                    for each in self.about
                ],
            }
        )

    @classmethod
    def _from_bytes(cls, content: bytes) -> Self:
        held = loads(content)
        handle = tink.json_proto_keyset_format.parse(dumps(held["keyset"]).decode(), secret_key_access.TOKEN)
        since = date.fromisoformat(held["since"])
        ratchets = {each["number"]: Ratchet(since, b64decode(each["ratchet"])) for each in held["versions"]}
        about = tuple(
            Version(
                each["number"],
                datetime.fromisoformat(each["made"]),
                each["until"] and datetime.fromisoformat(each["until"]),
            )
            for each in held["versions"]
        )
        return cls(_proto(handle), ratchets, b64decode(held["internal"]), about)


def _fresh_key(number: int) -> Any:
    key = _proto(tink.new_keyset_handle(prf.prf_key_templates.HKDF_SHA256)).key[0]
    key.key_id = number
    return key


def _proto(handle: tink.KeysetHandle) -> Any:
    keyset = tink_pb2.Keyset()
    keyset.CopyFrom(handle._keyset)  # noqa: SLF001 — Tink for Python has no keyset manager to choose ids with
    return keyset


def _protection(given: Protection | bytes) -> Protection:
    return PassphraseAead(given) if isinstance(given, bytes) else given


def _moment(now: datetime | None) -> datetime:
    return (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)


def _days(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()
