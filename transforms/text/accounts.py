"""Accounts that are given away by a word before them: WECHAT, QQ and ALIPAY."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from transforms.text import alipay
from transforms.text.digits import Chain, Reading, read
from transforms.text.entities import LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.messengers import COMMON, TRIGGER
from transforms.text.phones import MOBILE
from transforms.text.runs import following
from transforms.text.span import Span

_WORD_BETWEEN: Final = (
    "号码|号|账号|账户|帐号|帐户|名|id(?![a-z])|昵称|群号|群|裙|讨论组|好友|联系|联系我|同号|同步|搜索|搜|查找|"
    "添加|加我|加|咨询|私聊|是我的|就是|是|为|叫|我的|我|"
    "转账到|转账给|转账|转到|转给|转|打款到|打款|打到|收款|付款到|付款给|退款到|退到|退款|到|给|发|留|在|的|"
    "在这里|在这|这里|这个|下面|如下|直接|吧|呀|哦|哈|啊|呗|哟|了|no(?=[:. ])"
)
_MARK: Final = r"[^0-9a-z\u3400-\u9fff\n]"
_BETWEEN: Final = re.compile(
    rf"(?P<words>(?:{_MARK}{{0,3}}(?:{_WORD_BETWEEN})){{0,4}})(?P<sign>{_MARK}{{0,6}}(?:\n[ ]{{0,2}})?)"
)
_TOLD: Final = re.compile(r"[:=>~\-|_.,。、(\[\"'→👉⬇☞…]|号|id|是|搜|叫|加|户|为")
"""What says that an id follows, rather than something else about the app."""

_PICTURED: Final = re.compile(r"[^\x00-\x7f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

_ID: Final = re.compile(r"[a-z][a-z0-9_-]{5,19}(?![a-z0-9_@-])")
_LOOSE_ID: Final = re.compile(r"[0-9]{1,10}[a-z_][a-z0-9_-]{4,18}(?![a-z0-9_@-])")
_SPACED_ID: Final = re.compile(r"[a-z](?P<gap>[ .·*,])(?:[a-z0-9_-](?P=gap)){4,18}[a-z0-9_-](?![a-z0-9_-])")
_WXID: Final = re.compile(r"(?<![a-z0-9])wx[ ]?id_[a-z0-9]{6,28}")
_EMAIL: Final = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_ALIPAY_ID: Final = re.compile(r"2088[0-9]{12}(?![0-9])")

_NO_ID: Final = re.compile(
    r"(?:(?:we ?chat|weixin|alipay|pay|version|ver|android|ios|iphone|ipad|imac|mac|windows|win|linux|harmony|app|"
    r"apk|mini|pro|plus|max|ultra|qq|vx|wx|rtx|gtx|rx|xpg|i[0-9]|huawei|xiaomi|redmi|oppo|vivo|honor|samsung|oneplus|"
    r"realme|meizu|nova|mate|apple|google|chrome|sdk|api|beta|error|code|http|https|www|com)"
    r"(?:[0-9._-]{0,8}|[a-z0-9._-]*(?:version|app|pay|pro|plus|max|ultra|service|account|official))"
    r"|(?:official|service|server|client|public|login|logout|open|share|group|video|live|mall|shop|store|music|game|"
    r"sport|work|bot|vip|svip|null|none|true|false|please|thanks|thank|hello|contact|follow|friend|welcome|number|"
    r"account|message|chat|emoji|moments)[0-9._-]{0,3})(?![a-z0-9_-])"
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

_STRONG_ID: Final = re.compile(
    r"(?![a-z]+[0-9]{1,3}(?![0-9]))(?=[a-z_-]{0,18}[0-9])(?=[0-9_-]{0,18}[a-z])(?:[a-z]{2}|[a-z][0-9_-])[a-z0-9_-]{4,18}"
    r"(?![a-z0-9_@.-])"
)
"""Letters and digits in one, as few words of other things are."""

_STRONG_NUMBER: Final = re.compile(r"[1-9][0-9]{5,10}(?![0-9a-z.])")
_CHANT: Final = re.compile("1234567?8?9?|5201314|1314520|[0-9]+000")
"""Numbers that are typed for fun, or are round."""

_FEW: Final = 2
"""Different digits of a number that is one key held down, or two."""


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    The ids that follow a word which says whose they are; the word itself stays.

    Args:
        folded: a folded text.
    """
    for match in _WXID.finditer(folded):
        yield Span(match.start(), match.end(), "WECHAT", SURE)
    yield from alipay.find(folded)
    for trigger in TRIGGER.finditer(folded):
        if trigger.lastgroup:
            yield from _after(folded, trigger, trigger.lastgroup)


