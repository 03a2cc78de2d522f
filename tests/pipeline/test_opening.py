"""Opening: what a party makes of clean records."""

import pytest

from pipeline.opening import open_record
from transforms.boxes import PartyPrivateKey, place_of

TOPIC = "clean.merchant.order"
KEY = PartyPrivateKey.generate("m-100")
OTHER = PartyPrivateKey.generate("m-200")


def box(value, path, key=KEY):
    return key.public().sealer().seal(value, place_of(TOPIC, path))


RECORD = {
    "order_id": "1.abc",
    "amount_fen": 100,
    "buyer_phone": box("13800138000", "buyer_phone"),
    "consignee": {"name": box("李雷", "consignee.name"), "province": "广东省"},
    "items": [{"note": box(text, "items[].note"), "sku": "s"} for text in ("红色", "b1.蓝色")],
}


class TestOpenRecord:
    def test_opens_every_box_in_its_place(self):
        """
        At the top, in objects and in arrays; all else stays.
        """
        opened = open_record(RECORD, KEY, TOPIC)

        assert opened.record == {
            "order_id": "1.abc",
            "amount_fen": 100,
            "buyer_phone": "13800138000",
            "consignee": {"name": "李雷", "province": "广东省"},
            "items": [{"note": "红色", "sku": "s"}, {"note": "b1.蓝色", "sku": "s"}],
        }
        assert (opened.boxes, opened.closed, opened.for_another) == (4, 0, False)

    @pytest.mark.parametrize(
        ("key", "topic"), [pytest.param(OTHER, TOPIC, id="party"), pytest.param(KEY, "clean.x.order", id="topic")]
    )
    def test_leaves_what_is_anothers_closed(self, key, topic):
        """
        Another merchant's order stays as it came.
        """
        opened = open_record(RECORD, key, topic)

        assert opened.record == RECORD
        assert opened.for_another

    def test_leaves_a_box_closed_that_was_moved(self):
        """
        The name does not pass for the telephone number.
        """
        moved = RECORD | {"buyer_phone": RECORD["consignee"]["name"]}

        opened = open_record(moved, KEY, TOPIC)

        assert opened.record["buyer_phone"] == moved["buyer_phone"]
        assert opened.record["consignee"]["name"] == "李雷"
        assert (opened.closed, opened.for_another) == (1, False)

    def test_is_of_a_record_without_boxes_that_record(self):
        """
        Which is nobody else's.
        """
        opened = open_record({"order_id": "1.abc"}, KEY, TOPIC)

        assert opened.record == {"order_id": "1.abc"}
        assert not opened.for_another


def test_a_record_that_was_sealed_as_a_whole_is_the_record():
    """
    Not a box with text in it.
    """
    key = PartyPrivateKey.generate("m-100")
    box = key.public().sealer().seal('{"order_id":"1"}', place_of("clean.merchant.order", "sealed"))

    assert open_record({"sealed": box}, key, "clean.merchant.order").record == {"order_id": "1"}
    assert open_record({"sealed": box}, key, "clean.other.order").record == {"sealed": box}
