"""Claims about `qingliu apply`."""

import base64
import json
import os
import pty
import select
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.engine import TopicEngine
from pipeline.keys import RootKeys, load_officer, load_passphrase
from pipeline.quarantine import open_records
from schemas import order
from tests.pipeline.events import ORDER, encode

GOOD = encode(ORDER)
OTHER = encode(ORDER | {"event_id": "11111111-2222-3333-4444-555555555555"})
BROKEN = b'{"user_id":"u-10000000001","order_id":5,"name":"' + "张伟".encode() + b'"}'
CALL = ("--topic", "raw.order", "--recipient", "analytics")


def run(*arguments, lines=GOOD, throwaway=True, env=None):
    keys = ("--throwaway-keys",) if throwaway else ()
    return CliRunner().invoke(main, ["apply", *CALL, *keys, *map(str, arguments)], input=lines, env=env)


def process(*arguments, code="from pipeline.cli import main; main()", **settings):
    call = [sys.executable, "-c", code, "apply", *CALL, "--throwaway-keys", *arguments]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": buffered} | settings
    return subprocess.Popen(call, **streams)


class TestOutput:
    def test_is_what_the_engine_releases(self, keys):
        """
        Line for line, to the byte, under the deployment's own keys.
        """
        root = RootKeys.load(keys / "keyset.json", load_passphrase(keys / "passphrase"))
        engine = TopicEngine(order.RAW, [order.ANALYTICS], root)
        files = ("--keyset", keys / "keyset.json", "--passphrase", keys / "passphrase")

        result = run(*files, lines=GOOD + b"\n" + OTHER + b"\n", throwaway=False)

        assert result.exit_code == 0
        assert result.stdout_bytes == b"".join(engine.process(line)[0][0] + b"\n" for line in (GOOD, OTHER))

    def test_key_files_may_come_from_the_environment(self, keys):
        """
        By the variables that a worker reads.
        """
        environment = {"QINGLIU_KEYSET": str(keys / "keyset.json"), "QINGLIU_PASSPHRASE": str(keys / "passphrase")}
        result = run(throwaway=False, env=environment)

        assert result.exit_code == 0
        assert json.loads(result.stdout)["event_id"].startswith("1.")

    def test_throwaway_keys_are_others_each_time(self):
        """
        Nothing made with them joins anything.
        """
        assert run().stdout != run().stdout

    def test_leaves_chinese_as_it_is(self):
        """
        UTF-8 in, UTF-8 out, no escapes.
        """
        result = run()

        assert "夏季连衣裙".encode() in result.stdout_bytes
        assert "广东省" in result.stdout_bytes.decode()
        assert b"\\u" not in result.stdout_bytes

    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param(GOOD + b"\n" + GOOD + b"\n", id="plain"),
            pytest.param(GOOD + b"\n" + GOOD, id="last line without line end"),
            pytest.param(b"\n\n" + GOOD + b"\n  \n\t\n" + GOOD + b"\n\n", id="empty lines"),
            pytest.param(GOOD + b"\r\n" + GOOD + b"\r\n", id="line ends of Windows"),
        ],
    )
    def test_has_a_line_for_each_event(self, lines):
        """
        However the input's lines end.
        """
        result = run(lines=lines)

        assert result.exit_code == 0
        assert result.stdout_bytes.count(b"\n") == 2
        assert result.stderr == "passed 2, suppressed 0, quarantined 0\n"

    def test_of_nothing_is_nothing(self):
        """
        Empty input is no mistake.
        """
        result = run(lines=b"")

        assert (result.exit_code, result.stdout_bytes) == (0, b"")
        assert result.stderr == "passed 0, suppressed 0, quarantined 0\n"

    def test_comes_while_input_still_flows(self):
        """
        A reader of a live stream sees an event as soon as it came.
        """
        running = process()
        running.stdin.write(GOOD + b"\n")
        running.stdin.flush()
        came, _, _ = select.select([running.stdout], [], [], 60)
        first = running.stdout.readline() if came else b"{}"
        rest, _ = running.communicate(OTHER)

        assert came
        assert json.loads(first)["event_id"] != json.loads(rest)["event_id"]
        assert running.returncode == 0

    def test_ends_quietly_when_nobody_reads_on(self, tmp_path):
        """
        As before `| head`: no traceback, and no complaint at the end.
        """
        (tmp_path / "events").write_bytes((GOOD + b"\n") * 5000)
        with (tmp_path / "events").open("rb") as events:
            running = process(stdin=events, stderr=subprocess.PIPE)
            first = running.stdout.readline()
            running.stdout.close()
            complaints = running.stderr.read()
            running.stderr.close()

        assert json.loads(first)["amount_fen"] == ORDER["amount_fen"]
        assert (running.wait(), complaints) == (0, b"")

    def test_shows_progress_on_a_terminal(self):
        """
        How many lines it has read, on standard error.
        """
        ours, theirs = pty.openpty()
        code = "import pipeline.cli.apply as a; a._PROGRESS_SECONDS = 0; from pipeline.cli import main; main()"
        running = process(code=code, stderr=theirs)
        os.close(theirs)
        running.communicate((GOOD + b"\n") * 3)
        shown = os.read(ours, 10_000).decode()
        os.close(ours)

        assert "3 lines" in shown
        assert "passed 3, suppressed 0, quarantined 0" in shown


