"""UserAgent: browser and system families of a user agent string."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final, Literal, get_args

from ua_parser import BestAvailableResolver, Domain, Resolver, load_lazy_builtins
from ua_parser.core import Matcher

from transforms.base import Apply, Keyring, Need, Reading, Refused, wrong_type
from transforms.memo import Memo

Detail = Literal["family", "system", "version"]

CACHED_AGENTS: Final = 16_384
"""User agents that are remembered: about 8 MB."""

MAX_LENGTH: Final = 1_024
"""Code points that are looked at: what follows says nothing about families and costs the patterns time."""

UNKNOWN: Final = "Other"

_DOMAINS: Final = Domain.USER_AGENT | Domain.OS
_FIRST_GROUP: Final = re.compile(r"(?<!\\)\((?!\?)")
_LITERAL: Final = re.compile(r"(?:[\w %/-]|\\?[.!-])+", re.ASCII)


@dataclass(frozen=True, slots=True)
class UserAgent:
    """
    Replace a user agent string by the families of browser and operating system, as one text.

    `family` gives `Chrome Mobile`, `system` gives `Chrome Mobile / Android`, and `version` gives
    `Chrome Mobile 120 / Android`; what is not recognised is `Other`, at any detail when neither family is. An HTTP
    library is a family of its own (`okhttp 4 / Other`); an app's own name is not, so it becomes `Other` or the web view
    of its system (`Other / iOS`). Device models and minor versions are never read.

    A family passes only when it stands word for word in the tables of ua-parser. The tables also make families out of
    whatever stands before `bot` or `CFNetwork`, so a telephone number could become one: those are `Other`.

    Protects against telling devices apart by model, build and minor version.
    Does not protect the users of a rare browser or system, nor against what is hidden in the major version: up to four
    digits pass.

    Args:
        detail: `family`, `system` (family and system) or `version` (family, major version and system).

    Raises:
        ValueError: the detail is another one.

    Source: ua-parser, regexes of the uap-core project.
    """

    detail: Detail

    takes: ClassVar[frozenset[Reading]] = frozenset({"text"})
    needs: ClassVar[tuple[Need, ...]] = ()

    def __post_init__(self) -> None:
        if self.detail not in get_args(Detail):
            msg = f"detail {self.detail!r} is unknown; choose one of {', '.join(get_args(Detail))}"
            raise ValueError(msg)

    @property
    def gives(self) -> Mapping[str, Any] | None:
        """
        A short text; the families themselves change with the tables.
        """
        return {"type": "string", "minLength": 1, "maxLength": 128}

    def bind(self, keys: Keyring, kind: str = "plain") -> Apply:  # noqa: ARG002 — needs no key
        """
        A function from a user agent string to its families; they repeat, so it remembers them.
        """
        return keys.memo((type(self).__name__, self.detail), self._make)

    def _make(self) -> Apply:
        _resolver()  # 60 ms that the first event need not wait for
        return Memo({"family": _family, "system": _system, "version": _version}[self.detail], CACHED_AGENTS).__getitem__


@cache
def browser_families() -> frozenset[str]:
    """
    Every browser family that can be released, beside `Other`.
    """
    return frozenset(_families(load_lazy_builtins()[0]))


@cache
def system_families() -> frozenset[str]:
    """
    Every operating system family that can be released, beside `Other`.
    """
    return frozenset(_families(load_lazy_builtins()[1]))


def _family(text: str) -> str:
    family, _, _ = _PARSED[text]
    return family  # type: ignore[no-any-return]


def _system(text: str) -> str:
    family, _, system = _PARSED[text]
    return UNKNOWN if family == system == UNKNOWN else f"{family} / {system}"


def _version(text: str) -> str:
    family, major, system = _PARSED[text]
    return f"{family} {major} / {system}" if major else _system(text)


def _parse(text: Any) -> tuple[str, str, str]:
    """
    Browser family, its major version (empty when unknown) and system family.
    """
    if type(text) is not str:
        raise wrong_type(text, "string")
    try:
        found = _resolver()(text[:MAX_LENGTH], _DOMAINS)
    except UnicodeEncodeError:
        msg = "not a Unicode text: it holds half a surrogate pair; send valid UTF-8"
        raise Refused(msg) from None
    browser, system = found.user_agent, found.os
    system_family = system.family if system and system.family in system_families() else UNKNOWN
    if not browser or browser.family not in browser_families():
        return UNKNOWN, "", system_family
    return browser.family, _major(browser.major), system_family


_PARSED: Final = Memo(_parse, CACHED_AGENTS)  # two recipients with different details parse once


def _major(version: str | None) -> str:
    return version if version and re.fullmatch("[0-9]{1,4}", version) else ""


@cache
def _resolver() -> Resolver:
    browsers, systems, _ = load_lazy_builtins()
    return BestAvailableResolver((browsers, systems, []))


def _families(matchers: Iterable[Matcher[Any]]) -> Iterator[str]:
    """
    The families that rows of the table spell out: fixed ones, and those that fill `$1` from a list of plain words.
    """
    for matcher in matchers:
        template = getattr(matcher, "family", "$1")
        if "$" not in template:
            yield template
            continue
        for word in _alternatives(matcher.regex):
            if _LITERAL.fullmatch(word):
                yield template.replace("$1", word.replace("\\", ""))


def _alternatives(pattern: str) -> list[str]:
    """
    The alternatives of a pattern's first group: `a` and `b(?:c|d)` of `x(a|b(?:c|d))y`.
    """
    start = _FIRST_GROUP.search(pattern)
    if not start:
        return []
    words, depth = [""], 0
    for part in re.findall(r"\\.|.", pattern[start.end() :]):
        depth += (part == "(") - (part == ")")
        if depth < 0:
            break
        if part == "|" and not depth:
            words.append("")
        else:
            words[-1] += part
    return words
