"""Who may read and write which topic, by role; nothing here asks a broker."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.audit.record import TOPIC as AUDIT
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import REQUESTS, UPSTREAM
from pipeline.kafka_client import NO_GROUP
from pipeline.key_changes import changes_topic
from pipeline.links.record import TOPIC as LINKS
from pipeline.quarantine import REPLAY_WRITER, quarantine_topic
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import TOPIC as SUBJECTS
from schemas.view import View

GROUP: Final = "qingliu"
ROLES: Final = ("upstream", "worker", "subjects", "officer", "auditor")
"""Besides those of the recipients, which are called as they are."""

_COMMANDS: Final = frozenset({"worker", "subjects", "officer", "auditor"})  # roles that read by commands of qingliu

READ: Final = "READ"  # Kafka's; each of the two lets one describe as well
WRITE: Final = "WRITE"

_PRINCIPAL: Final = re.compile(r"[A-Za-z]+:[^\s*][^\n]*")


class Rule(NamedTuple):
    """
    Something that a principal may do.

    Args:
        principal: as Kafka writes it, `User:ads`.
        kind: `TOPIC`, `GROUP` or `TRANSACTIONAL_ID`.
        name: of the resource.
        pattern: `LITERAL`, or `PREFIXED` for all that begin with the name.
        operation: `READ`, `WRITE`, or another that Kafka knows.
    """

    principal: str
    kind: str
    name: str
    pattern: str
    operation: str

    def __str__(self) -> str:
        begins = "all that begin with " if self.pattern == "PREFIXED" else ""
        kind = self.kind.lower().replace("_", " ")
        return f"{self.principal} may {self.operation.lower()} {kind} {begins}{self.name}"

    def covers(self, topic: str) -> bool:
        """
        Whether it is about a topic.
        """
        within = topic.startswith(self.name) if self.pattern == "PREFIXED" else self.name in {topic, "*"}
        return self.kind == "TOPIC" and within


def rules(views: Sequence[View], principals: Mapping[str, str]) -> tuple[Rule, ...]:
    """
    What each principal is allowed, and nothing else: Kafka denies what no rule allows.

    `upstream` writes raw topics and reads what it is asked to erase. `worker` alone reads raw topics; it writes clean
    ones, quarantine, notices and the audit, and keeps subjects and links, in groups and transactions whose names begin
    with `qingliu`. The commands that hold keys, and `qingliu erase`, run as it does. `subjects` writes consents and
    requests of erasure. `officer` reads quarantine and replays it. `auditor` reads the audit. A recipient reads its own
    clean topics, its erasures and its key changes, in groups that begin with its name and a dot, and writes nothing.

    Protects against a recipient that reads what another is given, and an app that reads what it or others wrote.
    Does not protect against a super user of the cluster, nor while brokers allow what no rule is about.

    Args:
        views: of all raw topics.
        principals: role → principal.

    Raises:
        ValueError: a role that is not one, something that is no principal, or a principal with two roles.
    """
    _check(views, principals)
    made: list[Rule] = []
    for role, principal in principals.items():
        read, write, group = _topics(role, views)
        made += [Rule(principal, "TOPIC", topic, "LITERAL", READ) for topic in read]
        made += [Rule(principal, "TOPIC", topic, "LITERAL", WRITE) for topic in write]
        made += [Rule(principal, "GROUP", group, "PREFIXED", READ)] if group else []
        made += [Rule(principal, "GROUP", NO_GROUP, "LITERAL", "DESCRIBE")] if role in _COMMANDS else []
        made += [Rule(principal, "TRANSACTIONAL_ID", REPLAY_WRITER, "LITERAL", WRITE)] if role == "officer" else []
        made += [Rule(principal, "TRANSACTIONAL_ID", group, "PREFIXED", WRITE)] if role == "worker" else []
    return tuple(dict.fromkeys(made))


def foreign(present: Iterable[Rule], goal: Sequence[Rule]) -> tuple[Rule, ...]:
    """
    What is allowed on the topics of a plan, and is not in it.
    """
    topics = {rule.name for rule in goal if rule.kind == "TOPIC"}
    planned = set(goal)
    return tuple(
        rule
        for rule in sorted(present)
        if rule not in planned
        and rule.operation not in {"DESCRIBE", "DESCRIBE_CONFIGS"}
        and any(rule.covers(topic) for topic in topics)
    )


def _topics(role: str, views: Sequence[View]) -> tuple[Sequence[str], Sequence[str], str]:
    """
    What a role reads, what it writes, and how its groups begin.
    """
    raw = tuple(dict.fromkeys(view.contract.topic for view in views))
    held = tuple(quarantine_topic(topic) for topic in raw)
    recipients = tuple(dict.fromkeys(view.recipient for view in views))
    told = tuple(make(recipient) for recipient in recipients for make in (notice_topic, changes_topic))
    kept = (SUBJECTS, LINKS, PROFILES, REQUESTS, UPSTREAM)
    if role == "upstream":
        return (UPSTREAM,), raw, "upstream."
    if role == "worker":
        return (*raw, *kept), (*(view.topic for view in views), *held, *told, *kept, AUDIT), GROUP
    if role == "subjects":
        return (SUBJECTS,), (SUBJECTS, REQUESTS), ""
    if role == "officer":
        return held, (*raw, *held), ""
    if role == "auditor":
        return (AUDIT,), (), ""
    return (
        (*(view.topic for view in views if view.recipient == role), notice_topic(role), changes_topic(role)),
        (),
        (f"{role}."),
    )


def _check(views: Sequence[View], principals: Mapping[str, str]) -> None:
    known = (*ROLES, *dict.fromkeys(view.recipient for view in views))
    for role, principal in principals.items():
        if role not in known:
            msg = f"unknown role {role!r}; the roles are {', '.join(known)}"
            raise ValueError(msg)
        if not _PRINCIPAL.fullmatch(principal):
            msg = f"{principal!r} is no principal; write it as Kafka does, such as {role}=User:{role}"
            raise ValueError(msg)
    if len(set(principals.values())) < len(principals):
        msg = "one principal has two roles, and would have the rights of both; give each role one of its own"
        raise ValueError(msg)
