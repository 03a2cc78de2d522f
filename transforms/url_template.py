"""UrlTemplate: host and route of a URL."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from transforms.base import Apply, Keyring, Need, Reading, Refused, wrong_type
from transforms.memo import Memo

DEFAULT_WORDS: Final = tuple(
    """
    about account activity address ads after-sale anchor api app article assets auth banner bind brand cart category
    channel checkout city collect comment common config contact coupon danmaku detail discover express fans favorite
    feed feedback follow gateway gift goods group h5 help history home hot im index item items join like list live
    login logistics logout mall me member merchant message mine mobile my news notice notify open order orders page
    pay payment play privacy product profile promotion rank recommend refund register rest review room rooms search
    seckill security service settings share shop sign sku sms static store stream subscribe tag team topic upload user
    users v1 v2 v3 v4 verify video vip wallet web wishlist www
    """.split()  # noqa: SIM905 — ten lines instead of a hundred
)
"""Words of a shop's routes; none of them says anything about a person."""

CACHED_STARTS: Final = 4_096
"""Hosts with the first words of a route that a bound transform remembers: about 1 MB."""

CACHED_HOSTS: Final = 8_192
"""Hosts that it remembers: about 2 MB."""

MAX_SEGMENTS: Final = 8
MAX_HOST: Final = 253
MAX_LABEL: Final = 24
MAX_DIGITS: Final = 3
"""Digits in one label or word: four could be the end of a telephone number."""

HIDDEN: Final = "*"
CUT: Final = "…"

_STEPS_BACK: Final = range(MAX_SEGMENTS)  # from the end of a URL to a start that is remembered

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEMES: Final = frozenset({"", "http:", "https:"})
_AUTHORITY: Final = 2  # https: // authority: the third part between slashes
_PORT: Final = re.compile(r":[0-9]*$")
_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_IPV6: Final = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_NUMERIC: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_WORD: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """
    Reduce a URL to its host and the words of its route: `shop.example.com/item/*`.

    URLs of one route become equal, so traffic can be counted by page. User, port, query and fragment are dropped. A
    path segment passes only when it is one of a closed list of words; any other one becomes `*`, and what follows the
    eighth becomes `…`. A label of the host becomes `*` when it holds four digits or more or nothing but digits, is
    longer than 24 characters or not ASCII; so does a host that is an IP address. A relative URL gives its path alone.
    What is neither `https://…`, `http://…`, `//…` nor `/…` is refused.

    Protects against identifiers, tokens and search terms in paths, queries and generated host names.
    Does not protect a person whose name is a label of the host (`zhangsan.blog.example.com`), nor hide which site was
    visited.

    Args:
        path: whether the path template passes beside the host. Without it a relative URL gives `*`: some host.
        words: the path segments that pass, in lower case, each with at most 3 digits.

    Raises:
        ValueError: a word is not of this form.

    Source: RFC 3986 section 3; labels by RFC 1123 section 2.1 and, for `xn--`, RFC 5890.
    """

    path: bool = True
    words: tuple[str, ...] = DEFAULT_WORDS

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.words, tuple):
            msg = 'words must be a tuple, such as (*DEFAULT_WORDS, "auction")'
            raise ValueError(msg)  # noqa: TRY004 — a declaration's mistakes are all ValueErrors
        for word in self.words:
            if not (isinstance(word, str) and _WORD.fullmatch(word) and _digits(word) <= MAX_DIGITS):
                msg = f"route word {word!r} must be in lower case a–z, 0–9 and . _ -, with at most {MAX_DIGITS} digits"
                raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        A text of the characters that can pass.
        """
        return {"type": "string", "pattern": f"^[a-z0-9_.*/{CUT}-]+$"}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        A function from a URL to its template.

        It remembers starts that hide nothing, such as `https://shop.example.com/item`: most URLs are one of few such
        starts, or one with an id behind it.
        """
        return keys.memo((type(self).__name__, self.path, self.words), self._make)

    def _make(self) -> Apply:
        # Without a path whatever follows the host adds nothing.
        shown_words = {"": ""} | {word: f"/{word}" for word in self.words} if self.path else {}
        hidden = f"/{HIDDEN}" if self.path else ""
        template = _template(shown_words, hidden)
        starts = Memo(template, CACHED_STARTS)
        known: Callable[[str], str | None] = starts.get
        shown_word = shown_words.get

        def first_seen(url: str) -> str:
            released = template(url)
            start = _start(url, shown_words)
            if start.strip("/"):  # else it is the start of `//host` as well
                starts[start]
            return released

        def apply(value: Any) -> str:
            if type(value) is not str:
                raise wrong_type(value, "string")
            url = value.partition("?")[0]
            if "#" in url:
                url = url.partition("#")[0]
            released = known(url)
            if released is not None:
                return released
            if url.isascii():  # letters that only lower-case to ASCII stay what they are
                url = url.lower()
            start, rest = url, ""
            for _ in _STEPS_BACK:
                start, _, last = start.rpartition("/")
                rest = shown_word(last, hidden) + rest
                released = known(start)
                if released is not None:
                    released += rest
                    return released if released.count("/") <= MAX_SEGMENTS else template(url)
            return first_seen(url)

        return apply


