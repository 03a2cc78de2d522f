"""Quarantine on a real broker: what is corrected goes through the views once, whoever replays it how often."""

import json
import os
import subprocess
import sys
import time

import pytest

from pipeline.codec import dumps, loads
from pipeline.kafka_client import Feeder, now_ms
from schemas import order
from tests.integration.deployment import Deployment
from tests.kafka.broker import KafkaCluster
from tests.pipeline.events import EVENTS

BROKEN = 40
PATIENCE = 60


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):
    assert kafka
    with KafkaCluster() as own:
        yield Deployment(own, tmp_path_factory.mktemp("quarantine"))


def start(deployment, command, *arguments):
    """
    `qingliu quarantine` as a process.
    """
    fixed = ["--bootstrap", deployment.kafka.bootstrap, "--topic", "order"]
    unlocked = ["--key", deployment.folder / "officer.key", "--passphrase", deployment.folder / "passphrase"]
    chosen = [*fixed, *(unlocked if command != "list" else ()), *arguments]
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "quarantine", command, *map(str, chosen)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
        cwd=deployment.here,
    )


def run(deployment, command, *arguments):
    process = start(deployment, command, *arguments)
    out, error = process.communicate(timeout=120)
    return process.returncode, out, error


def replayed(outputs):
    return sum(int(line.split()[0]) for out in outputs for line in out.splitlines() if " replayed, " in line)


class TestReplay:
    def test_brings_corrected_events_through_the_views_once(self, deployment):
        """
        Two officers at the same time, and one again later: every event comes out once, and what stays broken is told.
        """
        with deployment.worker() as worker:
            with Feeder(deployment.kafka.bootstrap) as feeder:
                for number in range(BROKEN):
                    event = EVENTS["raw.order"] | {"order_id": 10**9 + number}  # a number where a text belongs
                    feeder.send("raw.order", b"u-1", dumps(event), now_ms())
                assert feeder.flush(30) == 0
            deployment.settle(worker)
            code, listed, _ = run(deployment, "list", "--json")
            assert code == 1
            assert [(line["reason"], line["path"], line["events"]) for line in json.loads(listed)["held"]] == [
                ("wrong_type", "order_id", BROKEN)
            ]

            code, opened, _ = run(deployment, "open")
            assert code == 0
            lines = [loads(line) for line in opened.splitlines()]
            assert len(lines) == BROKEN
            for line in lines[1:]:
                event = loads(line["value"])
                line["value"] = event | {"order_id": f"o-{event['order_id']}"}
            fixed = deployment.folder / "fixed.jsonl"
            fixed.write_bytes(b"\n".join(map(dumps, lines)))

            both = [start(deployment, "replay", "--fixed", fixed) for _ in range(2)]
            outputs = [process.communicate(timeout=120) for process in both]
            code, again, error = run(deployment, "replay")
            assert code == 1
            assert "still broken: raw.order" in error
            # Not `settle`: behind the last event lies the end of a transaction, which is never committed.
            until = time.monotonic() + PATIENCE
            while deployment.end_offsets([order.ANALYTICS.topic])[order.ANALYTICS.topic] < BROKEN - 1:
                assert time.monotonic() < until
                time.sleep(0.2)
            assert worker.stop() == 0

        codes = {process.returncode for process in both}
        assert codes <= {1, 2}, outputs  # 2 for who was fenced by the other, or came too late
        assert replayed(out for out, _ in outputs) + replayed([again]) == BROKEN - 1
        clean = [loads(record.value) for _, record in deployment.sources(order.ANALYTICS)]
        assert len(clean) == BROKEN - 1
        assert len({event["order_id"] for event in clean}) == BROKEN - 1
        code, listed, _ = run(deployment, "list", "--json")
        assert [(line["events"], line["replayed"]) for line in json.loads(listed)["held"]] == [(BROKEN, BROKEN - 1)]
