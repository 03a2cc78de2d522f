"""Parties: a folder of public keys that changes while workers run."""

import base64
import logging
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.codec import loads
from pipeline.engine import Engine, TopicEngine
from pipeline.keys import KeysError, RootKeys
from pipeline.parties import KeysOfParties, Parties
from schemas.kinds import Kind
from schemas.order import RAW
from schemas.view import View
from tests.pipeline.events import EVENTS, KEYS, encode
from transforms import Drop, Encrypt, Keep, Pseudonymize, Seal, TruncateTime
from transforms.boxes import PartyPrivateKey, place_of

MERCHANT = PartyPrivateKey.generate("m-100")
OTHER = PartyPrivateKey.generate("m-200")
PLACE = place_of("clean.merchant.order", "consignee.phone")
RULES = dict.fromkeys(Kind, Drop()) | {Kind.TIMESTAMP: TruncateTime("hour"), "merchant_id": Keep()}
ORDERS = View(
    "merchant",
    RAW,
    "orders",
    RULES | {"consignee.phone": Seal(), "consignee.street": Seal("logistics"), "note": Encrypt("merchant.note")},
    party="merchant_id",
)
TOKENS = {Kind.ORDER_ID: Pseudonymize("merchant.order")}


def line(key, party=None):
    return f"qingliu-party-public-1:{party or key.party}:{base64.b64encode(key.public().raw).decode()}\n"


def opens(parties, key, name=None):
    sealer = parties.get(name or key.party)
    return sealer is not None and key.open(sealer.seal("13800138000", PLACE), PLACE) == "13800138000"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "m-100.pub").write_text(line(MERCHANT))
    return tmp_path


class TestFolder:
    def test_has_a_key_for_each_party(self, folder):
        """
        By the name of the file; other files are none.
        """
        (folder / "m-200.pub").write_text(line(OTHER))
        (folder / "m-300.key").write_text("secret")
        (folder / "README").write_text("?")

        parties = Parties(folder)

        assert len(parties) == 2
        assert opens(parties, MERCHANT)
        assert opens(parties, OTHER)
        assert parties.get("m-300") is None

    def test_is_never_looked_into_for_a_name_that_an_event_gives(self, folder):
        """
        A name that leads to another file is no party's.
        """
        (folder / "inner").mkdir()
        parties = Parties(folder / "inner")

        assert parties.get("../m-100") is None
        assert parties.get(str(folder / "m-100")) is None

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            pytest.param(line(OTHER), "is no public key of this party", id="another's"),
            pytest.param(line(OTHER)[:40], "is no public key of this party", id="cut"),
            pytest.param("", "is no public key of this party", id="empty"),
            pytest.param(
                f"qingliu-party-public-1:m-300:{base64.b64encode(bytes(32)).decode()}",
                "nothing may be sealed to this key",
                id="key that everybody can open",
            ),
            pytest.param("qingliu-party-public-1:m-300:AAAA", "nothing may be sealed", id="too short a key"),
        ],
    )
    def test_whose_file_is_no_key_withholds_and_says_so_once(self, folder, caplog, text, sentence):
        """
        The others are as they were.
        """
        (folder / "m-300.pub").write_text(text)

        parties = Parties(folder)
        found = [parties.get("m-300") for _ in range(3)]
        parties.refresh()

        assert found == [None] * 3
        assert opens(parties, MERCHANT)
        assert [record.getMessage().count(sentence) for record in caplog.records] == [1]

    def test_that_is_not_there_is_refused_at_the_start(self, tmp_path):
        """
        With the setting to correct.
        """
        with pytest.raises(KeysError, match="cannot be read: No such file or directory; correct QINGLIU_PARTIES"):
            Parties(tmp_path / "missing")


