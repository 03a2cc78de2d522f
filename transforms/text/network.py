"""Addresses of the net and of devices: EMAIL, IP, MAC, IMEI, UUID, GEO."""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from transforms.text.cards import luhn
from transforms.text.entities import DOUBTFUL, LIKELY, SURE
from transforms.text.fold import without_hidden
from transforms.text.identity import is_other_number
from transforms.text.span import Span

_LOCAL: Final = r"(?<![a-z0-9._%+-])[a-z0-9._%+-]++"
_PROVIDER: Final = (
    r"(?:qq|foxmail|163|126|139|189|188|263|yeah|sina|sohu|aliyun|21cn|gmail|googlemail|hotmail|outlook|yahoo|icloud"
    r"|protonmail)"
)
_DOT: Final = r"(?: {0,2}(?:[.。｡·]|[\[(<{]? {0,2}(?:小数点|点|dot) {0,2}[\])>}]?) {0,2})"
_MAIL_HOST: Final = rf"(?:vip{_DOT})?{_PROVIDER}(?:{_DOT}|[ ,、_]{{1,2}})(?:com|net|cn)(?:{_DOT}cn)?(?![a-z0-9])"
_TOP: Final = r"(?:com|cn|net|org|edu|gov|info|biz|top|vip|xyz|club|shop|io|me|cc|tv|co|hk|tw|mo|jp|kr|us|uk|de|fr|ru)"
_FILE: Final = r"(?:png|jpe?g|gif|webp|svg|js|css|html?|mp[34]|json|yaml|toml)(?![a-z0-9.-])"

_EMAIL: Final = re.compile(
    rf"{_LOCAL} {{0,2}}@ {{0,2}}(?:"
    rf"(?:[a-z0-9-]{{1,63}}\.){{1,127}}(?!{_FILE})(?:xn--[a-z0-9-]{{1,59}}|[a-z]{{2,24}})"
    rf"|[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{0,3}}{_DOT}{_TOP}(?![a-z0-9])"
    rf"|{_MAIL_HOST}|{_PROVIDER}(?![a-z0-9.]))"
)
"""With its sign; a provider of mail needs no ending: 12345@qq is understood by everybody."""

_SIGN: Final = r"(?:[\[(<{] {0,2}(?:at|a|@|#|艾特|圈a) {0,2}[\])>}]|艾特|爱特|小老鼠|圈a|a圈|花a)"
_BY_PROVIDER: Final = re.compile(
    rf"{_LOCAL}(?: {{0,3}}{_SIGN} {{0,3}}| {{1,3}}at? {{1,3}}|[^0-9a-z\u3400-\u9fff./:?=\\,;、_\n-]{{1,4}}){_MAIL_HOST}"
)
"""Whatever stands for the sign, a provider of mail behind it tells."""

_GLUED: Final = re.compile(rf"(?<![a-z0-9._%+-])[0-9]{{5,11}}qq{_DOT}com(?![a-z0-9])")
_BY_WORDS: Final = re.compile(
    rf"{_LOCAL}(?: {{0,2}}{_SIGN} {{0,2}}[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{0,3}}{_DOT}{_TOP}"
    r"| {1,2}at {1,2}[a-z0-9-]{1,63}(?: {1,2}dot {1,2}[a-z0-9-]{1,63}){1,4})(?![a-z0-9])"
)
_BY_HASH: Final = re.compile(rf"{_LOCAL}#[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{0,3}}\.{_TOP}(?![a-z0-9.-])")

_IPV4: Final = re.compile(
    r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])"
    r"|(?<![0-9])(?<![0-9][.。·点])[0-9]{1,3}(?:( ?[.。·点] ?)[0-9]{1,3})(?:\1[0-9]{1,3}){2}(?![0-9]|[.。·点][0-9])"
)
_VERSION_BEFORE: Final = re.compile(
    r"(?:(?<![a-z])(?:v|ver|version|build|release|rom|ios|android|windows|macos|miui|harmonyos)"
    r"|版本|版|固件|升级到?|更新到?|系统|安卓|鸿蒙|(?<!ip)(?<=[a-z])/)[号是为:= .\"'(]{0,4}\Z"
)
_VERSION_AFTER: Final = re.compile(r" ?版")
_POINTS: Final = re.compile(r"(?:[.。·点] ?[0-9]{1,3} ?){3}")
_OCTET: Final = 255
_VERSION_WORD: Final = 12  # characters: harmonyos and its fillers

