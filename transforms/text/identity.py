"""Numbers of documents: CN_ID_CARD, CN_PASSPORT, CN_PERMIT, CN_PLATE."""

import re
from collections.abc import Iterator
from typing import Final

from transforms.text.digits import Chain, Reading, read
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.span import Span

ENOUGH_DIGITS: Final = re.compile(r"(?:[0-9][^0-9]*+){12}")
"""What a text matches that can hold a long number: fewer digits than the shortest has, as some may be disguised."""

_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()  # noqa: SIM905 — a table
)
_FOREIGNERS: Final = "9"
_LENGTH: Final = 18
_OLD_LENGTH: Final = 15
_MISTYPED: Final = frozenset({17, 18, 19})
_CHECKS: Final = "10x98765432"
_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_BORN: Final = re.compile(
    r"(?:18[89]|19[0-9]|20[0-9])[0-9](?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|[12][0-9]))"
)
_SHAPE: Final = re.compile(rf"(?=[1-9][0-9]{{5}}{_BORN.pattern}[0-9]{{3}})")
_GROWN_UP: Final = ("1900", "2019")
"""Years that a date in the number of an order does not have, nor hardly one in the number of anything else."""

_X: Final = re.compile(r"[^0-9a-z\n]{0,3}(?:[x叉χΧ✕✖❌]|×(?! ?[0-9]))")
_LETTER: Final = re.compile(r"[a-z]")
_TIGHT: Final = re.compile(r"[^0-9a-z\u3400-\u9fff\n]{1,3}")
"""What separates the groups of one number; words between them may belong to a sentence."""

_FAR: Final = 8  # characters between two groups
_MOSTLY: Final = 10
"""Digits of a number that stand as such, when others are words that sound or letters that look like one."""

_DISGUISE: Final = re.compile(r"(?<![0-9])[0-9]++(?:(?:[^0-9\n]{1,2}[0-9]++)++|(?=[oil|]))")
_WORDY: Final = re.compile(r"[a-z|\u3400-\u9fff]")
_EDGE: Final = 2  # characters before and behind that may be digits as well

_OTHER: Final = re.compile(
    r"(?:(?:订|运|货|工|表|流水|快递|物流|交易|退款|支付|商户|凭证|追溯|批次|商品|产品|防伪|优惠券|兑换|券|核销|提货|激活|会员卡?"
    r"|收款|付款|邀请|礼品卡|购物卡|充值卡|储值卡|房间|直播间|视频|序列|机器|物料|发票|票据|条形|2维)(?:单|码|号|编|id)"
    r"|单号|条码|货号|(?<![户卡证])(?<!证件)编号|批号|(?<!银行)流水|卡密|优惠券|发票|房间|直播间|序列|sku|isbn"
    r"|(?<![a-z])(?:order|trade|tracking|track|barcode|ean|coupon|room|live|item|goods|serial)"
    r"[ _]?(?:id|no|number|sn)?)[号编码是为:# =.\"'\[(]{0,6}\Z"
)
_LABEL: Final = 24  # characters: a label and what stands between it and its number

END: Final = r"(?![a-z03-9]|[12](?![\u3400-\u9fff]))"
"""Where a number with letters ends; 1 and 2 may have been 一 and 两, of the next word."""

_NUMBER: Final = re.compile(r"[0-9]{4}")
_PASSPORT: Final = re.compile(
    r"(?<![0-9a-z])(?:[egdsph] ?-?[0-9]{8}|[dspe]e ?-?[0-9]{7}|e[a-hj-np-z] ?-?[0-9]{7}|1[45] ?-?[0-9]{7}"
    rf"|[a-z]{{1,2}} ?-?[0-9]{{6,8}}|[a-z] ?[0-9]{{4}} [0-9]{{4}}|[0-9]{{9}}){END}(?!\.[0-9])"
)
_PERMIT: Final = re.compile(
    r"(?<![0-9a-z])(?:c ?-?[0-9]{8}|c[a-hj-np-z] ?-?[0-9]{7}|[hmtlw] ?-?[0-9]{8}(?:[0-9]{2})?"
    rf"|[a-z]{{3}}[0-9]{{12}}|(?!(?:19|20)[0-9]{{2}}[01])[0-9]{{8}}(?:[0-9]{{2}})?)(?:\([0-9a-z]{{1,2}}\))?{END}(?!\.[0-9])"
)
_OFFICER: Final = re.compile(r"([\u3400-\u9fff])字 ?第 ?[0-9]{4,8} ?号?")
_ARMED: Final = frozenset("军海空武警北沈兰济南广成后政参装文士火东西中")

