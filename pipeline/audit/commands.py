"""The log of a command: a chain for each run, in which every record is kept before the command goes on."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

from pipeline.audit.chain import Chain
from pipeline.audit.record import END, START, TOPIC
from pipeline.audit.signing import SigningKey
from pipeline.kafka_client import Feeder, KafkaClientError, now_ms

_KEPT_SECONDS: Final = 40.0  # above the client's own limit for one delivery


class CommandLog:
    """
    Opens a chain, and closes it when the `with` block ends without an error.

        with CommandLog(bootstrap, SigningKey(roots.internal("audit")), "qingliu erase") as log:
            log.write("erasure", {"request": request_id, "step": "asked", "topics": {}})

    Args:
        bootstrap: `host:port`, several joined by commas.
        signing: of the deployment.
        program: the command, such as `qingliu erase`.

    Raises:
        KafkaClientError: a record was not kept; what it says must not be done, or has to be said again.
    """

    def __init__(self, bootstrap: str, signing: SigningKey, program: str) -> None:
        self._chain = Chain(signing)
        self._program = program
        self._feeder = Feeder(bootstrap)

    def __enter__(self) -> Self:
        self._feeder.__enter__()
        self.write(START, self._chain.opening(self._program, {}))
        return self

    def write(self, kind: str, body: Mapping[str, Any]) -> None:
        """
        Say something; it returns when that is kept.

        Args:
            kind: one of `pipeline.audit.record.KINDS`.
            body: the members of that kind.

        Raises:
            Unreadable: the body does not fit the kind.
            KafkaClientError: the record was not kept.
        """
        feeder = self._feeder
        feeder.send(TOPIC, self._chain.key, self._chain.append(kind, body), now_ms())
        if feeder.flush(_KEPT_SECONDS) or feeder.failures:
            names = ", ".join(feeder.failures) or f"no answer within {_KEPT_SECONDS:.0f} s"
            msg = f"the audit record was not kept ({names}); check {TOPIC} and the broker, then run the command again"
            raise KafkaClientError(msg)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.write(END, {})
        finally:
            self._feeder.__exit__(kind, error, where)
