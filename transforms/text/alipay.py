"""Alipay accounts whose form is evidence, some way behind the word Alipay or before it."""

import re
from collections.abc import Iterator
from typing import Final

from transforms.text.entities import LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.messengers import ALIPAY
from transforms.text.span import Span

_TRIGGER: Final = re.compile(
    rf"(?:{ALIPAY}|(?<![a-z0-9])zfb(?=[a-z.]{{2,20}}[0-9_])|alipay"
    r"|支(?:付|fu|f)(?:bao|宝|b)|(?<![a-z])(?:buyer|seller|payee)[_ ]?logon"
    r"|(?:蚂蚁|花呗|借呗|余额宝|芝麻)(?:账[号户]|帐[号户]|id))"
)
_PARTS: Final = ("宝", "付", "zfb", "pay", "bao", "fu", "logon", "呗", "蚂蚁", "芝麻")
"""Every trigger has one of these."""

_WORDS: Final = r"(?:(?:login|logon|account|user|name|uid|id|no|is|email|mail|number)[ _]?){0,3}"
_ASIDE: Final = r"(?:[^0-9a-z\n。!?/=]|[0-9](?=[^0-9a-z]))"
_BETWEEN: Final = re.compile(
    rf"[ _]?{_WORDS}(?:{_ASIDE}{{0,4}}[/\n] ?{_ASIDE}{{0,8}}|{_ASIDE}{{0,16}}|[^0-9a-z]{{0,3}}=[ \"']{{0,2}})"
    r"(?<![a-z0-9_.])(?=[a-z0-9])"
    rf"|[ _]?{_WORDS}{_ASIDE}{{0,3}}{_WORDS}[^0-9a-z\u3400-\u9fff\n]{{0,4}}(?=[a-z0-9])"
)
_ABOUT_ELSE: Final = re.compile(
    r"[订运]单|单号|快递|物流|微信|薇|扣扣|[群码券版买拍发]|型号|密码|红包|口令|昵称(?!不)|客服|活动|优惠|下载|更新|升级|充值了?"
)
"""Words after which an id is not one of Alipay."""

_SELF: Final = re.compile(r"发[你您我]|二维码不|码(?:不|扫)")
_EMAIL: Final = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_NUMBER: Final = re.compile(r"2088[0-9]{12}(?![0-9])")
_PRODUCT: Final = (
    r"(?!(?:iphone|ipad|ios|android|app|apk|sdk|api|mate|nova|huawei|xiaomi|redmi|oppo|vivo|honor|mini|pro|plus|max"
    r"|version|ver|vip|svip|error|code|http|www|wx|vx|qq|rtx|usb|type|alipay|zfb|[a-z]{1,2})[0-9._-]{1,5}(?:ultra|pro|plus|max|mini|fe|s|e)?(?![0-9a-z_])|wxid)"
)
_COINED: Final = re.compile(rf"{_PRODUCT}[a-z](?=[a-z.-]{{0,24}}[0-9_])[a-z0-9_.-]{{3,29}}(?<![.-])(?![a-z0-9_@=:])")
_LISTED: Final = re.compile(r" ?(?:[、,;/&\n]|或者?|和|及|还有)[ 换改成为]{0,3}")
_HANDLE_BEFORE: Final = re.compile(
    rf"(?<![a-z0-9_.@/=-])(?P<handle>{_PRODUCT}[a-z](?=[a-z.-]{{0,24}}[0-9_])[a-z0-9_.-]{{5,29}})"
    r"[ (\[,]{0,3}(?P<said>(?:[这那]个?)?号?(?:就?是|为)我?们?的?|[这那]个?号?的?)?[ (\[]{0,2}\Z"
)
_ACCOUNT: Final = re.compile(r"[)\]]|账|帐|号|同号|收款|没到|\Z")
_REACH: Final = 40  # characters
_SHORTEST: Final = 6
_BESIDE: Final = 3


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    Accounts that mere nearness to the word Alipay gives away: mail addresses, user ids, and words with digits in them.

    Does not protect a handle of letters alone that words stand before.

    Args:
        folded: the folded text.
    """
    if not any(part in folded for part in _PARTS):
        return
    for trigger in _TRIGGER.finditer(folded):
        yield from _after(folded, trigger.end())
        yield from _before(folded, trigger)


def _before(text: str, trigger: re.Match[str]) -> Iterator[Span]:
    """
    A handle that is said to be one: `cat_88是我的支付宝`, `cat_88（支付宝）`.
    """
    handle = _HANDLE_BEFORE.search(text, max(0, trigger.start() - _REACH), trigger.start())
    if handle is None or (handle["said"] is None and not _ACCOUNT.match(text, trigger.end())):
        return
    start, end = handle.span("handle")
    if start > max(0, trigger.start() - _REACH) or start == 0:
        yield Span(start, end, "ALIPAY", LIKELY)


def _after(text: str, position: int) -> Iterator[Span]:
    between = _BETWEEN.match(text, position)
    if between is None or _ABOUT_ELSE.search(_SELF.sub("", between[0])):
        return
    start = between.end()
    near = start - position <= _BESIDE
    while found := _account(text, start):
        end, score = found
        if score < SURE and end - start < _SHORTEST and not near:
            return
        yield Span(start, end, "ALIPAY", score)
        listed = _LISTED.match(text, end)
        if listed is None:
            return
        start = listed.end()


def _account(text: str, start: int) -> tuple[int, float] | None:
    match = _EMAIL.match(text, start) or _NUMBER.match(text, start)
    if match:
        return match.end(), SURE
    match = _COINED.match(text, start)
    return (match.end(), LIKELY) if match else None
