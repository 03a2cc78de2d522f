"""What each recipient gets of a whole event under the shipped views."""

import re

import pytest

from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.opening import open_record
from tests.pipeline.events import (
    CONSENT,
    ENVELOPE,
    EVENTS,
    KEYS,
    PARTIES,
    encode,
    engine,
    outputs,
    without,
)
from transforms import BucketNumber


class TestAnalytics:
    def test_gets_a_device_event_generalised(self):
        """
        Tokens for who, a network for the address, a minute for the time, nothing of the hardware.
        """
        clean = outputs("raw.device", EVENTS["raw.device"])["analytics"]

        assert {name: clean[name] for name in ("occurred_at", "ip", "model", "carrier")} == {
            "occurred_at": "2026-11-22T14:38:00+08:00",
            "ip": "223.104.63.0",
            "model": "HUAWEI Mate 60 Pro",
            "carrier": "中国移动",
        }
        assert not {"imei", "meid", "idfa", "android_id", "serial", "mac"} & set(clean)
        assert clean["user_id"].startswith("1.")

    def test_gets_the_region_of_an_order_and_no_consignee(self):
        """
        Province and city pass, the district and the person do not.
        """
        clean = outputs("raw.order", EVENTS["raw.order"])["analytics"]

        assert clean["consignee"] == {"province": "广东省", "city": "深圳市"}
        assert clean["items"][0] == {"sku": "sku-1", "title": "夏季连衣裙", "quantity": 1, "price_fen": 19900}
        assert set(clean["payment"]) == {"method", "status", "transaction_id"}
        assert not {"nickname", "buyer_phone"} & set(clean)

    def test_gets_a_place_by_cell(self):
        """
        Networks and devices nearby, and how many there were, do not pass.
        """
        clean = outputs("raw.location", EVENTS["raw.location"])["analytics"]

        assert clean["gps"].startswith("88")
        assert clean["cell"] == {"mcc": 460, "mnc": 0}
        assert not {"wifi", "bluetooth"} & set(clean)

    def test_gets_a_request_without_its_query(self):
        """
        The route of a URL, the family of a browser.
        """
        clean = outputs("raw.log", EVENTS["raw.log"])["analytics"]

        assert clean["url"] == "shop.example.com/item/*"
        assert clean["user_agent"] == "Chrome Mobile 120 / Android"
        assert clean["pixel"] == {"campaign": "spring", "clicked": True}

    @pytest.mark.parametrize(
        ("topic", "field", "text", "released"),
        [
            pytest.param("raw.order", "note", "给王小明，13800138000", "给<PERSON>，<CN_MOBILE>", id="note"),
            pytest.param("raw.log", "search_query", "一三八零零一三八零零零", "<CN_MOBILE>", id="search"),
            pytest.param("raw.log", "message", "退回 zhang@qq.com", "退回 <EMAIL>", id="message"),
            pytest.param("raw.interaction", "text", "加薇 abc_1234 好看", "加薇 <WECHAT> 好看", id="danmaku"),
            pytest.param("raw.contact", "text", "我是王小明", "我是<PERSON>", id="conversation"),
        ],
    )
    def test_gets_texts_with_what_is_personal_replaced(self, topic, field, text, released):
        """
        Each by the search that its field is meant for.
        """
        clean = outputs(topic, EVENTS[topic] | {field: text})["analytics"]

        assert clean[field] == released

    def test_gets_what_is_done_in_a_room(self):
        """
        Action, room and amount of a viewer who has a token and no nickname.
        """
        clean = outputs("raw.interaction", EVENTS["raw.interaction"])["analytics"]

        assert {name: clean[name] for name in ("room_id", "action", "amount_fen")} == {
            "room_id": "live_880123",
            "action": "tip",
            "amount_fen": 5200,
        }
        assert clean["user_id"].startswith("1.")
        assert "nickname" not in clean

    def test_counts_the_contacts_of_a_case_and_of_an_employee(self):
        """
        Both are tokens; the employee's changes with the month. Of a recording not even the path passes.
        """
        event = EVENTS["raw.contact"]
        first, later, other = (
            outputs("raw.contact", event | change)["analytics"]
            for change in ({}, {"occurred_at": "2026-12-01T00:00:00+08:00"}, {"agent_id": "agent_10024"})
        )

        assert set(first) >= {"case_id", "agent_id", "medium"}
        assert first["case_id"] == later["case_id"] != event["case_id"]
        assert len({first["agent_id"], later["agent_id"], other["agent_id"], event["agent_id"]}) == 4
        assert not {"phone", "email", "recording_url"} & set(first)

    def test_gets_a_profile_as_age_gender_and_city(self):
        """
        Of a child as of anybody: no name, number, picture or guardian, and a signature without whom it names.
        """
        clean = outputs("raw.account", EVENTS["raw.account"])["analytics"]

        assert {name: clean[name] for name in ("birth_date", "gender", "region")} == {
            "birth_date": "10-14",
            "gender": "male",
            "region": "深圳市",
        }
        assert clean["signature"] == "<PERSON> | 加微信<WECHAT>"
        assert set(clean) == {*ENVELOPE, "birth_date", "gender", "region", "signature"}


