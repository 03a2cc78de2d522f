"""A day at the shop: people act, withdraw and are erased, while a worker writes all that it ever writes."""

import json
import re
import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from http.client import HTTPConnection

from kafka import KafkaAdminClient

from pipeline.approvals.approver import Approver
from pipeline.approvals.document import Document
from pipeline.codec import dumps, loads
from pipeline.erasure.notice import notice_topic
from pipeline.erasure.record import REQUESTS, Reason, Request, write_request
from pipeline.grants.grant import SORT, Grant, new_id
from pipeline.keys.file import write_new
from pipeline.keys.party import write_party_public
from pipeline.links.record import TOPIC as LINKS
from pipeline.simulator import Simulator
from pipeline.simulator.goods import MERCHANTS
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import read_value, write_value
from tests.integration.deployment import CLEAN, GROUP, RAW, Deployment
from tests.kafka import kcat
from tests.leaks.machine import Machine, Program
from tests.leaks.scanner import Written
from transforms.boxes import PartyPrivateKey

FIRST, LATER, LAST = 1_400, 300, 200  # events
ERASED = 20  # of those who act most
PATIENCE = 180  # seconds
NOTICES = notice_topic("analytics")
DAY = 86_400_000
TOKEN = "a-token-of-this-suite-only"
PHONE = "13812345678"
"""Where none belongs: a field's name, a header, a record of another form, a question to the web port."""


@dataclass(frozen=True, slots=True)
class Given:
    """
    A record of somebody upstream.
    """

    topic: str
    key: bytes
    value: bytes


@dataclass(slots=True)
class Played:
    """
    What came of it.

    Args:
        deployment: where it was.
        machine: that the programs ran on.
        planted: every identifier that went in.
        given: the records that went in, each as topic, key and value.
        users: who acted.
        written: all that was written while programs ran: what others could see of them, and pages.
        codes: with which the programs ended.
    """

    deployment: Deployment
    machine: Machine
    planted: set[str] = field(default_factory=lambda: {PHONE})
    given: set[tuple[str, bytes | None, bytes | None]] = field(default_factory=set)
    users: set[bytes] = field(default_factory=set)
    written: list[Written] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)

    def everything(self) -> Iterator[Written]:
        """
        All that was written anywhere, records aside.
        """
        yield from self.written
        yield from self.machine.left()
        for program in self.machine.programs:
            trace = program.trace()
            yield Written(f"{program.name}: names of files", _lines(trace.files(self.machine.here)))
            yield Written(f"{program.name}: programs it starts", _lines(trace.programs()))

    def records(self) -> Iterator[tuple[str, list[kcat.Record]]]:
        """
        What was written to every topic but the raw ones, the broker's own topics included.
        """
        with KafkaAdminClient(bootstrap_servers=self.deployment.kafka.bootstrap.split(",")) as admin:
            topics = sorted(set(admin.list_topics()) - set(RAW))
        for topic in topics:
            records = kcat.consume(self.deployment.kafka.bootstrap, topic, timeout=PATIENCE)
            yield topic, [record for record in records if (topic, record.key, record.value) not in self.given]


def play(deployment: Deployment, machine: Machine) -> Played:
    """
    A worker that reads, stops and leaves a snapshot, the service that erases, and a worker that goes on from the
    snapshot and crashes.
    """
    played = Played(deployment, machine)
    start = time.time_ns() // 1_000_000 - 3_600_000
    stream = Simulator(seed=41, subjects=300, broken=0.06, start=start)
    people = [_child_alone(record, number) for number, record in enumerate(stream.consents().records())]
    settings = _prepare(deployment, machine, start, _unasked(people))
    _give(played, people)
    _act(played, stream, FIRST)
    _give(played, _strange(people[-1].key, stream))
    command = deployment.command(GROUP, deployment.kafka.bootstrap, "--views", "tests.leaks.talkative", "--verbose")
    with machine.runs("worker", command, **settings) as worker:
        deployment.settle(worker, PATIENCE)
        with machine.runs("erasing service", _erasing(deployment), **settings) as service:
            _give(played, [*stream.consents().withdrawals(start + 1), *_requests(people)])
            _act(played, stream, LATER)
            deployment.settle(worker, PATIENCE)
            _until(service, lambda: deployment.end_offsets([NOTICES]).total() > 0)
            played.written += [*worker.shown(), *service.shown(), *_pages(worker)]
            played.codes[service.name] = service.stop()
        played.codes[worker.name] = worker.stop()
    _act(played, stream, LAST)
    released = deployment.end_offsets(CLEAN).total()
    with machine.runs("worker that crashes", command, PYTHONASYNCIODEBUG="1", **settings) as worker:
        _until(worker, lambda: deployment.end_offsets(CLEAN).total() > released)
        played.written += worker.shown()
        played.codes[worker.name] = worker.stop(signal.SIGABRT)
    return played


