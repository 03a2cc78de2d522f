"""Claims about `qingliu simulate`."""

import time
from dataclasses import replace

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.simulate import Progress
from pipeline.codec import loads
from pipeline.kafka_client import EmbeddedBroker, Reader
from pipeline.simulator import TOPICS, Simulator

START = 1_767_225_600_000
SAME = ("--seed", "7", "--start", "2026-01-01T08:00:00+08:00")


def run(*arguments):
    return CliRunner().invoke(main, ["simulate", *arguments], catch_exceptions=False)


class TestLines:
    def test_writes_one_line_for_each_event(self):
        """
        There are as many lines as events, each the raw bytes.
        """
        result = run("--count", "300", *SAME)

        assert result.exit_code == 0
        assert result.stdout_bytes.split(b"\n") == [
            *(event.value.replace(b"\n", b"\r") for event in Simulator(7, start=START).events(300)),
            b"",
        ]

    def test_equal_arguments_make_equal_events(self):
        """
        Seed and start decide everything.
        """
        assert run("--count", "50", *SAME).stdout_bytes == run("--count", "50", *SAME).stdout_bytes

    def test_another_seed_makes_other_events(self):
        """
        The seed is used.
        """
        assert run("--count", "5", *SAME).stdout_bytes != run("--count", "5", *SAME, "--seed", "8").stdout_bytes

    def test_a_line_feed_within_an_event_does_not_break_the_line(self, monkeypatch):
        """
        It becomes a carriage return, which JSON treats alike.
        """
        (event,) = Simulator(1).events(1)
        two_lines = replace(event, value=b'{\n"a":1}')
        monkeypatch.setattr(Simulator, "events", lambda _self, _count: iter([two_lines]))

        assert run("--count", "1").stdout_bytes == b'{\r"a":1}\n'

    def test_all_lines_are_json_when_none_is_broken(self):
        """
        `--broken 0` makes a stream for any JSON tool.
        """
        lines = run("--count", "200", "--broken", "0").stdout_bytes.splitlines()

        assert len(lines) == 200
        assert all(isinstance(loads(line), dict) for line in lines)

    @pytest.mark.parametrize("topic", [pytest.param("raw.order", id="full"), pytest.param("order", id="short")])
    def test_makes_only_events_of_the_chosen_topic(self, topic):
        """
        A topic goes by its name with or without its `raw.`.
        """
        lines = run("--topic", topic, "--count", "20", "--broken", "0").stdout_bytes.splitlines()

        assert all("order_id" in loads(line) for line in lines)

    def test_starts_now_when_no_start_is_given(self):
        """
        Event times follow the clock.
        """
        before = time.time()
        (line,) = run("--count", "1", "--broken", "0", "--topic", "order").stdout_bytes.splitlines()

        year = int(loads(line)["occurred_at"][:4])
        assert time.gmtime(before - 86_400).tm_year <= year <= time.gmtime(time.time() + 86_400).tm_year


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param(
                ("--topic", "raw.nothing"), "unknown topic 'raw.nothing'; choose among raw.device", id="topic"
            ),
            pytest.param(("--count", "0"), "x>=1", id="count"),
            pytest.param(("--broken", "1.5"), "0<=x<=1", id="broken"),
            pytest.param(("--rate", "0"), "x>=0.01", id="rate"),
            pytest.param(("--start", "2026-01-01"), "RFC 3339", id="start without a time"),
            pytest.param(("--start", "1999-01-01T00:00:00Z"), "RFC 3339", id="start too early"),
        ],
    )
    def test_explains_what_is_wrong(self, arguments, sentence):
        """
        Exit code 2, and a sentence with the remedy.
        """
        result = run(*arguments)

        assert result.exit_code == 2
        assert sentence in result.stderr
        assert not result.stdout_bytes

    def test_says_that_no_broker_answers(self, monkeypatch):
        """
        An address where nothing listens is one sentence and exit code 2.
        """
        monkeypatch.setattr("pipeline.kafka_client.reaching.ANSWER_SECONDS", 1.0)
        with EmbeddedBroker() as gone:
            bootstrap = gone.bootstrap

        result = run("--bootstrap", bootstrap)

        assert result.exit_code == 2
        assert result.stderr.startswith("Error: no broker answers at")
        assert result.stderr.count("\n") == 1


class TestKafka:
    def test_feeds_the_topics(self):
        """
        Every event is on its topic with its key, its bytes and its time.
        """
        with EmbeddedBroker() as broker:
            for topic in TOPICS:
                broker.create_topic(topic, 2)
            result = run("--count", "400", *SAME, "--bootstrap", broker.bootstrap)
            records = []
            until = time.monotonic() + 10
            with Reader(broker.bootstrap, TOPICS) as reader:
                while len(records) < 400 and time.monotonic() < until:
                    records += reader.read()

        sent = sorted((event.topic, event.key or b"", event.value) for event in Simulator(7, start=START).events(400))
        assert sorted((record.topic, record.key or b"", record.value) for record in records) == sent
        assert {record.timestamp - START for record in records} == set(range(400))
        assert result.exit_code == 0
        assert result.stderr == "delivered 400 of 400 events\n"

    def test_names_the_topics_that_are_missing(self):
        """
        Nothing is written, and no topic is made, when one is missing.
        """
        with EmbeddedBroker() as broker:
            broker.create_topic("raw.log", 1)
            result = run("--topic", "order", "--topic", "log", "--bootstrap", broker.bootstrap)

        assert result.exit_code == 2
        assert result.stderr == "Error: missing topics: raw.order; create them with `qingliu topics apply`\n"


class TestProgress:
    def test_speaks_up_only_when_the_work_is_long(self, capsys):
        """
        Every two seconds a line, and none before.
        """
        seconds = iter([0.0, 1.9, 2.1, 2.2, 4.2])
        progress = Progress(5_000, clock=lambda: next(seconds))
        for _ in range(4):
            progress.step()

        assert capsys.readouterr().err == "2 of 5,000 events\n4 of 5,000 events\n"
