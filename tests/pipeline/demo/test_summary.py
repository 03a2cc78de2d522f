"""Claims about the summary and how it is shown."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from pipeline.codec import dumps, loads
from pipeline.demo.ledger import Ledger, Verdict
from pipeline.demo.run import Status
from pipeline.demo.sample import Sample
from pipeline.demo.screen import Rates, Screen, summary_table
from pipeline.demo.summary import Summary
from pipeline.keys import RootKeys
from schemas import VIEWS

VERDICT = Verdict(lost=0, escaped=0, suppressed=0, quarantined=3, planted_broken=3, unexplained=0)
SAMPLE = Sample(
    "raw.order", b'{"phone":"13812345678"}', {"clean.ads.order": b'{"province":"\xe5\xb9\xbf\xe4\xb8\x9c"}'}
)
SUMMARY = Summary(
    seconds=20,
    rate=2_000,
    seed=1,
    delivered={"raw.order": 100},
    released={("raw.order", "analytics"): 97, ("raw.order", "ads"): 96},
    consented={("raw.order", "ads"): 40},
    withdrawn=7,
    verdict=VERDICT,
    reasons={"not_json": 2, "missing": 1},
    duplicates=0,
    leaks=0,
    leaked={},
    searched=196,
    not_delivered=0,
    events_per_second=1_999.5,
    p50_ms=41.5,
    p99_ms=120.0,
    worker_rss_mib=101.5,
    audit_records=12,
    audit_whole=True,
    sealed_opened=True,
    interrupted=False,
    problem=None,
    log=(),
    sample=SAMPLE,
)


def shown(renderable, width=160):
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


class TestFailed:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"verdict": replace(VERDICT, lost=1)}, id="lost"),
            pytest.param({"verdict": replace(VERDICT, escaped=1)}, id="escaped"),
            pytest.param({"verdict": replace(VERDICT, unexplained=1)}, id="unexplained"),
            pytest.param({"leaks": 1}, id="leak"),
            pytest.param({"not_delivered": 1}, id="not delivered"),
            pytest.param({"sealed_opened": False}, id="sealed for good"),
            pytest.param({"audit_whole": False}, id="audit not whole"),
            pytest.param({"problem": "the worker ended"}, id="worker"),
        ],
    )
    def test_when_anything_is_not_as_promised(self, change):
        """
        Each of these alone is a failure.
        """
        assert replace(SUMMARY, **change).failed

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"duplicates": 5}, id="duplicates"),
            pytest.param({"interrupted": True}, id="interrupted"),
            pytest.param({"sealed_opened": None}, id="nothing sealed"),
            pytest.param({"verdict": replace(VERDICT, suppressed=9)}, id="suppressed"),
        ],
    )
    def test_not_when_all_is(self, change):
        """
        Delivery is at least once, and an early end is a wish.
        """
        assert not replace(SUMMARY, **change).failed


class TestAsDict:
    def test_tells_topics_and_recipients(self):
        """
        What came in by topic, what went out by topic and recipient.
        """
        numbers = loads(dumps(SUMMARY.as_dict()))

        assert numbers["in"] == {"raw.order": 100}
        assert numbers["out"] == {"raw.order": {"analytics": 97, "ads": 96}}
        assert numbers["with_consent"] == {"raw.order": {"ads": 40}}
        assert numbers["withdrawn"] == 7
        assert numbers["quarantined"] == numbers["planted_broken"] == 3
        assert numbers["quarantine_reasons"] == {"missing": 1, "not_json": 2}

    def test_names_leaks_by_topic_and_class(self):
        """
        Enough to search for the reason, nothing of the value.
        """
        summary = replace(SUMMARY, leaks=2, leaked={("clean.ads.order", "phone"): 2})

        assert summary.as_dict()["leaked"] == {"clean.ads.order: phone": 2}

    def test_holds_no_sample(self):
        """
        Numbers only.
        """
        assert b"13812345678" not in dumps(SUMMARY.as_dict())


class TestTable:
    def test_shows_every_number(self):
        """
        Lost, leaked and all others, each with its meaning.
        """
        text = shown(summary_table(replace(SUMMARY, verdict=replace(VERDICT, lost=12_345), leaks=678)))

        for part in ("12,345 │ lost", "678 │ identifiers leaked, in 196 records searched", "41.5 ms / 120.0 ms", "97"):
            assert part in text

    def test_labels_the_sample_as_simulated(self):
        """
        Nobody may take it for a real person.
        """
        text = shown(summary_table(SUMMARY))

        assert "simulated: one event" in text
        assert text.index("simulated") < text.index("13812345678")
        assert "广东" in text

    def test_shows_a_dash_for_what_is_not_known(self):
        """
        No latency, no memory.
        """
        text = shown(summary_table(replace(SUMMARY, p50_ms=None, p99_ms=None, worker_rss_mib=None, sample=None)))

        assert "– / –" in text


class TestScreen:
    def status(self, sample=SAMPLE):
        """
        An early moment of a demo.
        """
        return Status("feeding", 2.0, 20.0, Ledger(VIEWS, RootKeys.generate()), searched=5, leaks=0, sample=sample)

    def test_without_a_terminal_shows_no_sample(self, monkeypatch):
        """
        A line every five seconds, of numbers alone.
        """
        seconds = iter([0.0, 1.0, 6.0, 7.0])
        monkeypatch.setattr("pipeline.demo.screen.time.monotonic", lambda: next(seconds))
        console = Console(file=io.StringIO(), width=40)
        screen = Screen(console)
        with screen.running():
            for _ in range(3):
                screen.show(self.status())

        lines = console.file.getvalue().splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("feeding: 2 of 20 s, 0 events in")
        assert "13812345678" not in lines[0]

    def test_in_a_terminal_shows_topics_reasons_and_the_labelled_sample(self):
        """
        The picture is there whatever the width.
        """
        console = Console(file=io.StringIO(), width=120, height=80, force_terminal=True, color_system=None)
        screen = Screen(console)
        with screen.running():
            screen.show(self.status())

        text = console.file.getvalue()
        for part in ("feeding · 2 of 20 s", "raw topic", "raw.location", "quarantine none yet", "simulated: one event"):
            assert part in text


class TestRates:
    def test_are_differences_between_two_looks(self):
        """
        Ten more events in two seconds are five a second.
        """
        ledger = Ledger(VIEWS, RootKeys.generate())
        rates = Rates()
        rates.note(ledger, 1.0)
        assert rates.arriving == {}

        ledger.delivered["raw.order"] += 10
        ledger.released["raw.order", "ads"] += 4
        rates.note(ledger, 3.0)

        assert rates.arriving["raw.order"] == 5.0
        assert rates.leaving["raw.order", "ads"] == 2.0
        assert rates.arriving["raw.log"] == 0.0
