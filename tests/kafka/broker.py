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
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.kafka.jars import classpath
from tests.kafka.node import HOST, BrokerError, Node
from tests.kafka.programs import java
from tests.kafka.proxy import Proxy

EXTERNAL = "QINGLIU_TEST_BROKERS"
PORTS = range(20_000, 32_000)  # below the ephemeral range, so that a stopped node finds its port still free
READY_SECONDS = 150  # on two processors that have much else to do
POLL_SECONDS = 0.05
OFFSETS = "__consumer_offsets"
PROXIED = "PROXIED"
"""The listener that is reached through proxies."""

_SPARING = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For several nodes on one machine: what compiler and collector take at the start is more than they give back."""


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
        proxied: whether there is a second way to every node, through proxies that can be cut; see `proxied`.

    Raises:
        ValueError: another number of brokers.
        MissingError: Java or Maven is not installed.
        BrokerError: a broker did not come up, or external brokers were to be given settings.
    """

    def __init__(  # noqa: PLR0913 — what differs between tests is named, the rest has a default
        self,
        brokers: int = 1,
        *,
        heap_mib: int = 512,
        properties: Mapping[str, str] | None = None,
        listeners: Mapping[str, str] | None = None,
        users: Mapping[str, str] | None = None,
        proxied: bool = False,
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
        self._listeners = dict(listeners or {}) | ({PROXIED: "PLAINTEXT"} if proxied else {})
        self._users = dict(users or {})
        self._nodes: dict[int, Node] = {}
        self._folder: Path | None = None
        self._java: tuple[str, ...] = ()
        self._proxies: dict[int, Proxy] = {}
        self._served = ExitStack()

    def __enter__(self) -> Self:
        if self._external:
            return self
        self._java = (java(), "-cp", classpath(), *(_SPARING if self._size > 1 else ()))
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

    @property
    def proxied(self) -> str:
        """
        The addresses of all nodes as whoever comes through the proxies reaches them.
        """
        return ",".join(proxy.address for proxy in self._proxies.values())

    def cut(self) -> None:
        """
        Cut off whoever comes through the proxies, from every node.
        """
        for proxy in self._proxies.values():
            proxy.cut()

    def heal(self) -> None:
        """
        End what `cut` began.
        """
        for proxy in self._proxies.values():
            proxy.heal()

    def leader(self, topic: str, partition: int = 0) -> int:
        """
        The node that leads a partition.
        """
        with self._admin() as admin:
            (described,) = admin.describe_topics([topic])
        (leader,) = (each["leader_id"] for each in described["partitions"] if each["partition_index"] == partition)
        return int(leader)

    def in_sync(self, topic: str) -> int:
        """
        How many replicas of each partition are in sync, at the least.
        """
        with self._admin() as admin:
            (described,) = admin.describe_topics([topic])
        return min(len(each["isr_nodes"]) for each in described["partitions"])

    def controller(self) -> int:
        """
        The node that leads the quorum of controllers.
        """
        with self._admin() as admin:
            quorum = admin.describe_metadata_quorum()
        return int(quorum["topics"][0]["partitions"][0]["leader_id"])

    def coordinator(self, group: str) -> int:
        """
        The node that keeps a consumer group.
        """
        with self._admin() as admin:
            partition = _group_partition(group, len(admin.describe_topics([OFFSETS])[0]["partitions"]))
        return self.leader(OFFSETS, partition)

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
        with self._admin() as admin:
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

    def pause(self, number: int) -> None:
        """
        Hold a node still: its process gets no time until `resume`.
        """
        self._node(number).pause()

    def resume(self, number: int) -> None:
        """
        Let a node go on after `pause`.
        """
        self._node(number).resume()

    def refuse_writes(self, number: int) -> None:
        """
        Let every write of a node to its disk fail from now on; Kafka then ends the node by itself.
        """
        self._node(number).refuse_writes()

    def pid(self, number: int) -> int:
        """
        The id of a node's process.
        """
        return self._node(number).process.pid

    def running(self, number: int) -> bool:
        """
        Whether a node's process lives.
        """
        return self._node(number).running

    def start(self, *numbers: int) -> None:
        """
        Start ended nodes on their old ports and data, and wait until they serve.

        The controller lets a node back in when its old session has run out, which takes up to 3 s.

        Raises:
            BrokerError: one runs already, or does not come up.
        """
        nodes = [self._node(number) for number in numbers]
        for node in nodes:
            node.launch(self._java, self._heap_mib)
        _wait(nodes)

    def _admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=self.bootstrap.split(","))

    def _node(self, number: int) -> Node:
        if number not in self._nodes:
            msg = f"there is no node {number} to act on: the nodes are {self.nodes or 'external'}"
            raise BrokerError(msg)
        return self._nodes[number]

    def _bring_up(self, folder: Path) -> None:
        ports = _free_ports((3 + len(self._listeners)) * self._size)
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
        if PROXIED in self._listeners:
            for node in self._nodes.values():
                proxy = Proxy(HOST, ports.pop(), node.secured[PROXIED])
                self._proxies[node.number] = self._served.enter_context(proxy)
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
                + [f"{name}://{self._advertised(node, name)}" for name in node.secured]
            ),
            "listener.security.protocol.map": ",".join(
                ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
                + [f"{name}:{protocol}" for name, protocol in self._listeners.items()]
            ),
            "log.dirs": str(node.folder / "data"),
            **_small(self._size),
            **self._properties,
        }

    def _advertised(self, node: Node, listener: str) -> str:
        if listener == PROXIED:
            return self._proxies[node.number].address
        return f"localhost:{node.secured[listener]}"

    def _discard(self) -> None:
        self._served.close()
        self._proxies.clear()
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
        # Not 9 s, so that a killed node of several is missed, and let back in, sooner. Without one alone nobody leads.
        "broker.session.timeout.ms": "3000" if brokers > 1 else "9000",
    }


def _group_partition(group: str, partitions: int) -> int:
    """
    Where Kafka keeps a group: Java's hash of its name, without the sign.
    """
    hashed = 0
    for character in group:
        hashed = (31 * hashed + ord(character)) & 0xFFFFFFFF
    return (hashed & 0x7FFFFFFF) % partitions


def _wait(nodes: list[Node]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    for node in nodes:
        while not node.listens():
            _check_alive(node, deadline)
            time.sleep(POLL_SECONDS)
    with closing(_connected(nodes, deadline)) as admin:
        for node in nodes:
            while node.number not in _serving(admin):
                _check_alive(node, deadline)
                time.sleep(POLL_SECONDS)


def _connected(nodes: list[Node], deadline: float) -> KafkaAdminClient:
    while True:
        try:
            return KafkaAdminClient(bootstrap_servers=[f"{HOST}:{node.port}" for node in nodes])
        except KafkaError:
            if time.monotonic() > deadline:
                nodes[0].fail("accepts connections and does not answer")
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
