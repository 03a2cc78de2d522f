"""Lint: views that are allowed but weak. What is plainly wrong, a view refuses when it is declared."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipeline.bound import dropped
from pipeline.columns import effective_rules
from pipeline.laxness import laxer
from schemas.contract import Field
from schemas.kinds import DIRECT, Kind
from schemas.view import SUPPRESS, Variant, View
from transforms import (
    Encrypt,
    FormatPreserving,
    GeoCell,
    Keep,
    Mask,
    PrefixPreservingIp,
    Pseudonymize,
    RedactText,
    Transform,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    bare,
    second_purposes,
)

FINEST_CELL: Final = 9
"""H3 resolution of 0.105 km² a cell: a street block. Finer ones single out houses."""

ONCE: Final = frozenset({Kind.CASE_ID, Kind.EVENT_ID, Kind.ORDER_ID, Kind.TRANSACTION_ID})
"""Kinds of which a value names one event, deal or case: its token cannot follow a person from month to month."""

JOINABLE: Final = ONCE | {Kind.COOKIE_ID, Kind.DEVICE_ID}
"""Kinds that are the same with every recipient, so that two who have them in clear can join their data."""

TELLING: Final = frozenset({Kind.BIRTH_DATE, Kind.IP, Kind.URL, Kind.USER_AGENT})
"""Kinds that single a person out together with little else."""


_WITH_DOMAIN: Final = (Encrypt, FormatPreserving, PrefixPreservingIp, Pseudonymize, RedactText)


class Severity(StrEnum):
    """
    How much it matters.
    """

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One weakness.

    Args:
        code: of the rule that found it.
        severity: how much it matters.
        view: recipient and raw topic.
        path: of the field; empty when it is the whole view.
        sentence: what is weak and what to do.
    """

    code: str
    severity: Severity
    view: str
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """
    A weakness that shows in one field by itself.

    Args:
        code: short name.
        severity: how much it matters.
        applies: whether a view's rule for a field of a kind has it.
        sentence: what is weak and what to do.
    """

    code: str
    severity: Severity
    applies: Callable[[View, Kind, Transform], bool]
    sentence: str


def lint(views: Sequence[View]) -> tuple[Finding, ...]:
    """
    Every weakness, view by view, each field's once for all circumstances.
    """
    found = [
        finding for view in views for finding in (*_fields(view), *_laxer(view), *_consent(view), *_asked_twice(view))
    ]
    return tuple(dict.fromkeys((*found, *_shared_domains(views), *_unasked(views))))


def _fields(view: View) -> Iterator[Finding]:
    kinds = {path: node.kind for path, node in view.contract.nodes() if isinstance(node, Field)}
    for variant in view.variants():
        for path, rule in effective_rules(view, variant).items():
            # What is sealed as a whole is for one party, and a field that its view names is the view's own word.
            named = view.sealed is not None and (path in view.rules or path in view.linked)
            for check in FIELD_RULES:
                if named and check.code != "secret-released":
                    continue
                if path in kinds and check.applies(view, kinds[path], bare(rule)):
                    yield _finding(check.code, check.severity, view, path, check.sentence)


def _laxer(view: View) -> Iterator[Finding]:
    for variant in view.variants():
        if not variant.granted:
            sentence = "without consent more passes than with it; give otherwise a rule that is no laxer"
            consented = Variant(granted=True, linked=variant.linked)
            yield from _compare(view, variant, consented, "laxer-without-consent", sentence)
        if variant.linked:
            sentence = "more passes of a known person than of an unknown device; make the linked rule no laxer"
            standalone = Variant(variant.granted, linked=False)
            yield from _compare(view, variant, standalone, "laxer-when-linked", sentence)


def _compare(view: View, variant: Variant, than: Variant, code: str, sentence: str) -> Iterator[Finding]:
    bounds = effective_rules(view, than)
    for path, rule in effective_rules(view, variant).items():
        if laxer(rule, bounds[path]):
            yield _finding(code, Severity.ERROR, view, path, sentence)


