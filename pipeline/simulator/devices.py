"""Devices people carry: real models, and the identifiers that apps read from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from pipeline.simulator.draw import digits, hexadecimal, pick, uuid4
from pipeline.simulator.networks import mac_address
from pipeline.simulator.numbers import imei, meid
from pipeline.simulator.web import user_agents

NO_TRACKING: Final = "00000000-0000-0000-0000-000000000000"
"""What OAID and IDFA read when their owner has opted out of tracking."""

_MODELS: Final = (  # brand, model code, name, screen
    *(("HUAWEI", "ALN-AL00", "Mate 60 Pro", "1260x2720"), ("HUAWEI", "BRA-AL00", "Mate 60", "1216x2688")),
    *(("HUAWEI", "HBN-AL00", "Pura 70 Pro", "1260x2844"), ("HUAWEI", "ADY-AL00", "Pura 70", "1256x2760")),
    *(("HUAWEI", "MNA-AL00", "P60 Pro", "1220x2700"), ("HUAWEI", "FOA-AL00", "nova 11", "1084x2412")),
    *(("Xiaomi", "23127PN0CC", "Xiaomi 14", "1200x2670"), ("Xiaomi", "2211133C", "Xiaomi 13", "1080x2400")),
    *(("Redmi", "2311DRK48C", "Redmi K70", "1440x3200"), ("Redmi", "23013RK75C", "Redmi K60", "1440x3200")),
    *(("Redmi", "23049RAD8C", "Note 12 Turbo", "1080x2400"), ("OPPO", "PHZ110", "Find X7", "1264x2780")),
    *(("OPPO", "PHW110", "Reno10", "1080x2412"), ("OPPO", "PJH110", "Reno11", "1080x2412")),
    *(("OPPO", "PGFM10", "Find X6", "1240x2772"), ("vivo", "V2309A", "X100", "1260x2800")),
    *(("vivo", "V2241A", "X90", "1260x2800"), ("vivo", "V2323A", "S18", "1260x2800")),
    *(("iQOO", "V2307A", "iQOO 12", "1260x2800"), ("HONOR", "BVL-AN00", "Magic6", "1264x2800")),
    *(("HONOR", "PGT-AN00", "Magic5", "1224x2688"), ("HONOR", "MAA-AN00", "HONOR 100", "1200x2664")),
    *(("HONOR", "ALI-AN00", "X50", "1220x2652"), ("Apple", "iPhone17,3", "iPhone 16", "1179x2556")),
    *(("Apple", "iPhone17,1", "iPhone 16 Pro", "1206x2622"), ("Apple", "iPhone16,1", "iPhone 15 Pro", "1179x2556")),
    *(("Apple", "iPhone15,4", "iPhone 15", "1179x2556"), ("Apple", "iPhone14,7", "iPhone 14", "1170x2532")),
    *(("Apple", "iPhone14,5", "iPhone 13", "1170x2532"), ("Apple", "iPhone12,1", "iPhone 11", "828x1792")),
)
_VERSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "HarmonyOS": ("3.0.0", "4.0.0", "4.2.0"),
    "iOS": ("16.7.2", "17.1", "17.4.1", "17.6.1", "18.0.1", "18.1"),
    "Android": ("12", "13", "14", "15"),
}
_LANGUAGES: Final = (*("zh-CN",) * 16, "zh-Hans-CN", "zh-TW", "en-US")
_APP_VERSIONS: Final = ("8.2.0", "8.3.0", "8.3.1", "8.4.0", "8.4.2", "9.0.0")
_STORES: Final[Mapping[str, tuple[str, ...]]] = {
    "HUAWEI": ("huawei",),
    "Xiaomi": ("xiaomi",),
    "Redmi": ("xiaomi",),
    "OPPO": ("oppo", "yingyongbao"),
    "vivo": ("vivo", "yingyongbao"),
    "iQOO": ("vivo",),
    "HONOR": ("honor",),
    "Apple": ("app_store",),
}
_OPTED_OUT: Final[Mapping[str, float]] = {"iOS": 0.25, "HarmonyOS": 0.08, "Android": 0.06}
_OAID_AS_UUID: Final = 0.6  # the rest are 16 hexadecimal digits
_ROOTED: Final = 0.01
_MASKED_MAC: Final = "02:00:00:00:00:00"  # what Android gives to apps since version 6
_MASKED: Final = 0.1
PLACEHOLDERS: Final = frozenset({NO_TRACKING, _MASKED_MAC})
"""Values that stand where an identifier would, and identify nobody."""

MODEL_NAMES: Final = tuple(text for brand, code, name, _ in _MODELS for text in (brand, code, name))
"""Brands, model codes and model names, which clean records may hold."""


@dataclass(frozen=True, slots=True)
class Device:
    """
    A telephone with an installed app.

    Args:
        device_id: OAID or IDFA; `NO_TRACKING` after an opt-out.
        ios: whether Apple made it.
        marketing: the model's name in a shop.
        app_version: of the app.
        channel: the store that the app came from.
        language: set by its owner.
        traits: fields of raw.device that identify no device by themselves.
        hardware: fields of raw.device that do.
        agents: user agents of the app and of the browsers on it.
    """

    device_id: str
    ios: bool
    marketing: str
    app_version: str
    channel: str
    language: str
    traits: Mapping[str, Any]
    hardware: Mapping[str, str]
    agents: tuple[str, ...]

    @property
    def tracked(self) -> bool:
        """
        Whether its id identifies it.
        """
        return self.device_id != NO_TRACKING


def device(rng: Random) -> Device:
    """
    A telephone of a model that is on sale in China.
    """
    brand, model, marketing, screen = pick(rng, _MODELS)
    system = {"Apple": "iOS", "HUAWEI": "HarmonyOS"}.get(brand, "Android")
    version, app_version, language = pick(rng, _VERSIONS[system]), pick(rng, _APP_VERSIONS), pick(rng, _LANGUAGES)
    device_id = _device_id(rng, system)
    return Device(
        device_id=device_id,
        ios=system == "iOS",
        marketing=marketing if brand == "Apple" else f"{brand} {marketing}".replace(f"{brand} {brand}", brand),
        app_version=app_version,
        channel=pick(rng, _STORES[brand]),
        language=language,
        traits={
            "model": model,
            "brand": brand,
            "os": system,
            "os_version": version,
            "screen": screen,
            "language": language,
            "timezone": "Asia/Shanghai",
            "rooted": rng.random() < _ROOTED,
        },
        hardware={"idfa": device_id} if system == "iOS" else _hardware(rng),
        agents=user_agents(rng, model, system, version, app_version),
    )


def _device_id(rng: Random, system: str) -> str:
    if rng.random() < _OPTED_OUT[system]:
        return NO_TRACKING
    if system == "iOS":
        return uuid4(rng).upper()
    return uuid4(rng) if rng.random() < _OAID_AS_UUID else hexadecimal(rng, 16)


def _hardware(rng: Random) -> dict[str, str]:
    return {
        "imei": imei(rng),
        "meid": meid(rng),
        "android_id": hexadecimal(rng, 16),
        "serial": f"{pick(rng, ('5VT', 'AXB', 'QLX', 'HJS'))}{digits(rng, 7)}{hexadecimal(rng, 4).upper()}",
        "mac": _MASKED_MAC if rng.random() < _MASKED else mac_address(rng),
    }
