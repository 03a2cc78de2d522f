"""Free text: searches, notes on orders and log messages, some with a person in them."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Final

from pipeline.simulator.draw import digits, pick

if TYPE_CHECKING:
    from pipeline.simulator.people import Person

SEARCHES: Final = (
    *("红色连衣裙 显瘦", "iPhone 15 手机壳", "电饭煲 4L", "猫粮 成猫", "男士跑步鞋 透气", "李宁 跑鞋", "儿童保温杯"),
    *("螺蛳粉", "新疆长绒棉", "充电宝 20000毫安", "扫地机器人", "口红 显白", "防晒衣 女 冰丝", "大闸蟹 礼盒"),
    *("羽绒服 轻薄", "足金 手绳", "牙刷 电动", "啤酒 整箱", "辣条🌶️", "露营 帐篷 4人", "三体 全集", "乐高 消防局"),
)
"""Searches that nobody is named in."""

NOTES: Final = (
    *("请尽快发货，谢谢", "不要辣，多放醋", "生日礼物，麻烦包装好看一点🎁", "放门口就行", "周末再送，工作日家里没人"),
    *(
        "开发票：个人",
        "赠品要蓝色",
        "放丰巢快递柜",
        "易碎品，轻拿轻放",
        "老客户了，多送点小样😊",
        "不要打电话，直接放前台",
    ),
)
"""Notes on orders that nobody is named in."""

MESSAGES: Final = (
    *("支付失败：余额不足", "请求超时，已重试 3 次", "缓存未命中", "登录成功", "优惠券已过期", "库存不足，下单失败"),
    *("推送已送达", "风控校验通过", "图片加载失败：HTTP 502", "直播间进入成功", "购物车同步完成", "版本检查：无需更新"),
    *('解析失败："缺少字段"', "路径 C:\\logs\\app 不存在"),
)
"""Log messages that nobody is named in."""

Templates = tuple[tuple[str, tuple[str, ...]], ...]
"""Texts about a person, and the slots of each."""


def slotted(*templates: str) -> Templates:
    """
    Texts with the names of the slots in them, which stand in braces.
    """
    return tuple((template, tuple(re.findall(r"\{(\w+)\}", template))) for template in templates)


PERSONAL_SEARCHES: Final = slotted(
    *("{phone} 快递到哪了", "查询手机号{phone}的订单", "{phone}", "订单 {order} 物流", "收件人{name} 手机{phone}"),
)
PERSONAL_NOTES: Final = slotted(
    *("送到前打电话：{phone}", "联系人：{name}，电话{phone}", "收件人改成{name}，手机{phone}，谢谢"),
    *("麻烦送到{street}，谢谢", "地址写错了，改成{city}{district}{street}，收件人{name}"),
    *("清关身份证号{id_card}，姓名：{name}", "发票发到邮箱{email}谢谢", "我是{name}，电话 {phone}，请周末派送"),
)
PERSONAL_MESSAGES: Final = slotted(
    *("用户{phone}登录成功", "短信发送失败 mobile={phone} code=503", "实名认证通过 姓名：{name} 身份证：{id_card}"),
    *("绑卡成功 卡号{card}好", "收货地址解析失败：{street}", "邮件退回 {email}"),
    *("客服回访 联系人：{name}，电话：{phone}", "重复支付 order={order}"),
)

_HAN_DIGITS: Final = str.maketrans("0123456789", "零一二三四五六七八九")
_WIDE_DIGITS: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_PUBLIC_SLOTS: Final = frozenset({"city", "district"})
_WECHAT: Final[tuple[Callable[[Random], str], ...]] = (
    lambda rng: "wxid_" + digits(rng, 14),
    lambda rng: f"{pick(rng, ('aini', 'happy', 'meili', 'xiaoxin'))}_{digits(rng, 6)}",
)
_PLAIN: Final = 0.8  # share of telephone numbers written as 11 digits


def compose(
    rng: Random,
    templates: Templates,
    person: "Person",
    order: str,
    planted: list[str],
) -> str:
    """
    A text about a person; adds the text and what it holds of the person to `planted`.
    """
    template, slots = pick(rng, templates)
    values = {slot: order if slot == "order" else _WRITERS[slot](rng, person) for slot in slots}
    text = template.format(**values)
    planted.extend(value for slot, value in values.items() if slot not in _PUBLIC_SLOTS)
    planted.append(text)
    return text


def spoken_phone(rng: Random, phone: str) -> str:
    """
    A telephone number as people write it: in groups, with dashes, dots, +86, wide digits or Chinese ones.
    """
    if rng.random() < _PLAIN:
        return phone
    first, middle, last = phone[:3], phone[3:7], phone[7:]
    return pick(
        rng,
        (
            f"{first} {middle} {last}",
            f"{first}-{middle}-{last}",
            f"{first}.{middle}.{last}",
            f"+86 {phone}",
            f"+86-{first}-{middle}-{last}",
            phone.translate(_WIDE_DIGITS),
            phone.translate(_HAN_DIGITS),
        ),
    )


_WRITERS: Final[Mapping[str, Callable[[Random, "Person"], str]]] = {
    "phone": lambda rng, person: spoken_phone(rng, person.phone),
    "name": lambda _, person: person.name,
    "street": lambda _, person: person.home.street,
    "city": lambda _, person: person.home.city.name,
    "district": lambda _, person: person.home.district.name,
    "id_card": lambda _, person: person.id_card,
    "card": lambda rng, person: pick(rng, person.cards),
    "email": lambda _, person: person.email,
    "wechat": lambda rng, _: pick(rng, _WECHAT)(rng),
    "qq": lambda rng, _: f"{1 + int(rng.random() * 3)}{digits(rng, 9)}",
}