def _prepare(deployment: Deployment, machine: Machine, start: int, users: frozenset[str]) -> dict[str, str]:
    folder = deployment.folder
    for name in (*MERCHANTS, "logistics"):
        write_new(folder / "parties" / f"{name}.pub", write_party_public(PartyPrivateKey.generate(name).public()))
    (folder / "token").write_text(TOKEN)
    (folder / "approvers").mkdir()
    grant = Document(SORT, _grant(users, start).body)
    for approver in (Approver.generate("wang"), Approver.generate("zhao")):
        (folder / "approvers" / f"{approver.name}.pub").write_text(approver.public().to_text())
        grant = grant.signed_by(approver)
    (folder / "grants").mkdir()
    (folder / "grants" / "1024.json").write_text(grant.to_text())
    return {
        "QINGLIU_APPROVERS": str(folder / "approvers"),
        "QINGLIU_COMMIT_SECONDS": "0.2",
        "QINGLIU_GRANTS": str(folder / "grants"),
        "QINGLIU_PARTIES": str(folder / "parties"),
        "QINGLIU_SNAPSHOTS": str(machine.state),
        "QINGLIU_WEB": "0",
        "QINGLIU_WEB_TOKEN": str(folder / "token"),
    }


def _grant(users: frozenset[str], start: int) -> Grant:
    return Grant(
        id=new_id(),
        code="policy-vital",
        recipient="affiliate",
        purpose="affiliate",
        subjects=users,
        topics=None,
        kinds=None,
        not_before=start - DAY,
        expires=start + DAY,
        reason="case 1024",
    )


def _unasked(people) -> frozenset[str]:
    """
    Some who consented to nothing, and stay.
    """
    return frozenset(record.key.decode() for record in people[ERASED:100] if not record.granted)


def _child_alone(record, number):
    """
    Every second child has nobody who agreed.
    """
    subject = read_value(record.value)
    if number % 2 or not subject.guardian_consent:
        return record
    alone = replace(subject, guardian_consent=False, birth_date=date.fromtimestamp(time.time() - 9 * 365 * 86_400))  # noqa: DTZ012 — a day of some year
    return replace(record, value=write_value(alone))


def _requests(people) -> list[Given]:
    now = time.time_ns() // 1_000_000
    return [
        *(
            Given(REQUESTS, *write_request(Request(record.key.decode(), now, Reason.REQUEST, f"case-{number}")))
            for number, record in enumerate(people[:ERASED])
        ),
        Given(REQUESTS, PHONE.encode(), dumps({"requested_at": PHONE, "why": PHONE})),
    ]


def _strange(user: bytes, stream: Simulator) -> Iterator[Given]:
    """
    What no contract foresees: a map whose keys are telephone numbers, state that is none, a key that is a number.
    """
    event = next(each for each in stream.events() if each.topic == "raw.device" and each.broken is None)
    unknown = {PHONE: 1, "contacts": {PHONE: {"name": PHONE}}}
    yield Given(event.topic, PHONE.encode(), dumps(loads(event.value) | unknown))
    yield Given(SUBJECTS, user, dumps({"consents": {PHONE: PHONE}, PHONE: True}))
    yield Given(LINKS, PHONE.encode(), PHONE.encode())


def _act(played: Played, stream: Simulator, count: int) -> None:
    events = list(stream.events(count))
    _give(played, events)
    played.users |= {event.person for event in events}
    played.planted |= {identifier for event in events for identifier in event.identifiers}


def _give(played: Played, records) -> None:
    """
    As upstream does, with a header that nobody asked for.
    """
    by_topic = defaultdict(list)
    for record in records:
        if record.key is not None or record.value:  # kcat has no way to write one without both
            by_topic[record.topic].append((record.key, record.value))
    for topic, batch in by_topic.items():
        options = {"message.max.bytes": "8000000"}
        kcat.produce(played.deployment.kafka.bootstrap, topic, batch, headers=[("caller", PHONE)], options=options)
        played.given |= {(topic, key, value) for key, value in batch}


def _erasing(deployment: Deployment) -> list[str]:
    files = ("--keyset", deployment.folder / "keyset.json", "--passphrase", deployment.folder / "passphrase")
    command = (sys.executable, "-m", "pipeline", "erase", "--follow", "--bootstrap", deployment.kafka.bootstrap)
    return [*command, *map(str, files)]


def _until(program: Program, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert program.process.poll() is None, program.log.read_text()[-2_000:]
        assert time.monotonic() < until, program.log.read_text()[-2_000:]
        time.sleep(0.2)


def _pages(worker: Program) -> Iterator[Written]:
    """
    What the web port answers, also to what it does not understand.
    """
    address = re.search(r"web: http://([\d.]+:\d+)", worker.log.read_text())[1]
    for path in ("/live", "/ready", "/metrics", f"/subjects/{PHONE}?name={PHONE}"):
        for token in (TOKEN, PHONE):
            with closing(HTTPConnection(address, timeout=20)) as connection:
                connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
                answer = connection.getresponse()
                yield Written(f"worker: page {path[:8]}", f"{answer.getheaders()}\n".encode() + answer.read())
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), 20) as connection:
        connection.sendall(f"GET /{PHONE} {PHONE}\r\nX: {json.dumps(PHONE)}\r\n\r\n".encode())
        connection.recv(65_536)


def _lines(words: Iterable[object]) -> bytes:
    return "\n".join(map(str, words)).encode("utf-8", "replace")
