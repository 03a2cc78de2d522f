"""商家：订单信息、支付信息、收货地址和联系人: a merchant has its own orders, and nobody else's."""

import pytest

from pipeline.codec import dumps
from pipeline.opening import open_record
from schemas import order
from tests.pipeline.events import EVENTS

ORDER = EVENTS["raw.order"]
CONSIGNEE = ORDER["consignee"]


@pytest.fixture(scope="module")
def bought(town):
    """
    What the recipients got of an order at merchant A.
    """
    (outcome,) = town.released(town.act("raw.order", user_id=town.person(), merchant_id="merchant-a", order_id="o-17"))
    return outcome


class TestMerchants:
    def test_open_their_own_orders(self, town, bought):
        """
        What was bought, how it was paid, where it goes and whom to ring.
        """
        opened = open_record(bought["merchant"], town.parties["merchant-a"], order.MERCHANT.topic).record

        assert opened["order_id"] == "o-17"
        assert opened["amount_fen"] == ORDER["amount_fen"]
        assert opened["payment"]["status"] == ORDER["payment"]["status"]
        assert opened["consignee"] == {name: value for name, value in CONSIGNEE.items() if name != "id_card"}

    def test_get_nothing_of_the_buyer_that_an_order_does_not_need(self, town, bought):
        """
        Neither device nor bank card, and of the user a token, by which they are told of an erasure.
        """
        opened = open_record(bought["merchant"], town.parties["merchant-a"], order.MERCHANT.topic).record

        assert "device_id" not in opened
        assert ORDER["user_id"] not in dumps(opened).decode()
        assert opened["user_id"].startswith("1.")
        assert "bank_card" not in opened["payment"]

    def test_are_told_which_orders_are_of_somebody_who_was_erased(self, town):
        """
        By the token that stands in each of them, whichever merchant it is; and by none of anybody else's.
        """
        user, other = town.person(), town.person()
        outcomes = town.released(
            *(
                town.act("raw.order", user_id=who, merchant_id=f"merchant-{name}")
                for who, name in ((user, "a"), (user, "b"), (other, "a"))
            )
        )
        keys = ("merchant-a", "merchant-b", "merchant-a")
        tokens = [
            open_record(outcome["merchant"], town.parties[key], order.MERCHANT.topic).record["user_id"]
            for outcome, key in zip(outcomes, keys, strict=True)
        ]
        town.erase(user)
        told = town.told("merchant")

        assert [token in told for token in tokens] == [True, True, False]

    def test_read_nothing_of_the_orders_of_others(self, town, bought):
        """
        Though they read the same topic: not what was bought, nor from whom.
        """
        closed = open_record(bought["merchant"], town.parties["merchant-b"], order.MERCHANT.topic)
        seen = dumps(closed.record).decode()

        assert closed.for_another
        assert not any(str(value) in seen for value in (*CONSIGNEE.values(), "o-17", "merchant-a", ORDER["amount_fen"]))

    def test_without_a_key_get_no_record(self, town):
        """
        Rather than one in clear.
        """
        (outcome,) = town.released(town.act("raw.order", user_id=town.person(), merchant_id="merchant-c"))

        assert outcome["merchant"] is None
        assert outcome["analytics"] is not None


class TestLogistics:
    def test_opens_the_parcel_and_nothing_of_the_goods(self, town, bought):
        """
        Name, number and address.
        """
        opened = open_record(bought["logistics"], town.parties["logistics"], order.LOGISTICS.topic).record

        assert opened["consignee"]["phone"] == CONSIGNEE["phone"]
        assert not {"items", "amount_fen", "payment", "user_id"} & opened.keys()