class TestAds:
    def test_without_consent_a_person_is_no_device(self):
        """
        About a known person not even the device's token passes.
        """
        clean = outputs("raw.device", EVENTS["raw.device"])["ads"]

        assert set(clean) == {"event_id", "occurred_at", "model", "os"}
        assert clean["occurred_at"] == "2026-11-22T14:00:00+08:00"

    def test_without_consent_a_device_alone_has_a_token(self):
        """
        Nobody is named, so the device may be counted for a month.
        """
        clean = outputs("raw.device", without(EVENTS["raw.device"], "user_id"))["ads"]

        assert set(clean) == {"event_id", "occurred_at", "device_id", "model", "os"}

    def test_a_device_seen_with_a_person_is_that_person(self):
        """
        What the event does not say, the subject's state may know.
        """
        alone = without(EVENTS["raw.device"], "user_id")

        assert "device_id" not in outputs("raw.device", alone, Decision(linked=True))["ads"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            pytest.param(
                "pixel", {"campaign": "spring", "clicked": False, "recipient_email": "a@example.com"}, id="e-mail"
            ),
            pytest.param("user_id", "u-10000000001", id="user id"),
        ],
    )
    def test_any_identity_links_an_event(self, field, value):
        """
        An e-mail address names a person as a user id does.
        """
        alone = without(EVENTS["raw.log"], "user_id", "pixel")

        assert "device_id" in outputs("raw.log", alone)["ads"]
        assert "device_id" not in outputs("raw.log", alone | {field: value})["ads"]

    def test_with_consent_gets_tokens_of_its_own(self):
        """
        Tokens of ads and analytics for one person do not join.
        """
        clean = outputs("raw.device", EVENTS["raw.device"], CONSENT)

        assert clean["ads"]["user_id"] != clean["analytics"]["user_id"]
        assert clean["ads"]["event_id"] != clean["analytics"]["event_id"]
        assert "ip" not in clean["ads"]

    def test_money_is_a_bucket(self):
        """
        The exact amount of an order names it.
        """
        assert outputs("raw.order", EVENTS["raw.order"])["ads"]["amount_fen"] == BucketNumber.logarithmic().bind(KEYS)(
            31700
        )

    def test_get_an_action_without_consent_and_the_room_with_it(self):
        """
        Who does what in a room is shown there beside a nickname.
        """
        event = EVENTS["raw.interaction"]

        assert set(outputs("raw.interaction", event)["ads"]) == {"event_id", "occurred_at", "action", "amount_fen"}
        assert outputs("raw.interaction", event, CONSENT)["ads"]["room_id"] == "live_880123"

    @pytest.mark.parametrize("decision", [pytest.param(Decision(), id="without"), pytest.param(CONSENT, id="with")])
    def test_get_no_case_no_employee_and_no_recording(self, decision):
        """
        With consent or without: what somebody asked of customer service is no matter of theirs.
        """
        clean = outputs("raw.contact", EVENTS["raw.contact"], decision)["ads"]

        assert not {"case_id", "agent_id", "text", "recording_url"} & set(clean)

    def test_get_no_profile_without_consent(self):
        """
        Not even that somebody has one: nobody can tell yet who is a child.
        """
        assert outputs("raw.account", EVENTS["raw.account"], Decision())["ads"] is None
        assert outputs("raw.account", EVENTS["raw.account"], Decision(linked=True))["ads"] is None

    def test_get_a_coarser_profile_with_consent(self):
        """
        Ten years of age, the city, and tokens of their own.
        """
        event = EVENTS["raw.account"] | {"birth_date": "1992-05-06"}
        clean = outputs("raw.account", event, CONSENT)["ads"]

        assert (clean["birth_date"], clean["gender"], clean["region"]) == ("30-39", "male", "深圳市")
        assert set(clean) == {*ENVELOPE, "birth_date", "gender", "region"}

    def test_an_employee_does_not_link_the_device(self):
        """
        The device belongs to whoever asked, and of them nothing is known here.
        """
        alone = without(EVENTS["raw.contact"], "user_id", "phone", "email")

        assert "device_id" in outputs("raw.contact", alone)["ads"]
        assert "device_id" not in outputs("raw.contact", alone | {"phone": "13800138000"})["ads"]

    def test_nothing_of_a_suppressed_subject_passes(self):
        """
        To nobody.
        """
        assert set(outputs("raw.order", EVENTS["raw.order"], Decision(suppressed=True)).values()) == {None}


