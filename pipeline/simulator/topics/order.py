"""raw.order: an order, its payment and its consignee."""

from typing import Any, Final

from pipeline.simulator.draw import digits, pick
from pipeline.simulator.goods import basket, live_room_id, store_id
from pipeline.simulator.people import Person
from pipeline.simulator.scene import Scene, beijing, order_number
from pipeline.simulator.texts import NOTES, PERSONAL_NOTES, compose

_OTHER_CONSIGNEE: Final = 0.25
_STORE: Final = 0.1
_LIVE_ROOM: Final = 0.6
_NICKNAME: Final = 0.8
_BUYER_PHONE: Final = 0.6
_NOTE: Final = 0.15
_PERSONAL: Final = 0.3  # share of notes with a person in them
_POSTCODE: Final = 0.4
_ID_CARD: Final = 0.08  # parcels through customs
_CARD: Final = 0.3
_ALIPAY: Final = 0.65  # … up to here; the rest is WeChat Pay
_COLLOQUIAL: Final = 0.15  # share of addresses that say 广东 for 广东省
_STATUSES: Final = (*("paid",) * 8, "pending", "refunded")


def order_event(scene: Scene) -> dict[str, Any]:
    """
    An order, for the buyer or for somebody else.
    """
    rng, world, buyer = scene.world.rng, scene.world, scene.person
    event = scene.envelope()
    articles = pick(rng, world.catalogue)
    event["order_id"] = scene.plant(order_number(rng, scene.ms))
    event["merchant_id"] = articles[0].merchant_id
    if rng.random() < _STORE:
        event["store_id"] = store_id(rng)
    if rng.random() < _LIVE_ROOM:
        event["live_room_id"] = live_room_id(rng)
    if rng.random() < _NICKNAME:
        event["nickname"] = scene.plant(buyer.nickname)
    event["items"], event["amount_fen"] = basket(rng, articles)
    event["payment"] = _payment(scene)
    consignee = world.population.anybody() if rng.random() < _OTHER_CONSIGNEE else buyer
    event["consignee"] = _consignee(scene, consignee)
    if rng.random() < _BUYER_PHONE:
        event["buyer_phone"] = scene.plant(buyer.phone)
    if rng.random() < _NOTE:
        event["note"] = _note(scene, consignee, event["order_id"])
    return event


def _payment(scene: Scene) -> dict[str, Any]:
    rng = scene.world.rng
    style = rng.random()
    status = pick(rng, _STATUSES)
    if style < _CARD:
        transaction = beijing(scene.ms, "%Y%m%d") + digits(rng, 15)
        card = scene.plant(pick(rng, scene.person.cards))
        return {
            "method": "unionpay",
            "status": status,
            "transaction_id": scene.plant(transaction),
            "bank_card": card,
        }
    if style < _ALIPAY:
        transaction = beijing(scene.ms, "%Y%m%d2200") + digits(rng, 15) + "1"
        return {"method": "alipay", "status": status, "transaction_id": scene.plant(transaction)}
    transaction = "42000" + beijing(scene.ms, "%y%m%d") + digits(rng, 15) + "07"
    return {"method": "wechat_pay", "status": status, "transaction_id": scene.plant(transaction)}


def _consignee(scene: Scene, person: Person) -> dict[str, Any]:
    rng, home = scene.world.rng, person.home
    province, city = home.city.province, home.city.name
    if rng.random() < _COLLOQUIAL:
        province, city = province.removesuffix("省").removesuffix("市"), city.removesuffix("市")
    phone = person.phone if rng.random() < 1 - _COLLOQUIAL / 2 else _grouped(person.phone)
    consignee = {
        "name": person.name,
        "phone": phone,
        "province": province,
        "city": city,
        "district": home.district.name,
        "street": home.street,
    }
    scene.planted += (person.name, phone, home.street)
    if rng.random() < _POSTCODE:
        consignee["postcode"] = home.postcode
    if rng.random() < _ID_CARD:
        consignee["id_card"] = scene.plant(person.id_card)
    return consignee


def _grouped(phone: str) -> str:
    return f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}"


def _note(scene: Scene, consignee: Person, order: str) -> str:
    rng = scene.world.rng
    if rng.random() >= _PERSONAL:
        return pick(rng, NOTES)
    return compose(rng, PERSONAL_NOTES, consignee, order, scene.planted)
