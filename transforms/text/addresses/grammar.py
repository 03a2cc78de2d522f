"""Grammar: the words and numbers that parts of an address end with."""

from collections.abc import Container, Iterable, Iterator
from typing import Final

from transforms.text.addresses.part import NAMED, NUMBERS, Kind, Part
from transforms.text.addresses.words import PLACES, SPOTS, VILLAGES
from transforms.text.fold import fold
from transforms.text.scanning import passing_over

_COUNTED: Final = (
    "[件个只双套箱包盒瓶份斤两米元块条张台部支袋罐桶把根本次遍天月年岁点分秒时人位折倍页集万千百十款色码多几余.%+℃ml毫克公厘寸英]"
    "|(?:kg|cm|mm|km|gb|mb|mah|rmb)"
)
_AS_WELL: Final = (
    "(?:线|链接|色|款|码|发货|到货|那天|下单|左右|之前|以前|前|之后|才|就|选手|嘉宾|模特|主播|客服|技师|球|电池"
    "|口红|粉底|字|机|种子|文件|结束|开始)"
)
"""Behind a number with 号 these make it a date, a model or a line."""

_NUMBER: Final = r"(?<![0-9.十百])[0-9十百]{1,5} ?"
_LETTER: Final = "(?<![a-z0-9])[a-z]{1,2}"

_SIDE: Final = (
    "(?<=[-0-9楼层室号元])[东西南北中](?:边?户|室|间|屋)?(?=[^a-z\u3400-\u9fff]|[呢吗吧的放收转我你他她客买卖]|$)"
)
"""Of a staircase: 东 in 3楼东."""

_CODE: Final = "(?<![码凭款型])(?<!码[ :])"


_ENDINGS: Final = (
    "苑园城府湾院庭郡居轩阁台邸墅港里坊店厂馆部寺庙楼所站场岛都汇荟峰谷山舍厦桥坝塘沟岭坪洼畔岸洲洋海江河湖门房行社组铺"
)


def _by_first_character(words: Iterable[str]) -> str:
    """
    Any of the words, the longest first, so that most places of a text fail at their first character.
    """
    tails: dict[str, list[str]] = {}
    for word in sorted(map(fold, words), key=len, reverse=True):
        tails.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in tails.items())


