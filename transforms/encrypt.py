"""Encrypt: a value that the pipeline can read back, as long as its person's own key can be made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from transforms import base64url
from transforms.base import Apply, CannotOpen, Keyring, Need, Reading, wrong_type
from transforms.domain import check_domain
from transforms.memo import Memo
from transforms.padding import pad, unpad

KEY_BYTES: Final = 64
PREFIX: Final = "s1."
"""What every ciphertext begins with: the form, version 1."""

_CONTEXT: Final = b"qingliu encrypt 1"
_PERSONS: Final = 4_096  # whose keys are kept, about 1 kB each; whoever acts soon acts again


@dataclass(frozen=True, slots=True)
class Encrypt:
    """
    Encrypt a value under the own key of the person whom it is about: of a consignee or a guardian under theirs.

    The value comes back exactly as it was, by `decrypt`, so that a case can be pursued; the recipient has no key. The
    same value of one person gives the same ciphertext in a domain, so that a recipient can count and join them;
    values of two persons never do. Erasing a person removes the salt that their key is made with, and with it every
    value of theirs that was ever released. Who has no salt has no key, and the field is absent.

    Protects against every reader without the root key, and against anybody at all once the salt is gone. A ciphertext
    that was altered, or comes from another recipient, domain or kind, does not open.
    Does not protect against seeing that a person's value is the one they had before, or is back again, nor hide more
    of its length than up to the next 32 bytes. Workers remember keys for a while, so that for as long an erased
    person's last events could be read in their memory.

    Args:
        domain: the columns in which equal values of one person shall look equal, such as `support.phone`.

    Raises:
        ValueError: the domain is none.

    Source: AES-SIV, RFC 5297, with 256-bit keys; HKDF, RFC 5869.
    """

    domain: str

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ("subject", "salt")
    withholds: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_domain(self.domain)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        The shape of a ciphertext.
        """
        return {"type": "string", "pattern": r"^s1\.[A-Za-z0-9_-]{64,}$"}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:
        """
        `apply(value, subject, salt)`; None without a subject or salt.
        """
        return keys.memo((self, kind), lambda: self._bind(keys, kind))

    def _bind(self, keys: Keyring, kind: str) -> Apply:
        cipher_of = keys.memo((type(self).__name__,), lambda: _ciphers(keys).__getitem__)
        context = _context(self.domain, kind)

        def apply(value: Any, subject: str | None, salt: bytes | None) -> str | None:
            if type(value) is not str:
                raise wrong_type(value, "string")
            if subject is None or salt is None:
                return None
            return PREFIX + base64url.encode(cipher_of((subject, salt)).encrypt(pad(value), context))

        return apply


def decrypt(text: str, key: bytes, domain: str, kind: str) -> str:
    """
    The value that `Encrypt` released, exactly as it was.

    Args:
        text: the ciphertext.
        key: of the person, by `Keyring.subject_key` of the recipient's keyring.
        domain: of the rule.
        kind: of the field.

    Raises:
        CannotOpen: another key, domain or kind, or no such ciphertext; which of them is not said.
    """
    before, found, body = text.partition(PREFIX)
    try:
        if before or not found:
            raise CannotOpen(_CLOSED)
        return unpad(AESSIV(key).decrypt(base64url.decode(body), _context(domain, kind)))
    except (InvalidTag, ValueError):
        raise CannotOpen(_CLOSED) from None


def subject_key(root: bytes, owner: str, subject: str, salt: bytes) -> bytes:
    """
    A person's own key for one recipient.

    Args:
        root: 32 bytes that stay the same when the root key is rotated.
        owner: purpose and recipient.
        subject: the person.
        salt: 16 random bytes that are kept with the person's state, and nowhere else.

    Source: HKDF-SHA-256, RFC 5869: salt as salt, owner and subject as info.
    """
    info = f"qingliu subject 1|{len(owner)}|{owner}|{subject}".encode("utf-8", "surrogatepass")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(root)


def _ciphers(keys: Keyring) -> Memo:
    make: Callable[[tuple[str, bytes]], AESSIV] = lambda who: AESSIV(keys.subject_key(*who))  # noqa: E731 — its type
    return Memo(make, _PERSONS)


def _context(domain: str, kind: str) -> list[bytes]:
    return [_CONTEXT, domain.encode(), kind.encode()]


_CLOSED: Final = "the value does not open with this key, domain and kind"
