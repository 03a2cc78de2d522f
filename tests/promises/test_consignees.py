"""其他收货人…已取得其授权: a consignee is a person of its own, erased and kept by itself."""

import pytest

from pipeline.opening import open_record
from schemas import order
from tests.pipeline.events import EVENTS


@pytest.fixture(scope="module")
def orders(town):
    """
    Two buyers send to two consignees each; one buyer and one consignee are erased.
    """
    buyers, phones = [town.person(), town.person()], ["13700001111", "13700002222"]
    town.erase(buyers[0])
    town.erase("--phone", phones[0])
    places = {
        (buyer, phone): town.act(
            "raw.order",
            user_id=buyers[buyer],
            device_id=town.device(),
            merchant_id="merchant-a",
            consignee=EVENTS["raw.order"]["consignee"] | {"phone": phones[phone]},
        )
        for buyer in (0, 1)
        for phone in (0, 1)
    }
    return dict(zip(places, town.released(*places.values()), strict=True))


class TestConsignees:
    def test_who_are_erased_pass_to_nobody(self, town, orders):
        """
        The order of the buyer does.
        """
        opened = open_record(orders[1, 0]["merchant"], town.parties["merchant-a"], order.MERCHANT.topic).record

        assert "consignee" not in opened
        assert opened["items"]
        assert "consignee" not in orders[1, 0]["analytics"]

    def test_who_are_not_stay_when_a_buyer_is_erased(self, town, orders):
        """
        Erasing one who bought for them says nothing of them.
        """
        opened = open_record(orders[1, 1]["merchant"], town.parties["merchant-a"], order.MERCHANT.topic).record

        assert opened["consignee"]["phone"] == "13700002222"

    def test_buyers_who_are_erased_take_their_orders_with_them(self, orders):
        """
        Whoever they were for.
        """
        assert set(orders[0, 0].values()) == set(orders[0, 1].values()) == {None}
