"""A grant: whose data may reach whom without consent, on what ground and until when."""

import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.approvals.approver import ApprovalError, Roster
from pipeline.approvals.document import Document
from pipeline.grants.codes import CODES
from pipeline.subjects.record import format_time
from schemas.kinds import Kind
from schemas.purposes import ADVERTISING
from schemas.view import View
from transforms import Refused
from transforms.timestamp import DAY, read_timestamp

SORT: Final = "grant"
"""Of the document."""
LONGEST_DAYS: Final = 90
ALL: Final = "all"
"""In place of a list: every one."""

_ID: Final = re.compile(r"g-[0-9a-f]{16}")
_LONGEST_REASON: Final = 500
_MOST_NAMES: Final = 10_000
_MEMBERS: Final = (
    "id",
    "code",
    "recipient",
    "purpose",
    "subjects",
    "topics",
    "kinds",
    "not_before",
    "expires",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """
    Counts certain persons as having consented to one purpose, for one recipient, certain topics and kinds, for a time.

    It never lets anything of an erased person or a child pass, never a secret, and never serves advertising: whoever is
    too young for that, or has opted out, cannot be told from who has merely not agreed.

    Args:
        id: `g-` and 64 random bits in hexadecimal; stands in the log and the audit.
        code: why, of `CODES`.
        recipient: who reads.
        purpose: what counts as consented to.
        subjects: user ids; None for all.
        topics: raw topics; None for all.
        kinds: of fields; None for all.
        not_before: from when on, milliseconds since 1970 UTC.
        expires: until when; at most 90 days later.
        reason: for those who approve and audit.
        approvers: who signed.

    Raises:
        ApprovalError: a value is out of bounds.
    """

    id: str
    code: str
    recipient: str
    purpose: str
    subjects: frozenset[str] | None
    topics: frozenset[str] | None
    kinds: frozenset[Kind] | None
    not_before: int
    expires: int
    reason: str
    approvers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for holds, sentence in (
            (_ID.fullmatch(self.id), "id has to be g- and 16 hexadecimal digits; draft it with `qingliu grant draft`"),
            (self.code in CODES, f"code has to be one of {', '.join(CODES)}"),
            (self.purpose not in ADVERTISING, "no ground lets data pass for advertising without consent; ask for it"),
            (
                self.kinds is None or Kind.SECRET not in self.kinds,
                "a secret never passes; leave it out of the kinds",
            ),
            (self.not_before < self.expires, "expires has to be later than not_before"),
            (
                self.expires - self.not_before <= LONGEST_DAYS * DAY,
                f"a grant lasts {LONGEST_DAYS} days at most; draft another one in time",
            ),
        ):
            if not holds:
                raise ApprovalError(sentence)

    @property
    def body(self) -> Mapping[str, Any]:
        """
        What approvers sign.
        """
        return {
            "id": self.id,
            "code": self.code,
            "recipient": self.recipient,
            "purpose": self.purpose,
            "subjects": _listed(self.subjects),
            "topics": _listed(self.topics),
            "kinds": _listed(None if self.kinds is None else {kind.value for kind in self.kinds}),
            "not_before": format_time(self.not_before),
            "expires": format_time(self.expires),
            "reason": self.reason,
        }

    def as_taken(self) -> Mapping[str, Any]:
        """
        What the audit is told when it begins to count: everything but whom it names, and why.
        """
        return {
            "grant": self.id,
            "state": "taken",
            "code": self.code,
            "recipient": self.recipient,
            "purpose": self.purpose,
            "everybody": self.subjects is None,
            "subjects": len(self.subjects or ()),
            "topics": [ALL] if self.topics is None else sorted(self.topics),
            "kinds": [ALL] if self.kinds is None else sorted(kind.value for kind in self.kinds),
            "approvers": list(self.approvers),
            "begins_at": format_time(self.not_before),
            "expires_at": format_time(self.expires),
        }

    def as_ended(self) -> Mapping[str, Any]:
        """
        What the audit is told when it counts no longer: it is over, or was taken away.
        """
        return {**self.as_taken(), "state": "ended"}

    def in_force(self, now: int) -> bool:
        """
        Whether it counts at a time.

        Args:
            now: milliseconds since 1970 UTC.
        """
        return self.not_before <= now < self.expires

    def covers(self, view: View) -> bool:
        """
        Whether it is about what a view releases.
        """
        return self.recipient == view.recipient and (self.topics is None or view.contract.topic in self.topics)

    def __str__(self) -> str:
        subjects = "everybody" if self.subjects is None else f"{len(self.subjects)} subjects"
        return (
            f"grant {self.id} ({self.code}) for {self.recipient}, purpose {self.purpose}, {subjects}, "
            f"until {format_time(self.expires)}"
        )


def new_id() -> str:
    """
    An id that no other grant has.
    """
    return f"g-{secrets.token_hex(8)}"


def read_grant(document: Document, roster: Roster) -> Grant:
    """
    The grant of a document that two approvers signed.

    Raises:
        ApprovalError: it is no grant, a value is out of bounds, or it is not approved.
    """
    return _grant(document, document.approvers(roster))


def read_draft(document: Document) -> Grant:
    """
    The grant of a document, whoever signed it: good for being looked at, and for nothing else.

    Raises:
        ApprovalError: it is no grant, or a value is out of bounds.
    """
    return _grant(document, ())


def check_scope(grant: Grant, views: Sequence[View]) -> None:
    """
    See that a grant is about something that these views do.

    Raises:
        ApprovalError: no view has its recipient, asks for its purpose, or is of one of its topics.
    """
    of_recipient = [view for view in views if view.recipient == grant.recipient]
    if not of_recipient:
        msg = f"no view has the recipient {grant.recipient}; correct the grant and sign it anew"
        raise ApprovalError(msg)
    if not any(grant.purpose in view.asked for view in of_recipient):
        msg = f"no view of {grant.recipient} asks consent to {grant.purpose}; correct the grant and sign it anew"
        raise ApprovalError(msg)
    for topic in sorted(grant.topics or ()):
        if all(view.contract.topic != topic for view in of_recipient):
            msg = f"{grant.recipient} has no view of the topic {topic}; correct the grant and sign it anew"
            raise ApprovalError(msg)


def now_ms() -> int:
    """
    The clock that expiry is held against, milliseconds since 1970 UTC.
    """
    return time.time_ns() // 1_000_000


def _grant(document: Document, approvers: tuple[str, ...]) -> Grant:
    body = document.body
    if document.sort != SORT or body.keys() != set(_MEMBERS):
        msg = f"not a grant: it needs {', '.join(_MEMBERS)} and nothing else; draft it with `qingliu grant draft`"
        raise ApprovalError(msg)
    subjects, topics, kinds = (_names(body, name) for name in ("subjects", "topics", "kinds"))
    return Grant(
        id=_text(body, "id"),
        code=_text(body, "code"),
        recipient=_text(body, "recipient"),
        purpose=_text(body, "purpose"),
        subjects=subjects,
        topics=topics,
        kinds=None if kinds is None else frozenset(_kind(name) for name in kinds),
        not_before=_time(body, "not_before"),
        expires=_time(body, "expires"),
        reason=_text(body, "reason"),
        approvers=approvers,
    )


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        msg = "kinds has a word that is no kind; choose among those of schemas.kinds"
        raise ApprovalError(msg) from None


def _listed(names: Iterable[str] | None) -> Any:
    return ALL if names is None else sorted(names)


def _names(body: Mapping[str, Any], name: str) -> frozenset[str] | None:
    value = body[name]
    if value == ALL:
        return None
    if type(value) is list and 0 < len(value) <= _MOST_NAMES and all(type(entry) is str and entry for entry in value):
        return frozenset(value)
    msg = f'{name} has to be "{ALL}", or a list of 1–{_MOST_NAMES} texts'
    raise ApprovalError(msg)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if type(value) is str and 0 < len(value) <= _LONGEST_REASON and value.isprintable():
        return value
    msg = f"{name} has to be a text of 1–{_LONGEST_REASON} printable characters"
    raise ApprovalError(msg)


def _time(body: Mapping[str, Any], name: str) -> int:
    try:
        return read_timestamp(body[name])
    except (Refused, TypeError):
        msg = f"{name} has to be an RFC 3339 time with its zone, such as 2026-01-01T08:00:00+08:00"
        raise ApprovalError(msg) from None