_IPV6: Final = re.compile(
    r"(?<![0-9a-f:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:(?<=[0-9])(?:\.[0-9]{1,3}){3})?(?![0-9a-f])"
)
_IPV6_GROUPS: Final = 3
_IPV6_WORD: Final = re.compile(r"[0-9][0-9a-f]{2,3}|[a-f][0-9a-f]{0,2}[0-9][0-9a-f]{0,2}|fe80")

_MAC: Final = re.compile(
    r"[0-9a-f](?<![0-9a-z].)[0-9a-f](?:( ?[:-] ?)[0-9a-f]{2}(?:\1[0-9a-f]{2}){4,6}(?![0-9a-z])"
    r"|(?<![0-9a-z][.-]..)[0-9a-f]{2}([.-])[0-9a-f]{4}\2[0-9a-f]{4}(?![0-9a-z]|[.-][0-9a-f])"
    r"|([ ._])[0-9a-f]{2}(?:\3[0-9a-f]{2}){4}(?![0-9a-z])"
    r"|(?<![0-9a-f]{4}-..)[0-9a-f]{10}(?![0-9a-z]))"
)
"""The first character comes before what must not precede it: so the search for it is a quick one."""

_IMEI: Final = re.compile(
    r"[0-9](?<![0-9].)(?:[0-9]{13,16}|[0-9]{1,7}(?:([ -]{1,2})[0-9]{1,7}){1,6})(?![0-9])"
    r"|[a9](?<![0-9a-z].)(?:(?<=a)[0-9a-f]{13}|9[0-9a-f]{12})(?![0-9a-z])"
)
"""IMEI with and without its check digit, IMEISV, and MEID. Also a mistyped one: its label decides, not its check."""

_IMEI_DIGITS: Final = frozenset({14, 15, 16, 17})
_DEVICE: Final = re.compile(
    r"i ?m ?e ?i|meid|(?<![a-z])ime(?![a-z])|串[号码]|\*#06#|机身"
    r"|(?:设备|手机|手表|终端|机器|移动|定位器)[^0-9a-z,。!?\n]{0,2}?"
    r"(?:码|号|编|id|识别|标识|:)|识别[码号]|入网|验机|保修|激活"
    r"|(?<![a-z])(?:device|terminal|did)(?:[ _]?(?:id|no|code))?(?![a-z])"
)
_DEVICE_BEFORE: Final = 24  # characters
_DEVICE_BEHIND: Final = re.compile(r"[^0-9a-z。!?\n]{0,10}?(?:imei|meid|串[号码]|机身|设备[码号]|识别[码号]|保修|激活)")
_NEXT_DEVICE: Final = re.compile(r"[^0-9a-z。!?]{1,8}(?:[1-9][.、:)] ?)?|[^0-9a-z。!?]{0,4}[1-9]?[:=][ \"'\[]{0,3}")
_ISSUERS: Final = ("35", "86")
_CHECKED: Final = 15  # digits, the last of which checks the others

_NO_IMEI: Final = re.compile(r"(?:[订运]单|单号|条形?码|卡号|快递|(?<![a-z])(?:sku|order))[编号码是为:= ]{0,4}\Z")

_UUID: Final = re.compile(
    r"[0-9a-f](?:(?<![0-9a-z].)|(?<=oaid.)|(?<=idf[av].)|(?<=[ag]aid.)|(?<=[ug]uid.))[0-9a-f]{7}"
    r"(?:([-_])(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}|[0-9a-f]{8}(?:[0-9a-f]{16}(?:[0-9a-f]{32})?)?)(?![0-9a-z])"
)
_HEX_OF_128_BITS: Final = 32

