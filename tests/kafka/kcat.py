"""Records in and out through kcat, a Kafka client that nobody here wrote: what it reads is what a stranger reads."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.kafka.programs import program

RECORD_END = "|end-of-record-5d0f27c1"  # their first bytes do not recur in them, so no prefix can be mistaken
KEY_END = "#end-of-key-5d0f27c1"
TIMEOUT_SECONDS = 60


class KcatError(RuntimeError):
    """
    The program kcat could not do what it was asked; the sentence ends with its own words.
    """


@dataclass(frozen=True, slots=True)
class Record:
    """
    A record as it lies in a topic.

    Args:
        partition: where it lies.
        offset: where it lies within the partition.
        timestamp: milliseconds since 1970 UTC.
        key: its bytes; None when it has none, which is not the same as an empty key.
        value: its bytes; None for a tombstone.
        headers: name and bytes, in order, doubles included.
    """

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def installed() -> str:
    """
    The path of kcat.

    Raises:
        MissingError: it is not on the PATH.
    """
    return program("kcat", "install it (Debian package kcat)")


def produce(  # noqa: PLR0913 — what differs between calls is named, the rest has a default
    bootstrap: str,
    topic: str,
    records: Iterable[tuple[bytes | None, bytes | None]],
    *,
    partition: int | None = None,
    headers: Sequence[tuple[str, str]] = (),
    options: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> None:
    """
    Write keys and values, and return when the brokers have acknowledged all of them.

    The order of one partition is kept. Keys choose partitions as librdkafka does it (CRC-32), not as the Java client.

    Args:
        bootstrap: `host:port,host:port`.
        topic: must exist.
        records: key and value; a value of None is a tombstone.
        partition: for all records; by key unless told.
        headers: the same for all records.
        options: librdkafka settings, as in `message.max.bytes`, of which a record past 1 MB needs more.
        timeout: seconds.

    Raises:
        ValueError: kcat has no way to write one of the records.
        KcatError: a record was not delivered.
        MissingError: kcat is not installed.
    """
    batch = list(records)
    tombstones = any(value is None for _, value in batch)
    arguments = ["-P", "-t", topic, "-D", RECORD_END, "-K", KEY_END, *(["-Z"] if tombstones else [])]
    if partition is not None:
        arguments += ["-p", str(partition)]
    for name, text in headers:
        arguments += ["-H", f"{name}={text}"]
    settings = {"enable.idempotence": "true", **(options or {})}
    _kcat(bootstrap, arguments, settings, timeout, _framed(batch, tombstones=tombstones))


def consume(  # noqa: PLR0913 — as above
    bootstrap: str,
    topic: str,
    *,
    partition: int | None = None,
    count: int | None = None,
    options: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> list[Record]:
    """
    Read a topic from its beginning, outside of any consumer group.

    Args:
        bootstrap: `host:port,host:port`.
        topic: must exist.
        partition: the only one to read; all unless told.
        count: wait until this many records were read; without it, read up to what is there now.
        options: librdkafka settings, as in `isolation.level`.
        timeout: seconds.

    Returns:
        Records in the order of arrival, which within a partition is that of the offsets.

    Raises:
        KcatError: the topic cannot be read, or has fewer than `count` records when the time is over.
        MissingError: kcat is not installed.
    """
    until = ["-e"] if count is None else ["-c", str(count), "-u"]
    arguments = ["-C", "-q", "-J", "-t", topic, "-o", "beginning", *until]
    if partition is not None:
        arguments += ["-p", str(partition)]
    lines = _kcat(bootstrap, arguments, options or {}, timeout).splitlines()
    return [_record(line) for line in lines]


def _kcat(
    bootstrap: str, arguments: list[str], settings: Mapping[str, str], timeout: float, text: bytes = b""
) -> bytes:
    options = [word for name, setting in settings.items() for word in ("-X", f"{name}={setting}")]
    try:
        run = subprocess.run(
            [installed(), "-b", bootstrap, *options, *arguments],
            input=text,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        read = len((expired.stdout or b"").splitlines())
        msg = f"kcat {' '.join(arguments)} was not done after {timeout} s; it had read {read} records"
        raise KcatError(msg) from None
    if run.returncode != 0:
        msg = f"kcat {' '.join(arguments)} failed: {run.stderr.decode(errors='replace').strip()}"
        raise KcatError(msg)
    return run.stdout


def _framed(records: list[tuple[bytes | None, bytes | None]], *, tombstones: bool) -> bytes:
    return b"".join(_frame(key, value, tombstones=tombstones) for key, value in records)


def _frame(key: bytes | None, value: bytes | None, *, tombstones: bool) -> bytes:
    content = (key or b"") + b"\0" + (value or b"")
    if RECORD_END.encode() in content or KEY_END.encode() in content:
        msg = f"a record holds {RECORD_END!r} or {KEY_END!r}, which kcat takes for the end of a record or key"
        raise ValueError(msg)
    if not value and key is None:
        msg = "kcat skips records that have neither key nor value: give it a key"
        raise ValueError(msg)
    if tombstones and b"" in {key, value}:
        msg = "kcat makes empty keys and values null beside a tombstone: produce them in a call of their own"
        raise ValueError(msg)
    return (b"" if key is None else key + KEY_END.encode()) + (value or b"") + RECORD_END.encode()


def _record(line: bytes) -> Record:
    # kcat escapes what JSON must escape and prints every other byte as it is, valid UTF-8 or not: read as Latin-1,
    # each byte is one character, and encoding gives the bytes back. Its `-f` formats cannot tell where headers end.
    envelope = json.loads(line.decode("latin-1"))
    headers = envelope.get("headers", [])
    return Record(
        partition=envelope["partition"],
        offset=envelope["offset"],
        timestamp=envelope["ts"],
        key=_bytes(envelope["key"]),
        value=_bytes(envelope["payload"]),
        headers=tuple(
            (name.encode("latin-1").decode(), _bytes(value))
            for name, value in zip(headers[::2], headers[1::2], strict=True)
        ),
    )


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")
