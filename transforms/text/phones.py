"""Telephone numbers: CN_MOBILE and CN_LANDLINE."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from transforms.text.digits import MANY, Chain, Reading, read
from transforms.text.entities import DOUBTFUL, LIKELY, SURE, THRESHOLD
from transforms.text.fold import without_hidden
from transforms.text.regularity import regularity
from transforms.text.span import Span

MOBILE: Final = "1[3-9][0-9]{9}"
"""The form of a mobile number in bare digits."""

_AREA: Final = (
    "(?:10|2[0-57-9]"
    "|3(?:1[0-9]|35|4[3-9]|5[0-9]|7[0-9]|9[1-68])"
    "|4(?:1[0-9]|2[1-9]|3[0-9]|40|5[0-9]|6[4-9]|7[0-9]|8[23])"
    "|5(?:1[0-9]|2[37]|3[0-9]|4[36]|5[0-9]|6[1-6]|7[0-9]|80|9[0-9])"
    "|6(?:3[1-5]|6[0238]|9[12])"
    "|7(?:01|1[0-9]|2[248]|3[0-9]|4[3-6]|5[0-9]|6[0-9]|7[0-9]|9[0-9])"
    "|8(?:1[2-9]|2[5-7]|3[0-9]|5[0-9]|7[0-9]|8[3678]|9[0-9])"
    "|9(?:0[1-9]|1[0-9]|3[0-9]|4[13]|5[0-9]|7[0-9]|9[0-9]))"
)
"""Area codes in use, without their zero."""

_CHINA: Final = r"(?:\(?(?:\+|00)[ ]?86\)?|\(86\)|(?<![0-9])86)[ \-]{0,2}"
_EXTENSION: Final = (
    r"(?:[ ]?(?:转[ ]?(?:分机)?|分机|ext\.?|#)[ :]?[0-9]{1,6}(?![0-9])|[-_*][0-9]{3,4}(?![0-9-])"
    r"|[ ]?\((?:转|分机)?[ ]?[0-9]{3,4}\)|/[0-9]{2,4}(?![0-9年月-]))?"
)
_LOCAL: Final = r"[2-9][0-9]{2,3}[ \-.]?[0-9]{4}"
_BEFORE: Final = r"(?<![0-9])(?<![0-9][0-9]\.)(?<!0\.)"

_WRITTEN_MOBILE: Final = re.compile(rf"{_BEFORE}(?:{_CHINA}|0)?{MOBILE}(?![0-9]){_EXTENSION}")
_MISTYPED_MOBILE: Final = re.compile(
    r"(?<![0-9a-z.-])(?<!代码)(?<!代码[是为:])1[3-9][0-9]{8}(?:[0-9]{2})?(?![0-9a-z-])"
)
_WRITTEN_LANDLINE: Final = re.compile(
    rf"(?<![0-9.])(?:(?<![a-z])|(?<=tel)|(?<=fax)|(?<=phone)|(?<=call))(?:"
    rf"(?P<parted>[(\[]0{_AREA}[)\]][ \-]{{0,2}}{_LOCAL}|0{_AREA}[ ]?[\-_/·.][\-_/·. ]{{0,2}}{_LOCAL}"
    rf"|{_CHINA}(?:\(0\)[ ]?|\(?0?){_AREA}\)?[ \-]{{0,2}}{_LOCAL}|400-?[0-9](?:-?[0-9]){{5}}-?[0-9]"
    rf"|400(?:[ ]?-[ ]?|[ ])[0-9]{{3}}(?:[ ]?-[ ]?|[ ])?[0-9]{{4}}"
    rf"|800-[0-9]{{3}}-?[0-9]{{4}})"
    rf"|(?P<plain>0{_AREA}[2-9][0-9]{{6,7}})|(?P<toll>800[0-9]{{7}})"
    rf")(?:(?=1[直起般])|(?![0-9]){_EXTENSION})"
)
_LISTED_LANDLINE: Final = re.compile(r"[ ]?[/、,或和][ ]?(?P<local>[2-8][0-9]{6,7})(?![0-9])")
"""Another number of the same place; the first one says the area."""

_ABROAD: Final = re.compile(
    r"(?<![0-9a-z])(?:(?P<sure>\(?(?:\+|00)[ ]?(?:852|853|886)\)?[ \-]{0,2}(?:\(0\))?(?:[0-9][ \-]?){7,9}[0-9])"
    r"|(?P<maybe>\(?(?:852|853)\)?[ \-][2-9][0-9]{3}[ \-]?[0-9]{4}|\(?886\)?[ \-](?:0?9|[2-8])(?:[ \-]?[0-9]){7,8}"
    r"|\+[1-9](?:[ \-]?[0-9]){8,13}"
    r"|\(?0[2-8]\)?[ \-]?[0-9]{4}[ \-]?[0-9]{4}|0800-?[0-9]{3}-?[0-9]{3}|09[0-9]{2}-?[0-9]{3}-?[0-9]{3}))(?![0-9])"
)
_PLACE_ABROAD: Final = re.compile("香港|澳门|台湾|台北|台中|高雄|新竹|港澳")
_PLACE_NEAR: Final = 10  # characters
_LOCAL_ALONE: Final = re.compile(r"(?<![0-9a-z.\-量售单价额约达赞看过破超])[2-8][0-9]{3}[ \-]?[0-9]{4}(?![0-9a-z\-])")
_LABELLED: Final = re.compile(
    r"(?:座机|固话|电话|传真|小灵通|宅电|家电|总机|前台|门卫室?|物业|☎|📞|tel|fax|phone"
    r"|打(?=[2-8][0-9]{3}[ \-]?[0-9]{4}))"
    r"(?:号码|号)?[是为:. ]{0,3}"
    r"(?P<local>[2-8][0-9]{2,3}[ \-]?[0-9]{4})(?![0-9a-z\-粉元件个单块人])"
)
_DATE: Final = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")

_LETTERS_BEFORE: Final = re.compile(r"[a-z0-9_]*$")
_KNOWN_BEFORE: Final = re.compile(
    r"(?:tel|phone|mobile|mob|call|cell|hp|ph|no|num|number|me|vx|wx|v|q|qq|wechat|weixin|sms|at|is|to|add|"
    r"dianhua|shouji|t|m|p)$"
)
_KNOWN_AFTER: Final = re.compile(
    r"(?:vx|wx|v|qq|q|wechat|weixin|call|me|tel|phone|ok|thx|tks|pls|or|and|w|n|x)?(?![a-z0-9])|vx|wx"
)
_OTHER_NUMBER: Final = re.compile(
    r"(?:单号|编号|货号|型号|条码|流水号|交易号|订单|运单|快递|order|sku|ean|sn|no)[是为:.# ]{0,3}$"
)

_CALL: Final = re.compile(
    r"电话|手机|手鸡|手几|电花|联系|号码|致电|打给|拨打|来电|回电|热线|短信|加我|加微|打我|打这个|呼我|回我|我号|收货人|收件人|寄件人|私聊|"
    r"私我|找我|咨询|留个|报1下|报个|报下|我的号|号是|号:|"
    r"微信|薇|威信|卫星|微我|加v|\+v|绿泡|滴滴我|call|tel|phone|mob|whatsapp|contact|dianhua|shouji|"
    r"(?<![a-z])(?:vx|wx|v|hp|ph)(?![a-z])"
)
"""Words beside which a number is one to call."""

_CALL_BESIDE: Final = re.compile("(?:加|私|打|找|拨|呼|戳|滴|扣|记|记1下|存)(?:[:, ]|先|先记|先按)?$")
"""Words of calling that stand for much else, unless a number follows at once."""

_CALL_BEFORE: Final = 12
_CALL_AFTER: Final = 6
_CALL_EVIDENCE: Final = 3.0

_ENOUGH: Final = 3.0
_ENOUGH_BESIDE_CONTEXT: Final = 1.5
_PLENTY: Final = 4.0

_UNASSIGNED: Final = frozenset({"154", "160", "161", "163", "164", "168", "169", "179", "194"})


class _Form(NamedTuple):
    """
    How a number looks once it is squeezed to bare digits.

    Args:
        entity: what it is.
        digits: a look-ahead that captures it, so that overlapping ones are seen.
        usual: lengths of groups in which it is written.
    """

    entity: str
    digits: re.Pattern[str]
    usual: AbstractSet[tuple[int, ...]]


_MOBILE_FORM: Final = _Form(
    "CN_MOBILE",
    re.compile(f"(?=({MOBILE}))"),
    frozenset(
        {
            (3, 4, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (3, 5, 3), (5, 3, 3), (3, 2, 6), (3, 6, 2), (5, 4, 2),
            (2, 3, 3, 3), (3, 4, 2, 2), (2, 2, 2, 2, 2, 1), (1, 2, 2, 2, 2, 2), (3, 8), (7, 4), (4, 7), (5, 6), (6, 5),
            (1, 10),
        }
    ),
)  # fmt: skip
_LANDLINE_FORMS: Final = tuple(
    _Form("CN_LANDLINE", re.compile(f"(?=({digits}))"), frozenset(usual))
    for digits, usual in (
        ("0(?:10|2[0-57-9])[2-9][0-9]{7}", {(3, 4, 4), (3, 8), (7, 4)}),
        (f"0(?!10|2){_AREA}[2-9][0-9]{{6}}", {(4, 3, 4), (4, 7), (4, 4, 3), (7, 4)}),
        (f"0(?!10|2){_AREA}[2-9][0-9]{{7}}", {(4, 4, 4), (4, 8), (8, 4)}),
        ("400[016-9][0-9]{6}", {(3, 3, 4), (3, 4, 3), (4, 3, 3), (3, 7), (6, 4), (7, 3)}),
    )
)
_FORMS: Final = (_MOBILE_FORM, *_LANDLINE_FORMS)
_ANY_FORM: Final = re.compile("1[3-9][0-9]{9}|0[1-9][0-9]{8}|400[0-9]{7}")
"""What bare digits match in which there is a window of any form."""

_SEVEN_DIGITS: Final = re.compile("(?:[0-9][^0-9]*+){7}")
"""No written number has fewer."""


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    Telephone numbers: as they are written, and as they hide.

    Args:
        folded: a folded text.
    """
    seen = folded
    if _SEVEN_DIGITS.search(folded):
        written = list(_written(folded))
        yield from written
        seen = _walled(seen, written)
    for reading in Reading:
        if MANY[reading].search(seen):
            hidden = list(_hidden(read(seen, reading), plain=reading is Reading.PLAIN))
            yield from hidden
            seen = _walled(seen, hidden)


