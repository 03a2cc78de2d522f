"""How far a consumer group is behind."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from kafka import KafkaConsumer, OffsetSpec, TopicPartition  # type: ignore[import-untyped] # ships no types
from kafka.errors import (  # type: ignore[import-untyped]
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaError,
    NotCoordinatorError,
)

from pipeline.connection import Connection
from pipeline.topics.changes import PATIENCE_SECONDS, POLL_SECONDS, partitions_of
from pipeline.topics.connected import connected, secured

_FEW: Final = 1_000  # offsets behind the commit that may all be ends of transactions
_GLANCE_SECONDS: Final = 2.0
_GLANCE_MS: Final = 100
_GLANCE_BYTES: Final = 4_096  # one record, or one batch, is enough to know

_NO_COORDINATOR_YET: Final = (CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError)


class Partition(NamedTuple):
    """
    One partition of one topic.
    """

    topic: str
    partition: int


class Lag(NamedTuple):
    """
    How far a consumer group is behind in one partition.

    Args:
        committed: the offset it would continue from; None when it never committed.
        end: the offset of the next record to be written.
        lag: records between; without a commit, all that are kept. Below zero only when the topic was made anew. Ends
            of transactions and what was taken back count as records, unless nothing else is left.
    """

    committed: int | None
    end: int
    lag: int


def lag(bootstrap: str, group: str, topics: Sequence[str] = (), **security: Any) -> Mapping[Partition, Lag]:
    """
    How far a consumer group is behind, by what it committed and not by what it read.

    Every partition of a topic counts as soon as the group committed in one of them, so one that was never taken up is
    seen as well.

    Args:
        bootstrap: `host:port,host:port`.
        group: its id.
        topics: that count even if the group never committed in any of their partitions.
        security: as in `plan`.

    Raises:
        TopicsError: no broker answers, or the principal may not see the group.
    """
    with connected(bootstrap, security) as admin:
        commits = _commits(admin, group)
        partitions = _partitions(admin, {tp.topic for tp in commits} | set(topics))
        starts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        lags = {
            tp: _lag(commits[tp].offset if tp in commits else -1, starts[tp].offset, ends[tp].offset)
            for tp in partitions
        }
        few = {tp: (each.end - each.lag, each.end) for tp, each in lags.items() if 0 < each.lag <= _FEW}
        nothing = _without_records(bootstrap, security or secured(Connection.from_environment()), few)
        return {Partition(*tp): each._replace(lag=0) if tp in nothing else each for tp, each in lags.items()}


def _without_records(bootstrap: str, security: Mapping[str, Any], ranges: Mapping[Any, tuple[int, int]]) -> set[Any]:
    """
    The partitions in which no record lies from one offset to another that a reader of committed records is given.

    The end of a transaction has an offset and is no record: behind the last one of a topic no commit ever reaches the
    end. A partition of which brokers do not tell in time, or where a transaction is still open, is none of them.
    """
    if not ranges:
        return set()
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="none",
        fetch_max_wait_ms=_GLANCE_MS,
        max_partition_fetch_bytes=_GLANCE_BYTES,
        **security,
    )
    nothing: set[Any] = set()
    unknown = set(ranges)
    try:
        consumer.assign(list(ranges))
        for tp, (start, _) in ranges.items():
            consumer.seek(tp, start)
        deadline = time.monotonic() + _GLANCE_SECONDS
        while unknown and time.monotonic() < deadline:
            unknown -= consumer.poll(timeout_ms=_GLANCE_MS).keys()
            over = {tp for tp in unknown if consumer.position(tp, timeout_ms=_GLANCE_MS) >= ranges[tp][1]}
            nothing |= over
            unknown -= over
            consumer.pause(*(ranges.keys() - unknown))
    except KafkaError:
        pass  # what is not known counts as records
    finally:
        consumer.close(autocommit=False)
    return nothing


def _commits(admin: Any, group: str) -> Mapping[TopicPartition, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            commits: Mapping[TopicPartition, Any] = admin.list_group_offsets(group)[group]
        except _NO_COORDINATOR_YET:  # the first question of a cluster's life makes the brokers create the offsets topic
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return commits


def _partitions(admin: Any, topics: set[str]) -> list[TopicPartition]:
    found = partitions_of(admin, sorted(topics)) if topics else {}
    return [TopicPartition(name, part["partition_index"]) for name, parts in found.items() for part in parts]


def _lag(committed: int, start: int, end: int) -> Lag:
    return Lag(None, end, end - start) if committed < 0 else Lag(committed, end, end - committed)
