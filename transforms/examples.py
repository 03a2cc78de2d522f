"""Examples: at least one row for each transform, read by its test, the benchmark and the documentation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from transforms.age_band import AgeBand
from transforms.base import Apply, Key, Keyring, Need, Sealing, Transform
from transforms.boxes import PartyPrivateKey, place_of
from transforms.bucket_number import BucketNumber
from transforms.consented import Consented
from transforms.constant import Constant
from transforms.drop import Drop
from transforms.encrypt import Encrypt, subject_key
from transforms.format_preserving import FormatPreserving
from transforms.geo_cell import GeoCell
from transforms.keep import Keep
from transforms.mask import Mask
from transforms.prefix_preserving_ip import PrefixPreservingIp
from transforms.pseudonymize import Pseudonymize
from transforms.redact_text import RedactText
from transforms.region import Region
from transforms.seal import Seal
from transforms.shift_time import ShiftTime
from transforms.timestamp import read_timestamp
from transforms.truncate_ip import TruncateIp
from transforms.truncate_time import TruncateTime
from transforms.url_template import UrlTemplate
from transforms.user_agent import UserAgent

_ROOT: Final = bytes(range(32))
_SALT: Final = bytes(range(16))
_EVENT: Final = read_timestamp("2026-11-22T14:37:12.345+08:00")
_PEOPLES_SQUARE: Final = (31.2304, 121.4737)  # in Shanghai
_CALL: Final = "我叫王小明，电话138 0013 8000，送到文三路90号3幢501室"
_BROWSER: Final = (
    "Mozilla/5.0 (Linux; Android 14; PGT-AN10) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.6099.144 Mobile Safari/537.36"
)
_CONSIGNEE: Final = place_of("clean.merchant.order", "consignee.phone")
_URL: Final = "https://shop.example.com/item/88612345?from=13800138000"


@dataclass(frozen=True, slots=True)
class Example:
    """
    One value and what a transform releases of it.

    Args:
        transform: as a view declares it.
        kind: of the field, by the name in `schemas.kinds`.
        value: as it reaches the transform; a timestamp is a number of milliseconds.
        released: under `EXAMPLE_KEYS`; None when nothing is. Where `read` is given, what it makes of it.
        context: what the transform needs beside the value, as `transforms.base.Need` says.
        read: what opens a value that is different each time it is released.
    """

    transform: Transform
    kind: str
    value: Any
    released: Any
    context: Mapping[Need, Any] = field(default_factory=dict)
    read: Callable[[Any], Any] = lambda output: output

    @property
    def arguments(self) -> tuple[Any, ...]:
        """
        What the bound transform is called with.
        """
        return (self.value, *(self.context[need] for need in self.transform.needs))


EXAMPLE_PARTY: Final = PartyPrivateKey("m-100", _ROOT)
"""The one party that the examples seal to. Its private key can be read here, and protects nothing."""


class ExampleKeyring:
    """
    The keys of the examples: derived from a root that everybody can read here, so that results can be checked.

    Protects nothing.

    Args:
        root: 32 bytes; another root stands for another recipient.
    """

    def __init__(self, root: bytes = _ROOT) -> None:
        self._root = root
        self._applies: dict[tuple[Any, ...], Apply] = {}
        self._parties = {EXAMPLE_PARTY.party: EXAMPLE_PARTY.public().sealer()}

    def derive(self, domain: str, epoch: str = "") -> Key:
        """
        Version 1 of the key of a domain in an epoch: HKDF-SHA256 without salt, 32 bytes.
        """
        info = f"{domain}|{epoch}".encode()
        return Key(1, HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._root))

    def party(self, name: str) -> Sealing | None:
        """
        The one party there is.
        """
        return self._parties.get(name)

    def subject_key(self, subject: str, salt: bytes) -> bytes:
        """
        As a deployment's keys are made, from the root.
        """
        return subject_key(self._root, "example", subject, salt)

    def memo(self, name: tuple[Any, ...], make: Callable[[], Apply]) -> Apply:
        """
        What `make` returned the first time.
        """
        if name not in self._applies:
            self._applies[name] = make()
        return self._applies[name]


EXAMPLE_KEYS: Final[Keyring] = ExampleKeyring()

EXAMPLES: Final[tuple[Example, ...]] = (
    Example(AgeBand(), "birth_date", "1998-11-23", "25-29", {"time": _EVENT}),
    Example(AgeBand(width=10), "birth_date", "1931-05-01", "90+", {"time": _EVENT}),
    Example(BucketNumber.linear(10_000), "money", 12_990, 10_000),
    Example(BucketNumber.logarithmic(), "money", 12_990, 8_192),
    Example(Consented("sharing", Mask(keep_last=4)), "phone", "13800138000", "****8000", {"purposes": {"sharing"}}),
    Example(Consented("sharing", Mask(keep_last=4)), "phone", "13800138000", None, {"purposes": set()}),
    Example(Constant("某用户"), "nickname", "爱喝茶的小李", "某用户"),
    Example(Drop(), "phone", "13800138000", None),
    Example(
        Encrypt("support.phone"),
        "phone",
        "13800138000",
        "s1.UuUc0FjeUUihLYDpfLRIp0tvjxSskIV6hNWNjbEOjtZq6HVdRiPVgVdLeCTwrIaQ",
        {"subject": "u-1001", "salt": _SALT},
    ),
    Example(FormatPreserving("support.phone", keep_prefix=3), "phone", "+86 138-0013-8000", "13883751875"),
    Example(FormatPreserving("support.card"), "bank_card", "6222 0212 3456 7890 128", "8529899545880972363"),
    Example(GeoCell(5), "geo_point", _PEOPLES_SQUARE, "8530995bfffffff"),
    Example(GeoCell(8), "geo_point", _PEOPLES_SQUARE, "88309959d1fffff"),
    Example(Keep(), "plain", "danmaku", "danmaku"),
    Example(Mask(keep_last=4), "phone", "13800138000", "****8000"),
    Example(PrefixPreservingIp("analytics.ip"), "ip", "223.104.63.9", "28.231.193.50"),
    Example(PrefixPreservingIp("analytics.ip", epoch="day"), "ip", "223.104.63.9", "163.107.199.6", {"time": _EVENT}),
    Example(Pseudonymize("analytics.user"), "user_id", "u-1001", "1.xAwYKH42qDToG6aW6mZ95w"),
    Example(Pseudonymize("analytics.phone"), "phone", "138-0013-8000", "1.4waaAZtF5U7Sa_2JQI57kg"),
    Example(Pseudonymize("analytics.user", suite="hmac-sm3"), "user_id", "u-1001", "1.NprLq_gDbEg09--g_5CJgw"),
    Example(Pseudonymize("analytics.user", suite="blake2b"), "user_id", "u-1001", "1.FChl2lxLkMc2wj_OVKPrYA"),
    Example(
        Pseudonymize("ads.device", epoch="month"),
        "device_id",
        "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
        "1.iGV5pjxX7T1wcWHnDyyF6w",
        {"time": _EVENT},
    ),
    Example(RedactText("contact"), "free_text", _CALL, "我叫<PERSON>，电话<CN_MOBILE>，送到<CN_ADDRESS>"),
    Example(RedactText("danmaku"), "free_text", "主播加我薇❤abc_88，199元那件", "主播加我薇❤<WECHAT>，199元那件"),
    Example(RedactText("review", how="mask"), "free_text", "客服一三八 0013 8000很好", "客服*************很好"),
    Example(
        RedactText("contact", how="pseudonymize", domain="analytics.phone"),
        "free_text",
        "电话138-0013-8000",
        "电话<CN_MOBILE:1.4waaAZtF5U7Sa_2JQI57kg>",
    ),
    Example(Region("city"), "region", "恩施州", "恩施土家族苗族自治州"),
    Example(Region("province"), "region", "广东深圳", "广东省"),
    Example(
        Seal("m-100"),
        "phone",
        "13800138000",
        "13800138000",
        {"place": _CONSIGNEE},
        read=lambda box: EXAMPLE_PARTY.open(box, _CONSIGNEE),
    ),
    Example(
        Seal(),
        "phone",
        "13800138000",
        "13800138000",
        {"place": _CONSIGNEE, "party": "m-100"},
        read=lambda box: EXAMPLE_PARTY.open(box, _CONSIGNEE),
    ),
    Example(ShiftTime(days=30), "timestamp", _EVENT, "2026-10-31T03:35:12+08:00", {"subject": "u-1001"}),
    Example(TruncateIp(), "ip", "223.104.63.9", "223.104.63.0"),
    Example(TruncateIp(), "ip", "2409:8a00:1234:5678::9", "2409:8a00:1234::"),
    Example(TruncateTime("10min"), "timestamp", _EVENT, "2026-11-22T14:30:00+08:00"),
    Example(TruncateTime("hour"), "timestamp", _EVENT, "2026-11-22T14:00:00+08:00"),
    Example(UrlTemplate(words=("item", "order")), "url", _URL, "shop.example.com/item/*"),
    Example(UrlTemplate(path=False, words=()), "url", _URL, "shop.example.com"),
    Example(UserAgent("family"), "user_agent", _BROWSER, "Chrome Mobile"),
    Example(UserAgent("version"), "user_agent", _BROWSER, "Chrome Mobile 120 / Android"),
)