def _walled(text: str, spans: Sequence[Span]) -> str:
    """
    The text with what was found made walls that no search looks over; what is doubtful stays to be found again.
    """
    pieces = []
    end = 0
    for span in sorted(spans):
        if span.score >= THRESHOLD and span.start >= end:
            pieces += [text[end : span.start], _WALL * (span.end - span.start)]
            end = span.end
    return "".join((*pieces, text[end:])) if pieces else text


_WALL: Final = "\ufffe"


def _written(text: str) -> Iterator[Span]:
    for match in _WRITTEN_MOBILE.finditer(text):
        yield Span(match.start(), match.end(), "CN_MOBILE", _mobile_score(text, match.start(), match.end()))
    for match in _WRITTEN_LANDLINE.finditer(text):
        score = SURE if match["parted"] else LIKELY if match["plain"] else DOUBTFUL
        yield Span(match.start(), match.end(), "CN_LANDLINE", score)
        if listed := _LISTED_LANDLINE.match(text, match.end()):
            yield Span(*listed.span("local"), "CN_LANDLINE", score)
    for match in _ABROAD.finditer(text):
        yield Span(match.start(), match.end(), "CN_LANDLINE", SURE if match["sure"] else _score_abroad(text, match))
    for match in _MISTYPED_MOBILE.finditer(text):
        yield Span(match.start(), match.end(), "CN_MOBILE", DOUBTFUL)
    for match in _LABELLED.finditer(text):
        yield Span(*match.span("local"), "CN_LANDLINE", LIKELY)
    for match in _LOCAL_ALONE.finditer(text):
        if not _DATE.fullmatch(match[0]):
            yield Span(match.start(), match.end(), "CN_LANDLINE", DOUBTFUL)


