"""The web port of a real worker: what it says while it starts, works, waits and stops."""

import json
import re
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from confluent_kafka import Producer

from pipeline.simulator import Simulator
from tests.integration.deployment import CLEAN, Deployment
from tests.kafka.broker import KafkaCluster

TOKEN = "a-token-of-this-test.only"


@pytest.fixture(scope="module")
def deployment(kafka, tmp_path_factory):  # `kafka` first: it says what is missing on this machine
    with KafkaCluster() as own:
        yield Deployment(own, tmp_path_factory.mktemp("deployment"))


def within(seconds, look):
    """
    The first thing that is found, as somebody who polls finds it.
    """
    limit = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < limit, "time is over"
        time.sleep(0.2)
    return found


class Asked:
    """
    The web port of a worker, found by its log.
    """

    def __init__(self, worker, token=TOKEN):
        found = within(60, lambda: re.search(r"web: http://(127\.0\.0\.1:\d+)", worker.log.read_text()))
        self.address = found[1]
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path):
        """
        Status code and body.
        """
        with closing(HTTPConnection(self.address, timeout=20)) as connection:
            connection.request("GET", path, headers=self.headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def missing(self):
        return json.loads(self.get("/ready")[1])["missing"]

    def metric(self, name, labels=""):
        """
        The sum of a metric over all its labels but those that are named.
        """
        lines = self.get("/metrics")[1].splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(rf"{name}(\{{.*{labels}|\s)", line))


def simulated(number):
    start = int(time.time() * 1_000) - 3_600_000
    return Simulator(seed=31, start=start, broken=0.2, topics=["raw.log"]).events(number)


class TestAWorker:
    def test_is_asked_before_it_is_ready_and_until_it_stops(self, deployment, tmp_path):
        """
        Alive and not ready while a transaction hangs in the state of subjects; ready when that is over. Its counts are
        those of the broker, and nothing that it says is of an event.
        """
        (tmp_path / "token").write_text(TOKEN)
        events = deployment.feed(simulated(2_000)).values()
        hanging = Producer({"bootstrap.servers": deployment.kafka.bootstrap, "transactional.id": "consents"})
        hanging.init_transactions(30)
        hanging.begin_transaction()
        hanging.produce("privacy.subjects", key=b"u-1", value=b'{"consents": {}}')
        hanging.flush(30)
        with deployment.worker(QINGLIU_WEB="0", QINGLIU_WEB_TOKEN=str(tmp_path / "token")) as worker:
            asked = Asked(worker)
            stranger = Asked(worker, token="another-token-altogether").get("/metrics")[0]
            reading = within(60, lambda: [said for said in asked.missing() if "privacy.subjects" in said])
            alive = asked.get("/live")[0]
            started = asked.metric("qingliu_events_read_total")
            hanging.abort_transaction(30)
            within(60, lambda: asked.get("/ready")[0] == 200)
            deployment.settle(worker)
            read, held = (asked.metric(f"qingliu_events_{name}_total") for name in ("read", "quarantined"))
            lag = within(30, lambda: asked.metric("qingliu_lag_records") == 0)
            pages = [asked.get(path)[1] for path in ("/live", "/ready", "/metrics")]
            assert worker.stop() == 0
            log = worker.log.read_text()

        assert stranger == 401
        assert reading == ["privacy.subjects is not read to its end"]
        assert (alive, started) == (200, 0)
        assert (read, lag) == (len(events), True)
        assert 0 < held < read
        assert deployment.end_offsets(CLEAN).total() > 0
        identifiers = {name for event in events for name in event.identifiers}
        assert identifiers
        assert not [name for name in identifiers for page in (*pages, log) if name in page]
        assert TOKEN not in log

    def test_opens_no_port_unless_told(self, deployment):
        """
        Neither ours nor Faust's own.
        """
        with deployment.worker() as worker:
            within(60, lambda: ": ready: " in worker.log.read_text())
            listening = listens(worker.process.pid)
            assert worker.stop() == 0

        assert listening == []

    def test_does_not_start_where_others_reach_it_without_a_token(self, deployment):
        """
        One sentence, before a broker is asked.
        """
        with deployment.worker(QINGLIU_WEB="0.0.0.0:0") as worker:
            code = worker.process.wait(60)
            log = worker.log.read_text()

        assert code == 2
        assert "other machines reach the web port 0.0.0.0:0; set QINGLIU_WEB_TOKEN" in log.splitlines()[-1]


def listens(pid):
    """
    The TCP addresses at which a process listens, as Linux tells.
    """
    try:
        files = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    except PermissionError:
        pytest.skip("a worker lets nobody but root look into it")
    sockets = {file.removeprefix("socket:[").removesuffix("]") for file in files if file.startswith("socket:")}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and row[9] in sockets]
