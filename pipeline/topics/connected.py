"""A connection to the brokers as an administrator, and what their refusals mean."""

import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from kafka import KafkaAdminClient  # type: ignore[import-untyped] # ships no types
from kafka.errors import (  # type: ignore[import-untyped]
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConfigurationError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    SaslAuthenticationFailedError,
    SecurityDisabledError,
    TopicAuthorizationFailedError,
    UnknownBrokerIdError,
)
from kafka.net.sasl.oauth import AbstractTokenProvider  # type: ignore[import-untyped]

from pipeline.connection import PROTOCOLS, Connection
from pipeline.logs import silenced
from pipeline.residency import Residency, hosts_of

TIMEOUT_SECONDS: Final = 4  # to connect, and again for an answer: no command hangs for ten seconds

FORBIDDEN: Final = (ClusterAuthorizationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)
_UNREACHABLE: Final = (KafkaTimeoutError, KafkaConnectionError, NodeNotReadyError)

logging.getLogger("kafka.admin.client").setLevel(logging.INFO)  # at DEBUG it writes the SASL password


class TopicsError(Exception):
    """
    The brokers could not be asked, or refused; one sentence says what is wrong and what to do.
    """


@contextmanager
def connected(bootstrap: str, security: Mapping[str, Any]) -> Iterator[Any]:
    """
    An administrator's client, whose errors are told in a sentence.

    Args:
        bootstrap: `host:port,host:port`.
        security: kafka-python's settings; without any, what the environment says.

    Raises:
        TopicsError: no broker answers, or whatever was asked within the block was refused.
        OutsideError: a host is where none may be.
    """
    connection = None if security else Connection.from_environment()
    security = secured(connection) if connection else security
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
        raise TopicsError(sentence(bootstrap, error)) from error
    finally:
        for client in clients:  # an admin that did not come up leaves its thread and sockets behind
            client.close()


class _Tokens(AbstractTokenProvider):  # type: ignore[misc] # untyped
    """
    Bearer tokens, each as the file holds it when it is asked for.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def token(self) -> str:
        return self._connection.bearer()


def secured(connection: Connection) -> dict[str, Any]:
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


def sentence(bootstrap: str, error: KafkaError) -> str:
    """
    What an error of kafka-python means, and what to do.
    """
    if isinstance(error, KafkaConfigurationError):
        return "kafka-python does not know one of the security settings: compare their names with its documentation"
    if isinstance(error, _UNREACHABLE):
        return (
            f"no Kafka broker at {bootstrap} answers as one within {TIMEOUT_SECONDS} s: "
            "check the security protocol, the credentials and whether the brokers are well"
        )
    if isinstance(error, SecurityDisabledError):
        return f"the brokers at {bootstrap} keep no permissions: set their authorizer.class.name first"
    if isinstance(error, FORBIDDEN):
        return forbidden(f"something at {bootstrap}")
    if isinstance(error, UnknownBrokerIdError):  # of a leader -1
        return (
            f"a partition that {bootstrap} tells of has no leader: "
            "a broker that holds it is down or just coming back; see to it and try again"
        )
    return f"the brokers at {bootstrap} refused with {type(error).__name__}: look it up in their logs and try again"


def forbidden(what: str) -> str:
    """
    That the principal may not see or change something, and what to grant it.
    """
    return (
        f"the brokers do not let this principal see or change {what}: "
        "grant it Describe, DescribeConfigs, Create, Alter and AlterConfigs on the topics and Describe on the group; "
        "permissions take Alter on the cluster"
    )
