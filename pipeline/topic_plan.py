"""Topics as they are wanted, and what must change in those that exist; nothing here asks a broker."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.audit.record import TOPIC as AUDIT
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import REQUESTS, UPSTREAM
from pipeline.key_changes import changes_topic
from pipeline.links.record import KEPT_DAYS, WINDOW_DAYS
from pipeline.links.record import TOPIC as LINKS
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import TOPIC as SUBJECTS

DAY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """
    A topic as it is wanted.

    Args:
        name: letters, digits, dot, underscore and hyphen, up to 249.
        partitions: their number, from 1.
        replication: replicas of each partition, from 1.
        config: topic settings that must hold, as in `retention.ms`; others are left alone.

    Raises:
        ValueError: a name that Kafka does not allow, or a number below 1.
    """

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-zA-Z0-9._-]{1,249}", self.name) or self.name in {".", ".."}:
            msg = f"Kafka does not allow the topic name {self.name!r}: use letters, digits, dot, underscore and hyphen"
            raise ValueError(msg)
        if self.partitions < 1 or self.replication < 1:
            msg = f"topic {self.name}: partitions and replication start at 1"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Create:
    """
    The topic does not exist.
    """

    topic: Topic

    def __str__(self) -> str:
        settings = "".join(f", {key}={value}" for key, value in sorted(self.topic.config.items()))
        return f"create {self.topic.name}: {self.topic.partitions} partitions × {self.topic.replication}{settings}"


@dataclass(frozen=True, slots=True)
class AddPartitions:
    """
    The topic has too few partitions. Adding some moves keys: their order holds from then on only.

    Args:
        topic: as wanted.
        present: partitions it has.
    """

    topic: Topic
    present: int

    def __str__(self) -> str:
        return f"extend {self.topic.name} from {self.present} to {self.topic.partitions} partitions, which moves keys"


@dataclass(frozen=True, slots=True)
class AlterConfig:
    """
    Settings of the topic differ.

    Args:
        topic: as wanted.
        drift: setting → what holds now (None: the brokers do not know the setting), what is wanted.
    """

    topic: Topic
    drift: Mapping[str, tuple[str | None, str]]

    def __str__(self) -> str:
        settings = ", ".join(f"{key} from {present} to {goal}" for key, (present, goal) in sorted(self.drift.items()))
        return f"alter {self.topic.name}: {settings}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    The topic differs in a way that no request to the brokers mends safely.

    Args:
        topic: as wanted.
        reason: what differs, and what to do by hand.
    """

    topic: Topic
    reason: str

    def __str__(self) -> str:
        return f"refuse {self.topic.name}: {self.reason}"


Change = Create | AddPartitions | AlterConfig | Refusal


class Present(NamedTuple):
    """
    A topic as it is.

    Args:
        partitions: their number.
        replication: replicas of the partition that has the fewest.
        config: those settings that were asked for and that the brokers know, defaults included.
    """

    partitions: int
    replication: int
    config: Mapping[str, str]


class RetentionDays(NamedTuple):
    """
    How long records are kept, in days; fractions are allowed.
    """

    raw: float = 1
    clean: float = 180
    quarantine: float = 30
    requests: float = 30
    """Of erasures: whoever carries them out may be down for as long."""
    audit: float = 1_095  # three years: the least that PIPL article 56 asks of records of processing


SHIPPED: Final = RetentionDays()