_GRAMMAR: Final = (
    (
        Kind.ROOM,
        (
            rf"(?<![0-9a-z.\-]){_CODE}"
            r"(?!(?:0?[1-9]|1[0-2])-[0-9]{1,2}-20[0-9]{2}(?![0-9]))[a-z]?[0-9十]{1,3}(?:-[0-9]{1,2}){1,2}-[1-9][0-9]{2,3}(?:号|室|房)?(?![0-9\-.])"
            r"|(?<![0-9a-z.\-])[a-z]?[0-9]{1,3}(?:#|号-|栋-|幢-)(?:[0-9]{1,2}-)?[1-9][0-9]{2,3}(?:室|房)?(?![0-9\-.])"
        ),
    ),
    (
        Kind.BUILDING,
        (
            rf"(?:{_NUMBER}|{_LETTER}[0-9]{{0,3}}[a-z]?|[甲乙丙丁])-?(?:(?:栋|幢|单元)(?:楼(?![下上道梯]))?"
            rf"|号楼|号院|号大院|号公寓|号别墅|号宿舍楼?|号厂房|号门面|号商铺"
            rf"|号铺|号库|号房|号室|舍|斋)(?:之[0-9]{{1,2}})?|{_NUMBER}弄|{_LETTER}[0-9]{{0,2}}(?:座|馆|楼|塔)|[甲乙丙丁东西南北]座|[东西南北中]单元|{_NUMBER}座(?=[1-9][0-9]{{2,3}}(?:[号室房]|(?![0-9])))"
            r"|(?<![0-9.])[a-z]?[0-9]{3,4}(?:-[0-9a-z]{1,2})?(?:室|房间?|病房|寝室?|宿舍)(?!间?价|型)"
            r"|(?<![0-9.])[a-z]?[0-9]{1,5}(?:商位|铺位|档口|摊位|展位)"
        ),
    ),
    (
        Kind.HOUSE,
        (
            rf"(?:甲|乙|丙|丁|附|新|老)?{_NUMBER}(?:-[0-9a-z]{{1,4}}|[a-z])?号厅?"
            rf"(?:甲|乙|丙|之[0-9]{{1,2}}|(?:附|副)[0-9]{{1,3}}号?|-[0-9]{{1,3}})?(?!{_AS_WELL})"
            r"|(?<![a-z])no[.:]? ?[0-9]{1,5}(?![0-9])"
        ),
    ),
    (
        Kind.UNIT,
        (
            r"(?<=单元)[0-9十]{1,3}[楼层](?:东(?!西)|[西南北中])(?:边?户)?"
            rf"|{_NUMBER}(?:座|层|楼|户|病区|委(?!员)|分队|信箱|分箱|标段?|村民小组|小组|组|房|门(?![口前卫锁外])|排|铺|社(?!会)|队|大队|生产队|梯|床|室(?![0-9]厅)|#)"
            rf"(?:之[0-9]{{1,2}}|[a-z](?![a-z0-9座栋幢区室房户单]))?(?!盘|市|口红)"
            r"|(?<![a-z])(?:room|rm|bldg|building|unit|flat|floor|block|tower|suite|phase)[.#:]? ?"
            r"(?:[0-9]{1,5}[a-z]?|[a-z])(?![0-9a-z])|(?<![0-9a-z.])b?[0-9]{1,2}/?f(?![0-9a-z])"
            rf"|负[0-9]层|{_LETTER}[0-9]{{0,2}}(?:梯|门|厅|口|室|房|户)"
        ),
    ),
    (
        Kind.SECTION,
        (
            rf"{_NUMBER}(?:区|期|段|村|园|苑|坊|仓|档|柜|厂|馆|连|团|师|营|街坊|分场|机库|街区|里|条|巷|号门|班(?![车次级倒]))(?!间)"
            rf"|[0-9十]{{1,3}}[中小](?![0-9a-z\u3400-\u9fff])"
            rf"|(?:[东西南北中]|{_LETTER}[0-9]{{0,2}})(?:区|苑|园|院|里|馆)"
        ),
    ),
    (
        Kind.DOOR,
        rf"(?<=[\u3400-\u9fff]){_CODE}[a-z]?[0-9]{{1,2}}-[a-z]?[1-9][0-9]{{2,3}}(?:号|室|房)?(?![0-9\-.])(?!{_COUNTED})",
    ),
    (
        Kind.PAIR,
        rf"(?<![0-9a-z.\-])[a-z]?[0-9]{{1,4}}(?:[-#][a-z]?[0-9]{{1,4}}){{1,3}}(?![0-9.]|-[^东西中])(?!{_COUNTED})",
    ),
    (
        Kind.BARE,
        rf"(?<![0-9.])[a-z]?[0-9]{{1,5}}[a-z]?(?![0-9.\-])(?!{_COUNTED})|(?<![0-9.])[0-9]十[0-9]?(?![0-9.])(?!{_COUNTED})",
    ),
    (
        Kind.SPOT,
        _by_first_character(SPOTS)
        + rf"|{_SIDE}|[东西南北][首头段侧边面]|第[0-9]家|路[东西南北](?![0-9a-z\u3400-\u9fff])"
        r"|(?:[往向朝]?[东西南北]走?行?|(?<![0-9.]))[0-9]{1,4}米处?(?:路[东西南北])?",
    ),
    (
        Kind.ROAD,
        (
            "大道|大街|公路|胡同|支路|环路|辅路|国道|省道|县道|路(?![上过人费况程灯由径])|街(?![拍头舞机])|巷|弄|衖"
            "|[道里条段](?=(?:no)?[0-9甲乙附]{1,5}[号弄-])"
            "|(?<=[a-z] )(?:road|rd|street|st|avenue|ave|lane)(?![a-z])"
            "(?:, ?[a-z]{3,15}(?: (?:district|city|province|town|county))?(?![a-z])){0,4}"
        ),
    ),
    (
        Kind.PLACE,
        _by_first_character(PLACES) + "|[a-z](?<![a-z].)[a-z]{1,14} (?:[a-z]{2,15} ){0,3}"
        "(?:tower|plaza|mall|center|centre|mansion|building|park)(?![a-z])",
    ),
    (Kind.VILLAGE, _by_first_character(VILLAGES)),
    (
        Kind.ENDING,
        (
            f"[{_ENDINGS}]"
            r"(?=[^0-9a-z\u3400-\u9fff]|$|[0-9十甲乙丙丁a-g收转交代放的旁口院内外东西南北]|附近|楼下|门口|对面)"
        ),
    ),
)
"""In the order in which they are tried."""


def parts(plain: str) -> Iterator[Part]:
    """
    The parts that words and numbers make, from the left; none overlap.

    Args:
        plain: folded, simplified, without hidden characters.
    """
    for match in PART.finditer(plain):
        if index := match.lastindex:
            yield Part(match.start(index), match.end(), _KINDS[index - 1])


_NUMBER_FIRST: Final = "0-9a-z十百甲乙丙丁附新老东西南北中负"
_WORD_FIRST: Final = "0-9a-z东西南北第往向朝大公胡支环辅国省县路街巷弄衖道里条段" + "".join(
    {*_ENDINGS, *(fold(word)[0] for word in (*SPOTS, *PLACES, *VILLAGES))}
)


def _either(kinds: Container[Kind]) -> str:
    return "|".join(f"({pattern})" for kind, pattern in _GRAMMAR if kind in kinds)


_KINDS: Final = tuple(kind for kind, _ in _GRAMMAR)
_INSIDE: Final = r"[0-9]++(?![\u3400-\u9fff])|[0-9]+(?=[0-9]{3})|[a-z]+(?=[a-z])"
"""Digits and letters behind the first of a long number or word, where no part begins but before a Han character."""

PART: Final = passing_over(
    _NUMBER_FIRST + _WORD_FIRST,
    f"(?=[{_NUMBER_FIRST}])(?:{_either(NUMBERS)})|{_either({*NAMED, Kind.SPOT})}|{_INSIDE}",
)
"""A part, as the group of its kind."""