def _score_abroad(text: str, match: re.Match[str]) -> float:
    """
    A number without the sign of its country is likely beside the name of the place.
    """
    around = text[max(0, match.start() - _PLACE_NEAR) : match.end() + _PLACE_NEAR]
    return LIKELY if _PLACE_ABROAD.search(around) else DOUBTFUL


def _mobile_score(text: str, start: int, end: int) -> float:
    """
    A number that touches other letters, or follows the label of something else, is not one for sure.
    """
    before = text[max(0, start - _CALL_BEFORE) : start]
    letters = _LETTERS_BEFORE.search(before)
    if letters and letters[0] and not _KNOWN_BEFORE.search(letters[0]):
        return DOUBTFUL
    if not _KNOWN_AFTER.match(text, end):
        return DOUBTFUL
    return LIKELY if _OTHER_NUMBER.search(before) else SURE


def _hidden(chain: Chain, *, plain: bool) -> Iterator[Span]:
    """
    The most regular of the windows that have a form, none of them overlapping.
    """
    windows = sorted(_windows(chain, plain=plain), key=lambda window: (-window[0], window[1]))
    taken = bytearray(len(chain.digits))
    for evidence, first, last, entity in windows:
        if not any(taken[first : last + 1]):
            taken[first : last + 1] = b"\x01" * (last + 1 - first)
            score = SURE if evidence >= _PLENTY else LIKELY if evidence >= _ENOUGH else DOUBTFUL
            yield Span(_start(chain, first), chain.ends[last], entity, score)