def wanted(  # noqa: PLR0913 — all but the names have a default or a name
    raw: Sequence[str],
    clean: Sequence[str],
    *,
    partitions: int,
    replication: int,
    retention_days: RetentionDays = SHIPPED,
    subjects: bool = False,
    recipients: Sequence[str] = (),
    audit: bool = False,
    link_days: int = WINDOW_DAYS,
) -> tuple[Topic, ...]:
    """
    The raw and clean topics, and a `quarantine.<raw topic>` for each raw one.

    Notices of erasures and of keys live as long as clean records; a reader that lags further behind has nothing left to
    delete or to resolve.

    `privacy.subjects` has no retention: it keeps the last record of each key, and what came before it for a day or two.

    `privacy.links` is compacted too, and forgets by itself what is over.

    A record lives for its retention and at most a twenty-fourth of it (a day, if that is less) longer: Kafka deletes
    whole segments, and without a bound on their age a quiet topic would keep a record for another week.

    Protects against raw and quarantined events that outlive their purpose.
    Does not protect against a producer that dates its records into the future; set `message.timestamp.after.max.ms`.

    Args:
        raw: names of the raw topics.
        clean: names of the clean topics.
        partitions: of each topic.
        replication: of each topic; a write needs all replicas but one.
        retention_days: for each sort of topic.
        subjects: whether to have `privacy.subjects`, `privacy.profiles` and `privacy.links`.
        recipients: whom to tell of changes of keys and, with subjects, of erasures.
        audit: whether to have `privacy.audit`.
        link_days: days for which a link holds.

    Raises:
        ValueError: a name stands twice, a retention is not above zero, or a `Topic` refuses its arguments.
    """
    kept = [(name, retention_days.raw) for name in raw]
    kept += [(name, retention_days.clean) for name in clean]
    kept += [(f"quarantine.{name}", retention_days.quarantine) for name in raw]
    kept += [(changes_topic(recipient), retention_days.clean) for recipient in recipients]
    if subjects:
        kept += [(notice_topic(recipient), retention_days.clean) for recipient in recipients]
        kept += [(name, retention_days.requests) for name in ((REQUESTS, UPSTREAM) if recipients else ())]
    kept += [(AUDIT, retention_days.audit)] if audit else []
    topics = tuple(Topic(name, partitions, replication, _settings(days, replication)) for name, days in kept)
    if subjects:
        compacted = _compacted(replication)
        topics += (
            Topic(SUBJECTS, partitions, replication, compacted),
            Topic(PROFILES, partitions, replication, compacted),
            Topic(LINKS, partitions, replication, compacted | _forgetting(link_days)),
        )
    check_names(topics)
    return topics


def difference(goal: Sequence[Topic], present: Mapping[str, Present]) -> tuple[Change, ...]:
    """
    What must change so that the topics are as wanted, in their order; topics that are not wanted are left alone.
    """
    changes: list[Change] = []
    for topic in goal:
        found = present.get(topic.name)
        changes += [Create(topic)] if found is None else _changes(topic, found)
    return tuple(changes)


def check_names(topics: Sequence[Topic]) -> None:
    """
    See that no topic is wanted twice.

    Raises:
        ValueError: one is.
    """
    seen = set()
    for topic in topics:
        if topic.name in seen:
            msg = f"topic {topic.name} is wanted twice: name each topic once"
            raise ValueError(msg)
        seen.add(topic.name)


def _settings(days: float, replication: int) -> dict[str, str]:
    retention = days * DAY_MS
    if not (math.isfinite(retention) and retention >= 1):
        msg = f"a retention of {days} days is not above zero: give days, or a fraction of one"
        raise ValueError(msg)
    return {
        "cleanup.policy": "delete",
        "message.timestamp.type": "CreateTime",
        "min.insync.replicas": str(max(1, replication - 1)),
        "retention.ms": str(int(retention)),
        "segment.ms": str(max(1, int(min(retention / 24, DAY_MS)))),
    }


def _compacted(replication: int) -> dict[str, str]:
    return {
        "cleanup.policy": "compact",
        "delete.retention.ms": str(7 * DAY_MS),  # of a tombstone: a worker that reads for longer would miss it
        # An erasure stops somebody before it has read what they were: that stays readable so long.
        "min.compaction.lag.ms": str(DAY_MS // 24),
        "max.compaction.lag.ms": str(DAY_MS),  # or what was withdrawn would stay in a quiet topic for good
        "message.timestamp.type": "CreateTime",
        "min.insync.replicas": str(max(1, replication - 1)),
        "segment.ms": str(DAY_MS),
    }


def _forgetting(link_days: int) -> dict[str, str]:
    """
    What `privacy.links` has besides: a pair goes when it was last seen so long ago that no event is decided by it.

    Kafka deletes whole segments, and compaction makes few large ones of many small ones: a large one would hardly ever
    be old as a whole.
    """
    return {
        "cleanup.policy": "compact,delete",
        "retention.ms": str((link_days + KEPT_DAYS + 2) * DAY_MS),  # from the beginning of the last day
        "segment.bytes": str(4 << 20),
    }


def _changes(topic: Topic, found: Present) -> Iterator[Change]:
    if found.replication != topic.replication:
        yield Refusal(
            topic,
            f"its replication is {found.replication} and {topic.replication} is wanted; "
            f"change it with kafka-reassign-partitions, or declare {found.replication}",
        )
    if found.partitions > topic.partitions:
        yield Refusal(
            topic,
            f"it has {found.partitions} partitions and {topic.partitions} are wanted, and Kafka takes none away; "
            f"declare {found.partitions}, or create another topic and move its readers and writers",
        )
    if found.partitions < topic.partitions:
        yield AddPartitions(topic, found.partitions)
    goal = topic.config.items()
    drift = {key: (found.config.get(key), value) for key, value in goal if found.config.get(key) != value}
    if drift:
        yield AlterConfig(topic, drift)
