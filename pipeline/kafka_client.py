"""
Feeding and reading Kafka outside a worker, and a broker for trying things out. The only door to confluent-kafka.

Workers do not use it: they read and write through `pipeline.transport`.
"""

import ctypes
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicCollection,
    TopicPartition,
    cimpl,
)
from confluent_kafka.admin import AdminClient

from pipeline.connection import Connection
from pipeline.residency import Residency, hosts_of

RETAINED_BYTES: Final = 5 << 20
"""What the embedded broker keeps of a partition; older batches go without a word, whether they were read or not."""

NO_GROUP: Final = "none"
"""What readers without a group name as theirs: librdkafka asks who coordinates it, and nothing ever joins it."""

_PRODUCER: Final = 0  # rd_kafka_type_t
_ERROR_BYTES: Final = 512
_ANSWER_SECONDS: Final = 10.0
_IDENTITY_SECONDS: Final = 2.0  # the embedded broker never tells it
_LOOK_SECONDS: Final = 0.1  # a read waits for all of it, unless there is as much as was asked for
_FULL_SECONDS: Final = 0.1  # to wait for room in a full queue before looking again
_DELIVERY_MS: Final = 30_000
_RECORD_BYTES: Final = 4 << 20  # the largest record: above what any topic here takes, so that the broker decides
_QUEUED_RECORDS: Final = 20_000
_QUEUED_KIB: Final = 32 << 10
_LINGER_MS: Final = 50  # for large batches: the embedded broker hands out a single one of each partition a fetch
_WORK_MS: Final = 3_600_000  # between two reads of a group's member, while it does what it has read
_READ_AT_ONCE: Final = 1_000
_FETCH_WAIT_MS: Final = 10  # the embedded broker answers an empty fetch only after all of it

_QUIET: Final = {"log_level": 2}
"""librdkafka writes to standard error by itself; what matters of it comes back as an exception or a failed delivery."""

_embedded: Final[set[str]] = set()  # brokers of this process: they speak in clear, whatever the deployment's brokers do


class KafkaClientError(RuntimeError):
    """
    A broker that does not answer, or a topic that cannot be used: one sentence with what to do.
    """


class MissingTopicsError(KafkaClientError):
    """
    Topics that do not exist.
    """


