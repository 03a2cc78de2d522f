"""Numbers of orders and parcels: ORDER, TRACKING."""

import re
from collections.abc import Iterator
from typing import Final

from transforms.text.cards import luhn
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.identity import END, is_id_card, is_other_number
from transforms.text.span import Span

_FOUR: Final = re.compile(r"[0-9][0-9 -]{3}")
"""What a text with any of these numbers matches."""

_GLUE: Final = r"(?:[:#=.\"'( \[*]|是|为|查询|如下|显示|号码|编码|no){0,8}"
_NUMBER: Final = r"[0-9a-z](?:[0-9a-z_-]{6,38})[0-9a-z](?![0-9a-z])"
_ORDER: Final = re.compile(
    r"(?:(?:订单|交易|流水|支付单|退款单|售后单|商户单|采购单|退货单|工单) ?(?P<named>编?号码?|id|no|单号)?"
    r"|(?<![a-z])(?:order|trade)(?:[ _]?(?:id|no|number|num|sn))?(?![a-z]))"
    rf"{_GLUE}(?P<number>{_NUMBER})"
)
_ANOTHER: Final = re.compile(rf" ?(?:[、,;/&\n]|和|及|与|还有) ?(?P<number>{_NUMBER})")
_OF_ORDER: Final = re.compile(
    r"[0-9a-z](?<![0-9a-z_.-].)[0-9a-z_-]{9,39}(?<![_-])(?= ?(?:的?[这那]个?|的|此|这笔|那笔)? ?(?:订单|单子))"
)
_DIGITS: Final = 5
"""Digits in the number of an order; a word has none."""

_UNNAMED: Final = 10
"""Digits behind 订单 alone, where a date of eight may stand."""

_SPACED: Final = "(?:[ -]?[0-9])"
_CARRIER: Final = re.compile(
    r"(?<![0-9a-z])(?:"
    rf"sf{_SPACED}{{12,15}}|(?:yt|jt|yd|ytd|jtsd|yunda|yto){_SPACED}{{12,16}}"
    rf"|jd[a-z]{{0,3}}{_SPACED}{{10,16}}(?:-[0-9]{{1,3}}){{0,3}}-?"
    rf"|(?:zto|sto|best|htky|ht|tt|uc|ane|kye?|zjs|yz|ems|db|cn|zt|jym){_SPACED}{{10,16}}"
    rf"|(?:dpk|dpl|dp|lp){_SPACED}{{9,17}}|1z[0-9a-z]{{16}})(?![0-9a-z])"
)
_POSTAL: Final = re.compile(r"[a-z](?<![0-9a-z].)[a-z] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3} ?[a-z]{2}" + END)
_POSTAL_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_BARE: Final = re.compile(
    r"[0-9a-z](?<![0-9a-z_.-].)(?:(?<=[a-z])[a-z]{0,3}[0-9]{9,16}"
    r"|(?<=[0-9])(?:[0-9]{9,19}|[0-9]{2,4}(?:[ -][0-9]{3,5}){2,4}(?:[ -][0-9]{1,2})?))(?![0-9a-z]|[.-][0-9])"
)
_CARRIERS: Final = "顺丰|圆通|中通|申通|韵达|极兔|京东|邮政|德邦|百世|天天|菜鸟|丰网|跨越|安能"
_ANNOUNCED: Final = re.compile(
    rf"(?:(?:(?:{_CARRIERS})(?:快递|快运|速运|速递|物流|快件)?|快递|物流|货运|快件|包裹|邮件|[运面寄])"
    r"(?:(?:单|件)?编?号码?|单)?(?<![运面寄])"
    r"|(?<![订款付易工])单号(?:(?:我?发[你您]了?|[在是][这下][里面]?|如下)|(?:帮我?)?查1?下?)?"
    r"|(?<![a-z])(?:ems|tracking|track|waybill|express|logistics|mail)[ _]?(?:no|number|num|id|code|sn)?)"
    r"(?:[:#=.,\"'( \[]|是|为|显示){0,6}\Z"
)
_CALLED: Final = re.compile(
    rf" ?(?:的|这个|那个|这单|该)?(?:快递|快件|包裹|物流|运单|单号|{_CARRIERS}|到哪|已?签收|已?揽收|派送|派件)"
)
_AND: Final = re.compile(r" ?(?:[、,;/&\n]|和|及|与|还有) ?")
_BAR_CODE: Final = re.compile(r"69[0-9]{11}")

_TELEPHONE: Final = re.compile(r"(?:86)?1[3-9][0-9]{9}|0[0-9]{9,11}|[48]00[0-9]{7}|95[0-9]{3,9}")
_IS_ORDER: Final = re.compile(r"(?:订单|交易|流水|退款单?|支付单|订单编)(?:编?号码?|id|no|单号)?[: =#是为.\"']{0,6}\Z")
_LABEL: Final = 16  # characters

