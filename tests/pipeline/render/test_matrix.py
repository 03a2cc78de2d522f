"""The matrix, and the texts it is written as."""

from html.parser import HTMLParser

import pytest

from pipeline.render.matrix import as_json, sheets
from pipeline.render.matrix_html import matrix_html
from pipeline.render.matrix_markdown import escape, matrix_markdown
from pipeline.render.matrix_text import matrix_text
from schemas import VIEWS
from tests.pipeline.render.views import RULES, SUPPRESSING, inside, partner
from transforms import Drop

VOID = {"meta"}


class Page(HTMLParser):
    """
    What of a page can be checked without a browser.
    """

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes, self.cells, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] in {"td", "th"}:
            self.cells[-1] += data


def row(view, path):
    (sheet,) = sheets([view])
    return {
        column.circumstances: cell
        for found in sheet.rows
        if found.path == path
        for column, cell in zip(sheet.columns, found.cells, strict=True)
    }


class TestSheets:
    def test_has_a_row_for_every_field(self):
        """
        Every field and array of every contract, in its order, with its kind.
        """
        for sheet in sheets(VIEWS):
            paths = [path for path, _ in sheet.contract.leaves()]

            assert [found.path for found in sheet.rows if found.kind != "array"] == paths
            assert [found.path for found in sheet.rows if found.kind == "array"] == [
                path for path, _ in sheet.contract.nodes() if path.endswith("[]")
            ]

    def test_merges_circumstances_of_equal_rules(self):
        """
        A view whose rules do not depend on links has one column for consent and one for none.
        """
        assert list(row(partner(), "note")) == ["with consent", "without consent"]
        assert list(row(inside(), "note")) == [""]

    def test_shows_each_circumstance_that_differs(self):
        """
        A rule for linked events alone makes a column of its own.
        """
        view = partner(linked={"note": Drop()})

        assert row(view, "note") == {
            "with consent, standalone": "always '…|<b>'",
            "with consent, linked": "drop",
            "without consent": "drop",
        }

    def test_shows_no_standalone_column_where_every_event_names_a_person(self):
        """
        Every order has a consignee: rules for standalone orders never stand.
        """
        (order,) = (sheet for sheet in sheets(VIEWS) if sheet.contract.topic == "raw.order")

        assert [column.title for column in order.columns] == [
            "analytics",
            "ads with consent",
            "ads without consent",
            "affiliate with consent",
            "affiliate without consent",
            "merchant, sealed to merchant_id",
            "logistics, sealed to logistics",
        ]

    def test_shows_what_lies_in_a_dropped_array_as_dropped(self):
        """
        The rule of a field does not stand where its array is dropped.
        """
        assert row(inside(), "seen[].name") == {"": "keep"}
        assert row(inside(rules=RULES | {"seen[]": Drop()}), "seen[].name") == {"": "drop"}

    def test_shows_that_nothing_passes_without_consent(self):
        """
        A view that suppresses has a column that says so, in every row.
        """
        assert row(SUPPRESSING, "occurred_at") == {"with consent": "minute", "without consent": "no record"}

    def test_tells_what_there_is_to_say_of_a_view(self):
        """
        Topic, purpose, consent, key and policy.
        """
        (sheet,) = sheets([partner(), inside(rules=RULES | {"user_id": Drop(), "device_id": Drop()}, recipient="bare")])
        asking, bare = sheet.facts

        assert (asking.topic, asking.purpose, asking.consent) == ("clean.partner.small", "ads", "decides what passes")
        assert asking.key == "token of user_id, or else of device_id"
        assert asking.policy == partner().policy()
        assert (bare.consent, bare.key) == ("not asked for", "empty")


class TestTexts:
    @pytest.mark.parametrize("render", [matrix_text, matrix_markdown, matrix_html], ids=["text", "markdown", "html"])
    def test_name_every_policy_and_field(self, render):
        """
        Whatever the format, no view and no field is missing.
        """
        text = render(VIEWS).replace("\\", "")

        for view in VIEWS:
            assert view.policy() in text
            assert view.topic in text
            assert all(path in text for path, _ in view.contract.leaves())

    def test_text_is_aligned(self):
        """
        Columns begin at the same place in every line, wide characters counted as two.
        """
        lines = matrix_text([inside()]).splitlines()
        rule = next(position for position, line in enumerate(lines) if line.startswith("---"))
        start = lines[rule].rindex(" ") + 1

        assert lines[rule - 1][start:] == "inside"
        assert lines[rule + 1][start:] == "minute"

    def test_json_has_a_rule_for_every_column(self):
        """
        Each field's rules stand in the order of the columns.
        """
        (sheet,) = as_json([partner()])
        (note,) = (field for field in sheet["fields"] if field["path"] == "note")

        assert [column["circumstances"] for column in sheet["columns"]] == ["with consent", "without consent"]
        assert note["rules"] == ["always '…|<b>'", "drop"]

    def test_markdown_tables_are_even(self):
        """
        Every row of a table has as many cells as its head, whatever characters a rule is written with.
        """
        widths = []
        for line in matrix_markdown([partner()]).splitlines():
            cells = line.replace("\\|", "").count("|")
            if line.startswith("|") and widths:
                assert cells == widths[-1]
            widths = [*widths, cells] if line.startswith("|") else []

    def test_markdown_escapes(self):
        """
        Characters that mean something in Markdown, or end a line, show as they are.
        """
        assert escape("a|b*c<i>\nd[]`") == "a\\|b\\*c\\<i\\> d\\[\\]\\`"


class TestHtml:
    PAGE = Page(matrix_html([*VIEWS, partner()]))

    def test_is_well_formed(self):
        """
        Every element that is opened is closed, in order.
        """
        assert self.PAGE.wrong == []
        assert self.PAGE.open == []

    def test_needs_nothing_else(self):
        """
        No script, no image, no font, no link to anywhere: the page is the whole document.
        """
        assert {name for name, _ in self.PAGE.attributes}.isdisjoint({"src", "href", "srcset", "style", "onclick"})
        assert "url(" not in matrix_html(VIEWS)
        assert "@import" not in matrix_html(VIEWS)

    def test_names_its_language(self):
        """
        Screen readers and hyphenation need it.
        """
        assert ("lang", "en") in self.PAGE.attributes

    def test_shows_rules_as_they_are(self):
        """
        A rule with markup in it is shown and not obeyed.
        """
        assert "always '…|<b>'" in self.PAGE.cells

    def test_has_room_for_a_signature_of_every_policy(self):
        """
        Each policy stands in the table of views and in that of signatures.
        """
        for view in (*VIEWS, partner()):
            assert self.PAGE.cells.count(view.policy()) == 2
