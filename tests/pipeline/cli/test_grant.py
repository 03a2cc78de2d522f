"""Claims about `qingliu grant`."""

import pytest
from click.testing import CliRunner

from pipeline.approvals.approver import Approver, save_approver
from pipeline.approvals.document import load_document
from pipeline.cli import main
from pipeline.codec import loads
from pipeline.grants.codes import CODES

PASSPHRASE = b"correct horse battery"

VIEWS = """
from schemas.order import RAW
from schemas.defaults import analytics_rules
from schemas.view import SUPPRESS, View
from transforms import Drop

RULES = {**analytics_rules("partner"), "consignee.city": Drop(), "note": Drop()}
VIEWS = (View("partner", RAW, "partner", RULES, otherwise=SUPPRESS),)
"""


def run(*arguments):
    return CliRunner().invoke(main, ["grant", *map(str, arguments)])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """
    A folder with views, two approvers and a stranger.
    """
    (tmp_path / "grant_views.py").write_text(VIEWS)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    for name, folder in (("wang", "approvers"), ("li", "approvers"), ("eve", "strangers")):
        save_approver(Approver.generate(name), tmp_path / folder, PASSPHRASE)
    return tmp_path


def draft(here, *more):
    arguments = ("--recipient", "partner", "--purpose", "partner", "--reason", "case 1024")
    file = ("--out", here / "grant.json", "--views", "grant_views")
    return run("draft", "--code", "policy-vital", *arguments, *file, *(more or ("--subject", "u-1", "--days", 7)))


def sign(here, name, folder="approvers"):
    key = here / folder / f"{name}.key"
    return run("sign", here / "grant.json", "--key", key, "--passphrase", here / "passphrase")


def check(here, *more):
    return run("check", here / "grant.json", "--approvers", here / "approvers", "--views", "grant_views", *more)


class TestGrant:
    def test_is_drafted_signed_and_checked(self, here):
        """
        By two approvers, each of whom is shown what they sign.
        """
        assert draft(here).exit_code == 0
        for name in ("wang", "li"):
            assert check(here).exit_code == 1
            result = sign(here, name)
            assert result.exit_code == 0, result.output
            assert '"reason": "case 1024"' in result.stdout

        result = check(here)

        assert result.exit_code == 0, result.output
        assert "counts: grant g-" in result.stdout
        assert loads(check(here, "--json").stdout)["approvers"] == ["wang", "li"]

    def test_says_whom_it_is_about(self, here):
        """
        Every word of the command stands in what is signed.
        """
        more = ("--everybody", "--topic", "raw.order", "--kind", "phone", "--not-before", "2026-01-01T00:00:00Z")
        draft(here, *more, "--days", 1)

        body = load_document(here / "grant.json").body
        assert body["id"].startswith("g-")
        assert {name: value for name, value in body.items() if name != "id"} == {
            "code": "policy-vital",
            "recipient": "partner",
            "purpose": "partner",
            "subjects": "all",
            "topics": ["raw.order"],
            "kinds": ["phone"],
            "not_before": "2026-01-01T00:00:00.000Z",
            "expires": "2026-01-02T00:00:00.000Z",
            "reason": "case 1024",
        }

    def test_shows_every_code(self):
        """
        With its meaning.
        """
        shown = run("--help").stdout

        assert all(code in shown for code in CODES)


class TestCheck:
    @pytest.mark.parametrize(
        ("signers", "sentence"),
        [
            pytest.param((), "0 of 2", id="nobody"),
            pytest.param((("wang", "approvers"),), "1 of 2", id="one"),
            pytest.param((("wang", "approvers"), ("eve", "strangers")), "not on the roster", id="a stranger"),
        ],
    )
    def test_says_who_is_missing(self, here, signers, sentence):
        """
        And exits with 1.
        """
        draft(here)
        for name, folder in signers:
            sign(here, name, folder)

        result = check(here)

        assert result.exit_code == 1
        assert sentence in result.stdout.partition("does not count: ")[2]
        assert loads(check(here, "--json").stdout)["counts"] is False

    @pytest.mark.parametrize(
        ("begins", "sentence"),
        [
            pytest.param("2020-01-01T00:00:00Z", "it is over", id="past"),
            pytest.param("2099-01-01T00:00:00Z", "it has not begun", id="future"),
        ],
    )
    def test_says_when_it_counts(self, here, begins, sentence):
        """
        By the clock.
        """
        draft(here, "--subject", "u-1", "--days", 7, "--not-before", begins)
        for name in ("wang", "li"):
            sign(here, name)

        result = check(here)

        assert result.exit_code == 1
        assert sentence in result.stdout


class TestDraft:
    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            pytest.param(("--subject", "u-1", "--days", 91), "90 days at most", id="too long"),
            pytest.param(("--subject", "u-1", "--days", 7, "--kind", "secret"), "a secret never passes", id="secret"),
            pytest.param(("--subject", "u-1", "--days", 7, "--topic", "raw.log"), "no view of the topic", id="topic"),
            pytest.param(("--subject", "u-1", "--days", 7, "--purpose", "ads"), "for advertising", id="advertising"),
            pytest.param(("--subject", "u-1", "--everybody", "--days", 7), "said twice", id="whom, twice"),
            pytest.param(("--days", 7), "about whom is missing", id="whom"),
        ],
    )
    def test_refuses(self, here, refuses, more, sentence):
        """
        Before anything is written.
        """
        refuses(draft(here, *more), sentence)
        assert not (here / "grant.json").exists()

    def test_overwrites_nothing(self, here, refuses):
        """
        A grant that was signed is not lost by drafting another.
        """
        draft(here)

        refuses(draft(here), "exists")


class TestSign:
    def test_signs_grants_alone(self, here, refuses):
        """
        Another document is not signed in passing.
        """
        draft(here)
        text = (here / "grant.json").read_text().replace('"document": "grant"', '"document": "reidentification"')
        (here / "grant.json").write_text(text)

        refuses(sign(here, "wang"), "is no grant")
