"""Numbers and ids that name a person or an organisation, with the checks that real ones have."""

import ipaddress
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final
from urllib.parse import quote
from uuid import UUID

from benchmarks.detection.labelled import Written
from pipeline.simulator.draw import digits, hexadecimal
from pipeline.simulator.numbers import PHONE_PREFIXES, identity_check, luhn

_PREFIXES: Final = tuple(prefix for prefixes in PHONE_PREFIXES.values() for prefix in prefixes)
_CARDS: Final = (  # issuer, digits of the card
    *(("622848", 19), ("621700", 19), ("621288", 19), ("621799", 19), ("623058", 19), ("621669", 19), ("620058", 19)),
    *(("622575", 16), ("625912", 16), ("436742", 16), ("524094", 16), ("622909", 18), ("622260", 17)),
)
_TYPES: Final = ("86012205", "86443304", "35694111", "35328512", "86891206", "01332700")
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_PLATES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_AREA_CODES: Final = (  # and the digits of a number there
    *(("010", 8), ("021", 8), ("023", 8), ("0755", 8), ("0571", 8), ("0512", 8), ("0851", 8), ("0731", 8)),
    *(("0752", 7), ("0631", 7), ("0377", 8), ("0991", 7), ("0854", 7)),
)
_SYLLABLES: Final = ("wei", "xiao", "long", "mei", "zhu", "qiang", "lan", "hong", "yun", "feng", "tian", "yi", "nan")
_HANDLES: Final = ("cat", "moon", "sky", "lulu", "happy", "rain", "tea", "abc", "blue", "fish")
_MAILBOXES: Final = {
    "train": ("qq.com", "163.com", "sina.com"),
    "dev": ("126.com", "outlook.com", "aliyun.com"),
    "test": ("foxmail.com", "139.com", "gmail.com", "hust.edu.cn", "vip.163.com", "shunda-tech.com.cn", "yeah.net"),
}
_RESIDENCE: Final = ("810000", "820000", "830000")
_BORN: Final = (date(1946, 1, 1), date(2012, 12, 31))


def phone(rng: Random) -> str:
    return rng.choice(_PREFIXES) + digits(rng, 8)


def identity(rng: Random, code: str) -> str:
    """
    A valid number of somebody from a division, or now and then of a resident from Hong Kong, Macao or Taiwan.
    """
    first, last = _BORN
    birth = first + timedelta(days=rng.randrange((last - first).days))
    issuer = rng.choice(_RESIDENCE) if rng.random() < 1 / 15 else code
    body = f"{issuer}{birth:%Y%m%d}{rng.randrange(1, 500):03d}"
    check = identity_check(body)
    return body + (check if rng.random() < 3 / 4 else check.lower())


def mistyped_identity(rng: Random, code: str) -> str:
    """
    An identity number with one slip of the finger: its check fails, or it is a digit short or long.
    """
    number = identity(rng, code)
    slip = rng.random()
    if slip < 1 / 10:
        return _without(number, rng.randrange(6, 17))
    if slip < 1 / 5:
        position = rng.randrange(6, 17)
        return number[:position] + number[position] + number[position:]
    position = rng.randrange(14, 17)
    wrong = rng.choice([digit for digit in "0123456789" if digit != number[position]])
    return number[:position] + wrong + number[position + 1 :]


def bank_card(rng: Random) -> Written:
    issuer, length = rng.choice(_CARDS)
    body = issuer + digits(rng, length - len(issuer) - 1)
    number = body + luhn(body)
    if rng.random() < 2 / 3:
        return Written(number, "plain")
    groups = [number[start : start + 4] for start in range(0, length, 4)]
    return Written.joined(groups, [rng.choice((" ", "-"))] * (len(groups) - 1), "grouped")


def uscc(rng: Random, code: str) -> str:
    """
    A unified social credit code with both its checks.

    Source: GB 32100-2015; GB 11714-1997 for the organisation's own code.
    """
    body = "".join(rng.choice("0123456789") for _ in range(8))
    check = "0123456789X0"[-sum(w * int(d) for w, d in zip(_ORGANISATION_WEIGHTS, body, strict=True)) % 11]
    first = rng.choice(("91", "92", "93", "52")) + code + body + check
    return first + _uscc_check(first)


