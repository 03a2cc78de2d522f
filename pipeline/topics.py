"""Topics and consumer lag: what the brokers have against what the pipeline wants. The one door to kafka-python."""

import logging
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, OffsetSpec, TopicPartition  # type: ignore[import-untyped] # ships no types
from kafka.admin import (  # type: ignore[import-untyped]
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import (  # type: ignore[import-untyped]
    ClusterAuthorizationFailedError,
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    GroupAuthorizationFailedError,
    KafkaConfigurationError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    NotCoordinatorError,
    SaslAuthenticationFailedError,
    SecurityDisabledError,
    TopicAuthorizationFailedError,
    UnknownBrokerIdError,
    UnknownTopicOrPartitionError,
    for_code,
)
from kafka.net.sasl.oauth import AbstractTokenProvider  # type: ignore[import-untyped]

from pipeline.acl_plan import Rule
from pipeline.connection import PROTOCOLS, Connection
from pipeline.logs import silenced
from pipeline.residency import Residency, hosts_of
from pipeline.topic_plan import (
    SHIPPED,
    AddPartitions,
    AlterConfig,
    Change,
    Create,
    Present,
    Refusal,
    RetentionDays,
    Topic,
    check_names,
    difference,
    wanted,
)

__all__ = [
    "SHIPPED",
    "AddPartitions",
    "AlterConfig",
    "Change",
    "Create",
    "Lag",
    "Partition",
    "Refusal",
    "RetentionDays",
    "Topic",
    "TopicsError",
    "allow",
    "allowed",
    "apply",
    "existing",
    "lag",
    "plan",
    "wanted",
]

TIMEOUT_SECONDS: Final = 4  # to connect, and again for an answer: no command hangs for ten seconds
PATIENCE_SECONDS: Final = 30  # for what brokers that do answer carry out afterwards, in their own time
POLL_SECONDS: Final = 0.1

_FEW: Final = 1_000  # offsets behind the commit that may all be ends of transactions
_GLANCE_SECONDS: Final = 2.0
_GLANCE_MS: Final = 100
_GLANCE_BYTES: Final = 4_096  # one record, or one batch, is enough to know

_UNREACHABLE: Final = (KafkaTimeoutError, KafkaConnectionError, NodeNotReadyError)
_FORBIDDEN: Final = (ClusterAuthorizationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)
_NO_COORDINATOR_YET: Final = (CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError)

logging.getLogger("kafka.admin.client").setLevel(logging.INFO)  # at DEBUG it writes the SASL password


class TopicsError(Exception):
    """
    The brokers could not be asked, or refused; one sentence says what is wrong and what to do.
    """


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


def plan(bootstrap: str, wanted: Sequence[Topic], **security: Any) -> tuple[Change, ...]:
    """
    What `apply` would do, without doing it.

    Args:
        bootstrap: `host:port,host:port`.
        wanted: topics, each name once.
        security: kafka-python's settings from `security_protocol` to `sasl_plain_password`; without any, what the
            environment says.

    Raises:
        TopicsError: no broker answers, or the principal may not see a topic or its settings.
        ValueError: a name stands twice.
    """
    check_names(wanted)
    with _connected(bootstrap, security) as admin:
        return _plan(admin, wanted)


def apply(bootstrap: str, changes: Sequence[Change], **security: Any) -> None:
    """
    Make the changes and wait until the brokers show them: a `plan` after it is empty.

    Refusals are looked at first, so that nothing is half done. Topics and records are never deleted.

    Raises:
        TopicsError: a change is a `Refusal`, the brokers refused one, or do not show it in time.
    """
    for change in changes:
        if isinstance(change, Refusal):
            msg = f"nothing was changed, because of topic {change.topic.name}: {change.reason}"
            raise TopicsError(msg)
    if not changes:
        return
    with _connected(bootstrap, security) as admin:
        _create(admin, [change.topic for change in changes if isinstance(change, Create)])
        _add_partitions(admin, [change.topic for change in changes if isinstance(change, AddPartitions)])
        _alter(admin, [change for change in changes if isinstance(change, AlterConfig)])
        _wait_until_visible(admin, changes)


def allowed(bootstrap: str, **security: Any) -> frozenset[Rule]:
    """
    What principals are allowed, from wherever they connect.

    Raises:
        TopicsError: no broker answers, the cluster keeps no permissions, or this principal may not see them.
    """
    every = ACLFilter(
        None,
        None,
        ACLOperation.ANY,
        ACLPermissionType.ALLOW,
        ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )
    with _connected(bootstrap, security) as admin:
        found, _ = admin.describe_acls(every)
    return frozenset(_rule(acl) for acl in found)


def allow(bootstrap: str, rules: Sequence[Rule], **security: Any) -> None:
    """
    Allow what rules say; nothing is ever taken away.

    Raises:
        TopicsError: no broker answers, or the brokers refused.
    """
    if not rules:
        return
    with _connected(bootstrap, security) as admin:
        for _, error in admin.create_acls([_acl(rule) for rule in rules])["failed"]:
            raise error


def existing(bootstrap: str, **security: Any) -> Mapping[str, int]:
    """
    The topics that the principal may see, without Kafka's internal ones, each with its number of partitions.

    Raises:
        TopicsError: no broker answers.
    """
    with _connected(bootstrap, security) as admin:
        described = admin.describe_topics()
        return {topic["name"]: len(topic["partitions"]) for topic in described if not topic["is_internal"]}


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
    with _connected(bootstrap, security) as admin:
        commits = _commits(admin, group)
        partitions = _partitions(admin, {tp.topic for tp in commits} | set(topics))
        starts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        lags = {
            tp: _lag(commits[tp].offset if tp in commits else -1, starts[tp].offset, ends[tp].offset)
            for tp in partitions
        }
        few = {tp: (each.end - each.lag, each.end) for tp, each in lags.items() if 0 < each.lag <= _FEW}
        nothing = _without_records(bootstrap, security or _secured(Connection.from_environment()), few)
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


@contextmanager
def _connected(bootstrap: str, security: Mapping[str, Any]) -> Iterator[Any]:
    connection = None if security else Connection.from_environment()
    security = _secured(connection) if connection else security
    if security.get("security_protocol", "PLAINTEXT") not in PROTOCOLS:
        msg = f"the security_protocol is unknown: it is one of {', '.join(PROTOCOLS)}"
        raise TopicsError(msg)  # kafka-python takes an unknown one for PLAINTEXT
    residency = Residency.from_environment()
    residency.check(hosts_of(bootstrap.split(",")), "the broker")
    _check_listens(bootstrap)
    clients: list[Any] = []
    try:
        with silenced("kafka"), _admin(bootstrap, security, clients.append) as admin:  # the sentence says it better
            if residency.guards:
                brokers = admin.describe_cluster()["brokers"]
                residency.check((str(broker["host"]) for broker in brokers), "the cluster's broker")
            yield admin
    except KafkaError as error:
        if connection and isinstance(error, (*_UNREACHABLE, SaslAuthenticationFailedError)):
            raise TopicsError(connection.hindrance(bootstrap.split(","))) from error
        raise TopicsError(_sentence(bootstrap, error)) from error
    finally:
        for client in clients:  # an admin that did not come up leaves its thread and sockets behind
            client.close()


def _rule(acl: Any) -> Rule:
    pattern = acl.resource_pattern
    return Rule(
        acl.principal,
        ResourceType(pattern.resource_type).name,
        pattern.resource_name,
        ACLResourcePatternType(pattern.pattern_type).name,
        ACLOperation(acl.operation).name,
    )


def _acl(rule: Rule) -> Any:
    pattern = ResourcePattern(ResourceType[rule.kind], rule.name, ACLResourcePatternType[rule.pattern])
    return ACL(rule.principal, "*", ACLOperation[rule.operation], ACLPermissionType.ALLOW, pattern)


class _Tokens(AbstractTokenProvider):  # type: ignore[misc] # untyped
    """
    Bearer tokens, each as the file holds it when it is asked for.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def token(self) -> str:
        return self._connection.bearer()


def _secured(connection: Connection) -> dict[str, Any]:
    """
    A connection as kafka-python takes it.
    """
    provider = {"sasl_oauth_token_provider": _Tokens(connection)} if connection.token else {}
    return connection.arguments() | provider


def _admin(bootstrap: str, security: Mapping[str, Any], opened: Callable[[Any], None]) -> Any:
    def client(**settings: Any) -> Any:
        made = KafkaAdminClient.DEFAULT_CONFIG["kafka_client"](**settings)
        opened(made)
        return made

    return KafkaAdminClient(
        bootstrap_servers=bootstrap.split(","),
        bootstrap_timeout_ms=TIMEOUT_SECONDS * 1000,
        request_timeout_ms=TIMEOUT_SECONDS * 1000,
        kafka_client=client,
        **security,
    )


def _check_listens(bootstrap: str) -> None:
    # Asked before kafka-python, which takes its whole time-out for a refused connection and leaves sockets open.
    servers = bootstrap.split(",")
    for server in servers:
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isdecimal():
            msg = f"{server!r} is not the address of a broker: write host:port, with commas between several"
            raise TopicsError(msg)
        try:
            socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_SECONDS / len(servers)).close()
        except (OSError, OverflowError, UnicodeError):
            continue
        return
    msg = f"nothing listens at {bootstrap}: check the address and whether the brokers run"
    raise TopicsError(msg)


def _sentence(bootstrap: str, error: KafkaError) -> str:
    if isinstance(error, KafkaConfigurationError):
        return "kafka-python does not know one of the security settings: compare their names with its documentation"
    if isinstance(error, _UNREACHABLE):
        return (
            f"no Kafka broker at {bootstrap} answers as one within {TIMEOUT_SECONDS} s: "
            "check the security protocol, the credentials and whether the brokers are well"
        )
    if isinstance(error, SecurityDisabledError):
        return f"the brokers at {bootstrap} keep no permissions: set their authorizer.class.name first"
    if isinstance(error, _FORBIDDEN):
        return _forbidden(f"something at {bootstrap}")
    if isinstance(error, UnknownBrokerIdError):  # of a leader -1
        return (
            f"a partition that {bootstrap} tells of has no leader: "
            "a broker that holds it is down or just coming back; see to it and try again"
        )
    return f"the brokers at {bootstrap} refused with {type(error).__name__}: look it up in their logs and try again"


def _forbidden(what: str) -> str:
    return (
        f"the brokers do not let this principal see or change {what}: "
        "grant it Describe, DescribeConfigs, Create, Alter and AlterConfigs on the topics and Describe on the group; "
        "permissions take Alter on the cluster"
    )


def _plan(admin: Any, goal: Sequence[Topic]) -> tuple[Change, ...]:
    return difference(goal, _present(admin, goal))


def _present(admin: Any, goal: Sequence[Topic]) -> dict[str, Present]:
    if not goal:
        return {}
    found = _described(admin, [topic.name for topic in goal])
    configs = _configs(admin, [topic for topic in goal if topic.name in found])
    return {
        name: Present(len(parts), min(len(part["replica_nodes"]) for part in parts), configs[name])
        for name, parts in found.items()
    }


def _described(admin: Any, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """
    The partitions of those topics that exist.
    """
    found = {}
    for topic in admin.describe_topics(list(names)):
        error = for_code(topic["error_code"])
        if error is TopicAuthorizationFailedError:
            raise TopicsError(_forbidden(f"topic {topic['name']}"))
        if error is UnknownTopicOrPartitionError:
            continue
        if topic["error_code"]:
            raise error
        found[topic["name"]] = topic["partitions"]
    return found


def _configs(admin: Any, topics: Sequence[Topic]) -> dict[str, dict[str, str]]:
    known = (
        "cleanup.policy"  # every topic has it, so its absence means that the brokers kept the settings to themselves
    )
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name, [known, *topic.config]) for topic in topics]
    told = admin.describe_configs(asked, config_filter="all").get("topic", {}) if asked else {}
    for topic in topics:
        if known not in told.get(topic.name, {}):
            raise TopicsError(_forbidden(f"the settings of topic {topic.name}"))
    return {name: {key: entry["value"] for key, entry in entries.items()} for name, entries in told.items()}


def _create(admin: Any, topics: Sequence[Topic]) -> None:
    if not topics:
        return
    requests = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replication,
            "configs": dict(topic.config),
        }
        for topic in topics
    }
    answer = admin.create_topics(requests, raise_errors=False)
    for result in answer["topics"]:
        _check_result("create", result["name"], result["error_code"], result["error_message"])


def _add_partitions(admin: Any, topics: Sequence[Topic]) -> None:
    if not topics:
        return
    answer = admin.create_partitions({topic.name: topic.partitions for topic in topics}, raise_errors=False)
    for result in answer.results:
        _check_result("add partitions to", result.name, result.error_code, result.error_message)


def _alter(admin: Any, changes: Sequence[AlterConfig]) -> None:
    for change in changes:
        settings = {key: goal for key, (_, goal) in change.drift.items()}
        resource = ConfigResource(ConfigResourceType.TOPIC, change.topic.name, settings)
        answer = admin.alter_configs([resource], raise_on_unknown=False)["topic"][change.topic.name]
        if answer != "OK":
            refused = re.match(r"\[Error (\d+)\] \w+(?:: (.*))?", answer, re.DOTALL)
            code, message = (int(refused[1]), refused[2]) if refused else (-1, answer)
            _check_result("alter", change.topic.name, code, message)


def _check_result(what: str, name: str, code: int, message: str | None) -> None:
    if code == 0:
        return
    error = for_code(code)
    if error in _FORBIDDEN:
        raise TopicsError(_forbidden(f"topic {name}"))
    said = (message or error.__name__).strip().rstrip(".")
    msg = f"the brokers refused to {what} topic {name}: {said}; mend the declaration or plan again"
    raise TopicsError(msg)


def _wait_until_visible(admin: Any, changes: Sequence[Change]) -> None:
    topics = list({change.topic.name: change.topic for change in changes}.values())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(change in changes for change in _plan(admin, topics)):
        if time.monotonic() > deadline:
            msg = f"the brokers took the changes and do not show them after {PATIENCE_SECONDS} s: plan again"
            raise TopicsError(msg)
        time.sleep(POLL_SECONDS)
    admin.wait_for_topics([topic.name for topic in topics], timeout_ms=PATIENCE_SECONDS * 1000)


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
    described = _described(admin, sorted(topics)) if topics else {}
    return [TopicPartition(name, part["partition_index"]) for name, parts in described.items() for part in parts]


def _lag(committed: int, start: int, end: int) -> Lag:
    return Lag(None, end, end - start) if committed < 0 else Lag(committed, end, end - committed)