def _after(text: str, trigger: re.Match[str], kind: str) -> Iterator[Span]:
    if kind in {"bare", "qqbare"}:
        yield from _strong(text, trigger.end(), "WECHAT" if kind == "bare" else "QQ", _NEAR)
        return
    between = _BETWEEN.match(text, trigger.end())
    if between is None:
        return
    start = between.end()
    told = _TOLD.search(between[0]) is not None
    glued = start == trigger.end()
    if glued and not told and _MODEL_BEFORE.search(text, max(0, trigger.start(kind) - 5), trigger.start(kind)):
        return
    if kind == "alipay":
        yield from _alipay(text, start, told=told)
        return
    if kind == "qq":
        common = COMMON.fullmatch(trigger[kind]) is not None
        signed = told or _PICTURED.search(between["sign"]) or (glued and _LONG_NUMBER.match(text, start))
        entity, loose = "QQ", not common
        spans = [*_numbers(text, start, "QQ")] if signed or not common else []
    else:
        entity, loose = "WECHAT", kind != "open"
        spans = [*_wechat(text, start, announced=told or kind == "called", covert=kind == "covert")]
    yield from spans
    if loose and not spans:
        yield from _strong(text, trigger.end(), entity, _FAR)


def _strong(text: str, position: int, entity: str, aside: re.Pattern[str]) -> Iterator[Span]:
    """
    An id whose own form is evidence, for a trigger that is hardly any, or one that is some way off.
    """
    between = aside.match(text, position)
    if between is None:
        return
    start = between.end()
    number = _STRONG_NUMBER.match(text, start)
    if number is not None:
        if (
            _coined(number[0])
            and not _UNIT.match(text, number.end())
            and (entity == "QQ" or text[position - 1].isalnum())
        ):
            yield Span(start, number.end(), entity, LIKELY)
    elif entity == "WECHAT" and not _NO_ID.match(text, start):
        name = _STRONG_ID.match(text, start)
        if name is not None:
            yield Span(start, name.end(), entity, LIKELY)


def _coined(number: str) -> bool:
    return len(set(number)) > _FEW and not _CHANT.fullmatch(number)


_NEAR: Final = re.compile(
    rf"{_MARK}{{0,3}}(?:(?:就是|是|号码|账号|号|id(?=[: ])|同步|在这里|在这|搜|哦|呀|啊|名)){{0,2}}{_MARK}{{0,3}}"
)
_FAR: Final = re.compile(r"[^0-9a-z\n,。!?]{0,5}(?=[0-9a-z])")


def _wechat(text: str, start: int, *, announced: bool, covert: bool) -> Iterator[Span]:
    end = _name(text, start, announced=announced)
    if end is not None:
        yield Span(start, end, "WECHAT", LIKELY)
    else:
        numbers = _numbers(text, start, "WECHAT")
        yield from numbers if announced or covert else _mobiles(text, numbers)


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


def _alipay(text: str, start: int, *, told: bool) -> Iterator[Span]:
    match = _EMAIL.match(text, start) or _ALIPAY_ID.match(text, start)
    end = match.end() if match else _name(text, start, announced=told)
    if end is not None:
        yield Span(start, end, "ALIPAY", SURE if match else LIKELY)
        return
    yield from _mobiles(text, _numbers(text, start, "ALIPAY"))


def _mobiles(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """
    Those that have as many digits as a mobile number.
    """
    return (span for span in spans if sum(map(str.isdecimal, text[span.start : span.end])) == _LONGEST_QQ)


_LONG_NUMBER: Final = re.compile("[0-9]{6,11}(?![0-9])")


def _numbers(text: str, start: int, entity: str) -> Iterator[Span]:
    """
    The number that starts here, and those that are listed behind it.
    """
    for reading in Reading:
        chain = read(text, reading)
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
