"""Numbers of accounts and organisations: CN_BANK_CARD, CN_USCC."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from transforms.text.digits import Chain, read
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.identity import END, ENOUGH_DIGITS, disguised, is_id_card, is_other_number
from transforms.text.span import Span

_UNION_PAY: Final = re.compile(r"62[0-9]{14,17}|9558[0-9]{12,15}|9559[0-35-9][0-9]{11,14}")
"""Of 16–19 digits; 9558 and 9559 are older numbers."""

_ISSUERS: Final = frozenset(
    """
    356390 356391 356392 356827 356828 356829 356830 356833 356835 356837 356838 356839 356840 356850 356851 356852
    356856 356857 356858 356859 356868 356869 356879 356880 356881 356882 356885 356886 356887 356888 356889 356890
    356895 356896 356899 400360 402658 402673 402674 402791 403361 403391 403392 403393 404117 404118 404119 404120
    404121 404157 404158 404159 404171 404172 404173 404174 404738 404739 405512 406252 406254 406365 406366 407405
    409665 409666 409667 409668 409669 409670 409671 409672 410062 412962 412963 415599 415752 415753 421349 421393
    421865 421869 421870 421871 425862 427010 427018 427019 427020 427028 427029 427030 427038 427039 427062 427064
    427570 427571 428911 433666 433667 433668 433669 433670 433671 433680 434061 434062 434910 435744 435745 436718
    436728 436738 436742 436745 436748 436768 436769 436770 436771 438088 438125 438126 438588 438589 438600 439188
    439225 439226 439227 442729 442730 451289 451290 451804 451810 451811 453242 456351 456418 458071 458123 458124
    458441 461982 463758 464580 464581 468203 472067 472068 479228 479229 481699 483536 486466 486493 486494 486497
    486861 487013 489592 489734 489735 489736 491020 491031 491032 491033 491034 491035 491036 491037 491038 493427
    498451 510529 512315 512316 512411 512412 512425 512466 513685 514027 514906 514957 514958 515672 517636 517650
    518212 518364 518377 518378 518379 518474 518475 518476 518710 518718 519412 519413 519498 520082 520083 520108
    520131 520152 520169 520382 521302 521899 522964 523036 523952 523959 524011 524031 524047 524070 524090 524091
    524094 524374 524864 524865 525498 525745 525746 525998 526410 526836 526855 527414 528020 528057 528708 528709
    528856 528931 528948 530970 530990 531659 531693 532450 532458 539867 539868 541709 541710 543098 543159 544033
    544210 544243 544887 545217 545392 545393 545431 545447 545619 545620 545621 545623 545947 545948 547766 548259
    548478 548738 548838 548844 548943 549633 550213 552245 552288 552398 552534 552587 552599 552742 552794 552801
    552853 553131 553161 553242 556610 556617 557080 558360 558730 558868 558869 558894 558895 558916 559051 589970
    601382 601428 602907 603367 685800 690755 940021 966666 968807 968808 968809 984301 984303 998800 998801 998802
    """.split()  # noqa: SIM905 — a table
)
"""First six digits of mainland banks' cards of other schemes, and of their older ones."""

_WORLDWIDE: Final = re.compile(
    r"(?:4[0-9]{15}|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}|81[0-7][0-9]{13})\Z"
)
"""Visa, MasterCard, JCB, and UnionPay's second range: one in four numbers of 16 digits begins like that."""

_SHORT: Final = re.compile(r"(?:3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11})\Z")
"""American Express and Diners Club: so short that many other numbers have their form."""

_DATED: Final = re.compile(r"20[0-4][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
"""How numbers of orders begin, and no card's."""

_ID: Final = re.compile(r"(?<!card)(?<!card[_ ])(?<!bank)(?<!bank[_ ])(?<![证卡])id[号是为:# =.\"'\[(]{0,6}\Z")
_LABEL: Final = 16  # characters: a label and what stands between it and its number

_SHORTEST: Final = 14
_LONGEST: Final = 19
_USUAL: Final = frozenset({16, 17, 18, 19})
_DOUBLED: Final = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))
_SEPARATOR: Final = re.compile(r"[^0-9a-z\u3400-\u9fff\n]{1,3}")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
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
_CODE: Final = re.compile(r"(?<![0-9a-z])[0-9a-hj-np-rtuwxy](?:[ ._-]?[0-9a-hj-np-rtuwxy]){17}" + END)
_REGISTERED: Final = re.compile(
    r"(?:1[1-39]|2[19]|3[1-59]|4[19]|5[1-39]|6[19]|7[129]|8[19]|9[1-3]|a[19]|n[1-39]|y1)(?:1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
)
"""Registry and region."""

_BUSINESS: Final = re.compile("9[1-3]")