class TestRefresh:
    def test_finds_a_new_party_and_forgets_one_that_went(self, folder):
        """
        Without a restart; nothing is sealed any more to who has no file.
        """
        parties = Parties(folder)
        assert opens(parties, MERCHANT)
        (folder / "m-200.pub").write_text(line(OTHER))
        (folder / "m-100.pub").unlink()

        parties.refresh()

        assert parties.get("m-100") is None
        assert opens(parties, OTHER)

    def test_seals_to_the_new_key_of_a_party(self, folder):
        """
        And not to the old one, which may be known to somebody.
        """
        parties, new = Parties(folder), PartyPrivateKey.generate("m-100")
        assert opens(parties, MERCHANT)
        (folder / "new").write_text(line(new))
        (folder / "new").replace(folder / "m-100.pub")

        parties.refresh()

        assert opens(parties, new)

    def test_keeps_the_data_keys_of_parties_that_stay(self, folder):
        """
        A look at the folder costs no encapsulation.
        """
        parties = Parties(folder)
        before = parties.get("m-100")
        (folder / "m-200.pub").write_text(line(OTHER))

        parties.refresh()

        assert parties.get("m-100") is before

    def test_keeps_all_keys_while_the_folder_cannot_be_read(self, folder, caplog):
        """
        And says so.
        """
        parties = Parties(folder)
        folder.rename(folder.with_name("away"))

        parties.refresh()

        assert opens(parties, MERCHANT)
        assert "their keys stay as they were" in caplog.text

    def test_happens_by_itself_while_watched(self, folder):
        """
        In a thread that ends with the watch.
        """
        parties = Parties(folder)
        with parties.watched(0.01):
            (folder / "m-200.pub").write_text(line(OTHER))
            for _ in range(1_000):
                if parties.get("m-200"):
                    break
                time.sleep(0.01)

            assert opens(parties, OTHER)
        assert "parties" not in {thread.name for thread in threading.enumerate()}

    def test_tells_how_much_was_withheld(self, folder, caplog):
        """
        A number and no name: that comes from outside.
        """
        parties = Parties(folder)
        with parties.watched(0.001):
            for _ in range(3):
                parties.get("m-300")
            for _ in range(1_000):
                if caplog.records:
                    break
                time.sleep(0.01)

        assert parties.withheld == 3
        assert "since their parties have no key: " in caplog.text
        assert "m-300" not in caplog.text


class TestKeysOfParties:
    def released(self, **changes):
        parties = {"m-100": MERCHANT.public().sealer()}
        engine = TopicEngine(RAW, [ORDERS], KeysOfParties(KEYS, parties))
        return loads(engine.process(encode(EVENTS["raw.order"] | changes))[0][0])

    def test_seal_an_order_to_its_own_merchant(self):
        """
        Through the engine: the consignee's number opens for the merchant, and is absent where a party has no key.
        """
        record = self.released()

        assert MERCHANT.open(record["consignee"]["phone"], PLACE) == "13900139000"
        assert set(record["consignee"]) == {"phone"}
        assert "consignee" not in self.released(merchant_id="m-200")

    def test_give_an_order_to_nobody_without_them(self):
        """
        The deployment's keys alone know no party.
        """
        (record,) = TopicEngine(RAW, [ORDERS], KEYS).process(encode(EVENTS["raw.order"]))

        assert set(loads(record[0])) == {"occurred_at", "merchant_id"}

    def test_stay_through_a_rotation(self, folder):
        """
        A worker that goes on with other keys seals to the same parties, and to one that came meanwhile.
        """
        parties = Parties(folder)
        before = RootKeys.generate()
        rotated = before.rotated(timedelta(days=7))
        engine = Engine([replace(ORDERS, rules=ORDERS.rules | TOKENS)], KeysOfParties(before, parties))
        others = engine.with_keys(KeysOfParties(rotated, parties))
        (folder / "m-200.pub").write_text(line(OTHER))
        parties.refresh()

        for key in (MERCHANT, OTHER):
            event = encode(EVENTS["raw.order"] | {"merchant_id": key.party})
            old, new = (loads(each["raw.order"].process(event)[0][0]) for each in (engine.topics, others))
            assert [record["order_id"].partition(".")[0] for record in (old, new)] == ["1", "2"]
            assert all(key.open(record["consignee"]["phone"], PLACE) == "13900139000" for record in (old, new))

    def test_derive_as_the_keys_do(self):
        """
        Tokens and persons' keys are the same with them and without.
        """
        with_parties, alone = (keys.keyring("ads", "ads") for keys in (KeysOfParties(KEYS, {}), KEYS))

        assert with_parties.derive("ads.user", "2026-11") == alone.derive("ads.user", "2026-11")
        assert with_parties.subject_key("u-1", b"salt") == alone.subject_key("u-1", b"salt")
        assert with_parties.memo(("x",), object) is alone.memo(("x",), object)


@pytest.fixture(autouse=True)
def _logged(caplog):
    caplog.set_level(logging.WARNING, "pipeline.parties")
