"""Phrases: a rule in a few words, for the matrix, the schemas and `qingliu explain`."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from transforms import (
    AgeBand,
    BucketNumber,
    Consented,
    Constant,
    Drop,
    Encrypt,
    FormatPreserving,
    GeoCell,
    Keep,
    Mask,
    PrefixPreservingIp,
    Pseudonymize,
    RedactText,
    Region,
    Seal,
    ShiftTime,
    Transform,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
)
from transforms.suites import SUITES
from transforms.url_template import DEFAULT_WORDS

NO_RECORD: Final = "no record"
"""What stands where a view releases no record at all."""

DROP: Final = "drop"

GLOSSARY: Final = (
    (DROP, "nothing passes, not even that the field was there"),
    ("keep", "the value passes as it came"),
    ("token d, monthly", "a keyed pseudonym; equal values of domain d get equal tokens, until the month ends"),
    ("/24, /48", "the network of an IP address: bits kept of IPv4 and of IPv6"),
    ("encrypted d", "readable to the operator alone, under the person's own key; equal values of a person look equal"),
    (
        "another number, encrypted d",
        "a number of the same length that the operator can turn back; it may be a stranger's",
    ),
    ("sealed to p", "readable to one party alone, such as the merchant of an order; absent when it has no key"),
    ("H3 7", "the cell of the H3 grid, at this resolution, that a point lies in"),
    ("minute, 10min, hour, …", "the start of this unit of time, in the time of Asia/Shanghai"),
    ("with consent, without consent", "whether the subject consented to the view's purpose"),
    ("…, if p", "passes only of whoever consented to p too; otherwise the field is absent"),
    ("text, finds named (note)", "free text of this sort, with <PERSON> and the like in place of what is personal"),
    ("linked, standalone", "whether the event, or the device it comes from, is known to belong to a person"),
    (NO_RECORD, "the recipient does not learn that there was an event"),
)
"""The words that a reader may not know."""

_PERIODS: Final = {
    "": "",
    "day": ", daily",
    "week": ", weekly",
    "month": ", monthly",
    "quarter": ", quarterly",
    "year": ", yearly",
}


def phrase(rule: Transform) -> str:
    """
    What a rule does, in a few words; of a transform that is not shipped, its own representation.
    """
    write = PHRASES.get(type(rule))
    return write(rule) if write else repr(rule)


def _age_band(rule: AgeBand) -> str:
    return f"{rule.width}-year age band, {rule.cap}+"


def _bucket_number(rule: BucketNumber) -> str:
    if rule.scale == "logarithmic":
        return f"bucket, powers of {rule.step}"
    return f"bucket of {rule.step}" + (f" from {rule.origin}" if rule.origin else "")


def _consented(rule: Consented) -> str:
    return f"{phrase(rule.rule)}, if {rule.purpose}"


def _constant(rule: Constant) -> str:
    return f"always {rule.value!r}"


def _format_preserving(rule: FormatPreserving) -> str:
    shown = f", first {rule.keep_prefix} shown" if rule.keep_prefix else ""
    return f"another number, encrypted {rule.domain}{shown}"


def _mask(rule: Mask) -> str:
    ends = [f"{end} {count}" for end, count in (("first", rule.keep_first), ("last", rule.keep_last)) if count]
    shown = f"mask, {' and '.join(ends)} shown" if ends else "mask"
    return shown + (", length shown" if rule.length is None else "")


def _prefix_preserving_ip(rule: PrefixPreservingIp) -> str:
    return f"prefix-preserving IP {rule.domain}{_PERIODS[rule.epoch]}"


def _pseudonymize(rule: Pseudonymize) -> str:
    suite = "" if rule.suite == SUITES[0] else f", {rule.suite}"
    return f"token {rule.domain}{_PERIODS[rule.epoch]}{suite}"


def _redact_text(rule: RedactText) -> str:
    finds = {"redact": "named", "mask": "masked", "pseudonymize": f"as tokens {rule.domain}"}[rule.how]
    names = {"none": ", names by keyword", "dictionary": ", names by dictionary"}.get(rule.names, "")
    return f"text, finds {finds} ({rule.field}{names})"


def _shift_time(rule: ShiftTime) -> str:
    return f"shifted by up to {rule.days} days"


def _url_template(rule: UrlTemplate) -> str:
    if not rule.path:
        return "host"
    return "host, path words" + ("" if rule.words == DEFAULT_WORDS else f" ({len(rule.words)} of its own)")


def _user_agent(rule: UserAgent) -> str:
    return {"family": "family", "system": "family, system", "version": "family, version, system"}[rule.detail]


PHRASES: Final[Mapping[type, Callable[[Any], str]]] = {
    AgeBand: _age_band,
    BucketNumber: _bucket_number,
    Consented: _consented,
    Constant: _constant,
    Drop: lambda _: DROP,
    Encrypt: lambda rule: f"encrypted {rule.domain}",
    FormatPreserving: _format_preserving,
    GeoCell: lambda rule: f"H3 {rule.resolution}",
    Keep: lambda _: "keep",
    Mask: _mask,
    PrefixPreservingIp: _prefix_preserving_ip,
    Pseudonymize: _pseudonymize,
    RedactText: _redact_text,
    Region: lambda rule: "province" if rule.level == "province" else "city, or else province",
    Seal: lambda rule: f"sealed to {rule.to or 'the party'}",
    ShiftTime: _shift_time,
    TruncateIp: lambda rule: f"/{rule.v4}, /{rule.v6}",
    TruncateTime: lambda rule: rule.unit,
    UrlTemplate: _url_template,
    UserAgent: _user_agent,
}
"""How each shipped transform is put into words."""
