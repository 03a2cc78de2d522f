"""Accounts that are given away by a word before them: WECHAT, QQ and ALIPAY."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from transforms.text.digits import Chain, Reading, read
from transforms.text.entities import LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.phones import MOBILE
from transforms.text.runs import following
from transforms.text.span import Span

_SPLIT: Final = r"[^0-9a-z\u3400-\u9fff\n,;:、。]{0,2}"
"""What may stand inside of a word that is torn apart: 微❤信."""


def _torn(words: str) -> str:
    """
    Any of the words, whole or torn.
    """
    return "|".join(_SPLIT.join(map(re.escape, word)) for word in words.split())


_WECHAT_NAMED: Final = (
    _torn("微信 薇信 威信 徽信 维信 微心 薇心 微芯 维芯 威芯 威心 卫星 绿泡泡 绿泡 绿色软件 绿聊")
    + f"|(?<![a-z0-9])(?:{_torn('wechat weixin vchat weichat w信 v信')}"
    + f"|[wv]x(?!id)|[wv]{_SPLIT}x(?![a-z0-9])|v♥)|[微薇威]x|[微薇]♥"
)
_WECHAT_CALLED: Final = (
    r"(?:加|\+|十|私|扫|找)(?:个|下|一下|1下|我|我的|你|咱|主播|客服|店主|老板|群主){0,2}[ ]?"
    rf"(?:{_WECHAT_NAMED}|薇|微|威|徽|维|v(?!ip|ivo|log|r(?![a-z0-9_-]))|♥|❤|💚)"
    r"|(?<![a-z0-9])v[ ]?(?=[:号])|(?:薇|微|威|徽)[ ]?(?=[:号])|(?:❤|💚)[ ]?(?=[:号])"
)
_QQ: Final = (
    _torn("扣扣 抠抠 叩叩 寇寇 蔻蔻 球球 秋秋 丘丘 囗囗 企鹅 企额")
    + rf"|(?<![a-z0-9])q{_SPLIT}q(?![a-z])|kou[ ]?kou|qiu[ ]?qiu|[加+][ ]?[我个下]?[ ]?(?:[扣抠球秋]|q(?![a-z]))"
    r"|(?<![a-z0-9])q[ ]?(?=[:号群])|[扣抠][ ]?(?=[:号群])"
)
_ALIPAY: Final = (
    _torn("支付宝 吱付宝 吱富宝 支富宝 之付宝 知付宝 智付宝 支付bao z付宝 支f宝 付宝")
    + r"|(?<![a-z0-9])(?:zfb|alipay|zhi ?fu ?bao)(?![a-z])"
)

_WORD_BETWEEN: Final = (
    "号码|号|账号|账户|帐号|帐户|名|id(?![a-z])|昵称|群号|群|裙|讨论组|好友|联系|联系我|同号|同步|搜索|搜|查找|"
    "添加|加我|加|咨询|私聊|是我的|就是|是|为|叫|我的|我|"
    "转账到|转账给|转账|转到|转给|转|打款到|打款|打到|收款|付款到|付款给|退款到|退到|退款|到|给|发|留|在|的|"
    "这个|下面|如下|吧|呀|哦|哈|啊|呗|哟|了|no(?![a-z])"
)
_BETWEEN: Final = re.compile(
    rf"(?P<words>(?:[ ]?(?:{_WORD_BETWEEN})){{0,4}})"
    rf"(?P<sign>[ ]?[:=>~\-|_.,。、(\[\"'→👉⬇️☞…]{{1,3}}[ ]?(?:{_WORD_BETWEEN})?[ ]?[:(\[\"]?)?"
    rf"[ \n]{{0,3}}"
)

_ID: Final = re.compile(r"[a-z][a-z0-9_-]{5,19}(?![a-z0-9_@-])")
_LOOSE_ID: Final = re.compile(r"[0-9]{1,10}[a-z_][a-z0-9_-]{4,18}(?![a-z0-9_@-])")
_SPACED_ID: Final = re.compile(r"[a-z](?P<gap>[ .·*,])(?:[a-z0-9_-](?P=gap)){4,18}[a-z0-9_-](?![a-z0-9_-])")
_WXID: Final = re.compile(r"(?<![a-z0-9])wx[ ]?id_[a-z0-9]{6,28}")
_EMAIL: Final = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_ALIPAY_ID: Final = re.compile(r"2088[0-9]{12}(?![0-9])")

_NO_ID: Final = re.compile(
    r"(?:we ?chat|weixin|alipay|pay|version|ver|android|ios|iphone|ipad|imac|mac|windows|win|linux|harmony|app|"
    r"apk|mini|pro|plus|max|ultra|"
    r"qq|vx|wx|rtx|gtx|i[0-9]|huawei|xiaomi|redmi|oppo|vivo|honor|samsung|oneplus|realme|meizu|nova|mate|"
    r"apple|google|chrome|official|service|server|client|public|"
    r"http|https|www|com|login|logout|open|share|group|video|live|mall|shop|store|music|game|sport|work|bot|"
    r"sdk|api|beta|error|code|"
    r"vip|svip|null|none|true|false|please|thanks|thank|hello|contact|follow|friend|welcome|number|account|"
    r"message|chat|emoji|moments)"
    r"(?:[0-9._-]*|[a-z0-9._-]*(?:version|app|pay|pro|plus|max|ultra|service|account|official))(?![a-z0-9_-])"
)
"""Words and names of products that follow the name of an app and are nobody's id."""

