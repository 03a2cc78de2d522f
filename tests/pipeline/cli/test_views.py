"""`qingliu views`."""

import pytest
from click.testing import CliRunner

from pipeline.cli.views import command
from pipeline.codec import loads
from pipeline.render.matrix import as_json
from schemas import VIEWS


def run(*arguments):
    return CliRunner().invoke(command, arguments)


class TestViews:
    @pytest.mark.parametrize(
        ("form", "start"),
        [
            pytest.param("text", "raw.device, version 1", id="text"),
            pytest.param("markdown", "# What recipients get", id="Markdown"),
            pytest.param("html", "<!DOCTYPE html>", id="HTML"),
            pytest.param("json", "[", id="JSON"),
        ],
    )
    def test_prints_every_format(self, form, start):
        """
        The matrix of all topics, in the format that was asked for.
        """
        result = run("--format", form)

        assert result.exit_code == 0
        assert result.stdout.startswith(start)
        assert all(view.policy() in result.stdout for view in VIEWS)

    def test_prints_json(self):
        """
        --json is --format json, and is the matrix as values.
        """
        assert loads(run("--json").stdout) == as_json(VIEWS)
        assert run("--json").stdout == run("--format", "json").stdout

    @pytest.mark.parametrize("topic", ["order", "raw.order"])
    def test_prints_one_topic(self, topic):
        """
        A topic is named with or without its raw.
        """
        assert [sheet["topic"] for sheet in loads(run("--json", "--topic", topic).stdout)] == ["raw.order"]

    def test_says_which_topics_there_are(self):
        """
        An unknown topic is one sentence and exit code 2.
        """
        result = run("--topic", "orders")

        assert result.exit_code == 2
        assert (
            "choose one of raw.device, raw.log, raw.location, raw.order, raw.account, raw.interaction, raw.contact"
            in result.stderr
        )

    def test_shows_views_of_a_deployment(self, tmp_path, monkeypatch):
        """
        --views takes a module that lies in the current folder.
        """
        (tmp_path / "shop_views_a.py").write_text("from schemas import device\nVIEWS = (device.ADS,)\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.chdir(tmp_path)

        (sheet,) = loads(run("--json", "--views", "shop_views_a").stdout)

        assert [view["topic"] for view in sheet["views"]] == ["clean.ads.device"]
