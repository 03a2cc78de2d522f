"""The demo from outside: one command, a real worker process, every event accounted for."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.simulator import TOPICS
from schemas import VIEWS
from schemas.view import SUPPRESS

WITHOUT_SETTINGS = {name: value for name, value in os.environ.items() if not name.startswith("QINGLIU_")}


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=WITHOUT_SETTINGS,
    )


def worker_of(demo):
    """
    The process id of a demo's worker, once it has one.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for children in Path(f"/proc/{demo.pid}/task").glob("*/children"):
            for child in children.read_text("utf-8").split():
                if b"worker" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    return int(child)
        time.sleep(0.1)
    pytest.fail("the demo has started no worker")


@pytest.fixture(scope="module")
def shown():
    """
    What a short demo prints.
    """
    with start("--seconds", "5", "--rate", "500", "--json") as demo:
        out, err = demo.communicate(timeout=180)
    return demo.returncode, out, err


class TestDemo:
    def test_loses_and_leaks_nothing(self, shown):
        """
        Every event is where it belongs, and the exit code says so.
        """
        code, out, err = shown
        result = json.loads(out)

        assert code == 0, err
        assert {name: result[name] for name in ("lost", "leaks", "escaped", "unexplained", "not_delivered")} == {
            "lost": 0,
            "leaks": 0,
            "escaped": 0,
            "unexplained": 0,
            "not_delivered": 0,
        }
        assert result["problem"] is None
        assert result["audit_whole"] is True
        assert result["audit_records"] > 2

    def test_every_recipient_gets_every_whole_event(self, shown):
        """
        What goes in is what goes out, but for the broken ones; of a view without a place for those who have not
        consented, what was consented to.
        """
        result = json.loads(shown[1])

        assert sum(result["in"].values()) == 2_500
        assert set(result["out"]) == set(result["in"]) == set(TOPICS)
        whole = {topic: out["analytics"] for topic, out in result["out"].items()}
        assert min(whole.values()) > 0
        assert sum(whole.values()) == sum(result["in"].values()) - result["planted_broken"]
        for view in VIEWS:
            topic, recipient = view.contract.topic, view.recipient
            consented = result["with_consent"][topic].get(recipient)
            due = consented if view.otherwise is SUPPRESS else whole[topic]
            assert result["out"][topic][recipient] == due, view.topic
        assert result["suppressed"] == sum(
            whole[view.contract.topic] - result["out"][view.contract.topic][view.recipient] for view in VIEWS
        )

    def test_ads_and_affiliates_get_more_of_who_consented(self, shown):
        """
        Of some people only, in every topic, and of nobody who did not agree.
        """
        result = json.loads(shown[1])

        asking = {(view.contract.topic, view.recipient) for view in VIEWS if view.asks_consent}
        assert {(topic, name) for topic, numbers in result["with_consent"].items() for name in numbers} == asking
        for topic, recipient in asking:
            everybody = result["out"][topic]["analytics"]
            assert 0 < result["with_consent"][topic][recipient] < everybody / 2
        assert result["withdrawn"] > 0
        assert result["escaped"] == 0

    def test_quarantines_what_was_planted_and_can_open_it(self, shown):
        """
        As many as were broken, for reasons that add up.
        """
        result = json.loads(shown[1])

        assert result["quarantined"] == result["planted_broken"] > 0
        assert sum(result["quarantine_reasons"].values()) == result["quarantined"]
        assert result["sealed_opened"] is True

    def test_searches_every_record_for_leaks(self, shown):
        """
        Clean ones and quarantined ones.
        """
        result = json.loads(shown[1])

        clean = sum(number for out in result["out"].values() for number in out.values())
        assert result["records_searched"] >= clean + result["quarantined"]

    def test_measures(self, shown):
        """
        Throughput, latency and memory are positive.
        """
        result = json.loads(shown[1])

        assert 0 < result["p50_ms"] <= result["p99_ms"]
        assert 0 < result["events_per_second"] < 1_000
        assert result["worker_rss_mib"] > 10

    def test_says_that_keys_and_people_are_not_real(self, shown):
        """
        Before anything else, on standard error.
        """
        _, out, err = shown

        assert "simulated" in err.splitlines()[0]
        assert "throw-away" in err.splitlines()[0]
        assert out.count("\n") == 1


class TestEnds:
    def test_says_how_the_worker_died(self):
        """
        A killed worker is a failure with its last log lines, and what came out until then is added up.
        """
        with start("--seconds", "60", "--rate", "50", "--json") as demo:
            os.kill(worker_of(demo), signal.SIGKILL)
            out, err = demo.communicate(timeout=120)

        assert demo.returncode == 1
        assert "the worker ended by itself with exit code -9" in err
        assert json.loads(out)["problem"].startswith("the worker ended by itself")

    def test_an_interrupt_ends_in_order(self):
        """
        Ctrl-C stops the feeding, and everything that was fed is accounted for.
        """
        with start("--seconds", "60", "--rate", "200", "--json") as demo:
            worker = worker_of(demo)
            said = next(line for line in demo.stderr if line.startswith("feeding: "))
            demo.send_signal(signal.SIGINT)
            out, err = demo.communicate(timeout=120)

        result = json.loads(out)
        assert demo.returncode == 0, said + err
        assert result["interrupted"] is True
        assert result["lost"] == 0
        assert 0 < sum(result["in"].values()) < 12_000
        assert not Path(f"/proc/{worker}").exists()

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param(["--seconds", "0"], id="no time"),
            pytest.param(["--rate", "0"], id="no events"),
            pytest.param(["--partitions", "0"], id="no partitions"),
        ],
    )
    def test_refuses_what_shows_nothing(self, arguments):
        """
        Exit code 2 and a sentence.
        """
        with start(*arguments) as demo:
            _, err = demo.communicate(timeout=60)

        assert demo.returncode == 2
        assert "is not in the range" in err
