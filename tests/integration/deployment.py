"""A whole deployment for a test: a broker of its own, topics, keys, and workers as processes."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline import topics
from pipeline.keys import RootKeys, save_officer
from pipeline.quarantine import quarantine_topic
from pipeline.sealing import OfficerPrivateKey
from pipeline.simulator import Simulator
from pipeline.simulator.consents import SubjectRecord
from pipeline.source import SourceTokens, token_version
from pipeline.subjects.record import Subject, read_value, write_value
from schemas import VIEWS
from tests.kafka import kcat
from tests.kafka.broker import KafkaCluster

PASSPHRASE = b"only for this test"
RAW = tuple(dict.fromkeys(view.contract.topic for view in VIEWS))
CLEAN = tuple(view.topic for view in VIEWS)
RECIPIENTS = tuple(dict.fromkeys(view.recipient for view in VIEWS))
GROUP = "qingliu"
_PATIENCE = 60  # seconds


def guardians(stream: Simulator) -> list[SubjectRecord]:
    """
    What is known of the children among the simulated people: that a guardian agreed, so that nothing of them is
    suppressed once raw.account has told their age. When that is heard depends on which topic is read first.
    """
    known = ((record, read_value(record.value)) for record in stream.consents().records())
    value = write_value(Subject(guardian_consent=True))
    return [replace(record, value=value) for record, subject in known if subject.guardian_consent]


@dataclass
class Worker:
    """
    A worker process and what it logs.
    """

    process: subprocess.Popen
    log: Path

    def kill(self) -> None:
        """
        SIGKILL: no chance to finish anything.
        """
        self.process.kill()
        self.process.wait(20)

    def stop(self, seconds: float = 60) -> int:
        """
        SIGTERM; the exit code.
        """
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@dataclass
class Deployment:
    """
    Topics of every shipped view on real brokers, with keys in a folder.
    """

    kafka: KafkaCluster
    folder: Path
    partitions: int = 4
    raw: Sequence[str] = RAW
    clean: Sequence[str] = CLEAN
    replication: int = 1
    keys: RootKeys = field(default_factory=RootKeys.generate)
    officer: OfficerPrivateKey = field(default_factory=OfficerPrivateKey.generate)

    def __post_init__(self) -> None:
        self.here.mkdir()
        (self.folder / "passphrase").write_bytes(PASSPHRASE + b"\n")
        self.keys.save(self.folder / "keyset.json", PASSPHRASE)
        save_officer(self.officer, self.folder / "officer.key", self.folder / "officer.pub", PASSPHRASE)
        wanted = [
            replace(topic, config={**topic.config, "max.message.bytes": "8000000"}) if topic.name in self.raw else topic
            for topic in topics.wanted(
                self.raw,
                self.clean,
                partitions=self.partitions,
                replication=self.replication,
                subjects=True,
                recipients=RECIPIENTS,
                audit=True,
            )
        ]
        topics.apply(self.kafka.bootstrap, topics.plan(self.kafka.bootstrap, wanted))

    def configure(self, topic: str, config: dict[str, str]) -> None:
        """
        Change settings of a topic.
        """
        wanted = topics.Topic(topic, self.partitions, self.replication, config)
        topics.apply(self.kafka.bootstrap, topics.plan(self.kafka.bootstrap, [wanted]))

    @property
    def here(self) -> Path:
        """
        The folder that workers are started in.
        """
        return self.folder / "here"

    def command(self, group: str, bootstrap: str, *more: str) -> list[str]:
        """
        What starts a worker.
        """
        command = [sys.executable, "-m", "pipeline", "worker", "--bootstrap", bootstrap, "--group", group, *more]
        for name, file in (("keyset", "keyset.json"), ("passphrase", "passphrase"), ("officer", "officer.pub")):
            command += [f"--{name}", str(self.folder / file)]
        return command

    @contextmanager
    def worker(self, group: str = GROUP, bootstrap: str = "", **environment: str) -> Iterator[Worker]:
        """
        A worker that is killed at the end if it still runs; it comes by the brokers' inside listener unless told.
        """
        log = self.folder / f"worker-{time.monotonic_ns()}.log"
        command = self.command(group, bootstrap or self.kafka.bootstrap)
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stderr=output, stdout=output, env=os.environ | environment, cwd=self.here
            )
            try:
                yield Worker(process, log)
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait(20)

    def feed(self, events: Iterable) -> dict[tuple[str, int, int], object]:
        """
        Write events with kcat; each event by its coordinates.

        An empty record without a key is left out: kcat has no way to write it.
        """
        by_topic: dict[str, list] = {}
        for event in (each for each in events if each.key is not None or each.value):
            by_topic.setdefault(event.topic, []).append(event)
        placed = {}
        for topic, batch in by_topic.items():
            kcat.produce(
                self.kafka.bootstrap,
                topic,
                [(event.key, event.value) for event in batch],
                options={"message.max.bytes": "8000000"},
                timeout=300,
            )
            waiting: dict[tuple, list] = {}
            for event in reversed(batch):
                waiting.setdefault((event.key, event.value), []).append(event)
            for record in kcat.consume(self.kafka.bootstrap, topic, count=len(batch), timeout=300):
                placed[topic, record.partition, record.offset] = waiting[record.key, record.value].pop()
        return placed

    def lag(self, group: str, names: Sequence[str]) -> Mapping[topics.Partition, topics.Lag]:
        """
        How far a group is behind, though a broker of a busy machine may not lead its partitions for a moment.
        """
        limit = time.monotonic() + _PATIENCE
        while True:
            try:
                return topics.lag(self.kafka.bootstrap, group, names)
            except topics.TopicsError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.5)

    def end_offsets(self, names: Sequence[str]) -> Counter[str]:
        """
        How many records were ever written to each topic.
        """
        ends: Counter[str] = Counter()
        for place, lag in self.lag(GROUP, names).items():
            if place.topic in names:  # and not what the group has committed besides
                ends[place.topic] += lag.end
        return ends

    def wait(self, worker: Worker, clean: int, seconds: float = 300) -> int:
        """
        Wait until all clean topics together hold so many records; how many they hold.

        Raises:
            AssertionError: the worker ended, or time is over.
        """
        limit = time.monotonic() + seconds
        while (count := self.end_offsets(CLEAN).total()) < clean:
            assert worker.process.poll() is None, worker.log.read_text()[-2000:]
            assert time.monotonic() < limit, f"{count} of {clean} clean records after {seconds} s"
            time.sleep(0.2)
        return count

    def settle(self, worker: Worker, seconds: float = 300, group: str = GROUP) -> None:
        """
        Wait until everything that was fed is processed, confirmed and committed.

        Raises:
            AssertionError: the worker ended, or time is over.
        """
        limit = time.monotonic() + seconds
        while left := sum(lag.lag for lag in self.lag(group, RAW).values()):
            assert worker.process.poll() is None, worker.log.read_text()[-2000:]
            assert time.monotonic() < limit, f"{left} raw records are left after {seconds} s"
            time.sleep(0.5)

    def sources(self, view: object) -> list[tuple[tuple[str, int, int], kcat.Record]]:
        """
        Every clean record of a view with the coordinates of its raw record.
        """
        tokens = {
            version: SourceTokens(self.keys.keyring(view.recipient, view.purpose, version), view.contract.topic)
            for version in self.keys.versions
        }
        records = kcat.consume(self.kafka.bootstrap, view.topic, timeout=300)
        sources = [(dict(record.headers)["source"], record) for record in records]
        return [
            ((view.contract.topic, *tokens[token_version(source)].open(source)), record) for source, record in sources
        ]

    def quarantined(self, raw_topic: str) -> list[kcat.Record]:
        """
        The quarantine records of a raw topic.
        """
        return kcat.consume(self.kafka.bootstrap, quarantine_topic(raw_topic), timeout=300)