_TAX_NUMBER: Final = re.compile(
    rf"(?<![0-9a-z])(?:{_REGISTERED.pattern}[0-9]{{12}}|[1-8][1-7][0-9]{{13}}"
    r"|(?=[0-9]{0,19}[a-z])[1-9any](?:[0-9a-z]{14}|[0-9a-z]{16,19}))(?![0-9a-z])"
)
"""Perhaps mistyped, or one of 15 or 20 characters from before 2015; but a row of digits has 15 or 18."""

_TAX_DIGITS: Final = 8
_ACCOUNT: Final = re.compile(r"(?:[账帐][号户]|卡号|电话|手机|许可证)(?:编?号码?)?[^0-9a-z\u3400-\u9fff]{0,3}\Z")


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    Bank cards and unified social credit codes.

    A card is sure when its check digit holds and it begins like one of a mainland bank, or like one of another scheme
    and stands in fours; doubtful otherwise, when mistyped too, so that a word of its context decides. A number that a
    label calls that of an order or a parcel is none, nor is one that begins with a date, nor an identity number.

    A code of letters and digits is sure by its check character; one of digits by the older code in its middle as well.

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
            if not _is_counter(text, start + offset):
                yield Span(start + offset, end + offset, entity, score)


def _written(chain: Chain) -> Iterator[Span]:
    """
    Rows of whole groups of digits that are as long as a card's number.
    """
    text, digits, starts, ends = chain
    edges = [place for place in range(1, len(digits)) if starts[place] > ends[place - 1] or _is_word(chain, place)]
    for row in _rows([0, *edges, len(digits)], chain):
        first, last = row[0], row[-1]
        inner = [edge for edge in row[1:-1] if starts[edge] > ends[edge - 1]]
        gaps = [text[ends[edge - 1] : starts[edge]] for edge in inner]
        groups = [behind - edge for edge, behind in pairwise((first, *inner, last))]
        score = _score(digits[first:last], groups, gaps)
        if score and not _is_counter(text, starts[first]):
            yield Span(starts[first], ends[last - 1], "CN_BANK_CARD", score)


def _is_word(chain: Chain, place: int) -> bool:
    """
    Whether a digit may be 一 or 两 of the word behind a number.
    """
    return chain.digits[place] in "12" and _HAN.match(chain.text, chain.ends[place]) is not None


def _is_counter(text: str, start: int) -> bool:
    """
    Whether the label before a number says that it counts something else.
    """
    return is_other_number(text, start) or _ID.search(text, max(0, start - _LABEL), start) is not None


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
    if is_id_card(number) or _DATED.match(number):
        return 0.0
    quads = len(groups) in _QUADS and set(groups[:-1]) == {4} and groups[-1] <= 4  # noqa: PLR2004 — as embossed
    tight = all(map(_SEPARATOR.fullmatch, gaps))
    mainland = _is_mainland(number)
    if not gaps or (quads and tight):
        return _score_of_whole(number, mainland=mainland, quads=quads)
    regular = set(groups) == {1} if len(groups) > _FEW else min(groups if not tight else groups[:-1]) >= _FEWEST
    if mainland and regular and luhn(number):
        return SURE if tight and len(set(gaps)) == 1 else LIKELY
    return DOUBTFUL if tight and mainland and len(groups) <= _FEW else 0.0


def _is_mainland(number: str) -> bool:
    return _UNION_PAY.fullmatch(number) is not None or (number[:6] in _ISSUERS and len(number) in _USUAL)


def _score_of_whole(number: str, *, mainland: bool, quads: bool) -> float:
    """
    The score of a number in one piece, or in fours as it is embossed.
    """
    usual = len(number) in _USUAL
    if luhn(number):
        if mainland or (quads and _WORLDWIDE.match(number)):
            return SURE
        return DOUBTFUL if usual or _SHORT.match(number) else 0.0
    if quads and mainland:
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
        counted = code.isdecimal() and (is_id_card(code) or is_other_number(text, match.start()))
        if is_uscc(code) and not counted:
            yield Span(match.start(), match.end(), "CN_USCC", _score_of_code(code, match[0]))
    for match in _TAX_NUMBER.finditer(text):
        start = max(0, match.start() - _LABEL)
        labelled = is_other_number(text, match.start()) or _ACCOUNT.search(text, start, match.start())
        if sum(map(str.isdecimal, match[0])) >= _TAX_DIGITS and not labelled:
            yield Span(match.start(), match.end(), "CN_USCC", DOUBTFUL)


def _score_of_code(code: str, written: str) -> float:
    if not code.isdecimal() or _is_organisation(code[8:17]):
        return SURE
    return LIKELY if _BUSINESS.match(code) and code == written else DOUBTFUL


def _is_organisation(code: str) -> bool:
    """
    Whether 9 digits are the code of an organisation from before 2015, which the newer code has in its middle.
    """
    return (11 - sum(int(digit) * weight for digit, weight in zip(code, _OF_ORGANISATION, strict=False))) % 11 == int(
        code[8]
    )
