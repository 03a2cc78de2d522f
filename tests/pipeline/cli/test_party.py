"""Claims about `qingliu party`."""

import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.keys import load_party
from pipeline.parties import Parties
from tests.pipeline.events import EVENTS, encode


def init(name, out, *arguments, **settings):
    return CliRunner().invoke(main, ["party", "init", name, "--out", str(out), *map(str, arguments)], **settings)


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    return path


class TestInit:
    def test_makes_a_pair_that_fits(self, tmp_path, passphrase):
        """
        The folder serves workers as it is, and says what is for whom.
        """
        result = init("m-100", tmp_path / "keys", "--passphrase", passphrase)

        assert result.exit_code == 0, result.output
        assert "QINGLIU_PARTIES" in result.stdout
        private = load_party(tmp_path / "keys" / "m-100.key", b"correct horse battery")
        sealer = Parties(tmp_path / "keys").get("m-100")
        assert private.open(sealer.seal("李雷", "t|p"), "t|p") == "李雷"

    def test_asks_for_a_passphrase(self, tmp_path):
        """
        Twice, without showing it.
        """
        result = init("m-100", tmp_path, input="party passphrase\nparty passphrase\n")

        assert result.exit_code == 0, result.output
        assert load_party(tmp_path / "m-100.key", b"party passphrase").party == "m-100"

    @pytest.mark.parametrize("name", ["../m-100", "a/b", "."])
    def test_refuses_a_name_that_leads_elsewhere(self, tmp_path, passphrase, refuses, name):
        """
        And writes nothing.
        """
        refuses(init(name, tmp_path / "keys", "--passphrase", passphrase), "must be 1–64 letters")
        assert not (tmp_path / "keys").exists()

    @pytest.mark.parametrize("existing", ["m-100.key", "m-100.pub"])
    def test_overwrites_nothing(self, tmp_path, passphrase, refuses, existing):
        """
        Neither half.
        """
        (tmp_path / existing).write_text("mine")

        refuses(init("m-100", tmp_path, "--passphrase", passphrase), f"{existing} exists")
        assert (tmp_path / existing).read_text() == "mine"


class TestTheWholeWay:
    def test_an_order_reaches_its_merchant_and_no_other(self, tmp_path, passphrase, monkeypatch):
        """
        Keys made, orders sealed, records opened: by commands alone, A reads its own order and not B's.
        """
        for name in ("m-100", "m-200"):
            assert init(name, tmp_path, "--passphrase", passphrase).exit_code == 0
        (tmp_path / "sealing.py").write_text(VIEWS)
        monkeypatch.chdir(tmp_path)
        orders = [EVENTS["raw.order"] | {"merchant_id": name} for name in ("m-100", "m-200", "m-300")]

        arguments = ("--topic", "order", "--recipient", "merchant", "--views", "sealing", "--parties", str(tmp_path))

        applied = CliRunner().invoke(
            main,
            ["apply", "--throwaway-keys", *arguments],
            input=b"\n".join(map(encode, orders)),
        )
        opened = CliRunner().invoke(
            main,
            ["open", "--key", "m-100.key", "--passphrase", str(passphrase), "--topic", "clean.merchant.order"],
            input=applied.stdout,
        )

        assert applied.exit_code == 0, applied.output
        assert "13900139000" not in applied.output
        assert [json.loads(line) for line in opened.stdout.splitlines()] == [
            {"merchant_id": "m-100", "consignee": {"phone": "13900139000"}},
            {"merchant_id": "m-300"},
        ]
        assert "1 for others" in opened.stderr


VIEWS = """
from schemas.kinds import Kind
from schemas.order import RAW
from schemas.view import View
from transforms import Drop, Keep, Seal

NOTHING = dict.fromkeys(Kind, Drop())
ORDERS = NOTHING | {"merchant_id": Keep(), "consignee.phone": Seal()}
VIEWS = (View("merchant", RAW, "orders", ORDERS, party="merchant_id"),)
"""
