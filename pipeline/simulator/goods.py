"""What the platform's merchants sell."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from pipeline.simulator.draw import pick

_TITLES: Final = (  # title, price in fen
    *(("纯棉四件套 北欧风 1.8米床", 19_900), ("冰丝阔腿裤 高腰垂感 夏季薄款", 5_990), ("新疆长绒棉毛巾 3条装", 2_980)),
    *(("李宁 超轻20 男子跑步鞋", 39_900), ("周大福 足金转运珠手绳", 68_800), ("王老吉凉茶 310ml*24罐", 6_990)),
    *(("张小泉 厨房剪刀 不锈钢", 3_490), ("老干妈风味豆豉油辣椒 280g*6", 5_480), ("五常大米 10kg 当季新米", 8_900)),
    *(("云南小粒咖啡 挂耳 20包", 4_900), ("赣南脐橙 5斤装 顺丰包邮", 2_990), ("烟台红富士苹果 9斤", 4_580)),
    *(("洛川苹果 85mm 礼盒", 6_800), ("阳澄湖大闸蟹 公4两母3两 8只", 39_800), ("宁夏枸杞 特级 500g", 6_900)),
    *(("安吉白茶 明前 250g", 12_800), ("武夷山大红袍 礼盒装", 26_800), ("信阳毛尖 2026新茶", 9_900)),
    *(("花西子 蜜粉饼 控油定妆", 16_900), ("完美日记 动物眼影盘", 10_990), ("珀莱雅 双抗精华液 30ml", 23_900)),
    *(("薇诺娜 舒敏保湿特护霜 50g", 26_800), ("大宝 SOD蜜 200ml", 1_290), ("百雀羚 水嫩倍现套装", 18_800)),
    *(("iPhone 15 手机壳 磁吸透明", 3_900), ("HUAWEI Mate 60 钢化膜 2片装", 2_490), ("小米手环8 NFC版", 27_900)),
    *(("vivo 原装120W充电器", 15_900), ("绿联 20000毫安充电宝", 12_900), ("飞利浦 电动牙刷 HX6730", 29_900)),
    *(("美的 电饭煲 4L 智能预约", 29_900), ("苏泊尔 不粘炒锅 32cm", 15_900), ("九阳 破壁机 轻音款", 45_900)),
    *(("戴森 吹风机 HD08 紫红", 299_900), ("石头 扫地机器人 G20", 449_900), ("海尔 对开门冰箱 539升", 379_900)),
    *(("儿童保温杯 316不锈钢 500ml", 7_900), ("乐高 城市系列 消防局", 49_900), ("帮宝适 一级帮拉拉裤 L76片", 16_900)),
    *(("飞鹤 星飞帆 3段 700g", 31_800), ("晨光 中性笔 0.5mm 24支", 2_390), ("得力 A4打印纸 5包", 9_900)),
    *(("三体 全集 刘慈欣 科幻小说", 9_300), ("活着 余华 平装", 2_800), ("茅台迎宾酒 53度 500ml", 12_900)),
    *(("青岛啤酒 经典 500ml*12", 6_480), ("三只松鼠 每日坚果 750g", 9_900), ("良品铺子 肉松饼 1kg", 3_590)),
    *(("卫龙 辣条大礼包", 2_990), ("螺蛳粉 柳州正宗 300g*5", 4_990), ("波司登 轻薄羽绒服 女", 59_900)),
    *(("优衣库同款 摇粒绒外套", 8_900), ("回力 帆布鞋 经典款 WB-1", 5_900), ("安踏 氢跑5.0 男", 35_900)),
    *(("露营帐篷 全自动 4人", 19_900), ("瑜伽垫 加厚15mm 防滑", 5_900), ("鱼竿 碳素 5.4米", 12_800)),
    *(("猫粮 全价成猫 10kg", 16_900), ("狗狗牵引绳 反光", 2_590), ("多肉植物 组合盆栽 10株", 2_990)),
)
_VARIANTS: Final = 40  # colours and sizes of one article
_MERCHANTS: Final = 600
_STORES: Final = 900
_ROOMS: Final = 1_200
_MOST_ITEMS: Final = 4
_ALONE: Final = 0.55  # share of orders of one article

TITLES: Final = tuple(title for title, _ in _TITLES)
"""Titles of items, which clean records hold."""


@dataclass(frozen=True, slots=True)
class Article:
    """
    One thing of one merchant.

    Args:
        merchant_id: who sells it.
        sku: the merchant's number.
        title: as shown.
        price_fen: list price.
    """

    merchant_id: str
    sku: str
    title: str
    price_fen: int


MERCHANTS: Final = tuple(f"m_{10_000 + number}" for number in range(_MERCHANTS))
"""Every merchant there is."""


def catalogue(rng: Random) -> tuple[tuple[Article, ...], ...]:
    """
    What each merchant sells.
    """
    return tuple(tuple(_article(rng, merchant) for _ in range(4 + int(rng.random() * 8))) for merchant in MERCHANTS)


def store_id(rng: Random) -> str:
    """
    A shop made of brick.
    """
    return f"s_{1_000 + int(rng.random() * _STORES)}"


def live_room_id(rng: Random) -> str:
    """
    A live room.
    """
    return f"live_{880_000 + int(rng.random() * _ROOMS)}"


def basket(rng: Random, articles: tuple[Article, ...]) -> tuple[list[dict[str, Any]], int]:
    """
    The items of an order, and their sum in fen.
    """
    count = 1 if rng.random() < _ALONE else 1 + int(rng.random() * _MOST_ITEMS)
    items = []
    total = 0
    for _ in range(count):
        article = pick(rng, articles)
        quantity = 1 if rng.random() < _ALONE else 1 + int(rng.random() * 3)
        total += quantity * article.price_fen
        items.append({"sku": article.sku, "title": article.title, "quantity": quantity, "price_fen": article.price_fen})
    return items, total


def _article(rng: Random, merchant_id: str) -> Article:
    number = int(rng.random() * len(_TITLES))
    title, price = _TITLES[number]
    sku = f"SKU-{100 + number}-{int(rng.random() * _VARIANTS):02d}"
    return Article(merchant_id, sku, title, price - price % 100 * int(rng.random() * 2))
