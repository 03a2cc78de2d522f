"""Documents for people: what stands in a block of code ends with it, and links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HIDDEN = (".venv", "target", ".pytest_cache")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.md")
    if not path.relative_to(ROOT).as_posix().startswith(HIDDEN)
)
FENCE = re.compile(r"^\s*```", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("document", DOCUMENTS)
class TestDocuments:
    def test_close_what_they_open(self, document):
        """
        An open block of code swallows the headings and tables below it.
        """
        assert len(FENCE.findall((ROOT / document).read_text("utf-8"))) % 2 == 0

    def test_link_to_what_is_there(self, document):
        """
        Files by their path from the document's folder.
        """
        links = LINK.findall((ROOT / document).read_text("utf-8"))
        files = [link for link in links if ":" not in link]

        assert [link for link in files if not ((ROOT / document).parent / link).exists()] == []
