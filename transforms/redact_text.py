"""RedactText: personal data in free text, found and replaced."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, cast, get_args

from transforms.base import Keyring, Need, Reading, Refused, wrong_type
from transforms.memo import Memo
from transforms.pseudonymize import Pseudonymize
from transforms.text.canonical import KINDS, canonical
from transforms.text.fields import field_named
from transforms.text.taggers import MODES, NamesMode

How = Literal["redact", "mask", "pseudonymize"]

CACHED: Final = 8_192
"""Short texts that a bound transform remembers: danmaku repeat, and so do notes. About 3 MB."""

AHEAD: Final = 1_024
"""Texts that are searched ahead, at most."""

_SHORT: Final = 48  # code points of a text worth remembering


@dataclass(frozen=True, slots=True)
class RedactText:
    """
    Replace what is personal in Chinese free text, and keep the rest of it.

    Numbers, accounts, names and addresses are found by `transforms.text`, also in the usual disguises. `redact` writes
    `<CN_MOBILE>` in place of a find, `mask` an asterisk for each of its characters, `pseudonymize`
    `<CN_MOBILE:1.xAwYKH42qDToG6aW6mZ95w>`: the same number in two texts gets the same token, and the token of a
    `Pseudonymize` of the same domain on a field of that kind.

    Such tokens join only with a `Pseudonymize` of the default suite and without an epoch. Numerals are read as digits
    before hashing, so that names which differ by 一 and 壹 alone share a token.

    Protects against personal data that a writer gave away in passing.
    Does not protect a person whom the rest of the text describes, nor against the share of finds that no detector
    makes: `benchmarks/detection` has the figures. Who must not learn a name at all gets `Drop`.

    Args:
        field: where the text comes from, one of `transforms.text.fields.FIELDS`; `contact`, `note` and
            `signature` are searched wholly, the others behind a gate, which leaves out a bare name that no word
            announces.
        how: `redact`, `mask` or `pseudonymize`.
        domain: of the tokens, such as `analytics.text`; for `pseudonymize` only, and then needed.
        names: `auto`, `model`, `dictionary` or `none`; see `transforms.text.taggers`.

    Raises:
        ValueError: an argument is none of these.
    """

    field: str = "contact"
    how: How = "redact"
    domain: str = ""
    names: NamesMode = "auto"

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        field_named(self.field)
        if self.how not in get_args(How):
            msg = f"how {self.how!r} is unknown; choose one of {', '.join(get_args(How))}"
            raise ValueError(msg)
        if self.names not in MODES:
            msg = f"names {self.names!r} is unknown; choose one of {', '.join(MODES)}"
            raise ValueError(msg)
        if (self.how == "pseudonymize") is not bool(self.domain):
            msg = "domain goes with how='pseudonymize', such as RedactText('contact', 'pseudonymize', 'analytics.text')"
            raise ValueError(msg)
        if self.domain:
            Pseudonymize(self.domain)  # refuses what is no domain

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        A text of any length: what replaces a find may be longer than it.
        """
        return {"type": "string"}

    def bind(self, keys: Keyring, kind: str = "plain") -> "Redactor":  # noqa: ARG002 — the field says what is looked for
        """
        `apply(text)`.

        Raises:
            NamesUnavailable: what finds the names is not installed.
        """
        return cast("Redactor", keys.memo((self,), lambda: self._bind(keys)))

    def _bind(self, keys: Keyring) -> "Redactor":
        from transforms.text import anonymizer  # noqa: PLC0415 — Presidio loads for a second, where it is used
        from transforms.text.detector import Detector  # noqa: PLC0415

        operators = anonymizer.redacting()
        if self.how == "mask":
            operators = anonymizer.masking()
        elif self.how == "pseudonymize":
            operators = anonymizer.pseudonymizing(_tokens(self.domain, keys))
        detector = Detector(self.field, self.names)
        return Redactor(lambda texts: detector.redact_many(texts, operators))


class Redactor:
    """
    Replaces what is personal in texts, one at a time, or some ahead of their turn.

    Names in many texts take two thirds of the time that they take one by one. Short texts are remembered.

    Args:
        redact: texts as they are to be released, of texts as they came.
    """

    def __init__(self, redact: Callable[[Sequence[str]], Sequence[str]]) -> None:
        self._redact = redact
        self._ahead = Memo(self._alone, AHEAD)
        self._short = Memo(self._searched, CACHED)

    def __call__(self, value: Any) -> str:
        """
        The text without what is personal.

        Raises:
            Refused: it is no text, or could not be searched.
        """
        if type(value) is not str:
            expected = "string"
            raise wrong_type(value, expected)
        found: str = self._short[value] if len(value) <= _SHORT else self._searched(value)
        return found

    def prepare(self, texts: Iterable[str]) -> None:
        """
        Search texts together whose turn comes next; what was prepared before is forgotten.

        A text over which the search stumbles is refused in its turn, and no other with it.
        """
        self._ahead.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._short][:AHEAD]
        try:
            self._ahead.update(zip(new, self._redact(new), strict=True))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 — as below; each is then searched by itself
            self._ahead.clear()

    def _searched(self, text: str) -> str:
        found: str | None = self._ahead.pop(text, None)
        return self._alone(text) if found is None else found

    def _alone(self, text: str) -> str:
        try:
            return self._redact([text])[0]
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 — a panic in Rust is no Exception; no text may pass unsearched, or be shown
            raise Refused(_NOT_SEARCHED) from None


def _tokens(domain: str, keys: Keyring) -> Callable[[str, str], str]:
    bound = {kind: Pseudonymize(domain, cache=0).bind(keys, kind) for kind in {"plain", *KINDS.values()}}

    def token(entity: str, found: str) -> str:
        bare = canonical(entity, found)
        try:
            return f"<{entity}:{bound[KINDS.get(entity, 'plain')](bare)}>"
        except Refused:  # a mistyped one, which has no written form of its kind
            return f"<{entity}:{bound['plain'](bare)}>"

    return token


_NOT_SEARCHED: Final = "the text could not be searched for personal data; look at it in quarantine"