_HAS_DIGIT: Final = re.compile(r"[a-z_-]*[0-9_]")
_MOBILE: Final = re.compile(MOBILE)
_UNIT: Final = re.compile(
    r"[ ]?(?:元|块|个|件|人|单|条|张|只|份|次|万|千|亿|年|月|天|粉|位|名|多|\+|%|币|米|岁|克|斤|版|分|日|代|色|"
    r"线|折|套|箱|级|以上|以下|左右|余)"
)
_MODEL_BEFORE: Final = re.compile(r"(?:型号|货号|款号|编号|代码|批号|版本|产品|配件)[是为:]?[ ]?$")

_SHORTEST_QQ: Final = 5
_LONGEST_QQ: Final = 11

_TRIGGER: Final = re.compile(
    f"(?P<called>{_WECHAT_CALLED})|(?P<wechat>{_WECHAT_NAMED})|(?P<alipay>{_ALIPAY})|(?P<qq>{_QQ})"
)


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    The ids that follow a word which says whose they are; the word itself stays.

    Args:
        folded: a folded text.
    """
    for match in _WXID.finditer(folded):
        yield Span(match.start(), match.end(), "WECHAT", SURE)
    chains: dict[Reading, Chain] = {}
    for trigger in _TRIGGER.finditer(folded):
        yield from _after(folded, trigger, chains)


def _after(text: str, trigger: re.Match[str], chains: dict[Reading, Chain]) -> Iterator[Span]:
    kind = trigger.lastgroup
    between = _BETWEEN.match(text, trigger.end())
    if between is None:
        return
    start = between.end()
    told = bool(between["sign"]) or any(
        word in between["words"] for word in ("号", "id", "是", "搜", "叫", "加", "户", "为")
    )
    glued = start == trigger.end()
    if glued and not told and _MODEL_BEFORE.search(text, max(0, trigger.start() - 5), trigger.start()):
        return
    if kind == "alipay":
        yield from _alipay(text, start, chains, told=told)
    elif kind == "qq":
        if told or not _COMMON.fullmatch(trigger[0]) or (glued and _LONG_NUMBER.match(text, start)):
            yield from _numbers(text, start, chains, "QQ")
    else:
        announced = told or kind == "called"
        end = _name(text, start, announced=announced)
        if end is not None:
            yield Span(start, end, "WECHAT", LIKELY)
        else:
            numbers = _numbers(text, start, chains, "WECHAT")
            yield from numbers if announced or _COVERT.fullmatch(trigger[0]) else _mobiles(text, numbers)


def _name(text: str, start: int, *, announced: bool) -> int | None:
    """
    Where the id ends that starts here, if it is one: a mere word needs to be announced as an id.
    """
    spaced = _SPACED_ID.match(text, start)
    if spaced is not None:
        return spaced.end()
    match = _ID.match(text, start) or (_LOOSE_ID.match(text, start) if announced else None)
    if match is None:
        return None
    coined = _HAS_DIGIT.match(match[0]) is not None
    if announced == coined:
        return match.end() if announced else None
    return None if _NO_ID.match(text, start) else match.end()


def _alipay(text: str, start: int, chains: dict[Reading, Chain], *, told: bool) -> Iterator[Span]:
    match = _EMAIL.match(text, start) or _ALIPAY_ID.match(text, start)
    end = match.end() if match else _name(text, start, announced=told)
    if end is not None:
        yield Span(start, end, "ALIPAY", SURE if match else LIKELY)
        return
    yield from _mobiles(text, _numbers(text, start, chains, "ALIPAY"))


def _mobiles(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """
    Those that have as many digits as a mobile number.
    """
    return (span for span in spans if sum(map(str.isdecimal, text[span.start : span.end])) == _LONGEST_QQ)


_COVERT: Final = re.compile("[vw].?x|v.?信|w.?信|[薇威微]x")
"""Spellings that nobody uses of the app itself."""

_COMMON: Final = re.compile("企鹅|球球|秋秋|丘丘|企额")
"""Words that name other things as well."""

_LONG_NUMBER: Final = re.compile("[0-9]{6,11}(?![0-9])")


def _numbers(text: str, start: int, chains: dict[Reading, Chain], entity: str) -> Iterator[Span]:
    """
    The number that starts here, and those that are listed behind it.
    """
    for reading in Reading:
        if reading not in chains:
            chains[reading] = read(text, reading)
        chain = chains[reading]
        window = following(chain, start, _SHORTEST_QQ, _LONGEST_QQ)
        if window is not None and _is_number(chain, *window):
            break
    else:
        return
    while window is not None and _is_number(chain, *window):
        end = chain.ends[window[1]]
        yield Span(chain.starts[window[0]], end, entity, LIKELY)
        listed = _LISTED.match(text, end)
        window = following(chain, listed.end(), _SHORTEST_QQ, _LONGEST_QQ) if listed else None


_LISTED: Final = re.compile(r"[ ]?[,、/;或和&|\n][ ]?")


def _is_number(chain: Chain, first: int, last: int) -> bool:
    digits = chain.digits[first : last + 1]
    if digits[0] == "0" or _UNIT.match(chain.text, chain.ends[last]):
        return False
    strange = [index for index in range(first, last + 1) if not chain.plain(index)]
    if not strange:
        return True
    if strange in ([first], [last]):
        return False  # a word before or behind a number
    forms = [chain.text[chain.starts[index] : chain.ends[index]] for index in range(first, last + 1)]
    letters = sum(len(form) == 1 and form.isascii() and form.isalpha() for form in forms)
    mobile = _MOBILE.fullmatch(digits) is not None
    return 3 * letters <= len(digits) and (_SHORTEST_QQ < len(digits) < _LONGEST_QQ or mobile)
