"""The run: start everything, feed, watch what comes out until nothing is missing, and add it up."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from pipeline.audit.signing import PublicKey, SigningKey
from pipeline.audit.topic import entries
from pipeline.audit.verify import Report, verify
from pipeline.demo.agreement import Agreement
from pipeline.demo.child import ThrowAwayKeys, Worker
from pipeline.demo.leaks import WINDOW, LeakCheck, searcher
from pipeline.demo.ledger import Ledger
from pipeline.demo.proof import OpeningProof
from pipeline.demo.sample import Sample, Sampler, outlets
from pipeline.demo.stop import StopRequest
from pipeline.demo.summary import Summary
from pipeline.engine import by_contract
from pipeline.kafka_client import EmbeddedBroker, Feeder, Reader, now_ms
from pipeline.quarantine import quarantine_topic
from pipeline.simulator import Simulated, Simulator
from pipeline.topic_plan import Topic, wanted
from schemas import VIEWS
from schemas.view import View

MAX_WAITING_BYTES: Final = 3 << 20
"""
What may wait to be accounted for. Feeding pauses above it, so that the embedded broker, which keeps 5 MiB of a
partition, never truncates what has not been read: even all on one partition, and with one record above 1 MiB more, it
stays below. That is why no combination of `seconds` and `rate` has to be refused.
"""

_WARM_UP: Final = 70  # events, of nearly every topic
_TRAFFIC: Final = (
    *("raw.log",) * 12,
    *("raw.device", "raw.location") * 8,
    *("raw.order",) * 6,
    *("raw.interaction",) * 5,
    *("raw.account", "raw.contact"),
)
"""Topics by their share: a platform has many requests to its servers for each call to its customer service."""

_START_SECONDS: Final = 60.0
_IDLE_SECONDS: Final = 10.0
_LATE_SECONDS: Final = 0.5  # for duplicates that come after everything is complete
_READ_SECONDS: Final = 0.005
_READ_RECORDS: Final = 500
_SEND_AT_ONCE: Final = 250
_REFRESH_SECONDS: Final = 0.5
_OVERTIME_SECONDS: Final = 0.5
_WITHDRAW_AT: Final = 0.4  # of the feeding


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What to demonstrate.

    Args:
        seconds: of feeding.
        rate: events a second.
        seed: of the simulator.
        partitions: of every topic.
    """

    seconds: float
    rate: float
    seed: int
    partitions: int


@dataclass(frozen=True, slots=True)
class Status:
    """
    How things stand.

    Args:
        phase: what the demo is doing.
        elapsed: seconds of feeding so far.
        seconds: of feeding in all.
        ledger: of all events.
        searched: records searched for leaks so far.
        leaks: identifiers found in them.
        sample: an event beside its views.
    """

    phase: str
    elapsed: float
    seconds: float
    ledger: Ledger
    searched: int
    leaks: int
    sample: Sample | None


class Watcher(Protocol):
    """
    Who is told how things stand, about twice a second.
    """

    def say(self, sentence: str) -> None:
        """
        Something worth a line of its own.
        """
        ...

    def show(self, status: Status) -> None:
        """
        The latest numbers.
        """
        ...


def run(plan: Plan, watcher: Watcher) -> Summary:
    """
    Show what was planned.

    Raises:
        KafkaClientError: the embedded broker does not work on this machine.
    """
    with ExitStack() as stack:
        stop = stack.enter_context(StopRequest())
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="qingliu-demo-")))
        watcher.say("All people and events are simulated. The keys are throw-away: made for this demo, gone with it.")
        keys = ThrowAwayKeys.make(folder)
        broker = stack.enter_context(EmbeddedBroker())
        for topic in _topics(VIEWS, plan.partitions):
            broker.create_topic(topic.name, topic.partitions)
        feeder = stack.enter_context(Feeder(broker.bootstrap))
        simulator = Simulator(plan.seed, topics=_TRAFFIC, start=now_ms(), rate=plan.rate)
        consents = Agreement(simulator.consents(), feeder)
        audit = partial(_audit, broker.bootstrap, SigningKey(keys.root.internal("audit")).public)
        worker = stack.enter_context(Worker(folder, broker.bootstrap))
        reader = stack.enter_context(Reader(broker.bootstrap, _outgoing(VIEWS)))
        leaks = LeakCheck(stack.enter_context(searcher()))
        return _Run(plan, keys, worker, feeder, reader, leaks, watcher, stop, simulator, consents, audit).complete()


