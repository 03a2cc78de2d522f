"""`qingliu explain`."""

import pytest
from click.testing import CliRunner

from pipeline.cli.explain import command
from pipeline.codec import dumps, loads, pretty
from tests.pipeline.events import KEYS, LOG, ORDER

PASSPHRASE = "not so very secret"


def run(event, *arguments):
    return CliRunner().invoke(command, ["--topic", "order", *arguments], input=event)


def cells(result, path):
    (field,) = (field for field in loads(result.stdout)["fields"] if field["path"] == path)
    return field["views"]


@pytest.fixture
def keyset(tmp_path):
    """
    The options that name a keyset and its passphrase.
    """
    KEYS.save(tmp_path / "keyset.json", PASSPHRASE.encode())
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return ["--keyset", str(tmp_path / "keyset.json"), "--passphrase", str(tmp_path / "passphrase")]


class TestExplain:
    def test_shows_an_event_from_standard_input(self):
        """
        One line a value, raw and released, Chinese as it is.
        """
        result = run(dumps(ORDER))
        lines = result.stdout.splitlines()

        assert result.exit_code == 0
        assert "field\tkind\traw\tanalytics\tads\taffiliate\tmerchant\tlogistics" in lines
        (name,) = [line.split("\t") for line in lines if line.startswith("consignee.name\t")]
        assert name[2:5] == ['"李雷"', "– (drop)", "– (drop)"]
        assert name[5:] == ["– (no consent; no record)", '"李雷" (keep)', '"李雷" (keep)']

    def test_shows_an_event_from_a_file(self, tmp_path):
        """
        The file may be indented and end in a line feed.
        """
        path = tmp_path / "event.json"
        path.write_text(pretty(ORDER), "utf-8")

        result = run(None, str(path), "--json")

        assert result.exit_code == 0
        assert cells(result, "note")["ads"]["why"] == "drop"

    def test_decides_by_consent(self):
        """
        --consent shows what passes with it.
        """
        without, granted = run(dumps(ORDER), "--json"), run(dumps(ORDER), "--json", "--consent", "ads")

        assert cells(without, "app_version")["ads"] == {"released": None, "why": "no consent", "rule": "drop"}
        assert cells(granted, "app_version")["ads"] == {"released": "8.3.1", "why": "", "rule": "keep"}

    def test_decides_by_link(self):
        """
        --linked shows what passes of a device that was seen with a person.
        """
        event = dumps({name: value for name, value in LOG.items() if name not in {"user_id", "pixel"}})
        arguments = ["--topic", "log", "--json"]
        alone = CliRunner().invoke(command, arguments, input=event)
        linked = CliRunner().invoke(command, [*arguments, "--linked"], input=event)

        assert cells(alone, "device_id")["ads"]["why"] == ""
        assert cells(linked, "device_id")["ads"]["why"] == "no consent"

    def test_says_which_keys_it_used(self, keyset):
        """
        Throw-away keys are announced, and a keyset gives the same tokens each time.
        """
        assert "throw-away keys" in run(dumps(ORDER)).stderr
        assert loads(run(dumps(ORDER), "--json").stdout)["keys"] == "throw-away"

        once, twice = run(dumps(ORDER), "--json", *keyset), run(dumps(ORDER), "--json", *keyset)

        assert loads(once.stdout)["keys"] == "keyset"
        assert once.stdout == twice.stdout
        assert "throw-away" not in once.stderr

    def test_says_why_an_event_is_broken(self):
        """
        Reason and path, and exit code 1.
        """
        broken = dumps(ORDER | {"amount_fen": "31700"})
        text, json = run(broken), run(broken, "--json")

        assert (text.exit_code, json.exit_code) == (1, 1)
        assert "raw.order would go to quarantine: amount_fen: expected integer, got string" in text.stdout
        assert loads(json.stdout)["quarantined"] == {
            "topic": "raw.order",
            "reason": "wrong_type",
            "path": "amount_fen",
            "detail": "expected integer, got string",
        }

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param(["--topic", "orders"], "choose one of raw.device", id="topic"),
            pytest.param(["--consent", "adverts"], "choose one that is asked: ads", id="purpose"),
            pytest.param(["--keyset", "keyset.json"], "--keyset and --passphrase go together", id="half a key"),
            pytest.param(["--keyset", "none", "--passphrase", "none"], "does not exist", id="no such key"),
            pytest.param(["no-such-file.json"], "no-such-file.json", id="no such file"),
        ],
    )
    def test_says_why_it_cannot_start(self, arguments, sentence):
        """
        What cannot be used is one sentence and exit code 2.
        """
        result = run(dumps(ORDER), *arguments)

        assert result.exit_code == 2
        assert sentence in result.stderr
