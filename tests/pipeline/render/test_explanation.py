"""Explanations as text, table and JSON."""

from io import StringIO

import pytest
from rich.console import Console

from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.explain import explain
from pipeline.render.explanation import explanation_json, explanation_lines, json_text, print_explanation
from tests.pipeline.events import KEYS, encode
from tests.pipeline.render.views import SMALL, inside, partner

EVENT = {
    "occurred_at": "2026-11-22T14:38:50.123+08:00",
    "note": "张伟[bold]\t\x1b[2J",
    "deal": {"sum": 1500, "code": "a"},
    "extra": 1,
}
EXPLANATION = explain(SMALL, [partner(), inside()], KEYS, encode(EVENT), Decision())


def printed():
    console = Console(file=StringIO(), force_terminal=True, color_system=None, width=240)
    print_explanation(EXPLANATION, console)
    return console.file.getvalue()


class TestLines:
    def test_have_the_same_columns(self):
        """
        Head and values have a column for field, kind, raw value and each recipient.
        """
        lines = list(explanation_lines(EXPLANATION))
        start = lines.index("") + 1
        end = lines.index("", start)

        assert lines[start] == "field\tkind\traw\tpartner\tinside"
        assert {line.count("\t") for line in lines[start:end]} == {4}

    def test_show_value_reason_and_rule(self):
        """
        What is released, or why nothing is, with the rule in words.
        """
        (note,) = (line for line in explanation_lines(EXPLANATION) if line.startswith("note\t"))

        assert note.endswith("\t– (no consent; drop)\t\"…|<b>\" (always '…|<b>')")

    def test_name_unknown_fields(self):
        """
        The last line says what was dropped for everybody.
        """
        assert list(explanation_lines(EXPLANATION))[-1].endswith("dropped for everybody: extra")


class TestTable:
    def test_shows_every_value(self):
        """
        Paths, raw values as they are, and the recipients side by side.
        """
        text = printed()

        assert all(line.path in text for line in EXPLANATION.lines)
        assert "张伟[bold]" in text
        assert "partner" in text
        assert "inside" in text

    def test_obeys_no_value(self):
        """
        Control characters of an event do not reach the terminal.
        """
        assert "\x1b[2J" not in printed()


class TestJson:
    def test_has_what_the_lines_have(self):
        """
        Every value, with what each recipient gets of it by name.
        """
        value = explanation_json(EXPLANATION)
        (note,) = (field for field in value["fields"] if field["path"] == "note")

        assert note["raw"] == EVENT["note"]
        assert note["views"]["partner"] == {"released": None, "why": "no consent", "rule": "drop"}
        assert [record["recipient"] for record in value["records"]] == ["partner", "inside"]
        assert value["unknown"] == ["extra"]


class TestJsonText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            pytest.param("张伟", '"张伟"', id="Chinese"),
            pytest.param("a\tb", '"a\\tb"', id="tab"),
            pytest.param("\x9b2J", '"\\u009b2J"', id="control sequence introducer"),
            pytest.param("\u202eabc", '"\\u202eabc"', id="right-to-left override"),
            pytest.param("\U000e0001", '"\\udb40\\udc01"', id="beyond the first plane"),
            pytest.param({"a": [1, None]}, '{"a":[1,null]}', id="object"),
        ],
    )
    def test_shows_what_can_be_shown(self, value, text):
        """
        Text as it is, but for characters that would steer a terminal; it stays the same JSON value.
        """
        assert json_text(value) == text
        assert loads(text) == value
