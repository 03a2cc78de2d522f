"""FormatPreserving: a number in place of a number, which the pipeline can read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args

from transforms.base import Apply, CannotOpen, Keyring, Need, Reading, Refused, wrong_type
from transforms.domain import check_domain
from transforms.ff1 import FF1, NUMERALS
from transforms.memo import Memo
from transforms.normalize import normalizer

Alphabet = Literal["digits", "alphanumeric"]
"""`digits` 0–9, `alphanumeric` 0–9 and a–z."""

CACHED: Final = 16_384
"""Numbers that a bound transform remembers, about 5 MB."""

_RADIX: Final[Mapping[str, int]] = {"digits": 10, "alphanumeric": 36}
_LETTERS: Final = {alphabet: frozenset(NUMERALS[:radix]) for alphabet, radix in _RADIX.items()}
_LONGEST_PREFIX: Final = 12
_HOME: Final = "+86"


@dataclass(frozen=True, slots=True)
class FormatPreserving:
    """
    Encrypt a number to another number of the same length, for systems that take nothing else.

    Equal numbers of one domain and kind stay equal, different ones different, and `restored` has the number back.
    Values are normalised by their kind first (`transforms.normalize`): a telephone number of mainland China loses its
    +86, one of another country keeps its + and nothing else. Check digits come out wrong. What is not of the alphabet,
    or leaves fewer than six digits to encrypt, is refused.

    Protects against a reader without the key.
    Does not protect against taking the result for real: **it may be a stranger's number**, and must never be dialled,
    charged or matched. It is therefore refused toward partners who ask consent (`qingliu lint`). Whoever knows the
    ciphertexts of very many numbers of one prefix learns about the others; a kept prefix is shown as it is. A result
    bears no version: after a rotation of the root key the same number becomes another one, and only its record's source
    token tells which key it was.

    Args:
        domain: the columns in which equal numbers shall stay equal, such as `support.phone`.
        alphabet: `digits` or `alphanumeric`; capitals are read as small letters.
        keep_prefix: characters shown, 0–12: 3 tell the operator of a mobile, 6 or 8 the issuer of a card.

    Raises:
        ValueError: an argument is none of these.

    Source: FF1, NIST SP 800-38G, with domain, kind and kept prefix as tweak.
    """

    domain: str
    alphabet: Alphabet = "digits"
    keep_prefix: int = 0

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        check_domain(self.domain)
        if self.alphabet not in get_args(Alphabet):
            msg = f"alphabet {self.alphabet!r} is unknown; choose one of {', '.join(get_args(Alphabet))}"
            raise ValueError(msg)
        if type(self.keep_prefix) is not int or not 0 <= self.keep_prefix <= _LONGEST_PREFIX:
            msg = f"characters of the prefix must be a whole number, 0–{_LONGEST_PREFIX}, not {self.keep_prefix!r}"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        A text of the alphabet, perhaps after a +.
        """
        letters = "0-9" if self.alphabet == "digits" else "0-9a-z"
        return {"type": "string", "pattern": rf"^\+?[{letters}]{{4,}}$"}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:
        """
        `apply(value)`; numbers repeat, so it remembers them.
        """
        return keys.memo((self, kind), lambda: self._bind(keys, kind))

    def _bind(self, keys: Keyring, kind: str) -> Apply:
        encrypt = FF1(keys.derive(f"ff1:{self.domain}").secret, _RADIX[self.alphabet]).encrypt
        normalize = normalizer(kind)

        def replaced(value: Any) -> str:
            if type(value) is not str:
                raise wrong_type(value, "string")
            bare = normalize(value) if normalize else value
            try:
                return _changed(self, encrypt, kind, bare.removeprefix(_HOME).lower())
            except ValueError:
                raise Refused(_NO_FORMAT) from None

        return Memo(replaced, CACHED).__getitem__


def restored(text: str, secret: bytes, rule: FormatPreserving, kind: str) -> str:
    """
    The number that became another one, normalised, without the +86.

    Args:
        text: what was released.
        secret: of the key that the recipient's keyring derives for `ff1:<domain>`.
        rule: as it was declared.
        kind: of the field.

    Raises:
        CannotOpen: the rule has never released such a text. Of another key or rule a wrong number comes out: FF1 has
            no way to tell.
    """
    try:
        return _changed(rule, FF1(secret, _RADIX[rule.alphabet]).decrypt, kind, text)
    except ValueError:
        raise CannotOpen(_NO_FORMAT) from None


def _changed(rule: FormatPreserving, change: Callable[[str, bytes], str], kind: str, text: str) -> str:
    sign = "+" if text.startswith("+") else ""
    if not _LETTERS[rule.alphabet].issuperset(text.removeprefix(sign)):
        raise ValueError(_NO_FORMAT)  # FF1 sees no more than what it changes
    shown = len(sign) + rule.keep_prefix
    tweak = f"{rule.domain}|{kind}|{text[:shown]}".encode()
    return text[:shown] + change(text[shown:], tweak)


_NO_FORMAT: Final = "not a text of the alphabet, or too short to be hidden among others of its length"
