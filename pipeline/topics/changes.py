"""What the brokers have against what the pipeline wants, and making it so."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped] # ships no types
from kafka.errors import (  # type: ignore[import-untyped]
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    for_code,
)

from pipeline.topic_plan import (
    AddPartitions,
    AlterConfig,
    Change,
    Create,
    Present,
    Refusal,
    Topic,
    check_names,
    difference,
)
from pipeline.topics.connected import FORBIDDEN, TopicsError, connected, forbidden

PATIENCE_SECONDS: Final = 30  # for what brokers that do answer carry out afterwards, in their own time
POLL_SECONDS: Final = 0.1


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
    with connected(bootstrap, security) as admin:
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
    with connected(bootstrap, security) as admin:
        _create(admin, [change.topic for change in changes if isinstance(change, Create)])
        _add_partitions(admin, [change.topic for change in changes if isinstance(change, AddPartitions)])
        _alter(admin, [change for change in changes if isinstance(change, AlterConfig)])
        _wait_until_visible(admin, changes)


def existing(bootstrap: str, **security: Any) -> Mapping[str, int]:
    """
    The topics that the principal may see, without Kafka's internal ones, each with its number of partitions.

    Raises:
        TopicsError: no broker answers.
    """
    with connected(bootstrap, security) as admin:
        described = admin.describe_topics()
        return {topic["name"]: len(topic["partitions"]) for topic in described if not topic["is_internal"]}


def _plan(admin: Any, goal: Sequence[Topic]) -> tuple[Change, ...]:
    return difference(goal, _present(admin, goal))


def _present(admin: Any, goal: Sequence[Topic]) -> dict[str, Present]:
    if not goal:
        return {}
    found = partitions_of(admin, [topic.name for topic in goal])
    configs = _configs(admin, [topic for topic in goal if topic.name in found])
    return {
        name: Present(len(parts), min(len(part["replica_nodes"]) for part in parts), configs[name])
        for name, parts in found.items()
    }


def partitions_of(admin: Any, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """
    The partitions of those topics that exist.
    """
    found = {}
    for topic in admin.describe_topics(list(names)):
        error = for_code(topic["error_code"])
        if error is TopicAuthorizationFailedError:
            raise TopicsError(forbidden(f"topic {topic['name']}"))
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
            raise TopicsError(forbidden(f"the settings of topic {topic.name}"))
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
    if error in FORBIDDEN:
        raise TopicsError(forbidden(f"topic {name}"))
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
