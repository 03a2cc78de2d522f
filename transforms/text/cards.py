"""Numbers of accounts and organisations: CN_BANK_CARD, CN_USCC."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from transforms.text.digits import Chain, read
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.identity import ENOUGH_DIGITS, disguised, is_id_card, is_other_number
from transforms.text.span import Span

_MAINLAND: Final = re.compile(
    r"(?:62[0-9]{14,17}"
    r"|(?:9558[0-9]{2}|95595|95599|456351|4367[0-9]{2}|421349|434061|434062|524094|526410|552599|404119|404121|519412"
    r"|403361|558730|520083|5187[01][0-9]|4392[0-9]{2}|4682[0-9]{2}|5129[0-9]{2}|5240[0-9]{2}|6013[0-9]{2}|603[0-9]{3}"
    r"|6858[0-9]{2}|6869[0-9]{2}|6873[0-9]{2}|9400[0-9]{2}|9843[0-9]{2}|9[68]6666)[0-9]{10,13})\Z"
)
"""UnionPay, and older numbers of mainland banks, of 16–19 digits."""

_WORLDWIDE: Final = re.compile(
    r"(?:4[0-9]{15}|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}|81[0-7][0-9]{13})\Z"
)
"""Visa, MasterCard, JCB, and UnionPay's second range."""

_SHORT: Final = re.compile(r"(?:3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11})\Z")
"""American Express and Diners Club: so short that many other numbers have their form."""

_SHORTEST: Final = 14
_LONGEST: Final = 19
_USUAL: Final = frozenset({16, 17, 18, 19})
_DOUBLED: Final = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))
_SEPARATOR: Final = re.compile(r"[^0-9a-z\u3400-\u9fff\n]{1,3}")
_QUADS: Final = (4, 5)
_FEW: Final = 7
"""Groups that a number is cut into, unless it is spelt digit by digit."""

_FEWEST: Final = 3  # digits of such a group
_FAR: Final = 8  # characters between two groups
_DISGUISED: Final = 6
"""Digits of a card that may be words or letters."""

_SYMBOLS: Final = "0123456789abcdefghjklmnpqrtuwxy"
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_VALUES: Final = {symbol: value for value, symbol in enumerate(_SYMBOLS)}
_OF_ORGANISATION: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_CODE: Final = re.compile(r"(?<![0-9a-z])[0-9a-hj-np-rtuwxy](?:[ ._-]?[0-9a-hj-np-rtuwxy]){17}(?![0-9a-z])")
_REGISTERED: Final = re.compile(
    r"(?:[1-8][1-59]|9[1-3]|a[19]|n[1239]|y1)(?:1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
)
"""Registry and region."""

_BUSINESS: Final = re.compile("9[1-3]")