def _consent(view: View) -> Iterator[Finding]:
    if not view.asks_consent or view.otherwise is SUPPRESS:
        return
    if all(
        view.resolve(Variant(granted=True, linked=linked)) == view.resolve(Variant(granted=False, linked=linked))
        for linked in (False, True)
    ):
        sentence = "consent changes nothing; make otherwise stricter, use SUPPRESS, or leave otherwise out"
        yield _finding("consent-without-effect", Severity.WARNING, view, "", sentence)


def _asked_twice(view: View) -> Iterator[Finding]:
    for variant in view.variants():
        for path, rule in effective_rules(view, variant).items():
            if view.purpose in second_purposes(rule):
                sentence = f"waits for consent to {view.purpose}, the view's own purpose; give Consented another one"
                yield _finding("consent-asked-twice", Severity.WARNING, view, path, sentence)


def _shared_domains(views: Sequence[View]) -> Iterator[Finding]:
    uses: defaultdict[str, dict[tuple[str, str], View]] = defaultdict(dict)
    for view in views:
        for variant in view.variants():
            for path, waiting in effective_rules(view, variant).items():
                rule = bare(waiting)
                if isinstance(rule, _WITH_DOMAIN) and rule.domain:
                    uses[rule.domain][view.recipient, path] = view
    for domain, places in uses.items():
        recipients = sorted({recipient for recipient, _ in places})
        if len(recipients) > 1:
            (_, path), view = next(iter(places.items()))
            sentence = (
                f"the domain {domain} is used for {' and '.join(recipients)}, whose tokens do not join, for each has "
                "keys of its own; begin a domain's name with its recipient"
            )
            yield _finding("domain-shared", Severity.WARNING, view, path, sentence)


def _unasked(views: Sequence[View]) -> Iterator[Finding]:
    asked = frozenset[str]().union(*(view.asked for view in views))
    for view in views:
        if view.purpose in asked and not view.asks_consent:
            sentence = f"another view asks consent to {view.purpose} and this one does not; declare otherwise"
            yield _finding("consent-not-asked", Severity.ERROR, view, "", sentence)


def _finding(code: str, severity: Severity, view: View, path: str, sentence: str) -> Finding:
    return Finding(code, severity, f"{view.recipient} of {view.contract.topic}", path, sentence)


def _shown(rule: Transform) -> bool:
    """
    Whether a value passes as it came, or part of it does: of RedactText all that its search does not find.
    """
    return rule.gives is None or isinstance(rule, Keep | Mask | RedactText)


def _telling(_: View, kind: Kind, rule: Transform) -> bool:
    whole_address = isinstance(rule, TruncateIp) and (rule.v4 == 32 or rule.v6 == 128)  # noqa: PLR2004 — all bits
    return kind in TELLING and (_shown(rule) or whole_address)


def _geo(_: View, kind: Kind, rule: Transform) -> bool:
    return kind is Kind.GEO_POINT and (_shown(rule) or (isinstance(rule, GeoCell) and rule.resolution > FINEST_CELL))


def _time(view: View, kind: Kind, rule: Transform) -> bool:
    fine = _shown(rule) or (isinstance(rule, TruncateTime) and rule.unit == "second")
    return view.asks_consent and kind is Kind.TIMESTAMP and fine


def _endless(view: View, kind: Kind, rule: Transform) -> bool:
    return view.asks_consent and kind not in ONCE and isinstance(rule, Pseudonymize) and not rule.epoch


def _url_path(view: View, kind: Kind, rule: Transform) -> bool:
    host_only = isinstance(rule, UrlTemplate) and not rule.path
    return view.asks_consent and kind is Kind.URL and not dropped(rule) and not host_only


