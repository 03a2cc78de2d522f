"""The closed list of what is looked for, and the words whose nearness makes a doubtful find a sure one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SURE: Final = 1.0
"""Score of a find whose form or check leaves hardly any doubt."""

LIKELY: Final = 0.7
"""Score of a find whose form alone is reason enough to hide it."""

DOUBTFUL: Final = 0.3
"""Score of a form that also stands for other things: hidden only beside a word of its entity's context."""

THRESHOLD: Final = 0.5
"""What scores less is left as it is."""


@dataclass(frozen=True, slots=True)
class Entity:
    """
    A kind of personal data in free text.

    Args:
        name: as it stands in spans and in `<CN_MOBILE>`.
        says: what it is, one phrase.
        example: one that is found, with the context that it needs.
        context: words, in folded form, that make a doubtful find near them a sure one.
    """

    name: str
    says: str
    example: str
    context: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ALL: Final = (
    Entity(
        "CN_MOBILE",
        "mobile number of mainland China",
        "我的手机13800138000",
        _words(
            "电话 手机 号码 联系 致电 打给 拨打 call tel phone mobile 短信 加我 回电 来电 热线 "
            "收件人 收货人 寄件人 取件人 找我 打我 回我 呼我 私我 预留 绑定 机主"
        ),
    ),
    Entity(
        "CN_LANDLINE",
        "landline number of mainland China, 400 and 800 numbers, and numbers of Hong Kong, Macao and Taiwan",
        "座机010-62511234",
        _words("电话 座机 固话 传真 致电 热线 联系 拨打 tel fax phone call 总机 分机"),
    ),
    Entity(
        "CN_ID_CARD",
        "citizen identity number, also a mistyped one and one of 15 digits, and residence permits of 81, 82, 83",
        "身份证11010519491231002X",
        _words("身份证 身分证 证件 实名 清关 居住证 身份号 居留证 id证 sfz 户口 idcard idno"),
    ),
    Entity(
        "CN_BANK_CARD",
        "bank card number, 16–19 digits",
        "卡号6222021234567890128",
        _words(
            "卡号 银行卡 开户行 户名 储蓄卡 信用卡 账号 账户 帐号 帐户 打款 转账 汇款 收款 "
            "工行 建行 农行 中行 招行 交行 邮储 card bank"
        ),
    ),
    Entity(
        "CN_USCC",
        "unified social credit code of an organisation or sole trader",
        "税号91110000100003962T",
        _words("税号 信用代码 识别号 纳税人 执照 统1代码 tax taxno taxid taxpayer uscc"),
    ),
    Entity("CN_PASSPORT", "passport number", "护照E12345678", _words("护照 passport")),
    Entity(
        "CN_PERMIT",
        "travel permit between the mainland, Hong Kong, Macao and Taiwan, and officer's or foreigner's card",
        "港澳通行证C12345678",
        _words("通行证 回乡证 台胞证 军官证 永居证 永久居留 入台证 港澳 来往 居留 居住证"),
    ),
    Entity(
        "CN_PLATE",
        "number plate of a vehicle",
        "车牌京A12345",
        _words("车牌 车号 牌照 车辆 号牌 停车 开车 司机 车主 plate"),
    ),
    Entity("WECHAT", "WeChat id", "加微信wxid_ab12cd34", ()),
    Entity("QQ", "QQ number", "扣扣123456789", ()),
    Entity("ALIPAY", "Alipay account", "支付宝zhang_88", ()),
    Entity("EMAIL", "e-mail address", "邮箱zhang@qq.com谢谢", _words("邮箱 邮件 信箱 mail email")),
    Entity("IP", "IP address", "来自223.104.63.9", ()),
    Entity("MAC", "MAC address", "网卡a4:5e:60:c1:02:9f", _words("mac bssid wifi 网卡 蓝牙 物理地址")),
    Entity("IMEI", "IMEI or MEID of a device", "IMEI 490154203237518", _words("imei meid 串号 设备号 序列号 设备id")),
    Entity(
        "UUID",
        "device id in the form of a UUID or 32 or 64 hex digits: OAID, IDFA and the like",
        "oaid=6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        _words("oaid idfa idfv gaid aaid android_id device_id 设备 uuid 广告id"),
    ),
    Entity(
        "GEO",
        "coordinates",
        "定位31.230416,121.473701",
        _words("定位 坐标 经度 纬度 经纬度 位置 lat lng lon gps location"),
    ),
    Entity("URL_PARAM", "value of a URL's parameter that names a person", "https://a.cn/?uid=88123", ()),
    Entity(
        "ORDER",
        "order number",
        "订单号2026112212345678",
        _words("订单 单号 订单号 交易号 流水号 order"),
    ),
    Entity(
        "TRACKING",
        "tracking number of a parcel",
        "顺丰单号SF1234567890123",
        _words("快递 包裹 取件 取货 提货 自提 驿站 菜鸟 丰巢 货架 派件 代收"),
    ),
    Entity("PERSON", "name of a person", "收件人王小明", ()),
    Entity(
        "CN_ADDRESS",
        "postal address, finer than a city",
        "住在朝阳区建国路88号2单元301",
        _words("地址 住址 住在 收件 寄到 送到 门牌"),
    ),
)

ENTITIES: Final[Mapping[str, Entity]] = {entity.name: entity for entity in ALL}
