"""Writing records: one by one, each confirmed, or several in a transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from pipeline.kafka_client.reaching import KafkaClientError, partitions_of, reaching

_FULL_SECONDS: Final = 0.1  # to wait for room in a full queue before looking again
_DELIVERY_MS: Final = 30_000
_RECORD_BYTES: Final = 4 << 20  # the largest record: above what any topic here takes, so that the broker decides
_QUEUED_RECORDS: Final = 20_000
_QUEUED_KIB: Final = 32 << 10
_LINGER_MS: Final = 50  # for large batches: the embedded broker hands out a single one of each partition a fetch


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
                **reaching(bootstrap),
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
        return partitions_of(self._producer, self._bootstrap)

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
                **reaching(bootstrap),
                "delivery.timeout.ms": _DELIVERY_MS,
                "message.max.bytes": _RECORD_BYTES,
                "partitioner": "murmur2_random",
                "transactional.id": name,
                "transaction.timeout.ms": 2 * _DELIVERY_MS,
            }
        )
        partitions_of(self._producer, bootstrap)  # which says why there is no way to it
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
