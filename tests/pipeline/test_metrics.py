"""Metrics: every count is told once, in Prometheus' format, and nothing of an event."""

from collections import Counter
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.metrics import Metrics
from pipeline.status import Status
from schemas import VIEWS


def told(status):
    """
    Every sample as Prometheus' own parser reads it: name and labels → value.
    """
    families = text_string_to_metric_families(Metrics(status, VIEWS).text().decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples
    }


@pytest.fixture
def status():
    app = SimpleNamespace(
        rebalancing=False,
        rebalancing_count=2,
        lags=lambda: {("raw.order", 3): 17},
        floods=SimpleNamespace(stopped={"raw.log"}),
    )
    reader = SimpleNamespace(topic="privacy.subjects", loaded=True, until=155.0)
    watchdog = SimpleNamespace(longest=("raw.order partition 3", 7.0), patience=120.0)
    return Status(readers=(reader,), app=app, watchdog=watchdog, key_version=4, clock=lambda: 100.0)


class TestCounts:
    def test_are_told_with_their_labels(self, status):
        """
        What came in and what became of it.
        """
        counts = status.counts
        counts.read["raw.order"] = 9
        counts.released["raw.order", "ads"] = 5
        counts.suppressed["raw.order", "ads"] = 3
        counts.quarantined["raw.order", "json"] = 1
        counts.granted["g-1", "clean.ads.order"] = 2
        counts.floods["raw.order"] = 1
        samples = told(status)

        order, ads = ("topic", "raw.order"), ("recipient", "ads")
        assert samples["qingliu_events_read_total", order] == 9
        assert samples["qingliu_records_released_total", ads, order] == 5
        assert samples["qingliu_records_suppressed_total", ads, order] == 3
        assert samples["qingliu_events_quarantined_total", ("reason", "json"), order] == 1
        assert samples["qingliu_records_granted_total", ("grant", "g-1"), ("topic", "clean.ads.order")] == 2
        assert samples["qingliu_floods_total", order] == 1
        assert samples["qingliu_topic_stopped", ("topic", "raw.log")] == 1

    def test_never_name_a_field_that_no_contract_has(self, status):
        """
        Its name comes from outside, and may be a person's.
        """
        status.counts.unknown["raw.order"] = Counter({"13800138000": 4, "李雷": 1})

        assert told(status)["qingliu_fields_unknown_total", ("topic", "raw.order")] == 5
        text = Metrics(status, VIEWS).text().decode()
        assert "13800138000" not in text
        assert "李雷" not in text

    def test_of_withdrawals_are_a_histogram(self, status):
        """
        In seconds, each bucket with all below it.
        """
        for ms in (4, 9, 700, 10**6):
            status.counts.subjects.withdrawals.add(ms)
        samples = told(status)

        name = "qingliu_withdrawal_seconds"
        assert [samples[f"{name}_bucket", ("le", le)] for le in ("0.005", "0.01", "0.75", "60.0", "+Inf")] == [
            1,
            2,
            3,
            3,
            4,
        ]
        assert samples[f"{name}_count",] == 4
        assert samples[f"{name}_sum",] == pytest.approx(1_000.713)


class TestState:
    def test_is_as_old_as_its_end_was_last_seen(self, status):
        """
        Believed until 155 by a patience of 60 seconds: seen at 95.
        """
        assert told(status)["qingliu_state_age_seconds", ("topic", "privacy.subjects")] == 5

    def test_says_what_waits(self, status):
        """
        For how long, how much, and whether it is ready.
        """
        samples = told(status)

        assert samples["qingliu_standing_seconds",] == 7
        assert samples["qingliu_lag_records", ("partition", "3"), ("topic", "raw.order")] == 17
        assert samples["qingliu_rebalances_total",] == 2
        assert samples["qingliu_ready",] == 1

    def test_can_be_told_before_there_is_any(self):
        """
        Of a worker that just began.
        """
        samples = told(Status())

        assert samples["qingliu_ready",] == 0
        assert samples["qingliu_standing_seconds",] == 0


class TestVersions:
    def test_name_the_policy_of_every_view(self, status):
        """
        As the header of its records does.
        """
        samples = told(status)

        for view in VIEWS:
            labels = {
                "topic": view.topic,
                "recipient": view.recipient,
                "policy": view.policy(),
                "schema": view.schema,
            }
            assert samples["qingliu_view_info", *sorted(labels.items())] == 1
        assert samples["qingliu_key_version",] == 4

    def test_of_the_process_tell_restarts_and_memory(self, status):
        """
        By when it started, and what it holds.
        """
        samples = told(status)

        assert samples["process_start_time_seconds",] > 0
        assert samples["process_resident_memory_bytes",] > 0
