"""A broker inside this process, for trying things out."""

import ctypes
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

from confluent_kafka import KafkaError, cimpl

from pipeline.kafka_client.reaching import QUIET, KafkaClientError, embedded

RETAINED_BYTES: Final = 5 << 20
"""What the embedded broker keeps of a partition; older batches go without a word, whether they were read or not."""

_PRODUCER: Final = 0  # rd_kafka_type_t
_ERROR_BYTES: Final = 512


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
        for name, value in QUIET.items():
            library.rd_kafka_conf_set(configuration, name.encode(), str(value).encode(), error, _ERROR_BYTES)
        self._client = library.rd_kafka_new(_PRODUCER, configuration, error, _ERROR_BYTES)
        self._cluster = library.rd_kafka_mock_cluster_new(self._client, 1) if self._client else None
        if not self._cluster:
            self.__exit__(None, None, None)
            msg = "librdkafka could not start its embedded broker; check that the loopback interface is up"
            raise KafkaClientError(msg)
        # The default of 3 s waits for more members of a group than there will be.
        library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        embedded.add(self.bootstrap)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        library = _librdkafka()
        if self._cluster:
            embedded.discard(self.bootstrap)
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