_NUMBER: Final = r"[0-9]{1,3}\.[0-9]{3,20}"
_ANGLE: Final = (
    r"(?:[0-9]{1,3} ?[°º度] ?[0-9]{1,2}(?:\.[0-9]{1,12})?"
    r" ?[′'分](?: ?[0-9]{1,2}(?:\.[0-9]{1,12})? ?(?:[″\"秒]|'')?)?|[0-9]{1,3}(?:\.[0-9]{1,20})?(?: ?[°º度])?)"
)
_PAIR: Final = re.compile(
    rf"(?<![0-9.])(?P<one>-?{_NUMBER}) ?(?:[,;/|、 \n]|和|:) ?(?P<other>-?{_NUMBER})(?![0-9]|\.[0-9])"
)
_COMPASS: Final = re.compile(
    rf"(?<![0-9a-z.])[nsew] ?{_ANGLE}[ ,;/、]{{0,3}}[nsew] ?{_ANGLE}(?![0-9])"
    rf"|(?<![0-9.]){_ANGLE} ?[nsew][ ,;/、]{{0,3}}{_ANGLE} ?[nsew](?![0-9a-z])"
)
_LABELLED: Final = re.compile(
    rf"(?:经度|纬度|[东西]经|[南北]纬|(?<![a-z])(?:lat(?:itude)?|lng|lon(?:gitude)?)(?![a-z]))"
    rf"[度是为约:= \"']{{0,4}}(?P<value>-?{_ANGLE})(?![0-9])"
)
_DEGREES: Final = re.compile(
    r"(?<![0-9.])[0-9]{1,3} ?(?:° ?[0-9]{1,2} ?[′'] ?[0-9]{1,2}(?:\.[0-9]{1,12})? ?(?:[″\"]|'')"
    r"|度[0-9]{1,2}分[0-9]{1,2}(?:\.[0-9]{1,12})?秒)"
)
_FINE: Final = re.compile(r"\.[0-9]{2}|[°º度]")
_CHINA: Final = (3.8, 53.6, 73.4, 135.1)
"""Latitude and longitude from the southernmost reef to the northernmost and easternmost bend of a river."""

_SHORTEST_IP: Final = 3  # separators
_SHORTEST_HEX: Final = 12


@without_hidden
def find(folded: str) -> Iterator[Span]:
    """
    E-mail addresses, IP and MAC addresses, numbers and ids of devices, and coordinates.

    An e-mail address is found with whatever stands for its sign and dots, if its host is a known provider of mail or
    the sign is a word. An IPv4 address that a word of versions stands before is left, and so is 0.0.0.0. IMEI, MEID and
    hex digits without a form are doubtful: a word of their context decides.

    Does not protect an address spelt over several lines, nor a picture of one.

    Args:
        folded: the folded text.

    Source: RFC 5321 and 5322 (mailbox), RFC 4291 (IPv6), IEEE 802 (EUI-48, EUI-64), 3GPP TS 23.003 (IMEI), RFC 9562
    (UUID), ISO 6709 (coordinates).
    """
    yield from _emails(folded)
    if "." in folded or "°" in folded or "度" in folded:
        yield from _places(folded)
    yield from _ips(folded)
    if len(folded) >= _SHORTEST_HEX:
        yield from _macs(folded)
        yield from _ids(folded)


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from _spans(_EMAIL, text, "EMAIL", SURE)
    if not any(top in text for top in ("com", "net", "cn", "org")):
        return
    for match in _BY_PROVIDER.finditer(text):
        yield Span(match.start(), match.end(), "EMAIL", DOUBTFUL if _is_rather_a_site(match[0]) else LIKELY)
    yield from _spans(_GLUED, text, "EMAIL", LIKELY)
    yield from _spans(_BY_WORDS, text, "EMAIL", LIKELY)
    if "#" in text:
        yield from _spans(_BY_HASH, text, "EMAIL", DOUBTFUL)


def _is_rather_a_site(found: str) -> bool:
    """
    A word, a space and a host may be a sentence about a site: `open qq.com`.
    """
    local, _, rest = found.partition(" ")
    return local.isalpha() and rest[:1].isalnum() and not rest.startswith(("at ", "a "))


def _ips(text: str) -> Iterator[Span]:
    if text.count(".") >= _SHORTEST_IP or _POINTS.search(text):
        for match in _IPV4.finditer(text):
            octets = [int(octet) for octet in re.findall("[0-9]+", match[0])]
            if max(octets) <= _OCTET and any(octets) and not _is_version(text, match.start(), match.end()):
                yield Span(match.start(), match.end(), "IP", SURE if max(octets) > 9 else LIKELY)  # noqa: PLR2004 — two digits
    if text.count(":") > 1:
        for match in _IPV6.finditer(text):
            yield from _ipv6(match.start(), match[0])


