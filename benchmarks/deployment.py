"""A throw-away deployment: keys in a temporary folder, topics on a broker, simulated events in them."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Protocol

from benchmarks.offsets import Offsets
from benchmarks.process import BenchmarkError, Child
from pipeline.kafka_client import Feeder, now_ms
from pipeline.keys import RootKeys, save_officer
from pipeline.sealing import OfficerPrivateKey
from pipeline.simulator import Simulated
from pipeline.worker import needed_topics
from schemas import VIEWS

PARTITIONS: Final = 4
VIEWS_AN_EVENT: Final = len(VIEWS) // len({view.contract.topic for view in VIEWS})
FILLED: Final = ("raw.device", "raw.log", "raw.location", "raw.order")
"""The raw topics that events are written to: the four that there were first, so that all figures compare."""

STALLED_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.1


class Broker(Protocol):
    """
    What the embedded and the real broker have in common.
    """

    @property
    def bootstrap(self) -> str:
        """
        `host:port`.
        """
        ...

    def create_topic(self, name: str, *, partitions: int) -> Any:
        """
        Make a topic that does not exist yet.
        """
        ...


class Seen(NamedTuple):
    """
    How much was written when.

    Args:
        at: seconds of the monotonic clock.
        records: in the clean topics, ever.
    """

    at: float
    records: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """
    The shipped views over a broker.

    Args:
        bootstrap: of the broker.
        folder: for keys and logs.
        clean: what is in the clean topics.
        raw: what is in the raw topics.
    """

    bootstrap: str
    folder: Path
    clean: Offsets
    raw: Offsets

    def worker(self, group: str, number: int = 1, **settings: str) -> Child:
        """
        `qingliu worker`, reading from the beginning.

        Args:
            group: of consumers.
            number: among the workers of the group.
            settings: over those of the deployment.
        """
        name = f"{group}-{number}"
        environment = {**self._settings(group, name), **settings}
        return Child("the worker", ("pipeline", "worker"), environment, self.folder / f"{name}.log")

    def plain(self, group: str) -> Child:
        """
        The plain way, reading from the beginning.
        """
        arguments = ("benchmarks.plain", "worker", "--without-web")
        return Child("the plain app", arguments, self._settings(group, group), self.folder / f"{group}.log")

    def feed(self, events: Iterable[Simulated]) -> int:
        """
        Write events to their raw topics and wait until the broker has them all; their number.

        Raises:
            BenchmarkError: the broker did not take them all, or has already dropped some.
        """
        with Feeder(self.bootstrap) as feeder:
            fed = send(feeder, events)
            if feeder.flush(STALLED_SECONDS) or feeder.failures:
                msg = f"the broker took {feeder.delivered} of {fed} events: {dict(feeder.failures)}"
                raise BenchmarkError(msg)
        self.check_kept()
        return fed

    def wait(self, children: Sequence[Child], records: int) -> Seen:
        """
        Look on until processes have brought the clean topics to so many records.

        Raises:
            BenchmarkError: one ended, or nothing was written for a minute.
        """
        moved = Seen(time.monotonic(), 0)
        while True:
            for child in children:
                child.check_alive()
            seen = Seen(time.monotonic(), self.clean.ends())
            if seen.records >= records:
                return seen
            if seen.records > moved.records:
                moved = seen
            if seen.at - moved.at > STALLED_SECONDS:
                children[0].fail(
                    f"wrote nothing for {STALLED_SECONDS:.0f} s, with {seen.records} of {records} clean records"
                )
            time.sleep(_POLL_SECONDS)

    def check_kept(self) -> None:
        """
        Nothing, as long as the broker keeps every raw record.

        Raises:
            BenchmarkError: it does not.
        """
        truncated = self.raw.truncated()
        if truncated:
            msg = f"the broker has dropped {truncated} raw records; measure over fewer --events"
            raise BenchmarkError(msg)

    def _settings(self, group: str, name: str) -> Mapping[str, str]:
        return {
            "FAUST_DATADIR": str(self.folder / name),  # or Faust makes a folder where it is started
            "QINGLIU_BOOTSTRAP": self.bootstrap,
            "QINGLIU_GROUP": group,
            "QINGLIU_KEYSET": str(self.folder / "keyset.json"),
            "QINGLIU_PASSPHRASE": str(self.folder / "passphrase"),
            "QINGLIU_OFFICER": str(self.folder / "officer.pub"),
        }


@contextmanager
def deployed(broker: Broker) -> Iterator[Deployment]:
    """
    Keys and topics for the shipped views.
    """
    for topic in needed_topics(VIEWS):
        broker.create_topic(topic, partitions=PARTITIONS)
    raw = {view.contract.topic for view in VIEWS}
    with TemporaryDirectory(prefix="qingliu-benchmark-") as folder:
        _make_keys(Path(folder))
        yield Deployment(
            broker.bootstrap,
            Path(folder),
            clean=Offsets(broker.bootstrap, [view.topic for view in VIEWS], PARTITIONS),
            raw=Offsets(broker.bootstrap, raw, PARTITIONS),
        )


def send(feeder: Feeder, events: Iterable[Simulated]) -> int:
    """
    Queue events; their number.
    """
    fed = 0
    for event in events:
        feeder.send(event.topic, event.key, event.value, now_ms())
        fed += 1
    return fed


def _make_keys(folder: Path) -> None:
    passphrase = "protects nothing"  # noqa: S105 — the keys live as long as the benchmark
    (folder / "passphrase").write_text(passphrase + "\n", "utf-8")
    RootKeys.generate().save(folder / "keyset.json", passphrase.encode())
    officer = OfficerPrivateKey.generate()
    save_officer(officer, folder / "officer.key", folder / "officer.pub", passphrase.encode())
