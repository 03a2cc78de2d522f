"""Claims about `qingliu open`."""

import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.keys import save_party
from transforms.boxes import PartyPrivateKey, place_of

TOPIC = "clean.merchant.order"
KEY = PartyPrivateKey.generate("m-100")
OTHER = PartyPrivateKey.generate("m-200")


def box(value, path, key=KEY):
    return key.public().sealer().seal(value, place_of(TOPIC, path))


MINE = {"order_id": "1.a", "consignee": {"name": box("李雷", "consignee.name")}}
ANOTHERS = {"order_id": "1.b", "consignee": {"name": box("韩梅梅", "consignee.name", OTHER)}}
CLEAR = {"order_id": "1.c"}
PARTLY = {"phone": box("13800138000", "phone"), "note": box("x", "elsewhere")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("party")
    save_party(KEY, folder / "m-100.key", folder / "m-100.pub", b"correct horse battery")
    (folder / "passphrase").write_text("correct horse battery\n")
    return folder


def opened(files, text, *arguments, **changes):
    options = {"--key": files / "m-100.key", "--passphrase": files / "passphrase", "--topic": TOPIC} | changes
    given = [str(part) for option, value in options.items() if value for part in (option, value)]
    return CliRunner().invoke(main, ["open", *given, *map(str, arguments)], input=text)


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


class TestOpen:
    def test_gives_a_party_its_own_records_in_clear(self, files):
        """
        Those of others are left out, and what was never sealed passes.
        """
        result = opened(files, lines(MINE, ANOTHERS, CLEAR))

        assert result.exit_code == 0, result.output
        assert [json.loads(line) for line in result.stdout.splitlines()] == [
            {"order_id": "1.a", "consignee": {"name": "李雷"}},
            CLEAR,
        ]
        assert "1 opened, 1 without boxes, 1 for others, 0 opened in part" in result.stderr

    def test_tells_of_a_box_that_does_not_belong(self, files):
        """
        The record passes with the box as it came, and the exit code says that something was found.
        """
        result = opened(files, lines(PARTLY))

        assert result.exit_code == 1
        assert json.loads(result.stdout) == PARTLY | {"phone": "13800138000"}
        assert "1 opened in part" in result.stderr

    def test_asks_for_the_passphrase(self, files, tmp_path):
        """
        When no file holds it; records may come from a file too.
        """
        (tmp_path / "records.jsonl").write_text(lines(MINE))

        result = opened(files, "correct horse battery\n", tmp_path / "records.jsonl", **{"--passphrase": None})

        assert result.exit_code == 0, result.output
        assert "李雷" in result.stdout

    def test_refuses_the_wrong_passphrase(self, files, tmp_path, refuses):
        """
        Before it reads a line.
        """
        (tmp_path / "wrong").write_text("incorrect horse battery\n")

        refuses(opened(files, lines(MINE), **{"--passphrase": tmp_path / "wrong"}), "does not open")

    @pytest.mark.parametrize("line", ["", "[1]", "李雷"])
    def test_refuses_what_is_no_record(self, files, refuses, line):
        """
        By its number, without showing it.
        """
        result = opened(files, lines(MINE) + line + "\n")

        refuses(result, "line 2 is no JSON object")
        assert "李雷" not in result.stderr
