"""URL_PARAM: values in URLs, query strings and log lines, decoded and looked into."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from transforms.text.entities import SURE, THRESHOLD
from transforms.text.span import Span

Detect = Callable[[str], Iterable[Span]]
"""What is found in a decoded value; only finds that reach the threshold count."""

DEPTH: Final = 3
"""Encodings within encodings that are followed: a link within a link within a redirect."""

SEARCHED: Final = 2_048
"""Characters of decoded values that are searched for one text, twice as many as its window has."""

SHORTEST_SEARCH: Final = 64
"""Characters that a shorter value counts for, since each is searched as a text of its own."""

_WIDE: Final = str.maketrans("＝＆？％＃／：", "=&?%#/:")
_KEY: Final = r"(?<![A-Za-z0-9_.%\[\]-])[A-Za-z_%][A-Za-z0-9_.%\[\]-]*+"
_STOP: Final = r"\s&#?;|\"'<>`，。；！？、（）【】「」《》“”…"
_PAIR: Final = re.compile(
    rf"(?P<key>{_KEY}) ?= ?(?P<value>[^{_STOP},]++(?:,(?![A-Za-z_ ][A-Za-z0-9_.-]{{0,39}}=)[^{_STOP},]*+)*+)"
)
_ENCODED: Final = re.compile(rf"(?<![^{_STOP}/,])[^{_STOP}/=,%]*+%[0-9A-Fa-fu][^{_STOP}/=,]*+")
"""A part of a path, a fragment or a word of a log line with something encoded in it."""

_USERINFO: Final = re.compile(r"(?<=://)[^\s/?#@]{1,256}(?=@)")
_ROUTE: Final = re.compile(
    rf"/(?:u|uid|users?|members?|profile|space|people|customers?|accounts?|phone|mobile|tel|orders?|orderdetail|trade|refund|aftersales?|track(?:ing)?|waybill|express|logistics|parcels?|shipments?|devices?)/(?P<value>[^{_STOP}/=]++)",
    re.IGNORECASE,
)
_MERE: Final = frozenset((word,) for word in ("id", "no", "number", "sn", "code"))
_LONG_ID: Final = 9  # digits
_PATH: Final = 64  # characters
_SUBJECT: Final = re.compile(
    r"/(?:orders?|refund|trade|aftersales?|track(?:ing)?|express|logistics|waybill|parcels?|device)(?![a-z])[^\s=]*\Z",
    re.IGNORECASE,
)
_SEGMENT: Final = re.compile(rf"(?<=/)[A-Za-z0-9+_-]{{12,}}+={{0,2}}(?![^{_STOP}/])")
_ID_DIGITS: Final = 3

_PERCENT_U: Final = re.compile(r"%u([0-9A-Fa-f]{4})")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}+={0,2}")
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){6,}+(?![0-9A-Za-z])")
_SHORTEST: Final = 12  # characters of base64 or hex; shorter ones are words

_WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_TEXTS: Final = frozenset(
    """
    name realname truename username nickname nick uname fullname receiver receivername consignee contact contactname
    addr address street birthday birth birthdate dob
    """.split()  # noqa: SIM905 — reads better than a name a line
)
"""Names of parameters with a word or a sentence about a person."""

_IDS: Final = frozenset(
    """
    uid userid user usr openid unionid memberid customerid buyerid accountid account login loginid wxid wechat weixin
    qq alipay phone phonenumber phoneno mobile mobilephone tel telephone cell msisdn email mail idcard idno idcardno
    idnumber identity certno passport card cardno cardnumber bankcard bankcardno plate plateno token accesstoken
    refreshtoken session sessionid sid jsessionid phpsessid ticket auth authorization cookie cookieid password passwd
    pwd secret smscode imei imsi meid oaid idfa idfv gaid aaid androidid deviceid udid did mac ip clientip lat lng lon
    latitude longitude gps coord coords orderno ordersn tradeno outtradeno transactionid trackingno waybillno
    trackno trackid trackingnumber trackingid trackingcode mailno mailcode expressno expresscode waybill waybillid
    waybillcode billcode billno bizno logisticsno logisticscode postid parcelid shipmentid nu oid prepayid orderid
    ordercode ordernumber tid tradeid payno paymentid transactionno txnid refundid refundno refundsn returnid returnno
    aftersaleid aftersaleno serviceno bookingid bookingno ticketid ticketno caseid caseno logonid alipayuserid zfb
    """.split()  # noqa: SIM905
)
"""Names of parameters with an id, number or secret of one person or device."""

_OF_PERSONS: Final = frozenset(
    ("real", "true", "user", "nick", "full", "first", "last", "receiver", "consignee", "buyer", "contact", "customer")
)
"""Words that make a `name` that of a person: `buyer_name`, but not `file_name`."""

_NOTHING: Final = frozenset({"null", "undefined", "none", "nil", "nan", "true", "false", "0", "-", "unknown"})
_TRAILING: Final = ".,:!)]}"
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def find(text: str, detect: Detect) -> Iterator[Span]:
    """
    Values that are personal by the name of their parameter, or in which something is detected once they are decoded.

    Looks at query strings with or without a URL, parts of paths, fragments, and user and password before a host.
    Decodes percent-encoding (UTF-8 and GB 18030, `%u` as well), base64 and hex of printable text, and values within
    values. What stands there without any encoding is left to those who search the text itself. Work is bounded: values
    behind so many that their search would take longer than `SEARCHED` says are hidden without a look.

    Does not protect a value under an encryption, compression or encoding of its own.

    Args:
        text: as it is, not folded: folding lower-cases, and base64 would be lost.
        detect: what is found in a decoded value.

    Source: RFC 3986 (URI), WHATWG URL (application/x-www-form-urlencoded), RFC 4648 (base64, base16).
    """
    return _find(text.translate(_WIDE) if "＝" in text or "％" in text else text, _Look(detect), DEPTH)


class _Look:
    """
    Whether anything is found in a decoded value; for every one behind so many, that there is.
    """

    def __init__(self, detect: Detect) -> None:
        self._detect, self._left = detect, SEARCHED

    def __call__(self, decoded: str) -> bool:
        self._left -= max(len(decoded), SHORTEST_SEARCH)
        return self._left < 0 or any(span.score >= THRESHOLD for span in self._detect(decoded))


def _find(text: str, look: _Look, depth: int) -> Iterator[Span]:
    if "=" in text:
        yield from _in_pairs(text, look, depth)
    if "%" in text:
        yield from _where(_ENCODED, text, look, depth)
    if "/" in text:
        yield from _in_path(text, look, depth)


def _in_pairs(text: str, look: _Look, depth: int) -> Iterator[Span]:
    for match in _PAIR.finditer(text):
        key = _key(match["key"])
        value = _value(key, match["value"])
        if value and (
            _is_personal(key) or _is_of_subject(key, value, text, match.start()) or _is_found(value, look, depth)
        ):
            start = match.start("value")
            yield Span(start, start + len(value), "URL_PARAM", SURE)


def _where(pattern: re.Pattern[str], text: str, look: _Look, depth: int) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if _is_found(match[0], look, depth):
            yield Span(match.start(), match.end(), "URL_PARAM", SURE)


def _in_path(text: str, look: _Look, depth: int) -> Iterator[Span]:
    for match in _USERINFO.finditer(text):
        yield Span(match.start(), match.end(), "URL_PARAM", SURE)
    for match in _ROUTE.finditer(text):
        value = match["value"]
        if value.isdecimal() or sum(map(str.isdecimal, value)) >= _ID_DIGITS:
            yield Span(*match.span("value"), "URL_PARAM", SURE)
    yield from _where(_SEGMENT, text, look, depth)


def _key(written: str) -> tuple[str, ...]:
    """
    The words of a parameter's name: `buyer_phone`, `user[realName]`, `%75id`.
    """
    return tuple(word.lower() for word in _WORD.findall(unquote(written) if "%" in written else written))


def _value(key: tuple[str, ...], written: str) -> str:
    """
    A value without what belongs to the sentence around it; nothing if it says nothing.
    """
    if written[0].isascii() and _is_id(key) and (beyond := _BEYOND_ASCII.search(written)):
        written = written[: beyond.start()]
    value = written.rstrip(_TRAILING)
    said = value.strip("*").lower()
    return value if said and said not in _NOTHING else ""


def _is_personal(key: tuple[str, ...]) -> bool:
    if _is_id(key) or "".join(key) in _TEXTS:
        return True
    if key[-1:] == ("name",):
        return key[-2:-1] != () and key[-2] in _OF_PERSONS
    return bool(key) and key[-1] in _TEXTS


def _is_of_subject(key: tuple[str, ...], value: str, text: str, start: int) -> bool:
    """
    Whether a mere `id` is that of what the path before it is about: `/order/detail?id=…`.
    """
    if key[-1:] not in _MERE or sum(map(str.isdecimal, value)) < _LONG_ID:
        return False
    return _SUBJECT.search(text, max(0, start - _PATH), start) is not None


def _is_id(key: tuple[str, ...]) -> bool:
    return "".join(key[-1:]) in _IDS or "".join(key[-2:]) in _IDS or "".join(key) in _IDS


def _is_found(value: str, look: _Look, depth: int) -> bool:
    if not depth:
        return False
    return any(look(decoded) or any(_find(decoded, look, depth - 1)) for decoded in _decoded(value)) or (
        value.isascii() and "=" in value.rstrip("=") and any(_find(value, look, depth - 1))
    )


def _decoded(value: str) -> Iterator[str]:
    """
    Every reading of a value but the one that the text itself gives.
    """
    if not value.isascii():
        yield value  # a bare name, which a gated text is not searched for
    if "%" in value or "+" in value:
        plain = _unquoted(value)
        if plain != value:
            yield plain
    if len(value) >= _SHORTEST:
        for match in _HEX.finditer(value):
            yield from _printable(bytes.fromhex(match[0]))
        for match in _BASE64.finditer(value):
            yield from _from_base64(match[0].rstrip("="))


def _unquoted(value: str) -> str:
    value = _PERCENT_U.sub(lambda match: chr(int(match[1], 16)), value.replace("+", " "))
    raw = unquote_to_bytes(value.encode("utf-8", "surrogatepass"))
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _from_base64(value: str) -> Iterator[str]:
    try:
        raw = b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if "-" in value or "_" in value else None)
    except Error:
        return
    yield from _printable(raw)


def _printable(raw: bytes) -> Iterator[str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable() or text.replace("\n", "").isprintable():
        yield text