def _windows(chain: Chain, *, plain: bool) -> Iterator[tuple[float, int, int, str]]:
    """
    Evidence, first and last digit, and entity of each window.
    """
    if not _ANY_FORM.search(chain.digits):
        return
    for form in _FORMS:
        for match in form.digits.finditer(chain.digits):
            first, last = match.start(1), match.end(1) - 1
            if _hides(chain, first, last, plain=plain) and _stands_alone(chain, first, last):
                code = first - bisect_left(chain.starts, _start(chain, first))
                evidence = regularity(chain, first, last, form.usual, code)
                if evidence > 0.0 and match[1][:3] in _UNASSIGNED:
                    evidence -= 1.0
                if 0.0 <= evidence < _PLENTY and _calls(chain.text, chain.starts[first], chain.ends[last]):
                    evidence += _CALL_EVIDENCE
                if evidence >= _ENOUGH_BESIDE_CONTEXT:
                    yield evidence, first, last, form.entity


def _hides(chain: Chain, first: int, last: int, *, plain: bool) -> bool:
    """
    Whether a window has something that no narrower reading saw: gaps or, in a wider one, anything but digits.
    """
    if plain:
        return chain.ends[last] - chain.starts[first] > last - first + 1
    return not all(map(chain.plain, range(first, last + 1)))


def _stands_alone(chain: Chain, first: int, last: int) -> bool:
    """
    Whether no digit touches a window, but for the 0 or 86 that may stand before a number.
    """
    starts, ends = chain.starts, chain.ends
    if last + 1 < len(starts) and starts[last + 1] == ends[last] and (chain.plain(last + 1) or chain.inner(last + 1)):
        return False
    if chain.inner(first):
        return False
    if not first or starts[first] > ends[first - 1] or not chain.plain(first - 1):
        return True
    return _start(chain, first) < starts[first]


def _start(chain: Chain, first: int) -> int:
    """
    Where a number starts, with the code of the country before it.
    """
    match = _COUNTRY_BEFORE.search(chain.text, max(0, chain.starts[first] - 8), chain.starts[first])
    return match.start() if match else chain.starts[first]


_COUNTRY_BEFORE: Final = re.compile(r"(?<![0-9])\(?(?:\+|00)?[ ]?8[ ]?6\)?[ \-]{0,2}$|(?<![0-9])0$")


def _calls(text: str, start: int, end: int) -> bool:
    """
    Whether a word of calling stands beside a number, without any other number between them.
    """
    before = _UNCOUNTED_END.search(text, max(0, start - _CALL_BEFORE), start)
    after = _UNCOUNTED.match(text, end, end + _CALL_AFTER)
    if before and (_CALL.search(before[0]) or _CALL_BESIDE.search(before[0])):
        return True
    return after is not None and _CALL.search(after[0]) is not None


_UNCOUNTED: Final = re.compile("[^0-9]*")
_UNCOUNTED_END: Final = re.compile("[^0-9]*(?:[前后中][0-9])?[^0-9]*$")
