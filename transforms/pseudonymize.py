"""Pseudonymize: a keyed token in place of an identifier."""

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from transforms.base import Apply, Key, Keyring, Need, Reading, Refused, wrong_type
from transforms.domain import check_domain
from transforms.epoch import EPOCHS, Epoch, epoch_of
from transforms.memo import Memo
from transforms.normalize import normalizer
from transforms.suites import SUITES, prf
from transforms.timestamp import HOUR

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Pseudonymize:
    """
    Replace an identifier by a token that only the holder of the key can compute.

    Equal values of one domain and epoch get equal tokens, so a recipient can still count and join within its own data.
    A token reads `<key version>.<22 characters>`: the keyed hash cut to 128 bits, in URL-safe base64. Values are
    normalised by their kind first (`transforms.normalize`).

    Protects against a recipient who knows or guesses every possible value but has no key, and against joining with
    another recipient, domain or epoch: each has a key of its own. Does not protect against recognising a person by how
    often and when a token appears, nor against anybody who holds the key.

    Args:
        domain: the columns that may be joined, such as `ads.device`.
        epoch: the period after which tokens change (`day`, `week`, `month`, `quarter`, `year`), by the event's own
            time; empty when they never do.
        suite: `hmac-sha256`, `hmac-sm3` or `blake2b`.
        cache: tokens kept of an epoch, of two epochs at most, about 250 bytes each; 0 for values that never come twice.
            It changes no token, and a policy does not name it.

    Raises:
        ValueError: an argument is none of these.

    Source: HMAC, RFC 2104; keyed pseudonyms, NIST IR 8053 section 4.3 and GB/T 37964-2019 annex A.
    """

    domain: str
    epoch: Epoch = ""
    suite: str = "hmac-sha256"
    cache: int = field(default=32_768, repr=False)

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})

    def __post_init__(self) -> None:
        check_domain(self.domain)
        if self.epoch not in EPOCHS:
            msg = f"epoch {self.epoch!r} is unknown; choose one of {', '.join(EPOCHS[1:])}, or leave it out"
            raise ValueError(msg)
        if self.suite not in SUITES:
            msg = f"suite {self.suite!r} is unknown; choose one of {', '.join(SUITES)}"
            raise ValueError(msg)
        if self.cache < 0:
            msg = f"cache must be 0 or more tokens, not {self.cache}"
            raise ValueError(msg)

    @property
    def needs(self) -> tuple[Need, ...]:
        """
        The time, where tokens change with it.
        """
        return ("time",) if self.epoch else ()

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The shape of a token.
        """
        return {"type": "string", "pattern": r"^[1-9][0-9]*\.[A-Za-z0-9_-]{22}$"}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:
        """
        `apply(value)`, or `apply(value, time)` with an epoch.
        """
        return keys.memo((self, kind), lambda: self._bind(keys, kind))

    def in_epoch(self, keys: Keyring, kind: str, epoch: str, generation: int = 0) -> Callable[[Any], str]:
        """
        The tokens of one epoch by its label, remembered nowhere: for whoever has to name those that were given out.

        Args:
            keys: of the recipient, in the version that gave them out.
            kind: of the field.
            epoch: its label; empty when tokens never change.
            generation: of whoever registered again after an erasure; 0 for all others.

        Raises:
            Refused: the epoch's key was destroyed; the returned function raises it for what `bind`'s would refuse.
        """
        domain = f"{self.domain}~{generation}" if generation else self.domain
        return _tokenizer(keys.derive(domain, epoch), self.suite, kind)

    def bind_generation(self, keys: Keyring, kind: str, generation: int) -> Apply:
        """
        The same under keys of whoever was erased and came back, so that their new tokens do not join with the old.

        Nothing is remembered, since such events are few.

        Args:
            keys: of the recipient.
            kind: of the field.
            generation: since when they are here again, in milliseconds since 1970 UTC.
        """
        return self._bind(keys, kind, generation)

    def _bind(self, keys: Keyring, kind: str, generation: int = 0) -> Apply:
        def tokenizer(epoch: str) -> Callable[[Any], str]:
            return self.in_epoch(keys, kind, epoch, generation)

        cache = 0 if generation else self.cache
        if not self.epoch:
            token = tokenizer("")
            return Memo(token, cache).__getitem__ if cache else token

        unit = self.epoch
        tokenizers = Memo(tokenizer, _EPOCHS_HELD)
        if not cache:
            return lambda value, time: tokenizers[epoch_of(unit, time)](value)

        def remembering(epoch: str) -> Memo:
            if len(remembered) >= _EPOCHS_REMEMBERED:
                hours.clear()  # `remembered` is about to begin anew, and nothing else may keep what it forgets
            return Memo(tokenizers[epoch], cache)

        remembered = Memo(remembering, _EPOCHS_REMEMBERED)
        hours = Memo(lambda hour: remembered[epoch_of(unit, hour * HOUR)], _HOURS)
        return lambda value, time: hours[time // HOUR][value]


def _tokenizer(key: Key, suite: str, kind: str) -> Callable[[Any], str]:
    evaluate = prf(suite, key.secret)
    normalize = normalizer(kind)
    prefix = f"{key.version}."
    to_base64 = binascii.b2a_base64

    def token(value: Any) -> str:
        if type(value) is not str:
            raise wrong_type(value, "string")
        if normalize is not None:
            value = normalize(value)
        try:
            message = value.encode()
        except UnicodeEncodeError:
            raise Refused(_HALF_SURROGATE) from None
        return prefix + to_base64(evaluate(message))[:22].translate(_URL_SAFE).decode()

    return token


_HALF_SURROGATE: Final = "not a Unicode text: it holds half a surrogate pair; send valid UTF-8"
_EPOCHS_HELD: Final = 64  # keys of epochs: events come late by days, not by years
_EPOCHS_REMEMBERED: Final = 2  # of the tokens: one begins while events of the last still come
_HOURS: Final = 1_024  # of events: each lies in one epoch
