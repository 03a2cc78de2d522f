"""One written form for equal identifiers, kind by kind, so that equal things get equal tokens."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from transforms.base import Refused

_SEPARATOR: Final = " -.:()_/"

ZEROS: Final = "0" + _SEPARATOR
"""What an identifier that identifies nothing is made of."""

_FOLD: Final = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width forms
_SEPARATORS: Final = str.maketrans("", "", _SEPARATOR)
_SEPARATOR_BYTES: Final = _SEPARATOR.encode()
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"0([1-9][0-9]{1,2}[0-9]{7,8})")
_INTERNATIONAL: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_HEX: Final = re.compile(r"[0-9a-z]{8,64}")
_MAC: Final = re.compile(r"[0-9a-f]{12}")
_NATIONAL_ID: Final = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}|[A-Z]{1,2}[0-9A-Z()]{6,12}")
_BANK_CARD: Final = re.compile(r"[0-9]{12,19}")


def normalizer(kind: str) -> Callable[[str], str] | None:
    """
    The function that gives equal values of a kind one written form; None for kinds that have only one anyway.

    The function raises `Refused` for what is no such value.
    """
    return _NORMALIZERS.get(kind)


def identifies_nothing(value: str) -> bool:
    """
    Whether an identifier is the all-zero one that a phone reports after its owner opted out of tracking.
    """
    return not value.strip(ZEROS)


def phone(value: str) -> str:
    """
    E.164: `+8613800138000`. Numbers without a country code are taken for mainland China's.
    """
    bare = _without_separators(value)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+860"):  # +86 (0)755 …: the zero is dialled within the country alone
        bare = "+86" + bare[4:]
    if not bare.startswith("+"):
        national = bare[2:] if bare.startswith("86") and _MOBILE.fullmatch(bare, 2) else bare
        landline = _LANDLINE.fullmatch(national)
        if landline:
            return "+86" + landline[1]
        if _MOBILE.fullmatch(national):
            return "+86" + national
        reason = "not a telephone number: write it as +<country code><number>"
        raise Refused(reason)
    if not _INTERNATIONAL.fullmatch(bare):
        reason = "not a telephone number: a country code and 7–15 digits in all"
        raise Refused(reason)
    return bare


def email(value: str) -> str:
    """
    Lower case, no blanks around it.
    """
    bare = (value if value.isascii() else value.translate(_FOLD)).strip().lower()
    if not _EMAIL.fullmatch(bare):
        reason = "not an e-mail address"
        raise Refused(reason)
    return bare


def mac(value: str) -> str:
    """
    Twelve lower-case hexadecimal digits.
    """
    return _bare(value, _MAC, "not a MAC address: 12 hexadecimal digits")


def device_id(value: str) -> str:
    """
    Lower-case letters and digits without separators: OAID, IDFA, Android ID, IMEI, MEID or serial number.
    """
    return _bare(value, _HEX, "not a device identifier: 8–64 letters and digits")


def bank_card(value: str) -> str:
    """
    The digits alone.
    """
    bare = _without_separators(value)
    if not _BANK_CARD.fullmatch(bare):
        reason = "not a bank card number: 12–19 digits"
        raise Refused(reason)
    return bare


def national_id(value: str) -> str:
    """
    Upper case without blanks: a resident identity number (GB 11643), or a permit's.
    """
    bare = _without_separators(value).upper()
    if not _NATIONAL_ID.fullmatch(bare):
        reason = "not an identity number: 15 or 18 digits (the last may be X), or a permit's letters and digits"
        raise Refused(reason)
    return bare


def _bare(value: str, shape: re.Pattern[str], reason: str) -> str:
    bare = _without_separators(value).lower()
    if not shape.fullmatch(bare) or identifies_nothing(bare):
        raise Refused(reason)
    return bare


def _without_separators(value: str) -> str:
    if value.isascii():  # nearly always, and bytes take a fifth of the time
        return value.encode().translate(None, _SEPARATOR_BYTES).decode()
    return value.translate(_FOLD).translate(_SEPARATORS)


_NORMALIZERS: Final[Mapping[str, Callable[[str], str]]] = {
    "bank_card": bank_card,
    "device_id": device_id,
    "email": email,
    "hardware_id": device_id,
    "mac": mac,
    "national_id": national_id,
    "phone": phone,
}