class TestParties:
    """What is sealed as a whole: who can read it, and what is in it."""

    def boxes(self, merchant):
        records = engine().topics["raw.order"].process(encode(EVENTS["raw.order"] | {"merchant_id": merchant}))
        return dict(zip(("merchant", "logistics"), records[3:], strict=True))

    @pytest.mark.parametrize(("reader", "writer"), [("m-100", "m-200"), ("m-200", "m-100"), ("logistics", "m-100")])
    def test_merchants_cannot_read_each_other(self, reader, writer):
        """
        Nor can who carries the parcel read what was bought.
        """
        value, _, _ = self.boxes(writer)["merchant"]
        record = loads(value)

        assert open_record(record, PARTIES[reader], "clean.merchant.order").for_another
        assert not open_record(record, PARTIES[writer], "clean.merchant.order").closed

    def test_others_see_whose_and_what_day(self):
        """
        The record has one member, the key is a token, the timestamp a day, and none of the event's words is in it.
        """
        value, key, timestamp = self.boxes("m-100")["merchant"]

        assert loads(value).keys() == {"sealed"}
        assert re.fullmatch(rb"1\.[A-Za-z0-9_-]{22}", key)
        assert timestamp % 86_400_000 == 16 * 3_600_000  # midnight in Shanghai
        assert self.boxes("m-200")["merchant"][1] != key

    def test_a_merchant_reads_what_was_ordered_and_where_it_goes(self):
        """
        Nothing of the buyer's device, card, number, or anybody's identity number; of the account a token of the month.
        """
        value, key, _ = self.boxes("m-100")["merchant"]
        order = EVENTS["raw.order"]

        opened = open_record(loads(value), PARTIES["m-100"], "clean.merchant.order").record

        assert re.fullmatch(r"1\.[A-Za-z0-9_-]{22}", opened.pop("user_id"))
        assert opened == {
            "occurred_at": "2026-11-22T14:38:50+08:00",
            "order_id": order["order_id"],
            "merchant_id": key.decode(),
            "store_id": order["store_id"],
            "live_room_id": order["live_room_id"],
            "nickname": order["nickname"],
            "items": order["items"],
            "amount_fen": order["amount_fen"],
            "payment": without(order["payment"], "bank_card"),
            "consignee": without(order["consignee"], "id_card"),
            "note": order["note"],
        }

    def test_logistics_read_where_a_parcel_goes(self):
        """
        And by what token to tell it.
        """
        value, key, _ = self.boxes("m-100")["logistics"]

        opened = open_record(loads(value), PARTIES["logistics"], "clean.logistics.order").record

        assert opened == {
            "occurred_at": "2026-11-22T14:38:00+08:00",
            "order_id": key.decode(),
            "consignee": without(EVENTS["raw.order"]["consignee"], "id_card"),
        }

    @pytest.mark.parametrize("merchant", ["m-300", "../m-100", "logistics.pub", "x" * 32])
    def test_who_has_no_key_gets_no_record(self, merchant):
        """
        While everybody else gets theirs.
        """
        records = engine().topics["raw.order"].process(encode(EVENTS["raw.order"] | {"merchant_id": merchant}))

        assert [record is not None for record in records] == [True, True, False, False, True]

    def test_the_reference_seals_what_the_compiled_views_do(self):
        """
        An erased consignee leaves an order that goes nowhere, which the reference writes.
        """
        topic = engine(lambda *_: Decision(), erased=lambda *_: True).topics["raw.order"]
        merchant, logistics = topic.process(encode(EVENTS["raw.order"]))[3:]

        opened = open_record(loads(merchant[0]), PARTIES["m-100"], "clean.merchant.order").record
        parcel = open_record(loads(logistics[0]), PARTIES["logistics"], "clean.logistics.order").record

        assert "consignee" not in opened
        assert opened["items"] == EVENTS["raw.order"]["items"]
        assert parcel.keys() == {"occurred_at", "order_id"}
        assert (merchant[1], merchant[2]) == self.boxes("m-100")["merchant"][1:]
