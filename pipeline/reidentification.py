"""Reidentification: who is behind a token, for somebody with the keys, a reason, and another person's signature."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.approvals.approver import ApprovalError, Approver, Roster
from pipeline.approvals.document import Document
from pipeline.candidates import Candidate
from pipeline.columns import effective_rules
from pipeline.erasure.tokens import LiveKeys, Tokenizer
from pipeline.grants.codes import CODES
from pipeline.source import SourceTokens
from pipeline.subjects.record import format_time
from schemas.view import View
from transforms import Encrypt, Refused, bare
from transforms.base import CannotOpen
from transforms.encrypt import PREFIX, decrypt
from transforms.timestamp import DAY, read_timestamp

SORT: Final = "reidentification"
"""Of the document."""

_MEMBERS: Final = ("id", "recipient", "value", "code", "reason", "requester", "not_before", "expires")
_LONGEST: Final = 2_000  # characters of a value


@dataclass(frozen=True, slots=True)
class Request:
    """
    What somebody wants to know, and why.

    Args:
        id: `r-` and 64 random bits in hexadecimal; stands in the audit.
        recipient: whose token it is.
        value: a token, source token or ciphertext.
        code: why, of `pipeline.grants.codes.CODES`.
        reason: for those who approve and audit.
        requester: who asks, and signs first.
        not_before: when they asked, milliseconds since 1970 UTC.
        expires: until when it may be answered; at most a day later.

    Raises:
        ApprovalError: a value is out of bounds.
    """

    id: str
    recipient: str
    value: str
    code: str
    reason: str
    requester: str
    not_before: int
    expires: int

    def __post_init__(self) -> None:
        for holds, sentence in (
            (self.code in CODES, f"code has to be one of {', '.join(CODES)}"),
            (0 < self.expires - self.not_before <= DAY, "a request lasts a day at most; ask again"),
            (
                all(0 < len(text) <= _LONGEST and text.isprintable() for text in (self.value, self.reason)),
                f"value and reason have to be 1–{_LONGEST} printable characters",
            ),
        ):
            if not holds:
                raise ApprovalError(sentence)

    @property
    def body(self) -> Mapping[str, Any]:
        """
        What is signed.
        """
        times = {"not_before": format_time(self.not_before), "expires": format_time(self.expires)}
        return {name: times.get(name, getattr(self, name)) for name in _MEMBERS}


def new_id() -> str:
    """
    An id that no other request has.
    """
    return f"r-{secrets.token_hex(8)}"


def read_request(document: Document, roster: Roster, runner: Approver, now: int) -> Request:
    """
    The request of a document that whoever runs it and somebody else have signed, and that is not over.

    Raises:
        ApprovalError: it is no request, nobody else approved it, it is somebody else's, or it is over.
    """
    document.approvers(roster)
    request = _request(document)
    key = roster.keys.get(runner.name)
    if runner.name != request.requester or key != runner.public() or runner.name not in document.signers:
        msg = f"the request was made by {request.requester}, who alone may have it answered; use that person's key"
        raise ApprovalError(msg)
    if not request.not_before <= now < request.expires:
        msg = "the request is over or has not begun; make another one"
        raise ApprovalError(msg)
    return request


def resolve(
    request: Request, views: Sequence[View], keys: LiveKeys, people: Iterable[Candidate], now: int
) -> dict[str, Any] | None:
    """
    What is behind the request's value; None when it is not found.

    Source tokens are opened. A ciphertext is decrypted under the key of each candidate, and a pseudonym, which no key
    inverts, is compared with those of each candidate.

    Does not find a person who is not among the candidates or was erased, whose salt is gone, a token of an expired
    epoch, or one of an id deep within an event of who registered again.

    Args:
        request: approved.
        views: of the deployment.
        keys: of all versions and epochs that still exist.
        people: candidates.
        now: milliseconds since 1970 UTC.
    """
    of_recipient = [view for view in views if view.recipient == request.recipient]
    place = _place(request.value, of_recipient, keys)
    if place is not None:
        return place
    if request.value.startswith(PREFIX):
        return _decrypted(request.value, of_recipient, keys, people)
    tokenizer = Tokenizer(views, keys, now)
    for person in people:
        for kind, known in tokenizer.tokens(request.recipient, person.names, deep=False).items():
            if request.value in known:
                return {"kind": kind, "value": person.id}
    return None


def _place(value: str, views: Sequence[View], keys: LiveKeys) -> dict[str, Any] | None:
    for view in views:
        for version in keys.versions:
            source = SourceTokens(keys.keyring(view.recipient, view.purpose, version), view.contract.topic)
            try:
                partition, offset = source.open(value.encode())
            except ValueError:
                continue
            return {"topic": view.contract.topic, "partition": partition, "offset": offset}
    return None


def _decrypted(value: str, views: Sequence[View], keys: LiveKeys, people: Iterable[Candidate]) -> dict[str, Any] | None:
    rules = {
        (view.purpose, rule.domain, node.kind.value)
        for view in views
        for variant in view.variants()
        for path, node in view.contract.leaves()
        if isinstance(rule := bare(effective_rules(view, variant)[path]), Encrypt)
    }
    for person, _, salt in people:
        for purpose, domain, kind in sorted(rules) if salt else ():
            key = keys.keyring(views[0].recipient, purpose).subject_key(person, salt or b"")
            try:
                return {"subject": person, "kind": kind, "value": decrypt(value, key, domain, kind)}
            except CannotOpen:
                continue
    return None


def _request(document: Document) -> Request:
    body = document.body
    texts: dict[str, Any] = {name: body.get(name) for name in _MEMBERS}
    if document.sort != SORT or body.keys() != set(_MEMBERS) or not all(type(text) is str for text in texts.values()):
        msg = (
            f"not a request: it needs {', '.join(_MEMBERS)} and nothing else; make it with `qingliu reidentify request`"
        )
        raise ApprovalError(msg)
    try:
        begins, ends = (read_timestamp(body[name]) for name in ("not_before", "expires"))
    except Refused:
        msg = "not_before and expires have to be RFC 3339 times; make the request anew"
        raise ApprovalError(msg) from None
    return Request(**{**texts, "not_before": begins, "expires": ends})
