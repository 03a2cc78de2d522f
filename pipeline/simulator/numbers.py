"""Numbers that carry a check: bank cards, IMEI, identity numbers; and numbers that carry a prefix."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Final

from pipeline.simulator.draw import digits, hexadecimal, pick

PHONE_PREFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "中国移动": (
        *("134", "135", "136", "137", "138", "139", "147", "150", "151", "152", "157", "158", "159"),
        *("172", "178", "182", "183", "184", "187", "188", "195", "197", "198"),
    ),
    "中国联通": ("130", "131", "132", "145", "155", "156", "166", "175", "176", "185", "186", "196"),
    "中国电信": ("133", "149", "153", "173", "177", "180", "181", "189", "190", "191", "193", "199"),
    "中国广电": ("192",),
}
"""Network prefixes of mobile numbers by operator."""

_CARDS: Final = (  # bank identification number, digits of the card
    *(("622848", 19), ("621700", 19), ("622202", 19), ("621226", 19), ("621661", 19), ("622188", 19)),
    *(("622588", 16), ("622155", 16), ("622262", 17), ("622908", 18)),
)
_IMEI_TYPES: Final = ("86012205", "86443304", "86723105", "86891206", "35694111", "35328512", "86105806")
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS: Final = "10X98765432"
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(body: str) -> str:
    """
    The check digit that goes behind a run of digits.

    Source: ISO/IEC 7812-1, annex B.
    """
    total = sum(map(int, body[-2::-2])) + sum(_DOUBLED[int(digit)] for digit in body[::-2])
    return str(-total % 10)


def identity_check(body: str) -> str:
    """
    The check character of the first 17 digits of a resident identity number.

    Source: GB 11643-1999, MOD 11-2 of ISO 7064.
    """
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, body, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def identity_number(rng: Random, division: str, birth: date, *, female: bool) -> str:
    """
    An 18-character resident identity number.

    Args:
        rng: where the sequence number is drawn from.
        division: 6 digits of a county-level division (GB/T 2260).
        birth: day of birth.
        female: even sequence numbers are women's.
    """
    sequence = 2 * int(rng.random() * 500) + (0 if female else 1)
    body = f"{division}{birth:%Y%m%d}{sequence:03d}"
    return body + identity_check(body)


def mobile_number(rng: Random, carrier: str) -> str:
    """
    An 11-digit mobile number of one operator.
    """
    return pick(rng, PHONE_PREFIXES[carrier]) + digits(rng, 8)


def bank_card(rng: Random) -> str:
    """
    A UnionPay number of 16 to 19 digits with a valid check digit.
    """
    issuer, length = pick(rng, _CARDS)
    body = issuer + digits(rng, length - len(issuer) - 1)
    return body + luhn(body)


def imei(rng: Random) -> str:
    """
    A 15-digit IMEI with a valid check digit (3GPP TS 23.003, 6.2).
    """
    body = pick(rng, _IMEI_TYPES) + digits(rng, 6)
    return body + luhn(body)


def meid(rng: Random) -> str:
    """
    A 14-digit hexadecimal MEID of the range that starts with A0.
    """
    return "A0000" + hexadecimal(rng, 9).upper()
