"""The log of a command: a chain for each run, in which every record is kept before the command goes on."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from pipeline.audit.chain import Chain
from pipeline.audit.record import END, START, TOPIC
from pipeline.audit.signing import SigningKey
from pipeline.kafka_client import Feeder, KafkaClientError, now_ms

_KEPT_SECONDS: Final = 40.0  # above the client's own limit for one delivery


class NotKept(RuntimeError):  # noqa: N818 — reads "the record was not kept"
    """
    A record that nobody will find: one sentence with what to do.
    """


class Shelf(Protocol):
    """
    Where a command's records are kept.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None: ...

    def keep(self, key: bytes, value: bytes) -> None:
        """
        Keep one record after those before it; it returns when that is done.

        Raises:
            KafkaClientError: no broker took it.
            NotKept: it could not be written.
        """
        ...


class InTopic:
    """
    Keeps records in `privacy.audit`.

    Args:
        bootstrap: `host:port`, several joined by commas.

    Raises:
        KafkaClientError: no broker answers.
    """

    def __init__(self, bootstrap: str) -> None:
        self._feeder = Feeder(bootstrap)

    def __enter__(self) -> Self:
        self._feeder.__enter__()
        return self

    def keep(self, key: bytes, value: bytes) -> None:
        """
        Send one record, and wait until the brokers have it.
        """
        feeder = self._feeder
        feeder.send(TOPIC, key, value, now_ms())
        if feeder.flush(_KEPT_SECONDS) or feeder.failures:
            names = ", ".join(feeder.failures) or f"no answer within {_KEPT_SECONDS:.0f} s"
            msg = f"the audit record was not kept ({names}); check {TOPIC} and the broker, then run the command again"
            raise KafkaClientError(msg)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._feeder.__exit__(kind, error, where)


class InFile:
    """
    Keeps records in a file, one a line, where no broker is at hand. Nothing is ever taken out of it.

    Protects records against being altered or thinned out unseen, as the topic does. Does not protect against a file
    that is deleted as a whole, which shows only where later records of the topic tell of keys that it would explain.

    Args:
        path: of the file; made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        except OSError as error:
            raise self._not_kept(error) from None
        return self

    def keep(self, key: bytes, value: bytes) -> None:  # noqa: ARG002 — a line needs no key: its chain stands in it
        """
        Write one line, and wait until the disk has it.
        """
        file = int(str(self._file))
        try:
            size = os.fstat(file).st_size
            torn = size and os.pread(file, 1, size - 1) != b"\n"  # by a machine that died, whose record is no record
            os.write(file, b"\n" * bool(torn) + value + b"\n")
            os.fsync(file)
        except OSError as error:
            raise self._not_kept(error) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)

    def _not_kept(self, error: OSError) -> NotKept:
        msg = f"the audit record cannot be written to {self._path}: {error.strerror}; make its folder writable"
        return NotKept(msg)


class CommandLog:
    """
    Opens a chain, and closes it when the `with` block ends without an error.

        with CommandLog(InTopic(bootstrap), SigningKey(roots.internal("audit")), "qingliu erase") as log:
            log.write("erasure", {"request": request_id, "step": "asked", "topics": {}})

    Args:
        shelf: keeps the records.
        signing: of the deployment.
        program: the command, such as `qingliu erase`.

    Raises:
        KafkaClientError: no broker took a record; what it says must not be done, or has to be said again.
        NotKept: it could not be written; the same.
    """

    def __init__(self, shelf: Shelf, signing: SigningKey, program: str) -> None:
        self._chain = Chain(signing)
        self._program = program
        self._shelf = shelf

    def __enter__(self) -> Self:
        self._shelf.__enter__()
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
            KafkaClientError: no broker took the record.
            NotKept: the record could not be written.
        """
        self._shelf.keep(self._chain.key, self._chain.append(kind, body))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.write(END, {})
        finally:
            self._shelf.__exit__(kind, error, where)
