"""Numbers of orders and parcels: ORDER, TRACKING."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from transforms.text.cards import luhn
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.identity import END, is_id_card, is_other_number
from transforms.text.labels import Kind, Label, label_before, label_behind
from transforms.text.span import Span

_FOUR: Final = re.compile(r"[0-9](?:[0-9a-z _-]{0,2}[0-9]){3}|[0-9]-")
"""What a text with any of these numbers matches."""

_NUMBER: Final = re.compile(
    r"[0-9a-z](?<![0-9a-z_.].)(?<![0-9a-z_.]-.)(?:(?<=[a-z])[a-z]{0,2}[0-9]{2,8}(?: [0-9]{2,8}){1,6}"
    r"|(?<=[0-9])[0-9]{1,7}(?:[ -][0-9]{2,8}){1,7}|[0-9a-z_-]{4,38}(?<![_-]))"
    r"(?![0-9a-z@]|[.-][0-9]|\.[a-z])"
)
"""Digits with letters, hyphens and underscores in one, or digits in groups."""

_WRITTEN_ON: Final = re.compile(
    r"(?:dingdan(?:hao)?|order(?:id|no|sn)?|trade(?:no|id)|danhao|kuaidi|yundan|ups(?=1z)|ems|dhl|no)(?=[0-9])"
)
"""Labels that letters of a number seem to be."""

_GLUED_HAN: Final = re.compile(r"[a-z][12](?=[\u3400-\u9fff])")
"""A 一 or 两 of the next word."""

_AND: Final = re.compile(r"(?: ?(?:[、,;/&|+\n]|和|及|与|跟|还有|以及) ?| )(?:单号)?(?:[1-9][.、:)] ?)?")

_NAMED_DIGITS: Final = 5
"""Digits in a number behind a label that speaks of one; a word has none."""
_NAMED_LENGTH: Final = 8
_DIGITS: Final = 10
"""Digits behind 订单 alone, where a date of eight may stand."""
_MIXED_DIGITS: Final = 6
_FAR_DIGITS: Final = 12
_PARCEL_DIGITS: Final = 9
_PREFIXED: Final = re.compile(r"[a-z_-]{0,6}[0-9 _-]+[a-z]{0,2}")
_RATHER_ORDER: Final = 16  # digits
_ALONE: Final = 14
"""Digits of a number that is a whole text, such as a search query."""

_MOMENT: Final = re.compile(
    r"(?:19|20)[0-9]{2}[-_ ]?[01]?[0-9][-_ ]?[0-3]?[0-9](?:[-_ ]?[0-2][0-9][0-5][0-9](?:[0-5][0-9])?)?|1[67][0-9]{11}"
)
"""A date, perhaps with the time, or milliseconds since 1970."""

_UNIT: Final = re.compile(r" ?(?:元|块|个|件|人|次|万|千|亿|粉|币|米|岁|克|斤|%|\+|ml|mah|kg)")
_OF_ANYTHING: Final = re.compile(r"[/=#]\Z|[a-z][ :=#\[\"']{1,3}\Z")
"""A part of a URL, or behind an English word: then that is its label."""

_FORM: Final = re.compile(
    r"2[0-9](?:0[1-9]|1[0-2])[0-3][0-9]-[0-9]{15}"
    r"|(?!v|img|vid|dsc|pxl|lot)[a-z]{1,4}[-_]?20[2-4][0-9](?:0[1-9]|1[0-2])[0-3][0-9][-_]?[0-9]{3,16}"
)
"""How shops write the numbers of orders, and hardly anything else is written: a date and what follows it."""

_COUNTING: Final = "01234567890123456789"
_FEW: Final = 4  # different digits of a number typed for fun

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
_BAR_CODE: Final = re.compile(r"(?:69|97[89])[0-9]{11}")

_TELEPHONE: Final = re.compile(r"(?:86)?1[3-9][0-9]{9}|0[0-9]{9,11}|[48]00[0-9]{7}|95[0-9]{3,9}")

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

    A number is likely beside a label, alone or in a list: the nearer the label and the more it speaks of a number, the
    less is asked of the form. That of a parcel is likely with its carrier's letters and sure in the form of the postal
    union. A long number that is a whole text is likely too. Other groups with hyphens are doubtful shelves.

    Does not protect a number in a sentence that has no label.

    Args:
        folded: the folded text.

    Source: UPU S10 (postal items); forms of carriers as they print them.
    """
    if not _FOUR.search(folded):
        return
    yield from _labelled(folded)
    yield from _parcels(folded)
    yield from _shelves(folded)