_PROVINCE: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滬遼魯蘇贛桂晉陝閩貴粵寧瓊雲"
_BETWEEN: Final = r"[ .·_-]{0,2}"
_PLATE: Final = re.compile(
    rf"(?<![最全崭更上刷重清创]新)(?<=[{_PROVINCE}]){_BETWEEN}[a-hj-z](?:"
    rf"{_BETWEEN}(?:(?:[0-9a-hj-np-z]{_BETWEEN}){{4}}[0-9a-hj-np-z挂学警港澳领超试]|(?:[0-9]{_BETWEEN}){{4}}应急"
    rf"|[a-hjk]{_BETWEEN}[0-9a-hj-np-z]{_BETWEEN}(?:[0-9]{_BETWEEN}){{3}}[0-9]|(?:[0-9]{_BETWEEN}){{5}}[a-hjk])"
    r")(?![0-9a-z])"
)
_OFFICIAL_PLATE: Final = re.compile(
    rf"(?<![0-9a-z])(?:wj{_BETWEEN}(?:[{_PROVINCE}]|[0-9]{{2}}){_BETWEEN}[0-9]{{4}}[0-9a-z]"
    rf"|使{_BETWEEN}[0-9]{{6}}|[0-9]{{6}}使|[军海空北沈兰济南广成]{_BETWEEN}[a-z]{_BETWEEN}[0-9]{{5}})(?![0-9a-z])"
)
_PLATE_DIGITS: Final = 3


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    Identity numbers, passports, permits and number plates.

    An identity number is sure when its check digit holds, however its digits are grouped or disguised. A mistyped one
    is likely if region and date of birth can be read, and otherwise doubtful, as are passports and permits: a word of
    their context decides. Also one with a digit too many or too few.

    Does not protect a number of which some digits are masked already.

    Args:
        folded: the folded text.

    Source: GB 11643-1999 (ISO 7064 MOD 11-2) and GB 11643-1989; GA 36-2018 (plates); the residence permits for
    Hong Kong, Macao and Taiwan of 2018 and the foreigner's permanent residence card of 2023.
    """
    if ENOUGH_DIGITS.search(folded):
        yield from _id_cards(folded)
    if _NUMBER.search(folded):
        yield from _documents(folded)
    for match in _PLATE.finditer(folded):
        if sum(map(str.isdecimal, match[0])) >= _PLATE_DIGITS:
            yield Span(match.start() - 1, match.end(), "CN_PLATE", LIKELY)
    for match in _OFFICIAL_PLATE.finditer(folded):
        yield Span(match.start(), match.end(), "CN_PLATE", LIKELY)


def is_id_card(number: str) -> bool:
    """
    Whether 18 characters are an identity number: a region, a date of birth, and the check digit of both.

    Args:
        number: digits, and perhaps x as the last character.
    """
    if not (_has_shape(number) and number[:17].isdecimal()):
        return False
    return _CHECKS[sum(map(int.__mul__, map(int, number[:17]), _WEIGHTS)) % 11] == number[17]


def is_other_number(text: str, start: int) -> bool:
    """
    Whether the label before a number says that it is that of an order, a parcel or goods.
    """
    return _OTHER.search(text, max(0, start - _LABEL), start) is not None


def disguised(text: str) -> Iterator[tuple[int, Chain]]:
    """
    Where digits stand with words or letters among them, each place read with what sounds and looks like a digit.

    Args:
        text: folded, without hidden characters.
    """
    for match in _DISGUISE.finditer(text):
        if sum(map(str.isdecimal, match[0])) >= _MOSTLY and _WORDY.search(match[0]):
            offset = max(0, match.start() - _EDGE)
            yield offset, read(text[offset : match.end() + _EDGE], Reading.SOUNDS)


def _has_shape(number: str) -> bool:
    return (
        len(number) == _LENGTH
        and (number[:2] in _PROVINCES or (number[0] == _FOREIGNERS and number[1:3] in _PROVINCES))
        and _BORN.match(number, 6) is not None
    )


def _id_cards(text: str) -> Iterator[Span]:
    chain = read(text)
    yield from _valid(chain, _LENGTH)
    for offset, spelt in disguised(text):
        for start, end, entity, score in _valid(spelt, _MOSTLY):
            yield Span(start + offset, end + offset, entity, score)
    for start, end, number in _numbers(chain):
        score = _score_of_mistyped(number, text, start)
        if score:
            yield Span(start, end, "CN_ID_CARD", score)


def _valid(chain: Chain, plain: int) -> Iterator[Span]:
    """
    Windows of digits whose check holds, of which enough stand as digits.
    """
    digits, starts, ends = chain.digits, chain.starts, chain.ends
    for shape in _SHAPE.finditer(digits):
        first = shape.start()
        last = first + _LENGTH - 1
        end = 0
        if is_id_card(digits[first : last + 1]):
            end = ends[last]
        elif match := _X.match(chain.text, ends[last - 1]):
            last -= 1
            end = match.end() if is_id_card(digits[first : last + 1] + "x") else 0
        gaps = {chain.text[ends[place] : starts[place + 1]] for place in range(first, last)} - {""} if end else set()
        if end and _is_whole(chain, first, last, gaps) and _plain(chain, first, last) >= min(plain, last - first + 1):
            if digits[first + 6 : first + 10] > _GROWN_UP[1] and is_other_number(chain.text, starts[first]):
                continue  # a date of delivery
            yield Span(starts[first], end, "CN_ID_CARD", SURE if all(map(_TIGHT.fullmatch, gaps)) else LIKELY)


def _is_whole(chain: Chain, first: int, last: int, gaps: set[str]) -> bool:
    """
    Whether a window begins and ends where groups of digits do; one end is enough where it is a group, or a part of one.
    """
    begins = not first or chain.starts[first] > chain.ends[first - 1]
    closes = last + 1 == len(chain.digits) or chain.starts[last + 1] > chain.ends[last]
    if gaps:
        return begins and closes and max(map(len, gaps)) <= _FAR
    return begins or closes


def _plain(chain: Chain, first: int, last: int) -> int:
    return sum(chain.plain(place) for place in range(first, last + 1))


def _numbers(chain: Chain) -> Iterator[tuple[int, int, str]]:
    """
    Every group of digits, and every row of groups with nothing but separators between them, with an x behind it.
    """
    text = chain.text
    group = row = 0
    for place, (end, following) in enumerate(zip(chain.ends, [*chain.starts[1:], None], strict=False)):
        if end == following:
            continue
        tight = following is not None and _TIGHT.fullmatch(text, end, following) is not None
        if row != group and not tight:
            yield _with_x(chain, row, place)
        yield _with_x(chain, group, place)
        group = place + 1
        if not tight:
            row = group


def _with_x(chain: Chain, first: int, last: int) -> tuple[int, int, str]:
    start, end, number = chain.starts[first], chain.ends[last], chain.digits[first : last + 1]
    match = _X.match(chain.text, end)
    if match and not _LETTER.match(chain.text, match.end()):
        return start, match.end(), number + "x"
    return start, end, number


def _score_of_mistyped(number: str, text: str, start: int) -> float:
    if _has_shape(number):
        if is_id_card(number):
            return 0.0  # found as such
        oldest, youngest = _GROWN_UP
        grown_up = oldest <= number[6:10] <= youngest
        return LIKELY if grown_up and not is_other_number(text, start) else DOUBTFUL
    if len(number) == _OLD_LENGTH:
        return DOUBTFUL if number[:2] in _PROVINCES and _BORN.match("19" + number[6:12]) else 0.0
    return DOUBTFUL if len(number) in _MISTYPED else 0.0


def _documents(text: str) -> Iterator[Span]:
    for match in _PASSPORT.finditer(text):
        yield Span(match.start(), match.end(), "CN_PASSPORT", DOUBTFUL)
    for match in _PERMIT.finditer(text):
        yield Span(match.start(), match.end(), "CN_PERMIT", DOUBTFUL)
    if "字" in text:
        for match in _OFFICER.finditer(text):
            yield Span(match.start(), match.end(), "CN_PERMIT", LIKELY if match[1] in _ARMED else DOUBTFUL)
