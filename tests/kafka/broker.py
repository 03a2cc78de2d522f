"""A real Apache Kafka on loopback ports, for the tests and the benchmarks: one broker or three, KRaft, no ZooKeeper."""

import os
import random
import shutil
import socket
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.kafka.jars import classpath
from tests.kafka.node import HOST, BrokerError, Node
from tests.kafka.programs import java

EXTERNAL = "QINGLIU_TEST_BROKERS"
PORTS = range(20_000, 32_000)  # below the ephemeral range, so that a stopped node finds its port still free
READY_SECONDS = 60
POLL_SECONDS = 0.05


class KafkaCluster:
    """
    A Kafka cluster that lives as long as the `with` block.

    Topics are not created by themselves. Data lies in a temporary folder and is gone with the cluster. With
    `QINGLIU_TEST_BROKERS` set nothing is started and nothing can be stopped: the brokers named there are used.

    Args:
        brokers: 1 or 3; internal topics have as many replicas.
        heap_mib: Java heap of each node, in MiB.
        properties: broker settings over those of the harness, as in `server.properties`.
        listeners: further ones for clients, name → protocol; they are reached as `localhost`, see `address`.
        users: of SCRAM-SHA-512, name → password.

    Raises:
        ValueError: another number of brokers.
        MissingError: Java or Maven is not installed.
        BrokerError: a broker did not come up, or external brokers were to be given settings.
    """

    def __init__(
        self,
        brokers: int = 1,
        *,
        heap_mib: int = 512,
        properties: Mapping[str, str] | None = None,
        listeners: Mapping[str, str] | None = None,
        users: Mapping[str, str] | None = None,
    ) -> None:
        if brokers not in {1, 3}:
            msg = f"a test cluster has 1 broker or 3, not {brokers}"
            raise ValueError(msg)
        self._external = os.environ.get(EXTERNAL, "")
        if self._external and properties:
            msg = f"the brokers of {EXTERNAL} cannot be given settings: unset it for what needs brokers of its own"
            raise BrokerError(msg)
        self._size = brokers
        self._heap_mib = heap_mib
        self._properties = dict(properties or {})
        self._listeners = dict(listeners or {})
        self._users = dict(users or {})
        self._nodes: dict[int, Node] = {}
        self._folder: Path | None = None
        self._java: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        if self._external:
            return self
        self._java = (java(), "-cp", classpath())
        self._folder = Path(tempfile.mkdtemp(prefix="qingliu-kafka-"))
        try:
            self._bring_up(self._folder)
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._discard()

    @property
    def bootstrap(self) -> str:
        """
        The addresses of all nodes, running or not, as `host:port,host:port`.
        """
        return self._external or ",".join(f"{HOST}:{node.port}" for node in self._nodes.values())

    def address(self, listener: str) -> str:
        """
        Where a further listener of the first node is, as `localhost:port`.
        """
        return f"localhost:{self._nodes[1].secured[listener]}"

    @property
    def nodes(self) -> tuple[int, ...]:
        """
        The numbers that `stop`, `kill` and `start` take; none when the brokers are external.
        """
        return tuple(self._nodes)

    def create_topic(
        self, name: str, *, partitions: int = 1, replication: int | None = None, config: Mapping[str, str] | None = None
    ) -> str:
        """
        Create a topic and wait until every partition has a leader.

        Args:
            name: of the topic; it is also returned.
            partitions: their number.
            replication: replicas of each partition; as many as the cluster has brokers unless told.
            config: topic settings, as in `retention.ms`.
        """
        settings = {
            "num_partitions": partitions,
            "replication_factor": replication or self._size,
            "configs": dict(config or {}),
        }
        with KafkaAdminClient(bootstrap_servers=self.bootstrap.split(",")) as admin:
            admin.create_topics({name: settings}, wait_for_metadata=True)
        return name

    def stop(self, number: int) -> None:
        """
        Shut a node down in an orderly way: it hands its partitions over first.
        """
        self._node(number).stop()

    def kill(self, number: int) -> None:
        """
        End a node as a power cut would.
        """
        self._node(number).kill()

    def start(self, number: int) -> None:
        """
        Start an ended node on its old port and data, and wait until it serves.

        The controller lets it back in when its old session has run out, which takes up to 3 s.

        Raises:
            BrokerError: it runs already, or it does not come up.
        """
        node = self._node(number)
        node.launch(self._java, self._heap_mib)
        _wait([node])

    def _node(self, number: int) -> Node:
        if number not in self._nodes:
            msg = f"there is no node {number} to act on: the nodes are {self.nodes or 'external'}"
            raise BrokerError(msg)
        return self._nodes[number]

    def _bring_up(self, folder: Path) -> None:
        ports = _free_ports((2 + len(self._listeners)) * self._size)
        self._nodes = {
            number: Node(
                number,
                folder / str(number),
                ports.pop(),
                ports.pop(),
                {name: ports.pop() for name in self._listeners},
            )
            for number in range(1, self._size + 1)
        }
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        for node in self._nodes.values():
            node.folder.mkdir()
            node.configure(self._settings(node))
            node.format(self._java, cluster_id, self._users)
        for node in self._nodes.values():
            node.formatted()
        for node in self._nodes.values():
            node.launch(self._java, self._heap_mib)
        _wait([*self._nodes.values()])

    def _settings(self, node: Node) -> dict[str, str]:
        voters = ",".join(f"{other.number}@{HOST}:{other.controller_port}" for other in self._nodes.values())
        return {
            "process.roles": "broker,controller",
            "node.id": str(node.number),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": ",".join(
                [f"PLAINTEXT://{HOST}:{node.port}", f"CONTROLLER://{HOST}:{node.controller_port}"]
                + [f"{name}://{HOST}:{port}" for name, port in node.secured.items()]
            ),
            "advertised.listeners": ",".join(
                [f"PLAINTEXT://{HOST}:{node.port}"]
                + [f"{name}://localhost:{port}" for name, port in node.secured.items()]
            ),
            "listener.security.protocol.map": ",".join(
                ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
                + [f"{name}:{protocol}" for name, protocol in self._listeners.items()]
            ),
            "log.dirs": str(node.folder / "data"),
            **_small(self._size),
            **self._properties,
        }

    def _discard(self) -> None:
        for node in self._nodes.values():
            if node.running:
                node.kill()
        self._nodes.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _small(brokers: int) -> dict[str, str]:
    replicas, in_sync = str(brokers), str(max(1, brokers - 1))
    return {
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "group.initial.rebalance.delay.ms": "0",
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
        "log.segment.bytes": str(16 * 2**20),
        "log.index.size.max.bytes": str(2**20),
        "log.cleaner.dedupe.buffer.size": str(4 * 2**20),  # of 128 MiB, a quarter of the heap
        "broker.heartbeat.interval.ms": "300",
        "broker.session.timeout.ms": "3000",  # of 9 s: a killed node is missed, and let back in, sooner
    }