def _is_version(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _VERSION_WORD) : start]
    return bool(_VERSION_BEFORE.search(before) or _VERSION_AFTER.match(text, end))


def _ipv6(start: int, found: str) -> Iterator[Span]:
    if found.startswith(":") and not found.startswith("::"):
        start, found = start + 1, found[1:]
    if found.endswith(":") and not found.endswith("::"):
        found = found[:-1]
    try:
        address = IPv6Address(found)
    except AddressValueError:
        return
    groups = len(found.replace("::", ":").strip(":").split(":"))
    if int(address) > 1 and (groups >= _IPV6_GROUPS or _IPV6_WORD.search(found)):
        yield Span(start, start + len(found), "IP", SURE if groups > _IPV6_GROUPS or "." in found else LIKELY)


def _macs(text: str) -> Iterator[Span]:
    for match in _MAC.finditer(text):
        found = match[0]
        if match[1]:
            score = SURE if ":" in found or not _is_number(found) else DOUBTFUL
        else:
            score = LIKELY if match[2] and not _is_number(found) else DOUBTFUL
        yield Span(match.start(), match.end(), "MAC", score)


def _is_number(found: str) -> bool:
    return not any("a" <= char <= "f" for char in found)


def _ids(text: str) -> Iterator[Span]:
    yield from _imeis(text)
    for match in _UUID.finditer(text):
        found = match[0]
        mixed = not found.isdecimal() and not found.isalpha()
        sure = match[1] or (mixed and len(found) >= _HEX_OF_128_BITS)
        yield Span(match.start(), match.end(), "UUID", SURE if sure else DOUBTFUL)


def _imeis(text: str) -> Iterator[Span]:
    last = 0
    for match in _IMEI.finditer(text):
        start, end = match.span()
        if "a" <= match[0][0] <= "f" or sum(map(str.isdecimal, match[0])) in _IMEI_DIGITS:
            listed = last > 0 and _NEXT_DEVICE.fullmatch(text, last, start) is not None
            sure = listed or _is_of_device(text, start, end) or _is_imei(text, start, end)
            yield Span(start, end, "IMEI", LIKELY if sure else DOUBTFUL)
            last = end if sure else 0


def _is_of_device(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _DEVICE_BEFORE) : start]
    if _NO_IMEI.search(before):
        return False
    return _DEVICE.search(before) is not None or _DEVICE_BEHIND.match(text, end) is not None


def _is_imei(text: str, start: int, end: int) -> bool:
    """
    Whether 15 digits are of an issuer whose telephones are sold here, their check holds, and no label says otherwise.
    """
    number = text[start:end]
    if not (number.startswith(_ISSUERS) and len(number) == _CHECKED and number.isdecimal() and luhn(number)):
        return False
    return not is_other_number(text, start) and not _NO_IMEI.search(text, max(0, start - _DEVICE_BEFORE), start)


def _places(text: str) -> Iterator[Span]:
    for match in _PAIR.finditer(text):
        one, other = float(match["one"]), float(match["other"])
        score = LIKELY if _in_china(one, other) or _in_china(other, one) else DOUBTFUL
        if _on_earth(one, other) or _on_earth(other, one):
            yield Span(match.start(), match.end(), "GEO", score)
    for match in _COMPASS.finditer(text):
        if _FINE.search(match[0]):
            yield Span(match.start(), match.end(), "GEO", LIKELY)
    for match in _LABELLED.finditer(text):
        if _FINE.search(match["value"]):
            yield Span(*match.span("value"), "GEO", LIKELY)
    yield from _spans(_DEGREES, text, "GEO", LIKELY)


def _in_china(latitude: float, longitude: float) -> bool:
    south, north, west, east = _CHINA
    return south <= latitude <= north and west <= longitude <= east


def _on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 — degrees


def _spans(pattern: re.Pattern[str], text: str, entity: str, score: float) -> Iterator[Span]:
    return (Span(match.start(), match.end(), entity, score) for match in pattern.finditer(text))
