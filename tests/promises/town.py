"""A town in which people do things: a real broker, one worker, and what each recipient got of each deed."""

import time
from itertools import count
from typing import Any
from uuid import uuid4

from click.testing import CliRunner

from pipeline.cli import main
from pipeline.codec import dumps, loads
from pipeline.erasure.notice import notice_topic
from pipeline.kafka_client import Feeder, now_ms, read_all
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Consent, Subject, format_time, write_value
from schemas import VIEWS
from tests.integration.deployment import Deployment, Worker
from tests.pipeline.events import EVENTS
from transforms.boxes import PartyPrivateKey

READ_SECONDS = 1.0
"""In which a worker has read what was said of a person."""

PARTIES = ("merchant-a", "merchant-b", "logistics")
"""Who has a key, by which values are sealed to them."""

APPROVERS = ("wang", "zhao")
"""Who signs for what no one may decide alone."""

Place = tuple[str, int, int]
"""Topic, partition, offset of a raw record."""


class Town:
    """
    What people do, and what came of it.

    Every test has people of its own (`person()`), so that all of them share one worker.
    """

    _numbers = count(1)

    def __init__(self, deployment: Deployment, worker: Worker, parties: dict[str, PartyPrivateKey]) -> None:
        self.deployment = deployment
        self.worker = worker
        self.parties = parties

    def person(self) -> str:
        """
        The user id of somebody nobody has heard of.
        """
        return f"u-{next(self._numbers):04}-{uuid4().hex[:8]}"

    def device(self) -> str:
        """
        The id of a device nobody has seen.
        """
        return str(uuid4())

    def know(self, user: str, **known: Any) -> None:
        """
        Write what is known of a person, and wait until a worker has read it.
        """
        self.write(SUBJECTS, user.encode(), write_value(Subject(**known)))
        time.sleep(READ_SECONDS)

    def erase(self, *whom: str) -> None:
        """
        `qingliu erase`, and wait until a worker goes by it.
        """
        folder = self.deployment.folder
        keys = ("--keyset", folder / "keyset.json", "--passphrase", folder / "passphrase")
        told = CliRunner().invoke(
            main, ["erase", "--bootstrap", self.deployment.kafka.bootstrap, *map(str, (*keys, *whom))]
        )
        assert told.exit_code == 0, told.output
        time.sleep(READ_SECONDS)

    def told(self, recipient: str) -> set[str]:
        """
        Every token that a recipient was told to delete.
        """
        records = read_all(self.deployment.kafka.bootstrap, notice_topic(recipient))
        notices = [loads(record.value) for record in records if record.value]
        return {token for notice in notices for held in notice["tokens"].values() for token in held}

    def write(self, topic: str, key: bytes | None, value: bytes | None) -> Place:
        """
        Write one record; where it is.
        """
        places: list[tuple[int, int]] = []
        with Feeder(self.deployment.kafka.bootstrap) as feeder:
            feeder.send(topic, key, value, now_ms(), delivered=lambda *place: places.append(place))
            assert feeder.flush(30) == 0
            assert not feeder.failures
        ((partition, offset),) = places
        return topic, partition, offset

    def act(self, topic: str, *, without: tuple[str, ...] = (), at: int | None = None, **fields: Any) -> Place:
        """
        Write an event like the one of `tests/pipeline/events.py`, of somebody grown up; where it is.

        Args:
            topic: raw.
            without: fields that it has not.
            at: its time, milliseconds since 1970 UTC; now otherwise.
            fields: that differ.
        """
        grown = {"birth_date": "1990-01-01"} if topic == "raw.account" else {}
        moment = {"event_id": str(uuid4()), "occurred_at": format_time(now_ms() if at is None else at)}
        event = {name: value for name, value in EVENTS[topic].items() if name not in without}
        event |= grown | moment | fields
        key = str(event.get("user_id") or event.get("device_id") or "").encode() or None
        return self.write(topic, key, dumps(event))

    def released(self, *places: Place) -> list[dict[str, dict[str, Any] | None]]:
        """
        What each recipient got of each deed, None when nothing, once the worker is through.
        """
        self.deployment.settle(self.worker)
        topics = {topic for topic, _, _ in places}
        found = {}
        for view in VIEWS:
            if view.contract.topic in topics:
                found[view.topic] = dict(self.deployment.sources(view))
        return [
            {
                view.recipient: loads(record.value) if (record := found[view.topic].get(place)) else None
                for view in VIEWS
                if view.contract.topic == place[0]
            }
            for place in places
        ]


def consent(*, granted: bool, at: int | None = None, purpose: str = "ads") -> dict[str, Consent]:
    """
    What somebody said about one purpose.
    """
    return {purpose: Consent(granted, now_ms() if at is None else at, "v3")}
