"""Whole events of every shipped topic, and keys, for the tests of the engine."""

from typing import Any

from pipeline.codec import dumps, loads
from pipeline.decision import Decision
from pipeline.engine import Engine
from pipeline.keys import RootKeys
from pipeline.opening import open_record
from pipeline.parties import KeysOfParties
from schemas import VIEWS
from transforms.boxes import PartyPrivateKey

KEYS = RootKeys.generate()
PARTIES = {name: PartyPrivateKey.generate(name) for name in ("m-100", "m-200", "logistics")}
KEYS_OF_PARTIES = KeysOfParties(KEYS, {name: key.public().sealer() for name, key in PARTIES.items()})

ENVELOPE: dict[str, Any] = {
    "event_id": "0f3a1b2c-7c1d-4f5e-9a3b-1234567890ab",
    "occurred_at": "2026-11-22T14:38:50.123+08:00",
    "user_id": "u-10000000001",
    "device_id": "a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90",
    "app_version": "8.3.1",
    "channel": "huawei",
}

DEVICE = ENVELOPE | {
    "model": "HUAWEI Mate 60 Pro",
    "brand": "HUAWEI",
    "os": "HarmonyOS",
    "os_version": "4.2",
    "screen": "1260x2720",
    "language": "zh-CN",
    "timezone": "Asia/Shanghai",
    "carrier": "中国移动",
    "imei": "860000000000017",
    "meid": "A0000000000001",
    "idfa": "9F1C2D3E-4A5B-6C7D-8E9F-0A1B2C3D4E5F",
    "android_id": "9774d56d682e549c",
    "serial": "R58N12ABCDE",
    "mac": "a4:b1:c2:d3:e4:f5",
    "ip": "223.104.63.12",
    "rooted": False,
}

LOG = ENVELOPE | {
    "ip": "223.104.63.12",
    "user_agent": "Mozilla/5.0 (Linux; Android 12; V2304A) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.6099.43 Mobile Safari/537.36",
    "carrier": "中国联通",
    "language": "zh-CN",
    "method": "GET",
    "status": 200,
    "bytes": 48213,
    "duration_ms": 12.5,
    "url": "https://shop.example.com/item/100023?phone=13800138000",
    "referrer": "https://www.example.com/search?q=13800138000",
    "search_query": "给张伟买连衣裙",
    "cookie_id": "c0ffee00c0ffee00c0ffee00c0ffee00",
    "pixel": {"campaign": "spring", "recipient_email": "zhangwei@example.com", "clicked": True},
    "message": "联系13800138000",
}

LOCATION = ENVELOPE | {
    "gps": {"lat": 31.230416, "lng": 121.473701, "accuracy_m": 12.5, "coord": "gcj02"},
    "ip": "2408:8400:1:2::3",
    "wifi": [
        {"bssid": "a4:b1:c2:d3:e4:f5", "ssid": "张伟家", "rssi": -60},
        {"bssid": "00-1A-2B-3C-4D-5E", "ssid": "", "rssi": -71},
    ],
    "bluetooth": [{"mac": "a4:b1:c2:d3:e4:f6", "name": "张伟的耳机", "rssi": -48}],
    "cell": {"mcc": 460, "mnc": 0, "lac": 41234, "cid": 912345678},
    "store_id": "s-77",
}

ORDER = ENVELOPE | {
    "order_id": "202611220000001",
    "merchant_id": "m-100",
    "store_id": "s-77",
    "live_room_id": "r-9",
    "nickname": "小张同学",
    "items": [
        {"sku": "sku-1", "title": "夏季连衣裙", "quantity": 1, "price_fen": 19900},
        {"sku": "sku-2", "title": 'T恤 "经典"', "quantity": 2, "price_fen": 5900},
    ],
    "amount_fen": 31700,
    "payment": {
        "method": "alipay",
        "status": "paid",
        "transaction_id": "2026112200001234567",
        "bank_card": "6222021234567890128",
    },
    "consignee": {
        "name": "李雷",
        "phone": "13900139000",
        "province": "广东省",
        "city": "深圳市",
        "district": "南山区",
        "street": "科技园路1号",
        "postcode": "518000",
        "id_card": "11010519491231002X",
    },
    "buyer_phone": "13800138000",
    "note": "请放门口,电话13800138000",
}

ACCOUNT = ENVELOPE | {
    "nickname": "小张同学",
    "avatar_url": "https://img.example.com/avatar/zhangwei/c0ffee00.jpg",
    "signature": "张伟 | 加微信zhang_880123",
    "gender": "male",
    "birth_date": "2014-05-06",
    "region": "广东省深圳市南山区",
    "phone": "13800138000",
    "password": "Sunny@48213907",
    "real_name": "张伟",
    "id_card": "440305201405060018",
    "guardian": {"name": "李雷", "phone": "13900139000"},
    "tracking_opt_out": False,
}

INTERACTION = ENVELOPE | {
    "room_id": "live_880123",
    "action": "tip",
    "nickname": "小张同学",
    "text": "加微信zhang_880123",
    "amount_fen": 5200,
}

CONTACT = ENVELOPE | {
    "case_id": "CS26112200001234",
    "medium": "call",
    "phone": "13800138000",
    "email": "zhangwei@example.com",
    "agent_id": "agent_10023",
    "text": "客服：您好。\n客户：我叫张伟，电话13800138000。",
    "recording_url": "https://rec.example.com/call/agent/zhangwei.mp3?sign=c0ffee00",
}

EVENTS: dict[str, dict[str, Any]] = {
    "raw.device": DEVICE,
    "raw.log": LOG,
    "raw.location": LOCATION,
    "raw.order": ORDER,
    "raw.account": ACCOUNT,
    "raw.interaction": INTERACTION,
    "raw.contact": CONTACT,
}
"""Every field of every contract is there."""


def engine(decide=None, views=VIEWS, erased=None):
    return Engine(views, KEYS_OF_PARTIES, decide, erased)


def encode(event: Any) -> bytes:
    return dumps(event)


CONSENT = Decision(purposes=frozenset({"ads"}))
ENGINE = engine()


def outputs(topic, event, decision=None):
    decide = None if decision is None else lambda *_: decision
    clean = engine(decide).topics[topic].process(event if isinstance(event, bytes) else encode(event))
    return {
        view.recipient: None if record is None else loads(record[0])
        for view, record in zip(ENGINE.topics[topic].views, clean, strict=True)
    }


def parsed(outputs):
    """The same with values that can be compared whatever the order of their members."""
    return [record and (opened(record[0]), *record[1:]) for record in outputs]


def opened(value):
    """A clean record's value; of one that is sealed, which never looks the same twice, what is in it."""
    record = loads(value)
    for topic, party in (("clean.merchant.order", "m-100"), ("clean.logistics.order", "logistics")):
        found = open_record(record, PARTIES[party], topic)
        if found.boxes > found.closed:
            return found.record
    return record


def without(event, *names):
    return {name: value for name, value in event.items() if name not in names}
