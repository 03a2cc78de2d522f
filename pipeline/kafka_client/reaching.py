"""The way to brokers: what every client is given, what its cluster has, and what is said when there is no way."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, Producer

from pipeline.connection import Connection
from pipeline.residency import Residency, hosts_of

NO_GROUP: Final = "none"
"""What readers without a group name as theirs: librdkafka asks who coordinates it, and nothing ever joins it."""

QUIET: Final = {"log_level": 2}
"""librdkafka writes to standard error by itself; what matters of it comes back as an exception or a failed delivery."""

ANSWER_SECONDS: Final = 10.0
"""For a broker to answer."""

embedded: Final[set[str]] = set()
"""Addresses of brokers of this process: they speak in clear, whatever the deployment's brokers do."""


class KafkaClientError(RuntimeError):
    """
    A broker that does not answer, or a topic that cannot be used: one sentence with what to do.
    """


class MissingTopicsError(KafkaClientError):
    """
    Topics that do not exist.
    """


def reaching(bootstrap: str) -> dict[str, Any]:
    """
    What every client is given: the brokers and the way to them.

    Raises:
        SettingsError: the way cannot be understood, one of its files cannot be used, or it leads outside.
    """
    _residency(bootstrap).check(hosts_of(bootstrap.split(",")), "the broker")
    return {**QUIET, **_connection(bootstrap).librdkafka(), "bootstrap.servers": bootstrap}


def partitions_of(client: Producer | Consumer, bootstrap: str) -> dict[str, int]:
    """
    Every topic and its number of partitions.

    Raises:
        KafkaClientError: no broker answers.
        SettingsError: the cluster has brokers outside.
    """
    try:
        cluster = client.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException:
        raise KafkaClientError(_connection(bootstrap).hindrance(bootstrap.split(","))) from None
    _residency(bootstrap).check((broker.host for broker in cluster.brokers.values()), "the cluster's broker")
    return {name: len(topic.partitions) for name, topic in cluster.topics.items()}


def check_topics(existing: Mapping[str, int], needed: Iterable[str]) -> None:
    """
    Hold what exists against what is needed.

    Raises:
        MissingTopicsError: a topic is missing.
    """
    missing = [topic for topic in needed if not existing.get(topic)]
    if missing:
        msg = f"missing topics: {', '.join(missing)}; create them with `qingliu topics apply`"
        raise MissingTopicsError(msg)


def _residency(bootstrap: str) -> Residency:
    return Residency() if bootstrap in embedded else Residency.from_environment()


def _connection(bootstrap: str) -> Connection:
    return Connection() if bootstrap in embedded else Connection.from_environment()