def _uscc_check(body: str) -> str:
    total = sum(_USCC_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return _USCC_ALPHABET[-total % 31]


def landline(rng: Random) -> Written:
    kind = rng.random()
    if kind < 1 / 5:
        return Written(f"400{rng.choice(('-', ' ', ''))}{digits(rng, 3)}{rng.choice(('-', ''))}{digits(rng, 4)}")
    if kind < 1 / 4:
        return Written(f"+852 {rng.choice('23')}{digits(rng, 3)} {digits(rng, 4)}")
    area, length = rng.choice(_AREA_CODES)
    local = rng.choice("2345678") + digits(rng, length - 1)
    if rng.random() < 1 / 4:
        return Written.joined(("", area, local), ("(", ")"))
    return Written(f"{area}{rng.choice(('-', ' ', ''))}{local}")


def passport(rng: Random) -> str:
    if rng.random() < 2 / 3:
        return rng.choice("EG") + digits(rng, 8)
    return f"E{rng.choice('ABCDEFGH')}{digits(rng, 7)}"


def hong_kong_pass(rng: Random) -> str:
    return "C" + digits(rng, 8) if rng.random() < 1 / 2 else f"C{rng.choice('ABCDEF')}{digits(rng, 7)}"


def home_return_permit(rng: Random) -> str:
    return rng.choice("HM") + digits(rng, rng.choice((8, 10)))


def taiwan_permit(rng: Random) -> str:
    return str(rng.randint(1, 9)) + digits(rng, 7)


def officer_card(rng: Random) -> str:
    return f"{rng.choice('军南北海空')}字第{digits(rng, 7)}号"


def plate(rng: Random) -> str:
    place = rng.choice(_PLATES) + rng.choice("ABCDEFGHJK")
    if rng.random() < 1 / 3:
        return place + rng.choice("DF") + digits(rng, 5)
    tail = list(digits(rng, 5))
    for position in rng.sample(range(4), rng.randint(0, 2)):  # two letters at most: GA 36
        tail[position] = rng.choice(_PLATE_LETTERS)
    return f"{place}{rng.choice(('', '', '·'))}{''.join(tail)}"


def wechat(rng: Random) -> str:
    kind = rng.random()
    if kind < 1 / 5:
        return f"wxid_{hexadecimal(rng, 14)}"
    stem = rng.choice(_HANDLES) + rng.choice(_SYLLABLES)
    return f"{stem}{rng.choice(('_', '-', ''))}{digits(rng, rng.randint(2, 6))}"


def qq(rng: Random) -> str:
    return str(rng.randint(1, 9)) + digits(rng, rng.randint(6, 9))


def alipay(rng: Random) -> str:
    return f"{rng.choice(_SYLLABLES)}{rng.choice(_HANDLES)}{rng.choice(('_', ''))}{digits(rng, rng.randint(2, 5))}"


def email(rng: Random, split: str) -> str:
    name = rng.choice(_SYLLABLES) + rng.choice(("", ".", "_")) + rng.choice(_SYLLABLES)
    local = rng.choice((name, name + digits(rng, 3), "1" + digits(rng, 8)))
    return f"{local}@{rng.choice(_MAILBOXES[split])}"


def ip(rng: Random) -> str:
    if rng.random() < 1 / 6:
        return str(ipaddress.IPv6Address(0x240E << 112 | rng.getrandbits(100)))
    network = rng.choice((36, 58, 101, 113, 120, 183, 222))
    return f"{network}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def mac(rng: Random) -> str:
    pairs = [hexadecimal(rng, 2) for _ in range(6)]
    text = rng.choice(":-").join(pairs)
    return text.upper() if rng.random() < 1 / 2 else text


def imei(rng: Random) -> str:
    body = rng.choice(_TYPES) + digits(rng, 6)
    return body + luhn(body)


def device_id(rng: Random) -> str:
    kind = rng.random()
    if kind < 1 / 2:
        text = str(UUID(int=rng.getrandbits(128), version=4))
        return text.upper() if rng.random() < 1 / 3 else text
    return hexadecimal(rng, 32 if kind < 3 / 4 else 64)


def latitude(rng: Random) -> str:
    return f"{rng.uniform(20, 47):.{rng.choice((4, 6))}f}"


def longitude(rng: Random) -> str:
    return f"{rng.uniform(98, 128):.{rng.choice((4, 6))}f}"


def coordinates(rng: Random) -> str:
    pair = latitude(rng), longitude(rng)
    return rng.choice((",", ", ")).join(pair if rng.random() < 2 / 3 else reversed(pair))


def order(rng: Random) -> str:
    day = f"{rng.randint(2024, 2026)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return rng.choice(
        (f"{rng.randint(10, 69)}{digits(rng, 17)}", f"{day}{digits(rng, 10)}", f"{day[2:]}-{digits(rng, 15)}")
    )


def tracking(rng: Random) -> str:
    return rng.choice(
        (
            f"SF{digits(rng, 13)}",
            f"YT{digits(rng, 13)}",
            f"JT{digits(rng, 13)}",
            f"JDVA{digits(rng, 11)}",
            f"7{rng.choice('3578')}{digits(rng, 12)}",
            f"4{rng.choice('36')}{digits(rng, 13)}",
            f"E{rng.choice('ABCZ')}{digits(rng, 9)}CN",
        )
    )


def user_id(rng: Random) -> str:
    return str(rng.randint(1, 9)) + digits(rng, rng.randint(5, 9))


def open_id(rng: Random) -> str:
    return "o" + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz0123456789_-") for _ in range(27))


def encoded(name: str) -> str:
    """
    A name as it stands in a URL.
    """
    return quote(name)


def _without(number: str, position: int) -> str:
    return number[:position] + number[position + 1 :]


DRAWN: Final[Mapping[str, tuple[str, Callable[[Random], str]]]] = {
    "phone": ("CN_MOBILE", phone),
    "passport": ("CN_PASSPORT", passport),
    "hkpass": ("CN_PERMIT", hong_kong_pass),
    "huixiang": ("CN_PERMIT", home_return_permit),
    "taibao": ("CN_PERMIT", taiwan_permit),
    "officer": ("CN_PERMIT", officer_card),
    "plate": ("CN_PLATE", plate),
    "wechat": ("WECHAT", wechat),
    "qq": ("QQ", qq),
    "alipay": ("ALIPAY", alipay),
    "ip": ("IP", ip),
    "mac": ("MAC", mac),
    "imei": ("IMEI", imei),
    "uuid": ("UUID", device_id),
    "geo": ("GEO", coordinates),
    "lat": ("GEO", latitude),
    "lng": ("GEO", longitude),
    "order": ("ORDER", order),
    "tracking": ("TRACKING", tracking),
    "uid": ("URL_PARAM", user_id),
    "token": ("URL_PARAM", open_id),
}
"""Slots that need nothing but chance: entity and what writes it."""
