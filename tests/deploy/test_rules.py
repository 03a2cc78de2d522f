"""Alarms: every metric and label that a rule names is one that a worker tells."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from pipeline.metrics import Metrics
from pipeline.status import Status
from schemas import VIEWS

FILE = Path(__file__).parents[2] / "deploy" / "qingliu.rules.yml"
RULES = {rule["alert"]: rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]}
OF_PROMETHEUS = {"up": {"instance", "job"}}


def told():
    """
    Every metric that a worker tells, with the names of its labels, each at least once.
    """
    app = SimpleNamespace(
        rebalancing=False,
        rebalancing_count=1,
        lags=lambda: {("raw.log", 0): 1},
        floods=SimpleNamespace(stopped={"raw.log"}),
    )
    status = Status(readers=(SimpleNamespace(topic="privacy.subjects", loaded=True, until=0.0),), app=app)
    status.counts.read["raw.log"] = status.counts.floods["raw.log"] = 1
    status.counts.quarantined["raw.log", "json"] = 1
    status.counts.unknown["raw.log"] = Counter()
    families = text_string_to_metric_families(Metrics(status, VIEWS).text().decode())
    return OF_PROMETHEUS | {
        sample.name: {*sample.labels, "instance", "job"} for family in families for sample in family.samples
    }


TOLD = told()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
class TestRules:
    def test_watch_what_there_is(self, rule):
        """
        A misspelt metric would never raise an alarm.
        """
        expression = re.sub(r"\{[^}]*\}|\[[^]]*\]|\(\s*[\w, ]+\)(?=\s*\()", "", rule["expr"])
        functions = set(re.findall(r"(\w+)\s*(?=\()", rule["expr"])) | {"and", "or", "by", "sum", "count", "max", "min"}
        names = set(re.findall(r"\b[a-z]\w+", expression)) - functions

        assert names
        assert names <= TOLD.keys()

    def test_name_labels_that_there_are(self, rule):
        """
        In the expression and in what a person reads.
        """
        metrics = [name for name in TOLD if re.search(rf"\b{name}\b", rule["expr"])]
        labels = set().union(*(TOLD[name] for name in metrics))
        grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", rule["expr"]) for label in group.split(",")}

        assert grouped <= labels
        assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= labels

    def test_say_who_is_called(self, rule):
        """
        At once, or in the morning.
        """
        assert rule["labels"]["severity"] in {"page", "ticket"}
