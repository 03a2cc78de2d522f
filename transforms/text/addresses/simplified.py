"""Traditional characters of addresses, read as simplified ones."""

from collections.abc import Mapping
from typing import Final

_TRADITIONAL: Final = (
    "號樓單區縣鎮鄉莊園廈場廣東雲貴陝遼寧龍濱濟蘇滬漢陽長慶門灣臺衛術業軟產創華國際醫學會館間層戶組隊鋪對邊側橋溝嶺頭車廠倉庫銀興義萬豐順榮徳聖紅"
    "綠麗馬魚鳳鳥關閔靜閘寶楊蘭錫無連雞鞏圍壩塢廬蕪馮閩開發裡裏衖內鐵電機農營員書報閣陸陳葉歐羅貝倫觀鴨將軍龜島離專賣郵遞櫃驛點寫實驗嶼滙匯頤領嘆"
    "濤澤淵濰灘滿潛瀋鄭鄒鄺遠適鋼錦鎖鐘閭闊陰隨雙雜靈項預顧額飛驢鴻鵬鶴麥黃齊黨縉紹絲給維綏綿緣緯縱總績織繡續纜罷聯聲職臨舊艦藍藝蘆處衝補複見規覽"
    "計討訓設許評詩話語誠調論諸謝證識護讓豬負財貢貨質賓賴贛趙趕躍軌軸載輝輪辦達過運還進鄧醬釀針釣鈔鉛銅銘鋁鋒錢錄鍋鎢鏡鑽閉閱階雖靂頂頻風饒鮮鯉鹽"
)
_SIMPLIFIED: Final = (
    "号楼单区县镇乡庄园厦场广东云贵陕辽宁龙滨济苏沪汉阳长庆门湾台卫术业软产创华国际医学会馆间层户组队铺对边侧桥沟岭头车厂仓库银兴义万丰顺荣德圣红"
    "绿丽马鱼凤鸟关闵静闸宝杨兰锡无连鸡巩围坝坞庐芜冯闽开发里里弄内铁电机农营员书报阁陆陈叶欧罗贝伦观鸭将军龟岛离专卖邮递柜驿点写实验屿汇汇颐领叹"
    "涛泽渊潍滩满潜沈郑邹邝远适钢锦锁钟闾阔阴随双杂灵项预顾额飞驴鸿鹏鹤麦黄齐党缙绍丝给维绥绵缘纬纵总绩织绣续缆罢联声职临旧舰蓝艺芦处冲补复见规览"
    "计讨训设许评诗话语诚调论诸谢证识护让猪负财贡货质宾赖赣赵赶跃轨轴载辉轮办达过运还进邓酱酿针钓钞铅铜铭铝锋钱录锅钨镜钻闭阅阶虽雳顶频风饶鲜鲤盐"
)
_TABLE: Final[Mapping[int, int]] = {ord(form): ord(twin) for form, twin in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)}


def simplified(folded: str) -> str:
    """
    The text with the traditional characters that names of divisions, roads and buildings have often as simplified ones.

    Nothing moves. Characters that are the same in both, or that addresses hardly have, stay as they are.

    Args:
        folded: the folded text.
    """
    return folded.translate(_TABLE)
