"""What customers and agents say and write to each other in calls, chats and mails."""

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Final

from pipeline.simulator.draw import pick
from pipeline.simulator.texts import compose, slotted

if TYPE_CHECKING:
    from pipeline.simulator.people import Person

PERSONAL: Final = 0.6
"""Share of conversations with a person in them."""

MATTERS: Final = (
    *("我的快递三天没动了，能催一下吗", "优惠券为什么用不了", "收到的衣服有色差，想退货", "退款什么时候到账"),
    *("可以开发票吗", "商品少发了一件，要求补发", "直播间说的赠品没有收到", "想换大一码，运费谁出"),
    *("账号登录不上，提示异常", "怎么修改收货地址", "下单之后发现降价了，能退差价吗", "吹风机用了两天就坏了，想保修"),
    *("水果烂了一半，申请赔付", "怎么注销账号", "充值没有到账", "主播承诺的七天试穿还算数吗"),
    *("电饭煲缺说明书，能发一份电子版吗", "预售的大闸蟹什么时候发货", "取消订单之后红包没有退回来"),
)
"""What customers ask without naming anybody."""

PERSONAL_MATTERS: Final = slotted(
    *("我的订单{order}一直没发货，麻烦查一下", "订单号{order}要退款，退到银行卡{card}"),
    *("我叫{name}，手机号{phone}，帮我查一下快递", "收件人写错了，应该是收件人{name}，电话{phone}"),
    *("地址改成{city}{district}{street}，收件人{name}，电话{phone}", "麻烦寄到{city}{district}{street}"),
    *("我住在{district}{street}，快递员说找不到", "发票请发到邮箱{email}", "电子发票发{email}，谢谢"),
    *("实名认证一直失败，姓名{name}，身份证号{id_card}", "身份证{id_card}已经绑定过别的账号，帮我解绑"),
    *("清关要的身份证：{id_card}", "银行卡{card}扣了两次钱", "退款卡号{card}，户名{name}", "请把赔付打到卡号{card}"),
    *("我换号码了，新手机{phone}，旧的停用了", "让快递员打{phone}，家里没人", "请回电{phone}，我姓名{name}"),
    *("手机号{phone}收不到验证码", "加我微信{wechat}发凭证", "凭证我发你微信{wechat}可以吗"),
    *("我QQ是{qq}，把说明书发给我", "QQ{qq}，加一下传照片", "联系人{name}，联系电话{phone}，请尽快上门取件"),
    *("上门取件地址：{city}{district}{street}，联系人：{name}", "订单{order}的收货人{name}已经搬走了，请拦截"),
    *("单号{order}显示签收，可我没收到", "账号绑定的手机{phone}不是我的，我的是另一个"),
    *("我叫{name}，投诉订单{order}的商家", "换货寄回{street}，电话{phone}", "邮箱{email}收不到找回密码的邮件"),
    *("主播让我加微信{wechat}转账，是不是骗子", "有人冒充客服用{phone}打电话给我"),
)
"""What customers say of themselves. A name stands behind a word that announces one."""

PERSONAL_CALLS: Final = slotted(
    "客服：您好，请问怎么称呼？\n客户：我叫{name}。\n客服：麻烦报一下下单的手机号。\n客户：手机{phone}。\n客服：查到了，明天派送。",
    "客服：您好，请提供订单号。\n客户：订单号是{order}。\n客服：收货人是哪位？\n客户：收货人{name}。\n客服：已经帮您登记退货。",
    "客服：请核对一下收货地址。\n客户：地址是{city}{district}{street}。\n客服：联系电话呢？\n客户：电话{phone}。\n客服：好的，马上更新。",
    "客户：实名认证过不去。\n客服：请报一下身份证号。\n客户：身份证{id_card}。\n客服：系统显示号码已被占用，我为您提交申诉。",
    "客户：退款还没到。\n客服：请问退到哪张卡？\n客户：银行卡{card}。\n客服：三个工作日内到账。",
    "客户：发票没有收到。\n客服：请问您的邮箱？\n客户：邮箱是{email}。\n客服：已重新发送，请查收。",
)
"""Whole calls in which customers are asked for their data."""

_FRAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "call": (
        "客服：您好，很高兴为您服务。\n客户：{matter}。\n客服：好的，我帮您处理，请稍等。",
        "客户：喂，你好，{matter}。\n客服：抱歉给您带来不便，已经为您登记。\n客户：好的，谢谢。",
    ),
    "chat": ("{matter}", "在吗？{matter}", "{matter}，急", "你好\n{matter}\n什么时候能处理？"),
    "mail": (
        "您好：\n\n{matter}。\n\n请尽快回复，谢谢！",
        "尊敬的客服：\n\n    {matter}。\n    已经等了一个星期，希望给个说法。\n\n此致\n敬礼",
    ),
}

PUBLIC: Final = (
    *MATTERS,
    *(template for template, _ in (*PERSONAL_MATTERS, *PERSONAL_CALLS)),
    *(frame for frames in _FRAMES.values() for frame in frames),
)
"""All that stands around planted identifiers."""

_WHOLE_CALL: Final = 0.4  # share of calls in which somebody is asked


def conversation(rng: Random, medium: str, person: "Person", order: str, planted: list[str]) -> str:
    """
    What was said or written about one matter; adds to `planted` what it holds of a person, and the text if it does.

    Args:
        rng: where everything is drawn from.
        medium: `call`, `chat` or `mail`.
        person: the customer.
        order: number of an order of theirs.
        planted: receives the identifiers.
    """
    personal = rng.random() < PERSONAL
    if personal and medium == "call" and rng.random() < _WHOLE_CALL:
        return compose(rng, PERSONAL_CALLS, person, order, planted)
    frame = pick(rng, _FRAMES[medium])
    if not personal:
        return frame.format(matter=pick(rng, MATTERS))
    text = frame.format(matter=compose(rng, PERSONAL_MATTERS, person, order, planted))
    planted.append(text)
    return text