_SHELF: Final = r"[0-9a-z]{1,4}(?:-[0-9a-z]{1,5}){1,3}(?![0-9a-z-])"
_PICK_UP: Final = re.compile(
    r"(?:取[件货]|提货|自提|开箱|开柜|货架|验货)(?:号码|编码|码|号|代码)[^0-9a-z\n]{0,4}"
    rf"(?P<code>{_SHELF}|(?=[a-z]{{0,4}}[0-9])[0-9a-z]{{4,12}}(?![0-9a-z]))"
    rf"|凭[^0-9a-z\n]{{0,4}}(?P<proof>{_SHELF})"
)
_NEXT_SHELF: Final = re.compile(rf" ?[、,;/ &和及]{{1,2}} ?(?P<code>{_SHELF})")
_BARE_SHELF: Final = re.compile(
    r"(?<![0-9a-z.-])[0-9a-z]{1,3}-[0-9]{1,2}-(?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]{3,5}(?![0-9a-z.-])"
)


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    Numbers of orders, parcels and shelves of a pick-up point.

    The number of an order follows a word that announces it, alone or in a list. That of a parcel is likely with its
    carrier's letters and sure in the form of the postal union; digits alone need its label directly before them, or
    directly behind if they are no bar code. Other groups with hyphens are doubtful shelves.

    Does not protect the number of an order that nothing announces, nor one of a parcel of digits alone.

    Args:
        folded: the folded text.

    Source: UPU S10 (postal items); forms of carriers as they print them.
    """
    if not _FOUR.search(folded):
        return
    yield from _orders(folded)
    yield from _parcels(folded)
    yield from _shelves(folded)


def _orders(text: str) -> Iterator[Span]:
    for match in _ORDER.finditer(text):
        named = match["named"] is not None or "a" <= match[0][0] <= "z"
        listed: re.Match[str] | None = match
        while listed and _may_be_order(listed["number"], named=named):
            start, end = listed.span("number")
            yield Span(start, end, "ORDER", LIKELY)
            listed = _ANOTHER.match(text, end)
    for match in _OF_ORDER.finditer(text):
        if _may_be_order(match[0], named=False):
            yield Span(match.start(), match.end(), "ORDER", LIKELY)


def _may_be_order(number: str, *, named: bool) -> bool:
    digits = sum(map(str.isdecimal, number))
    if _TELEPHONE.fullmatch(number):
        return False
    return digits >= (_DIGITS if named else _UNNAMED)


def _parcels(text: str) -> Iterator[Span]:
    for match in _CARRIER.finditer(text):
        yield Span(match.start(), match.end(), "TRACKING", LIKELY)
    for match in _POSTAL.finditer(text):
        item = match[0].replace(" ", "")
        if item.endswith("cn") or _is_postal(item):
            yield Span(match.start(), match.end(), "TRACKING", SURE)
    last = 0
    for match in _BARE.finditer(text):
        start, end = match.span()
        listed = last > 0 and _AND.fullmatch(text, last, start) is not None
        if (listed or _is_announced(text, start, end)) and not _is_something_else(re.sub("[ -]", "", match[0])):
            yield Span(start, end, "TRACKING", LIKELY)
            last = end


def _is_announced(text: str, start: int, end: int) -> bool:
    label = max(0, start - _LABEL)
    if _IS_ORDER.search(text, label, start):
        return False
    if _ANNOUNCED.search(text, label, start):
        return True
    return (
        _CALLED.match(text, end) is not None
        and _BAR_CODE.fullmatch(text, start, end) is None
        and not is_other_number(text, start)
    )


def _is_postal(item: str) -> bool:
    """
    Whether the check digit of a postal item holds: 8 digits and their check between two letters and a country.
    """
    total = sum(int(digit) * weight for digit, weight in zip(item[2:10], _POSTAL_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(item[10])


def _is_something_else(number: str) -> bool:
    if _TELEPHONE.fullmatch(number) or is_id_card(number):
        return True
    return number.startswith("62") and number.isdecimal() and luhn(number)


def _shelves(text: str) -> Iterator[Span]:
    if "-" not in text and "码" not in text and "号" not in text:
        return
    for match in _PICK_UP.finditer(text):
        start, end = match.span("code") if match["code"] else match.span("proof")
        yield Span(start, end, "TRACKING", LIKELY)
        while listed := _NEXT_SHELF.match(text, end):
            start, end = listed.span("code")
            yield Span(start, end, "TRACKING", LIKELY)
    for match in _BARE_SHELF.finditer(text):
        yield Span(match.start(), match.end(), "TRACKING", DOUBTFUL)