class Record(NamedTuple):
    """
    A record as it was read.

    Args:
        topic: where from.
        partition: where from.
        offset: where from.
        timestamp: milliseconds since 1970 UTC.
        key: or None.
        value: or None.
        headers: in order.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class EmbeddedBroker:
    """
    A Kafka broker inside this process: librdkafka's mock cluster, reached over TCP on the loopback interface.

    Clients in other processes of this machine can use it. It needs nothing installed and keeps everything in memory.
    Of each partition it keeps 5 MiB or 100,000 batches and truncates silently, so readers must keep up with writers.
    A fetch brings one batch of each partition, or nothing after all of the time that the reader is willing to wait.
    Clients cannot ask it to create topics (`create_topic` does it from inside; a topic that is merely written to comes
    to be with four partitions), it has no compaction and no usable transactions, and kafka-python cannot bootstrap
    against it.

    Good for demonstrations and for tests of a client. No proof of delivery: for that take a real broker.

    Raises:
        KafkaClientError: this build of librdkafka has no mock cluster.
    """

    def __init__(self) -> None:
        self._client: int | None = None
        self._cluster: int | None = None

    def __enter__(self) -> Self:
        library = _librdkafka()
        error = ctypes.create_string_buffer(_ERROR_BYTES)
        configuration = library.rd_kafka_conf_new()
        for name, value in _QUIET.items():
            library.rd_kafka_conf_set(configuration, name.encode(), str(value).encode(), error, _ERROR_BYTES)
        self._client = library.rd_kafka_new(_PRODUCER, configuration, error, _ERROR_BYTES)
        self._cluster = library.rd_kafka_mock_cluster_new(self._client, 1) if self._client else None
        if not self._cluster:
            self.__exit__(None, None, None)
            msg = "librdkafka could not start its embedded broker; check that the loopback interface is up"
            raise KafkaClientError(msg)
        # The default of 3 s waits for more members of a group than there will be.
        library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        _embedded.add(self.bootstrap)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        library = _librdkafka()
        if self._cluster:
            _embedded.discard(self.bootstrap)
            library.rd_kafka_mock_cluster_destroy(self._cluster)
        if self._client:
            library.rd_kafka_destroy(self._client)
        self._client = self._cluster = None

    @property
    def bootstrap(self) -> str:
        """
        `host:port`.
        """
        return str(_librdkafka().rd_kafka_mock_cluster_bootstraps(self._running()).decode())

    def create_topic(self, name: str, partitions: int) -> None:
        """
        Make a topic that does not exist yet.

        Raises:
            KafkaClientError: it exists, or the number of partitions is not positive.
        """
        if partitions < 1:
            msg = f"{name} needs at least one partition, not {partitions}"
            raise KafkaClientError(msg)
        code = _librdkafka().rd_kafka_mock_topic_create(self._running(), name.encode(), partitions, 1)
        if code:
            msg = f"the embedded broker did not create {name} ({KafkaError(code).name()}); choose another name"
            raise KafkaClientError(msg)

    def _running(self) -> int:
        if not self._cluster:
            msg = "the embedded broker is not running; use it inside its `with` block"
            raise KafkaClientError(msg)
        return self._cluster


class Feeder:
    """
    Writes records and hears where each one went.

    Records of one key keep their order, also over retries. The queue is bounded: `send` waits while it is full.
    Callbacks run inside `send`, `poll` and `flush`, in the caller's thread. Leaving the `with` block gives up what is
    not confirmed; `flush` before.

    Args:
        bootstrap: `host:port`, several joined by commas.
        partitioner: chooses a key's partition: `murmur2_random` as Java clients do it, which most upstream apps are,
            or `consistent` as `pipeline.publisher` does.
    """

    def __init__(self, bootstrap: str, partitioner: str = "murmur2_random") -> None:
        self._bootstrap = bootstrap
        self._producer = Producer(
            {
                **_reaching(bootstrap),
                "acks": "all",
                "enable.idempotence": True,
                "delivery.timeout.ms": _DELIVERY_MS,
                "linger.ms": _LINGER_MS,
                "message.max.bytes": _RECORD_BYTES,
                "partitioner": partitioner,
                "queue.buffering.max.messages": _QUEUED_RECORDS,
                "queue.buffering.max.kbytes": _QUEUED_KIB,
            }
        )
        self.delivered = 0
        """Records that the broker has confirmed."""
        self.failures: Counter[str] = Counter()
        """Records that it has not, by the name of the error."""

    def partitions(self) -> Mapping[str, int]:
        """
        Every topic and its number of partitions.

        Raises:
            KafkaClientError: no broker answers.
        """
        return _partitions(self._producer, self._bootstrap)

    def send(  # noqa: PLR0913 — what a record consists of
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        timestamp: int,
        *,
        delivered: Callable[[int, int], None] | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """
        Queue a record.

        Args:
            topic: where to.
            key: chooses the partition.
            value: any bytes.
            timestamp: milliseconds since 1970 UTC.
            delivered: called with partition and offset once the broker has confirmed.
            headers: in order.
        """

        def report(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self.failures[error.name()] += 1
                return
            self.delivered += 1
            if delivered is not None:
                delivered(message.partition() or 0, message.offset() or 0)

        while True:
            try:
                self._producer.produce(
                    topic, value, key, timestamp=timestamp, headers=list(headers), on_delivery=report
                )
            except BufferError:
                self._producer.poll(_FULL_SECONDS)
            except KafkaException as error:
                self.failures[error.args[0].name()] += 1
                return
            else:
                return

    def poll(self, seconds: float = 0.0) -> None:
        """
        Run callbacks that are due.
        """
        self._producer.poll(seconds)

    def flush(self, seconds: float) -> int:
        """
        Wait until everything is confirmed or given up; how many records are still neither.
        """
        return self._producer.flush(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._producer.purge()
        self._producer.flush(1.0)


class Transactions:
    """
    Writes records together: those that read committed ones see all of them or none.

    Whoever begins with the same name fences everybody who still writes under it.

    Args:
        bootstrap: `host:port`, several joined by commas.
        name: of the writer, the same each time.

    Raises:
        KafkaClientError: no broker answers, or it refuses.
    """

    def __init__(self, bootstrap: str, name: str) -> None:
        self._producer = Producer(
            {
                **_reaching(bootstrap),
                "delivery.timeout.ms": _DELIVERY_MS,
                "message.max.bytes": _RECORD_BYTES,
                "partitioner": "murmur2_random",
                "transactional.id": name,
                "transaction.timeout.ms": 2 * _DELIVERY_MS,
            }
        )
        _partitions(self._producer, bootstrap)  # which says why there is no way to it
        self._do(lambda: self._producer.init_transactions(_DELIVERY_MS / 1_000))

    def write(self, records: Iterable[tuple[str, bytes | None, bytes | None]]) -> None:
        """
        Write topic, key and value of some records, with the present time.

        Raises:
            KafkaClientError: the broker refuses; none of them will be seen.
        """
        self._do(self._producer.begin_transaction)
        for topic, key, value in records:
            self._do(lambda topic=topic, key=key, value=value: self._producer.produce(topic, value, key))  # type: ignore[misc]
            self._producer.poll(0)
        self._do(lambda: self._producer.commit_transaction(_DELIVERY_MS / 1_000))

    @staticmethod
    def _do(step: Callable[[], object]) -> None:
        try:
            step()
        except (BufferError, KafkaException) as error:
            name = error.args[0].name() if isinstance(error, KafkaException) else "queue full"
            msg = f"the broker did not take the transaction ({name}); nothing of it was written: try again"
            raise KafkaClientError(msg) from None


class Reader:
    """
    Reads topics from their beginning, outside any group: it commits nothing and disturbs nobody.

    Args:
        bootstrap: `host:port`, several joined by commas.
        topics: that exist.

    Raises:
        KafkaClientError: no broker answers, or a topic is missing.
    """

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        self._consumer = Consumer(
            {
                **_reaching(bootstrap),
                "group.id": NO_GROUP,  # asked for by the client; without a subscription nothing joins it
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "fetch.wait.max.ms": _FETCH_WAIT_MS,
                "allow.auto.create.topics": False,
            }
        )
        try:
            existing = _partitions(self._consumer, bootstrap)
            check_topics(existing, topics)
            self._consumer.assign(
                [TopicPartition(topic, number, 0) for topic in topics for number in range(existing[topic])]
            )
        except BaseException:
            self._consumer.close()
            raise

    def read(self, maximum: int = 500, seconds: float = 0.1) -> list[Record]:
        """
        The next records: as many as there are after so many seconds, or the maximum sooner.

        Raises:
            KafkaClientError: a partition cannot be read.
        """
        return [_record(message) for message in self._consumer.consume(maximum, seconds) if _readable(message)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._consumer.close()


class GroupReader:
    """
    Reads topics as a member of a consumer group, and commits what it is told.

    Args:
        bootstrap: `host:port`, several joined by commas.
        group: whose members share the topics; the next one goes on where the last one committed.
        topics: that exist.

    Raises:
        KafkaClientError: no broker answers, or a topic is missing.
    """

    def __init__(self, bootstrap: str, group: str, topics: Sequence[str]) -> None:
        self._group = group
        self._consumer = Consumer(
            {
                **_reaching(bootstrap),
                "group.id": group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "fetch.wait.max.ms": _FETCH_WAIT_MS,
                "max.poll.interval.ms": _WORK_MS,
                "allow.auto.create.topics": False,
            }
        )
        try:
            check_topics(_partitions(self._consumer, bootstrap), topics)
            self._consumer.subscribe(list(topics))
        except BaseException:
            self._consumer.close()
            raise

    def read(self, maximum: int, seconds: float) -> list[Record]:
        """
        The next records: as many as there are after so many seconds, or the maximum sooner.

        Raises:
            KafkaClientError: a partition cannot be read.
        """
        return [_record(message) for message in self._consumer.consume(maximum, seconds) if _readable(message)]

    def commit(self, records: Iterable[Record]) -> None:
        """
        These records, and all before them, are done with.

        Raises:
            KafkaClientError: the group did not take it; the records will be read again.
        """
        ends: dict[tuple[str, int], int] = {}
        for record in records:
            place = record.topic, record.partition
            ends[place] = max(record.offset + 1, ends.get(place, 0))
        if not ends:
            return
        try:
            self._consumer.commit(
                offsets=[TopicPartition(*place, end) for place, end in ends.items()], asynchronous=False
            )
        except KafkaException as error:
            name = error.args[0].name()
            msg = f"the group {self._group} did not take what was done ({name}); it is read again after a restart"
            raise KafkaClientError(msg) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._consumer.close()


def read_all(bootstrap: str, topic: str, since: int | None = None) -> Iterator[Record]:
    """
    Every record that a topic holds now, partition by partition in order.

    Args:
        bootstrap: `host:port`, several joined by commas.
        topic: its name.
        since: from the first record of each partition on that has this time or a later one, in milliseconds since 1970
            UTC; None for all.

    Raises:
        KafkaClientError: no broker answers, the topic is missing, or a partition cannot be read.
    """
    consumer = Consumer(
        {
            **_reaching(bootstrap),
            "group.id": NO_GROUP,  # as above
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": _FETCH_WAIT_MS,
            "allow.auto.create.topics": False,
        }
    )
    try:
        existing = _partitions(consumer, bootstrap)
        check_topics(existing, [topic])
        first = OFFSET_BEGINNING if since is None else since
        partitions = [TopicPartition(topic, number, first) for number in range(existing[topic])]
        consumer.assign(partitions if since is None else _from_time(consumer, partitions))
        unfinished = set(range(existing[topic]))
        answered = time.monotonic()
        while unfinished:
            for message in consumer.consume(_READ_AT_ONCE, _LOOK_SECONDS):
                answered = time.monotonic()
                error = message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 — its public name
                    unfinished.discard(message.partition())
                elif _readable(message):
                    yield _record(message)
            if time.monotonic() - answered > _ANSWER_SECONDS:
                msg = f"{topic} could not be read within {_ANSWER_SECONDS:.0f} s; check that all brokers run"
                raise KafkaClientError(msg)
    finally:
        consumer.close()


def _from_time(consumer: Consumer, partitions: list[TopicPartition]) -> list[TopicPartition]:
    """
    The partitions, each from the first record of a time on, which stands in place of the offset.
    """
    try:
        return list(consumer.offsets_for_times(partitions, timeout=_ANSWER_SECONDS))
    except KafkaException as error:
        msg = f"no broker says where that time begins: {error.args[0].str()}; check that all brokers run"
        raise KafkaClientError(msg) from None


class Extent(NamedTuple):
    """
    Which topic a name stands for, and what it holds.

    Args:
        identity: of the cluster and, where brokers tell it, of the topic: another one after it was made anew.
        offsets: of each partition the first offset, and the one after the last.
    """

    identity: str
    offsets: dict[int, tuple[int, int]]


def extent(bootstrap: str, topic: str) -> Extent:
    """
    What a topic holds now.

    Raises:
        KafkaClientError: no broker answers, or the topic is missing.
    """
    consumer = Consumer({**_reaching(bootstrap), "group.id": NO_GROUP})
    try:
        existing = _partitions(consumer, bootstrap)
        check_topics(existing, [topic])
        cluster = consumer.list_topics(topic, timeout=_ANSWER_SECONDS).cluster_id
        offsets = {
            number: consumer.get_watermark_offsets(TopicPartition(topic, number), _ANSWER_SECONDS)
            for number in range(existing[topic])
        }
    except KafkaException as error:
        msg = f"{topic} could not be looked at ({error.args[0].name()}); check that all brokers run"
        raise KafkaClientError(msg) from None
    finally:
        consumer.close()
    return Extent(f"{cluster}/{_topic_id(bootstrap, topic)}", offsets)


def _topic_id(bootstrap: str, topic: str) -> str:
    admin = AdminClient(_reaching(bootstrap))
    described = admin.describe_topics(TopicCollection([topic]), request_timeout=_IDENTITY_SECONDS)
    try:
        return str(described[topic].result().topic_id)
    except KafkaException:
        return ""


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


def now_ms() -> int:
    """
    The time for a record's timestamp: milliseconds since 1970 UTC.
    """
    return time.time_ns() // 1_000_000


def _reaching(bootstrap: str) -> dict[str, Any]:
    """
    What every client is given: the brokers and the way to them.

    Raises:
        SettingsError: the way cannot be understood, one of its files cannot be used, or it leads outside.
    """
    _residency(bootstrap).check(hosts_of(bootstrap.split(",")), "the broker")
    return {**_QUIET, **_connection(bootstrap).librdkafka(), "bootstrap.servers": bootstrap}


def _residency(bootstrap: str) -> Residency:
    return Residency() if bootstrap in _embedded else Residency.from_environment()


def _connection(bootstrap: str) -> Connection:
    return Connection() if bootstrap in _embedded else Connection.from_environment()


def _partitions(client: Producer | Consumer, bootstrap: str) -> dict[str, int]:
    try:
        cluster = client.list_topics(timeout=_ANSWER_SECONDS)
    except KafkaException:
        raise KafkaClientError(_connection(bootstrap).hindrance(bootstrap.split(","))) from None
    _residency(bootstrap).check((broker.host for broker in cluster.brokers.values()), "the cluster's broker")
    return {name: len(topic.partitions) for name, topic in cluster.topics.items()}


def _readable(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if not error.retriable():
        msg = f"cannot read {message.topic()}: {error.name()}; check that the topic still exists and may be read"
        raise KafkaClientError(msg)
    return False


def _record(message: Message) -> Record:
    return Record(
        message.topic() or "",
        message.partition() or 0,
        message.offset() or 0,
        message.timestamp()[1],
        message.key(),
        message.value(),
        tuple(message.headers() or ()),  # type: ignore[arg-type]
    )


@cache
def _librdkafka() -> Any:
    """
    The librdkafka that confluent-kafka itself is linked to, wherever its wheel or its distribution has put it.
    """
    library = ctypes.CDLL(cimpl.__file__)
    pointer, text, number, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_size_t
    signatures: dict[str, tuple[Any, ...]] = {
        "rd_kafka_conf_new": (pointer,),
        "rd_kafka_conf_set": (number, pointer, text, text, text, size),
        "rd_kafka_new": (pointer, number, pointer, text, size),
        "rd_kafka_destroy": (None, pointer),
        "rd_kafka_mock_cluster_new": (pointer, pointer, number),
        "rd_kafka_mock_cluster_destroy": (None, pointer),
        "rd_kafka_mock_cluster_bootstraps": (text, pointer),
        "rd_kafka_mock_topic_create": (number, pointer, text, number, number),
        "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, pointer, ctypes.c_int32),
    }
    try:
        for name, (result, *arguments) in signatures.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError as error:
        msg = f"this build of librdkafka has no embedded broker ({error.name}); install confluent-kafka from its wheel"
        raise KafkaClientError(msg) from None
    return library