def _labelled(text: str) -> Iterator[Span]:
    last, entity = 0, ""
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        label = _WRITTEN_ON.match(text, start)
        if label:
            start = label.end()
        if _GLUED_HAN.match(text, end - 2):
            end -= 1
        number = text[start:end]
        listed = last > 0 and _AND.fullmatch(text, last, start) is not None
        if listed and _may_be_listed(number):
            yield Span(start, end, entity, LIKELY)
            last = end
        elif kind := _kind(text, start, end):
            entity = _entity(kind, number)
            yield Span(start, end, entity, LIKELY)
            last = end


def _may_be_listed(number: str) -> bool:
    return _digits(number) >= _NAMED_LENGTH and not _is_something_else(number) and not _MOMENT.fullmatch(number)


def _kind(text: str, start: int, end: int) -> Kind | None:
    """
    What a number is the number of, by its label and by what that label asks of its form.
    """
    number = text[start:end]
    if _digits(number) < _NAMED_DIGITS or _is_something_else(number):
        return None
    before = label_before(text, start)
    if before and before.kind is not Kind.OTHER and _fits(number, before, text, end):
        return before.kind
    if before and (before.kind is Kind.OTHER or before.touches):
        return None
    behind = label_behind(text, end)
    if behind and _fits(number, behind, text, end) and not is_other_number(text, start):
        return None if _BAR_CODE.fullmatch(number) else behind.kind
    return Kind.EITHER if _stands_for_itself(text, start, end) else None


def _fits(number: str, label: Label, text: str, end: int) -> bool:
    """
    Whether the form of a number is enough for its label.
    """
    digits = _digits(number)
    if digits < _FAR_DIGITS and _UNIT.match(text, end):
        return False
    if label.touches and label.named and label.kind is not Kind.PARCEL:
        return len(number) >= _NAMED_LENGTH
    letters = sum("a" <= char <= "z" for char in number)
    prefixed = _PREFIXED.fullmatch(number) is not None
    if _MOMENT.fullmatch(number):
        return False
    if not label.touches:
        least = _DIGITS if label.named else _FAR_DIGITS
        return digits >= least and prefixed and not _BAR_CODE.fullmatch(number)
    if label.kind is Kind.PARCEL:
        return digits >= _PARCEL_DIGITS and prefixed
    return digits >= _DIGITS or (digits >= _MIXED_DIGITS and letters > 0 and len(number) >= _DIGITS)


def _stands_for_itself(text: str, start: int, end: int) -> bool:
    """
    Whether a number without a label is a long one, and neither counted nor hammered, nor a part of a URL.
    """
    number = text[start:end]
    if _OF_ANYTHING.search(text, max(0, start - 4), start) or is_other_number(text, start):
        return False
    if _FORM.fullmatch(number):
        return True
    number = number.replace("-", "")
    alone = len(text.strip(" .,;#\"'[]()")) == end - start
    if not number.isdecimal() or len(number) < (_ALONE if alone else _RATHER_ORDER) or _MOMENT.fullmatch(number):
        return False
    steps = sum(pair in _COUNTING for pair in map("".join, pairwise(number)))
    return len(set(number)) > _FEW and 2 * steps < len(number)


def _entity(kind: Kind, number: str) -> str:
    if kind is Kind.EITHER:
        return "ORDER" if _digits(number) >= _RATHER_ORDER or "-" in number else "TRACKING"
    return "ORDER" if kind is Kind.ORDER else "TRACKING"


def _digits(number: str) -> int:
    return sum(map(str.isdecimal, number))


def _parcels(text: str) -> Iterator[Span]:
    for match in _CARRIER.finditer(text):
        yield Span(match.start(), match.end(), "TRACKING", LIKELY)
    for match in _POSTAL.finditer(text):
        item = match[0].replace(" ", "")
        if item.endswith("cn") or _is_postal(item):
            yield Span(match.start(), match.end(), "TRACKING", SURE)


def _is_postal(item: str) -> bool:
    """
    Whether the check digit of a postal item holds: 8 digits and their check between two letters and a country.
    """
    total = sum(int(digit) * weight for digit, weight in zip(item[2:10], _POSTAL_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(item[10])


def _is_something_else(number: str) -> bool:
    number = number.replace(" ", "")
    if _TELEPHONE.fullmatch(number):
        return True
    number = number.replace("-", "")
    if is_id_card(number):
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
