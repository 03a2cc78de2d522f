"""The generated documents, and those that are kept in the repository."""

from pathlib import Path

from pipeline.render.generate import Drift, compare, documents, write
from schemas import VIEWS
from tests.pipeline.render.views import inside, partner

KEPT = Path(__file__).parents[3] / "schemas" / "generated"


class TestDocuments:
    def test_are_named_by_topic(self):
        """
        One schema for each raw and clean topic, for erasure, key changes and quarantine, and three documents over all.
        """
        assert list(documents([partner(), inside()])) == [
            "asyncapi.json",
            "clean.inside.small.schema.json",
            "clean.partner.small.schema.json",
            "erasure.schema.json",
            "key-changes.schema.json",
            "quarantine.schema.json",
            "raw.small.schema.json",
            "views.html",
            "views.md",
        ]

    def test_are_the_same_each_time(self):
        """
        Equal views give equal bytes, so that a difference in the repository always means something.
        """
        assert documents([partner(), inside()]) == documents([partner(), inside()])

    def test_are_kept_up_to_date(self):
        """
        What lies in schemas/generated is what the shipped views say; `qingliu schema` writes it.
        """
        assert compare(documents(VIEWS), KEPT) == Drift()


class TestCompare:
    def test_finds_nothing_after_writing(self, tmp_path):
        """
        What was just written is up to date, and files of others are none of our business.
        """
        files = documents([partner()])
        write(files, tmp_path / "new" / "folder")
        (tmp_path / "new" / "folder" / "README.md").touch()

        assert not compare(files, tmp_path / "new" / "folder")

    def test_names_what_differs(self, tmp_path):
        """
        Changed, deleted and left-over files are told apart.
        """
        files = documents([partner()])
        write(files, tmp_path)
        (tmp_path / "views.md").write_text("other")
        (tmp_path / "asyncapi.json").unlink()
        (tmp_path / "clean.old.small.schema.json").touch()

        assert compare(files, tmp_path) == Drift(
            stale=("views.md",), missing=("asyncapi.json",), extra=("clean.old.small.schema.json",)
        )

    def test_finds_everything_missing_where_there_is_no_folder(self, tmp_path):
        """
        A folder that does not exist holds no document.
        """
        files = documents([partner()])

        assert compare(files, tmp_path / "none") == Drift(missing=tuple(files))

    def test_sees_line_endings(self, tmp_path):
        """
        Bytes are compared, not lines.
        """
        files = documents([partner()])
        write(files, tmp_path)
        page = tmp_path / "views.html"
        page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))

        assert compare(files, tmp_path).stale == ("views.html",)