class TestBrokenEvents:
    def test_are_counted_and_told_by_the_exit_code(self):
        """
        The others pass; nothing of the broken one is shown.
        """
        result = run(lines=b"\n".join((GOOD, BROKEN, b"\xff", OTHER)))

        assert result.exit_code == 1
        assert result.stderr == "passed 2, suppressed 0, quarantined 2\n"
        assert result.stdout_bytes.count(b"\n") == 2
        assert "张伟" not in result.output

    def test_are_sealed_to_the_officer(self, keys, tmp_path):
        """
        As on the quarantine topic: partition 0, the line's number from 0 as offset, empty lines counted.
        """
        file = tmp_path / "quarantine.jsonl"
        lines = b"\n".join((GOOD, b"", BROKEN, OTHER, b'{"a":1}'))
        result = run("--quarantine", file, "--officer", keys / "officer.pub", lines=lines)
        officer = load_officer(keys / "officer.key", load_passphrase(keys / "passphrase"))
        records = file.read_bytes().splitlines()

        assert result.exit_code == 1
        assert [open_records(officer, [record]) for record in records] == [(None, BROKEN), (None, b'{"a":1}')]
        assert [
            tuple(json.loads(record)[name] for name in ("topic", "partition", "offset", "reason")) for record in records
        ] == [("raw.order", 0, 2, "missing"), ("raw.order", 0, 4, "missing")]
        assert "张伟".encode() not in file.read_bytes()
        assert base64.b64encode(BROKEN[:30])[:36] not in file.read_bytes()

    def test_a_large_one_makes_several_records(self, keys, tmp_path):
        """
        That join again.
        """
        file = tmp_path / "quarantine.jsonl"
        large = b'{"a":"' + b"x" * (2 << 20) + b'"}'
        run("--quarantine", file, "--officer", keys / "officer.pub", lines=large)
        officer = load_officer(keys / "officer.key", load_passphrase(keys / "passphrase"))
        records = file.read_bytes().splitlines()

        assert len(records) == 5
        assert open_records(officer, records) == (None, large)

    def test_without_any_the_file_is_empty(self, keys, tmp_path):
        """
        And says so by being there.
        """
        result = run("--quarantine", tmp_path / "q", "--officer", keys / "officer.pub")

        assert result.exit_code == 0
        assert (tmp_path / "q").read_bytes() == b""


class TestMistakes:
    def test_an_unknown_topic(self, refuses):
        """
        The sentence lists the topics.
        """
        result = CliRunner().invoke(main, ["apply", "--topic", "parcel", "--recipient", "ads", "--throwaway-keys"])

        refuses(result, "unknown topic 'parcel'", "raw.order")

    def test_an_unknown_recipient(self, refuses):
        """
        The sentence lists the recipients.
        """
        result = CliRunner().invoke(main, ["apply", "--topic", "order", "--recipient", "me", "--throwaway-keys"])

        refuses(result, "unknown recipient 'me'", "analytics, ads")

    def test_no_keys(self, keys, refuses):
        """
        One without the other is none.
        """
        refuses(run(throwaway=False), "no keys are given", "--throwaway-keys")
        refuses(run("--keyset", keys / "keyset.json", throwaway=False), "no keys are given")

    @pytest.mark.parametrize(
        ("keyset", "passphrase", "sentence"),
        [
            pytest.param("missing", "passphrase", "does not exist", id="missing"),
            pytest.param("officer.pub", "passphrase", "is no key file", id="another file"),
            pytest.param("keyset.json", "officer.pub", "does not open", id="another passphrase"),
            pytest.param("keyset.json", "missing", "passphrase file) does not exist", id="no passphrase"),
        ],
    )
    def test_wrong_key_files(self, keys, refuses, keyset, passphrase, sentence):
        """
        One sentence, and nothing was read.
        """
        result = run("--keyset", keys / keyset, "--passphrase", keys / passphrase, throwaway=False)

        refuses(result, sentence)
        assert result.stdout == ""

    def test_a_quarantine_without_an_officer(self, tmp_path, refuses):
        """
        Nothing is written in clear.
        """
        refuses(run("--quarantine", tmp_path / "q"), "--quarantine needs", "pass --officer")
        assert not (tmp_path / "q").exists()

    @pytest.mark.parametrize("officer", ["officer.key", "keyset.json", "missing"])
    def test_a_wrong_officer(self, keys, tmp_path, refuses, officer):
        """
        And an older quarantine file stays as it was.
        """
        (tmp_path / "q").write_text("older")

        refuses(run("--quarantine", tmp_path / "q", "--officer", keys / officer), "officer")
        assert (tmp_path / "q").read_text() == "older"

    def test_a_quarantine_that_cannot_be_written(self, keys, tmp_path, refuses):
        """
        Told before the first line is read.
        """
        result = run("--quarantine", tmp_path / "no" / "q", "--officer", keys / "officer.pub")

        refuses(result, "cannot be written", "choose another file")
        assert result.stdout == ""

    def test_a_module_that_is_missing(self, refuses):
        """
        As for every command that takes views.
        """
        refuses(run("--views", "no_such_module"), "cannot find the module no_such_module")
