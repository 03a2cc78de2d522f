"""Labels: the word that says what a number beside it is the number of."""

import re
from enum import Enum, auto
from typing import Final, NamedTuple


class Kind(Enum):
    """
    What a number is the number of.
    """

    ORDER = auto()
    PARCEL = auto()
    EITHER = auto()
    """单号 alone is said of both."""
    OTHER = auto()
    """Goods, coupons, rooms, accounts, telephones: nothing that is looked for here."""


class Label(NamedTuple):
    """
    The label of a number.

    Args:
        kind: what it announces.
        named: whether it speaks of a number: 订单号, and not 订单.
        touches: whether nothing but signs and linking words stands between it and the number.
    """

    kind: Kind
    named: bool
    touches: bool


CARRIERS: Final = (
    "顺丰|圆通|中通|申通|韵达|极兔|京东|邮政|德邦|百世|天天|菜鸟|丹鸟|丰网|跨越|安能|1米滴答|优速|宅急送|中铁|信丰|速尔"
)
_TAIL: Final = r"(?:单据?|订单)?(?P<{}>(?:的? ?编?号码?|编码|代码|(?:单 ?)?(?:id|no|sn)(?![a-z])|流水)(?:id)?)?"
_BUSINESS: Final = (
    "订单?|定单|交易|流水|支付|付款|缴费|充值|提现|转账|退款|售后|商户|商家|采购|退货|换货|维修|返修|报修|服务|客诉|投诉"
    "|案件|受理|申请|取消|预约|预订|预定|订位|查询|登记|理赔|报案|合同|保单|(?<!发)票据?|凭证|单据|记录|兑换|外卖|团购|出库|入库|业务|工单"
)
"""What is done under a number of its own."""

_ORDER: Final = (
    rf"(?:{_BUSINESS}){_TAIL.format('named')}"
    r"|[a-z_]{0,12}(?:(?:order|trade|refund|ticket|aftersale|booking|transaction|txn|case|reference"
    r"|(?<![a-z])(?:ref|po|oid)|bill|biz|prepay)(?:[ _]?[sc]n|[ _]?ids?"
    r"|[ _]?no|[ _]?num|[ _]?number|[ _]?code)?|payment[ _]?(?:id|no)|dingdan(?:hao)?|(?<![a-z])dd号)(?![a-z])"
)
_PARCEL: Final = (
    rf"(?:{CARRIERS}|快递|快件|快运|速运|速递|物流|货运|包裹|邮件|邮寄|挂号信?|寄件|[运面寄转底子母]单|寄出|寄回|退回"
    rf"|揽收|揽件|派送|派件|签收|拦截){_TAIL.format('sent')}"
    r"|[a-z_]{0,12}(?:track(?:ing)?|waybill|express|logistics|mail|shipment|parcel|package|kuaidi|yundan|wuliu"
    r"|(?<![a-z])(?:ems|dhl|ups|usps|fedex|tnt|awb|lp|kd))(?:[ _]?(?:id|no|num|number|code|sn|号))?(?![a-z])"
)
_EITHER: Final = r"(?<![简名清账床孤传被榜菜买黑甩落])单子?(?P<either>编?号码?|编码)?"
_OTHER: Final = (
    r"发票|订单[量数]|单[量价]|销量|条形?码|[货型款批]号|追溯|防伪|券(?!订)码?|兑换码|激活码|卡密|邀请码|验证码|序列号|商品|产品|宝贝"
    r"|房间|直播|视频|电话|手机|座机|卡号|账号|账户|证件|身份证|护照|税号|信用代码|识别号|会员|用户|群|微信|支付宝|设备|串[号码]"
    r"|时间|日期|金额|库存|浏览|播放|粉丝|点赞|版本|价[格钱]?|许可证|[a-z_]{0,12}(?:sku|spu|isbn|ean|upc|barcode|item|goods"
    r"|product|coupon|room|live|video|aweme|content|invoice|span|trace|request|seq|serial|time|timestamp|date|phone|mobile|tel|imei|meid|device|uid|user|amount|price|version"
    r"|account|card)(?:[ _]?(?:id|no|num|number|code|sn))?(?![a-z])|(?<![a-z])(?:sn|ts|qq|vx|wx|[vq](?=[: ]))"
)
_LABEL: Final = re.compile(rf"(?P<other>{_OTHER})|(?P<parcel>{_PARCEL})|(?P<order>{_ORDER})|(?P<generic>{_EITHER})")
_SUFFIXED: Final = re.compile(r"(?:ids?|no|num|number|[sc]n|code|dingdanhao|号)\Z")

_SIGN: Final = r"[^0-9a-z\u3400-\u9fff]"
_LINK: Final = (
    "号|是|为|叫|有|在这里?|给[你您]|(?:我?发)[你您]?了?|查询|查1?下|帮?我?查1?下?|如下|显示|号码|编码|应该|填的?|我的|的|了"
    "|这[下里]面?|下面|"
    r"(?<![a-z])(?:is|no|id|number)(?![a-z])|[0-9](?=[:.、)])"
)
_TOUCHING: Final = re.compile(rf"(?:{_SIGN}{{0,6}}(?:{_LINK})){{0,3}}{_SIGN}{{0,6}}(?:[1-9][.、:)] ?)?")
_ASIDE: Final = r"[^0-9a-z\n。!?/=@_]"
_NEAR: Final = re.compile(
    rf"{_ASIDE}{{0,14}}(?:[。!?\n] ?{_ASIDE}{{0,6}})?"
    rf"(?:(?<![0-9a-z])(?:[a-z]{{1,10}}|[0-9]{{1,4}}){_ASIDE}{{1,12}})?(?:\n ?)?(?:[1-9][.、:)] ?)?"
)
_BEHIND: Final = re.compile(
    r"(?:[^0-9a-z\n。!?/=@_]|[0-9](?![0-9])){0,10}?(?:(?P<order>订单|单子|工单|[这那][1个]?[单笔])|(?P<parcel>快递|快件|包裹|物流|运单|"
    rf"{CARRIERS}|到哪|已?签收|已?揽收|派送|派件)|(?P<either>单号))"
)
_WIDE: Final = 32  # characters before a number in which its label stands


def label_before(text: str, start: int) -> Label | None:
    """
    The nearest label before a number, if it can be that of the number.

    Args:
        text: folded, without hidden characters.
        start: where the number begins.
    """
    matches = [*_LABEL.finditer(text, max(0, start - _WIDE), start)]
    if not matches:
        return None
    match = matches[-1]
    touches = _TOUCHING.fullmatch(text, match.end(), start) is not None
    if not touches and not _NEAR.fullmatch(text, match.end(), start):
        return None
    if match["other"]:
        return Label(Kind.OTHER, named=True, touches=touches)
    named = bool(match["named"] or match["sent"] or match["either"]) or _SUFFIXED.search(match[0]) is not None
    kind = Kind.PARCEL if match["parcel"] else Kind.ORDER if match["order"] else Kind.EITHER
    return Label(kind, named, touches)


def label_behind(text: str, end: int) -> Label | None:
    """
    The nearest label behind a number.

    Args:
        text: folded, without hidden characters.
        end: where the number ends.
    """
    match = _BEHIND.match(text, end)
    if match is None:
        return None
    kind = Kind.ORDER if match["order"] else Kind.PARCEL if match["parcel"] else Kind.EITHER
    return Label(kind, named=False, touches=match.end() - end <= _BESIDE)


_BESIDE: Final = 6
"""Characters of a label and what stands before it, when it touches a number."""
