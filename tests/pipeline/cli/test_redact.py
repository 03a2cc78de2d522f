"""Claims about `qingliu redact`."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from transforms.text.entities import ALL

TEXT = "我叫王小明，电话138 0013 8000谢谢"
REDACTED = "我叫<PERSON>，电话<CN_MOBILE>谢谢"


def run(*arguments, lines=TEXT):
    given = lines if isinstance(lines, bytes) else lines.encode()
    return CliRunner().invoke(main, ["redact", "--names", "dictionary", *arguments], input=given)


class TestRedact:
    def test_replaces_what_is_personal_line_by_line(self):
        """
        Empty lines and a missing last newline included.
        """
        result = run(lines=f"{TEXT}\n\n这件199元包邮\r\n{TEXT}")

        assert result.exit_code == 0
        assert result.stdout_bytes.decode() == f"{REDACTED}\n\n这件199元包邮\r\n{REDACTED}\n"

    def test_gives_nothing_for_nothing(self):
        """
        No line in, none out.
        """
        assert run(lines="").stdout_bytes == b""

    def test_masks(self):
        """
        An asterisk a character.
        """
        assert run("--how", "mask").stdout_bytes.decode() == "我叫***，电话*************谢谢\n"

    def test_prints_one_object_a_line(self):
        """
        With offsets in code points of the line as it came, also behind characters of four bytes.
        """
        result = run("--json", lines=f"😀{TEXT}\n好看\n")
        first, second = map(json.loads, result.stdout_bytes.splitlines())

        assert first["text"] == f"😀{REDACTED}"
        assert [f"😀{TEXT}"[span["start"] : span["end"]] for span in first["spans"]] == ["王小明", "138 0013 8000"]
        assert [span["entity"] for span in first["spans"]] == ["PERSON", "CN_MOBILE"]
        assert all(0.5 <= span["score"] <= 1 for span in first["spans"])
        assert second == {"text": "好看", "spans": []}

    def test_does_not_search_a_gated_field_for_bare_names(self):
        """
        What `--field` decides.
        """
        assert "王小明" in run("--field", "danmaku", lines="王小明这件好看").stdout

    def test_lists_the_entities(self):
        """
        All of them, for people and for programs.
        """
        listed = json.loads(run("--entities", "--json").stdout)

        assert [row["entity"] for row in listed] == [entity.name for entity in ALL]
        assert [line.split()[0] for line in run("--entities").stdout.splitlines()] == [entity.name for entity in ALL]

    def test_answers_each_line_when_it_comes(self):
        """
        A live stream waits for no block to fill.
        """
        call = [sys.executable, "-m", "pipeline", "redact", "--names", "none"]
        buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=buffered) as process:
            for _ in range(2):
                process.stdin.write("电话13800138000\n".encode())
                process.stdin.flush()
                assert process.stdout.readline().decode() == "电话<CN_MOBILE>\n"
            process.stdin.close()

    def test_ends_without_a_word_when_its_reader_has_seen_enough(self):
        """
        As `head` has.
        """
        read, write = os.pipe()
        os.close(read)
        call = [sys.executable, "-m", "pipeline", "redact", "--names", "none"]
        ran = subprocess.run(call, input=TEXT.encode() * 9_999, stdout=write, stderr=subprocess.PIPE, check=False)
        os.close(write)

        assert ran.stderr == b""


class TestSmallInstall:
    def test_says_that_it_finds_fewer_names(self, monkeypatch):
        """
        On standard error, so that the texts stay texts.
        """
        monkeypatch.setattr("transforms.text.taggers.model_installed", lambda: False)
        result = CliRunner().invoke(main, ["redact"], input=TEXT.encode())

        assert "looked for in a dictionary" in result.stderr
        assert result.stdout == f"{REDACTED}\n"


class TestBadInput:
    def test_that_is_not_utf8_stops_it_behind_the_last_good_line(self, refuses):
        """
        What cannot be read cannot be searched.
        """
        result = run(lines=f"{TEXT}\n".encode() + "电话13800138000\n".encode("utf-16") + TEXT.encode())

        refuses(result, "line 2 is not UTF-8", "iconv")
        assert result.stdout == f"{REDACTED}\n"
        assert "138" not in result.output

    @pytest.mark.parametrize("field", ["chat", ""])
    def test_that_names_no_field_is_refused(self, field):
        """
        With the fields there are.
        """
        result = run("--field", field)

        assert result.exit_code == 2
        assert "'danmaku', 'contact', 'note'" in result.output
        assert "Traceback" not in result.output

    def test_names_what_to_install_for_the_model(self, monkeypatch, refuses):
        """
        In a small install.
        """
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        monkeypatch.delitem(sys.modules, "transforms.text.names.lac", raising=False)
        monkeypatch.setattr("transforms.text.taggers._model", _fresh_model)

        refuses(CliRunner().invoke(main, ["redact", "--names", "model"], input=b"x\n"), "qingliu[ner]")


def _fresh_model():
    from transforms.text.names.lac import LacTagger  # noqa: PLC0415

    return LacTagger()