def _audit(bootstrap: str, public_key: PublicKey) -> Report:
    return verify(entries(bootstrap), public_key)


def _topics(views: Sequence[View], partitions: int) -> tuple[Topic, ...]:
    return wanted(
        [contract.topic for contract, _ in by_contract(views)],
        [view.topic for view in views],
        partitions=partitions,
        replication=1,
        subjects=True,
        recipients=list(dict.fromkeys(view.recipient for view in views)),
        audit=True,
    )


def _outgoing(views: Sequence[View]) -> tuple[str, ...]:
    held = [quarantine_topic(contract.topic) for contract, _ in by_contract(views)]
    return (*(view.topic for view in views), *held)


class _Run:
    """
    One thread does it all in short turns: send what is due, hear confirmations, read what came out.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — what takes part in a demo
        self,
        plan: Plan,
        keys: ThrowAwayKeys,
        worker: Worker,
        feeder: Feeder,
        reader: Reader,
        leaks: LeakCheck,
        watcher: Watcher,
        stop: StopRequest,
        simulator: Simulator,
        consents: Agreement,
        audit: Callable[[], Report],
    ) -> None:
        self._plan, self._worker, self._feeder, self._reader = plan, worker, feeder, reader
        self._leaks, self._watcher, self._stop = leaks, watcher, stop
        self._ledger = Ledger(VIEWS, keys.root)
        self._proof = OpeningProof(keys.officer)
        self._sampler = Sampler(outlets(VIEWS))
        self._quarantine = frozenset(quarantine_topic(contract.topic) for contract, _ in by_contract(VIEWS))
        self._events = simulator.events()
        self._consents = consents
        self._audit = audit
        self._total = max(1, int(plan.seconds * plan.rate))
        self._sent = 0
        self._phase = "starting"
        self._begun = self._moved = self._shown = time.monotonic()
        self._elapsed = 0.0
        self._accounted_before = 0
        self._problem: str | None = None

    def complete(self) -> Summary:
        self._warm_up()
        if self._goes_on():
            self._feed()
        self._phase = "waiting for the last records"
        self._settle(_IDLE_SECONDS)
        moved = self._moved
        self._phase = "stopping the worker"
        self._turn()
        self._stop_worker()
        self._read_late()
        return self._add_up(moved)

    def _warm_up(self) -> None:
        """
        Send a few events and wait until the worker has dealt with them, so that its start does not count as latency.
        """
        self._phase = "starting the worker"
        self._send(min(_WARM_UP, self._total))
        self._settle(_START_SECONDS, interruptible=True)
        if self._goes_on() and self._ledger.accounted == 0:
            self._problem = f"the worker dealt with no event within {_START_SECONDS:.0f} s; see its last log lines"
        self._ledger.latencies.clear()
        self._accounted_before = self._ledger.accounted
        self._begun = time.monotonic()

    def _feed(self) -> None:
        self._phase = "feeding"
        before = self._sent
        while self._sent < self._total and self._goes_on():
            self._elapsed = elapsed = time.monotonic() - self._begun
            if elapsed > self._plan.seconds + _OVERTIME_SECONDS:
                return
            if elapsed >= self._plan.seconds * _WITHDRAW_AT:
                self._consents.withdraw()
            due = min(self._total, before + int(elapsed * self._plan.rate)) - self._sent
            if due > 0 and not self._holds_back():
                self._send(min(due, _SEND_AT_ONCE))
            self._turn()

    def _settle(self, patience: float, *, interruptible: bool = False) -> None:
        """
        Wait until everything is accounted for, or nothing has moved for so many seconds.
        """
        self._feeder.flush(patience)
        self._moved = time.monotonic()
        while self._ledger.waiting and time.monotonic() - self._moved < patience and self._alive():
            if interruptible and self._stop.asked:
                return
            self._turn()
            if self._ledger.accounted:
                patience = min(patience, _IDLE_SECONDS)  # it has started

    def _send(self, number: int) -> None:
        for _ in range(number):
            event = next(self._events)
            self._leaks.plant(event.identifiers)
            sent_at = time.monotonic()
            confirm = partial(
                self._confirmed, event, sent_at, may_consent=self._consents.may_consent(event.person, sent_at)
            )
            self._feeder.send(event.topic, event.key, event.value, now_ms(), delivered=confirm)
        self._sent += number

    def _confirmed(self, event: Simulated, sent_at: float, partition: int, offset: int, *, may_consent: bool) -> None:
        place = (event.topic, partition, offset)
        size = len(event.value) + len(event.key or b"")
        self._ledger.deliver(
            place, size=size, broken=event.broken is not None, sent_at=sent_at, may_consent=may_consent
        )
        if event.broken is None:
            self._sampler.sent(place, event.value, time.monotonic())
        else:
            self._proof.sent(place, event.key, event.value)

    def _turn(self, seconds: float = _READ_SECONDS) -> None:
        records = self._reader.read(_READ_RECORDS, seconds)
        now = time.monotonic()
        # Confirmations first, so that the ledger knows the events that the records are about.
        self._feeder.poll()
        for record in records:
            self._leaks.search(record)
            if record.topic in self._quarantine:
                place = self._ledger.held(record)
                if place:
                    self._proof.held(place, record)
            else:
                place = self._ledger.clean(record, now)
                if place:
                    self._sampler.seen(place, record, now)
        if records:
            self._moved = now
        if now - self._shown >= _REFRESH_SECONDS:
            self._shown = now
            self._worker.peak_memory()
            self._leaks.collect()
            self._watcher.show(self._status())

    def _holds_back(self) -> bool:
        ledger = self._ledger
        return ledger.waiting > WINDOW or ledger.waiting_bytes > MAX_WAITING_BYTES or self._leaks.behind

    def _goes_on(self) -> bool:
        return not self._stop.asked and self._problem is None and self._alive()

    def _alive(self) -> bool:
        code = self._worker.exit_code()
        if code is not None and self._problem is None:
            self._problem = f"the worker ended by itself with exit code {code}; see its last log lines"
        return code is None

    def _stop_worker(self) -> None:
        if not self._alive():
            return
        code = self._worker.stop()
        if code:
            self._problem = f"the worker did not stop in order (exit code {code}); see its last log lines"

    def _read_late(self) -> None:
        until = time.monotonic() + _LATE_SECONDS
        while time.monotonic() < until:
            self._turn(_LATE_SECONDS / 5)

    def _status(self) -> Status:
        leaks = self._leaks
        return Status(
            phase=self._phase,
            elapsed=min(self._elapsed, self._plan.seconds),
            seconds=self._plan.seconds,
            ledger=self._ledger,
            searched=leaks.checked,
            leaks=leaks.found.total(),
            sample=self._sampler.latest,
        )

    def _add_up(self, moved: float) -> Summary:
        self._phase = "searching the last records for leaks"
        for _ in self._leaks.finish():
            self._watcher.show(self._status())
        plan, ledger, leaks, audit = self._plan, self._ledger, self._leaks, self._audit()
        took = max(moved - self._begun, 1e-3)
        return Summary(
            seconds=plan.seconds,
            rate=plan.rate,
            seed=plan.seed,
            delivered=ledger.delivered,
            released=ledger.released,
            consented=ledger.consented,
            withdrawn=self._consents.withdrawn,
            verdict=ledger.verdict(),
            reasons=ledger.reasons,
            duplicates=ledger.duplicates,
            leaks=leaks.found.total(),
            leaked=leaks.found,
            searched=leaks.checked,
            not_delivered=self._sent - ledger.delivered.total(),
            events_per_second=round((ledger.accounted - self._accounted_before) / took, 1),
            p50_ms=ledger.latencies.percentile(50),
            p99_ms=ledger.latencies.percentile(99),
            worker_rss_mib=self._worker.peak_memory(),
            audit_records=audit.records,
            # The embedded broker gives up the beginning of a long log.
            audit_whole=audit.whole and (audit.read >= ledger.accounted or bool(audit.cut)),
            sealed_opened=self._proof.holds(),
            interrupted=self._stop.asked,
            problem=self._problem,
            log=tuple(self._worker.last_words()) if self._problem else (),
            sample=self._sampler.latest,
        )