def _template(shown_words: Mapping[str, str], hidden: str) -> Callable[[str], str]:
    """
    A function from a URL without query and fragment, in lower case where it is ASCII, to its template.

    Args:
        shown_words: segments of the path that pass, as they are released.
        hidden: what stands for every other one; empty when no path passes at all.
    """
    hosts = Memo(_host, CACHED_HOSTS)

    def template(url: str) -> str:
        parts = url.split("/")
        if _is_absolute(parts) and parts[0].lower() in _SCHEMES:
            released: str = hosts[parts[_AUTHORITY]]
            del parts[: _AUTHORITY + 1]
        elif len(parts) > 1 and not parts[0]:
            released = ""
        else:
            raise Refused(_why_refused(parts[0].lower()))
        if not hidden:
            return released or HIDDEN
        parts = [part for part in parts if part]
        released += "".join([shown_words.get(part, hidden) for part in parts[:MAX_SEGMENTS]])
        return (released or "/") if len(parts) <= MAX_SEGMENTS else f"{released}/{CUT}"

    return template


def _is_absolute(parts: Sequence[str]) -> bool:
    return len(parts) > _AUTHORITY and not parts[1]


def _start(url: str, words: Container[str]) -> str:
    """
    The longest start of a URL that has nothing to hide behind its host.
    """
    parts = url.split("/")
    number = _AUTHORITY + 1 if _is_absolute(parts) else 1
    while number < len(parts) and parts[number] in words:
        number += 1
    return "/".join(parts[:number])


def _why_refused(start: str) -> str:
    if _SCHEME.match(start) and start not in _SCHEMES:
        return "a URL of a scheme other than http and https, or host and port without one; put https:// before the host"
    return "not a URL; send https://host/path, //host/path or /path"


def _host(authority: str) -> str:
    host = _PORT.sub("", authority.rpartition("@")[2]).removesuffix(".")
    labels = host.split(".")
    if _IPV6.fullmatch(host) or _NUMERIC.fullmatch(labels[-1]):
        return HIDDEN
    if len(host) > MAX_HOST:
        msg = f"the host is no DNS name; send at most {MAX_HOST} characters"
        raise Refused(msg)
    return ".".join(map(_label, labels))


def _label(label: str) -> str:
    if not label.isascii():
        return HIDDEN
    if not _LABEL.fullmatch(label):
        msg = "the host is no DNS name; send letters, digits and hyphens, 1–63 between two dots"
        raise Refused(msg)
    label = label.lower()
    if len(label) > MAX_LABEL or label.isdecimal() or _digits(label) > MAX_DIGITS or label.startswith("xn--"):
        return HIDDEN
    return label


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))