_TAX_NUMBER: Final = re.compile(r"(?<![0-9a-z])(?![0-9]{16}(?:[0-9]{3})?(?![0-9a-z]))[0-9a-z]{15,20}(?![0-9a-z])")
_TAX_DIGITS: Final = 8


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    Bank cards and unified social credit codes.

    A card is sure when its check digit holds and it begins like one of a mainland bank; likely with the beginning of
    another scheme; doubtful otherwise, when mistyped too, so that a word of its context decides. A number that a label
    calls that of an order or a parcel is none, and neither is an identity number.

    Does not protect account numbers of other lengths, nor cards of which some digits are masked already.

    Args:
        folded: the folded text.

    Source: ISO/IEC 7812-1 (Luhn, issuer identification numbers), GB 32100-2015 (MOD 31), GB 11714-1997 (MOD 11).
    """
    if ENOUGH_DIGITS.search(folded):
        yield from _cards(folded)
    if len(folded) >= _SHORTEST:
        yield from _codes(folded)


def luhn(number: str) -> bool:
    """
    Whether the last digit is the check digit of the others.

    Args:
        number: ASCII digits.
    """
    digits = [ord(digit) - 48 for digit in reversed(number)]
    return (sum(digits[::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def is_uscc(code: str) -> bool:
    """
    Whether 18 characters are a unified social credit code: a registry, a region, and the check character of all.

    Args:
        code: digits and lower-case letters.
    """
    if not _REGISTERED.match(code) or not set(code) <= _VALUES.keys():
        return False
    total = sum(_VALUES[symbol] * weight for symbol, weight in zip(code, _WEIGHTS, strict=False))
    return -total % 31 == _VALUES[code[17]]


def _cards(text: str) -> Iterator[Span]:
    yield from _written(read(text))
    for offset, chain in disguised(text):
        for start, end, entity, score in _spelt(chain):
            if not is_other_number(text, start + offset):
                yield Span(start + offset, end + offset, entity, score)


def _written(chain: Chain) -> Iterator[Span]:
    """
    Rows of whole groups of digits that are as long as a card's number.
    """
    text, digits, starts, ends = chain
    edges = [place for place in range(1, len(digits)) if starts[place] > ends[place - 1]]
    for row in _rows([0, *edges, len(digits)], chain):
        first, last = row[0], row[-1]
        gaps = [text[ends[edge - 1] : starts[edge]] for edge in row[1:-1]]
        groups = [behind - edge for edge, behind in pairwise(row)]
        score = _score(digits[first:last], groups, gaps)
        if score and not is_other_number(text, starts[first]):
            yield Span(starts[first], ends[last - 1], "CN_BANK_CARD", score)


def _rows(edges: Sequence[int], chain: Chain) -> Iterator[Sequence[int]]:
    """
    Edges of groups that stand near each other and have as many digits as a card together.
    """
    for one, first in enumerate(edges):
        for other in range(one + 1, len(edges)):
            last = edges[other]
            before = edges[other - 1]
            if last - first > _LONGEST or (before > first and chain.starts[before] - chain.ends[before - 1] > _FAR):
                break
            if last - first >= _SHORTEST:
                yield edges[one : other + 1]


def _score(number: str, groups: Sequence[int], gaps: Sequence[str]) -> float:
    if is_id_card(number):
        return 0.0
    quads = len(groups) in _QUADS and set(groups[:-1]) == {4} and groups[-1] <= 4  # noqa: PLR2004 — as embossed
    tight = all(map(_SEPARATOR.fullmatch, gaps))
    mainland = _MAINLAND.match(number) is not None
    known = mainland or _WORLDWIDE.match(number) is not None
    if not gaps or (quads and tight):
        return _score_of_whole(number, mainland=mainland, known=known, quads=quads)
    regular = set(groups) == {1} if len(groups) > _FEW else min(groups[:-1]) >= _FEWEST
    if mainland and regular and luhn(number):
        return SURE if tight and len(set(gaps)) == 1 else LIKELY
    return DOUBTFUL if tight and mainland and len(groups) <= _FEW else 0.0


def _score_of_whole(number: str, *, mainland: bool, known: bool, quads: bool) -> float:
    """
    The score of a number in one piece, or in fours as it is embossed.
    """
    usual = len(number) in _USUAL
    if luhn(number):
        if known:
            return SURE if mainland or quads else LIKELY
        return DOUBTFUL if usual or _SHORT.match(number) else 0.0
    if quads and known:
        return LIKELY
    return DOUBTFUL if usual or number.startswith("62") else 0.0


def _spelt(chain: Chain) -> Iterator[Span]:
    """
    Cards of mainland banks whose check holds, with a few digits spelt or replaced.
    """
    digits, starts, ends = chain.digits, chain.starts, chain.ends
    for first in range(len(digits) - min(_USUAL) + 1):
        for length in (19, 16):
            last = first + length - 1
            number = digits[first : last + 1]
            if len(number) == length and number.startswith("62") and luhn(number):
                plain = sum(chain.plain(place) for place in range(first, last + 1))
                gaps = {chain.gap(place) for place in range(first, last)}
                if plain >= length - _DISGUISED and gaps <= {"", " "}:
                    yield Span(starts[first], ends[last], "CN_BANK_CARD", LIKELY)


def _codes(text: str) -> Iterator[Span]:
    for match in _CODE.finditer(text):
        code = re.sub("[ ._-]", "", match[0])
        if is_uscc(code) and not is_id_card(code):
            yield Span(match.start(), match.end(), "CN_USCC", _score_of_code(code, match[0]))
    for match in _TAX_NUMBER.finditer(text):
        if sum(map(str.isdecimal, match[0])) >= _TAX_DIGITS and not is_other_number(text, match.start()):
            yield Span(match.start(), match.end(), "CN_USCC", DOUBTFUL)


def _score_of_code(code: str, written: str) -> float:
    if not code.isdecimal():
        return SURE
    if not _BUSINESS.match(code) or code != written:
        return DOUBTFUL
    return SURE if _is_organisation(code[8:17]) else LIKELY


def _is_organisation(code: str) -> bool:
    """
    Whether 9 digits are the code of an organisation from before 2015, which the newer code has in its middle.
    """
    return (11 - sum(int(digit) * weight for digit, weight in zip(code, _OF_ORGANISATION, strict=False))) % 11 == int(
        code[8]
    )