def _wait(nodes: list[Node]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    for node in nodes:
        while not node.listens():
            _check_alive(node, deadline)
            time.sleep(POLL_SECONDS)
    try:
        admin = KafkaAdminClient(bootstrap_servers=[f"{HOST}:{node.port}" for node in nodes])
    except KafkaError:
        nodes[0].fail("accepts connections and does not answer")
    with closing(admin):
        for node in nodes:
            while node.number not in _serving(admin):
                _check_alive(node, deadline)
                time.sleep(POLL_SECONDS)


def _check_alive(node: Node, deadline: float) -> None:
    if not node.running:
        node.fail("ended while it started")
    if time.monotonic() > deadline:
        node.fail(f"is not ready after {READY_SECONDS} s")


def _serving(admin: KafkaAdminClient) -> set[int]:
    try:
        brokers = admin.describe_cluster()["brokers"]
    except KafkaError:  # a controller is still being elected
        return set()
    return {broker["broker_id"] for broker in brokers if not broker.get("is_fenced", False)}


def _free_ports(count: int) -> list[int]:
    free: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with closing(socket.socket()) as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        free.append(port)
        if len(free) == count:
            return free
    msg = f"no {count} free ports from {PORTS.start} to {PORTS.stop} on {HOST}: end what holds them"
    raise BrokerError(msg)
