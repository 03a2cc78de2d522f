"""Own keys: what is encrypted for a consignee or a guardian is under theirs and goes with their salt, no buyer's."""

import pytest

from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from schemas import account, order
from schemas.kinds import Kind
from schemas.view import View
from tests.pipeline.events import EVENTS, KEYS, encode
from transforms import Drop, Encrypt
from transforms.base import CannotOpen
from transforms.encrypt import decrypt

BUYER, BUYERS, THEIRS = "u-10000000001", b"b" * 16, b"c" * 16
CONSIGNEE = "phone:+8613900139000"
NAMES = {"consignee.name": Encrypt("support.name"), "consignee.phone": Encrypt("support.phone")}
SUPPORT = View(
    "support", order.RAW, "support", {**order.ANALYTICS.rules, **NAMES, "buyer_phone": Encrypt("support.phone")}, key=()
)
PROFILES = View(
    "support",
    account.RAW,
    "support",
    {**dict.fromkeys(Kind, Drop()), Kind.TIMESTAMP: account.ANALYTICS.rules[Kind.TIMESTAMP]}
    | {"guardian.name": Encrypt("support.name")},
    key=(),
)
USUAL, RARE = Decision(salt=BUYERS), Decision(salt=BUYERS, device_generation=7)
"""The compiled function releases the one, and leaves the other to the reference."""


def known(salts, erased=()):
    return {"erased": lambda subject, _: subject in erased, "salt_of": salts.get}


def released(decision=USUAL, salts=None, view=SUPPORT, erased=(), **changes):
    state = known({CONSIGNEE: THEIRS} if salts is None else salts, erased)
    event = {name: value for name, value in (EVENTS[view.contract.topic] | changes).items() if value is not None}
    engine = TopicEngine(view.contract, (view,), KEYS, lambda *_: decision, **state)
    return loads(engine.process(encode(event))[0][0])


def opened(ciphertext, subject, salt, domain="support.name", kind="person_name"):
    return decrypt(ciphertext, KEYS.keyring("support", "support").subject_key(subject, salt), domain, kind)


@pytest.mark.parametrize("decision", [pytest.param(USUAL, id="compiled"), pytest.param(RARE, id="reference")])
class TestConsignee:
    def test_has_a_key_of_their_own(self, decision):
        """
        The buyer's opens nothing of theirs, and theirs nothing of the buyer's.
        """
        record = released(decision)
        name = EVENTS["raw.order"]["consignee"]["name"]

        assert opened(record["consignee"]["name"], CONSIGNEE, THEIRS) == name
        assert opened(record["buyer_phone"], BUYER, BUYERS, "support.phone", "phone") == "13800138000"
        with pytest.raises(CannotOpen):
            opened(record["consignee"]["name"], BUYER, BUYERS)

    def test_is_the_same_whoever_buys(self, decision):
        """
        So that what somebody is sent by several can be joined, and read by one salt.
        """
        one, other = (released(decision, user_id=user)["consignee"] for user in (BUYER, "u-2"))

        assert one == other

    def test_without_a_salt_is_absent(self, decision):
        """
        The buyer's is none of theirs.
        """
        record = released(decision, salts={BUYER: BUYERS})

        assert {"name", "phone"}.isdisjoint(record["consignee"])
        assert "buyer_phone" in record

    def test_who_cannot_be_told_is_absent(self, decision):
        """
        A number that is none names nobody who could have a key.
        """
        consignee = EVENTS["raw.order"]["consignee"] | {"phone": "nobody"}

        assert "name" not in released(decision, consignee=consignee)["consignee"]

    def test_who_was_erased_is_absent(self, decision):
        """
        The whole of them, whatever salt is left.
        """
        assert "consignee" not in released(decision, erased=(CONSIGNEE,))


@pytest.mark.parametrize("decision", [pytest.param(USUAL, id="compiled"), pytest.param(RARE, id="reference")])
def test_a_guardian_who_is_not_there_is_not_looked_for(decision):
    """
    A profile of a grown-up names none.
    """
    guardian = "phone:+86" + EVENTS["raw.account"]["guardian"]["phone"]

    assert "guardian" not in released(decision, {guardian: THEIRS}, PROFILES, guardian=None)
    assert opened(released(decision, {guardian: THEIRS}, PROFILES)["guardian"]["name"], guardian, THEIRS) == "李雷"


def test_nobody_is_known_while_there_is_no_state():
    """
    Then nobody has a salt, and nothing is encrypted.
    """
    engine = TopicEngine(order.RAW, (SUPPORT,), KEYS)

    assert "name" not in loads(engine.process(encode(EVENTS["raw.order"]))[0][0])["consignee"]