FIELD_RULES: Final = (
    FieldRule(
        "secret-released",
        Severity.ERROR,
        lambda _, kind, rule: kind is Kind.SECRET and not dropped(rule),
        "is a secret, of which nothing may leave, not even a token or that there is one; use Drop",
    ),
    FieldRule(
        "choice-released",
        Severity.ERROR,
        lambda _, kind, rule: kind is Kind.PRIVACY_CHOICE and not dropped(rule),
        "tells who wants not to be followed, which is for the pipeline to obey and for nobody to know; use Drop",
    ),
    FieldRule(
        "direct-identifier-kept",
        Severity.ERROR,
        lambda _, kind, rule: kind in DIRECT - {Kind.SECRET} and _shown(rule),
        "names a person or a device and passes, at least in part; use Pseudonymize or Drop",
    ),
    FieldRule(
        "joinable-id-kept",
        Severity.WARNING,
        lambda _, kind, rule: kind in JOINABLE and _shown(rule),
        "is the same with every recipient, so that two of them can join their data; use Pseudonymize or Drop",
    ),
    FieldRule(
        "free-text-kept",
        Severity.ERROR,
        lambda _, kind, rule: kind is Kind.FREE_TEXT and _shown(rule) and not isinstance(rule, RedactText),
        "people write names, numbers and addresses into texts; use RedactText or Drop",
    ),
    FieldRule(
        "free-text-to-partner",
        Severity.WARNING,
        lambda view, _, rule: view.asks_consent and isinstance(rule, RedactText),
        "no detector finds everything, and a partner who asks consent can look people up by what is left; use Drop",
    ),
    FieldRule(
        "names-not-looked-for",
        Severity.WARNING,
        lambda _, __, rule: isinstance(rule, RedactText) and rule.names in {"none", "dictionary"},
        'finds fewer names than the model does; use RedactText(names="auto")',
    ),
    FieldRule(
        "telling-value-kept",
        Severity.WARNING,
        _telling,
        "passes as it came and singles people out; use the transform that generalizes its kind, or Drop",
    ),
    FieldRule(
        "geo-too-fine",
        Severity.WARNING,
        _geo,
        f"a position finer than H3 resolution {FINEST_CELL} tells the house; use a coarser GeoCell",
    ),
    FieldRule(
        "time-too-fine",
        Severity.WARNING,
        _time,
        "a time finer than a minute, by which the recipient recognises single events; use a coarser TruncateTime",
    ),
    FieldRule(
        "token-without-epoch",
        Severity.WARNING,
        _endless,
        "a token that never changes lets the recipient follow a person for years; give Pseudonymize an epoch",
    ),
    FieldRule(
        "encrypted-to-partner",
        Severity.WARNING,
        lambda view, _, rule: view.asks_consent and isinstance(rule, Encrypt),
        "a partner cannot read it, so that it is a token that never changes; use Pseudonymize with an epoch, or Drop",
    ),
    FieldRule(
        "format-preserving-to-partner",
        Severity.ERROR,
        lambda view, _, rule: view.asks_consent and isinstance(rule, FormatPreserving),
        "the number that a partner gets may be a stranger's, whom it would reach; use Pseudonymize or Drop",
    ),
    FieldRule(
        "prefix-preserving-ip",
        Severity.WARNING,
        lambda view, _, rule: view.asks_consent and isinstance(rule, PrefixPreservingIp),
        "a recipient that can send traffic itself finds out which pseudonym is whose address; use TruncateIp or Drop",
    ),
    FieldRule(
        "url-path",
        Severity.WARNING,
        _url_path,
        "the path of a URL tells what a person looked at; use UrlTemplate(path=False) or Drop",
    ),
)
"""Every weakness that shows in one field."""

CODES: Final = (
    *(rule.code for rule in FIELD_RULES),
    "laxer-without-consent",
    "laxer-when-linked",
    "consent-without-effect",
    "domain-shared",
    "consent-not-asked",
    "consent-asked-twice",
)
"""Every code that a finding can have."""
