"""The web as an app sees it: user agents, addresses of pages, and what clients put into queries."""

from collections.abc import Sequence
from random import Random
from typing import Final
from urllib.parse import quote

from pipeline.simulator.draw import digits, hexadecimal, pick

_HOSTS: Final = ("m.haohuo.example", "live.haohuo.example", "api.haohuo.example", "www.haohuo.example")
_PAGES: Final = (
    *("/item/{number}", "/live/room/{number}", "/cart", "/order/list", "/order/{number}/pay", "/search", "/user/home"),
    *(
        "/api/v1/item/{number}/comments",
        "/api/v2/live/{number}/enter",
        "/shop/{number}",
        "/coupon/center",
        "/help/refund",
    ),
)
_REFERRERS: Final = (
    *("https://m.haohuo.example/", "https://live.haohuo.example/live/room/880123", "https://www.baidu.com/"),
    *("https://servicewechat.com/wx3c7a5e0d9b1f2a46/128/page-frame.html", "https://m.weibo.cn/"),
)
_BUILDS: Final = ("TP1A.220624.014", "UP1A.231005.007", "AP3A.240905.015")
_CHROMES: Final = ("101.0.4951.41", "116.0.0.0", "120.0.6099.144", "126.0.6478.122")
_NARROW: Final = 0.35  # share of addresses without a query
_TOKEN: Final = 0.6  # … up to here: an access token in the query
_PHONE: Final = 0.72  # … a telephone number
_INTERNATIONAL: Final = 0.76  # … a telephone number with +86, percent-encoded
_NAME: Final = 0.82  # … a name, percent-encoded


def user_agents(rng: Random, model: str, system: str, version: str, app: str) -> tuple[str, ...]:
    """
    The user agents of one device: its app, web views within apps, and its browser.
    """
    if system == "iOS":
        return _apple(model, version, app)
    release = "12; HarmonyOS" if system == "HarmonyOS" else version
    return _android(model, release, app, pick(rng, _BUILDS), pick(rng, _CHROMES))


def page(rng: Random, name: str, phone: str, planted: list[str]) -> str:
    """
    The address of a page, with whatever a client puts into the query; adds what it holds of a person to `planted`.
    """
    url = f"https://{pick(rng, _HOSTS)}{pick(rng, _PAGES).format(number=digits(rng, 7))}"
    style = rng.random()
    if style < _NARROW:
        return url
    query, personal = _query(rng, style, name, phone)
    url = f"{url}?{query}"
    planted.extend(personal)
    planted.append(url)
    return url


def referrer(rng: Random) -> str:
    """
    The page that led to this one.
    """
    return pick(rng, _REFERRERS)


def _query(rng: Random, style: float, name: str, phone: str) -> tuple[str, Sequence[str]]:
    if style < _TOKEN:
        token = hexadecimal(rng, 40)
        return f"from=feed&token={token}", (token,)
    if style < _PHONE:
        return f"mobile={phone}&scene=login", (phone,)
    if style < _INTERNATIONAL:
        return f"tel=%2B86{phone}&t={int(rng.random() * 1000)}", (phone,)
    if style < _NAME:
        return f"receiver={quote(name)}&page=1", (name,)
    trace = hexadecimal(rng, 32)
    return f"spm=a2o.home.{int(rng.random() * 10)}&trace={trace}", (trace,)


def _apple(model: str, version: str, app: str) -> tuple[str, ...]:
    underscored = version.replace(".", "_")
    webkit = f"Mozilla/5.0 (iPhone; CPU iPhone OS {underscored} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    return (
        f"HaoHuo/{app} ({model}; iOS {version}; Scale/3.00)",
        f"{webkit} Mobile/15E148 HaoHuo/{app} NetType/WIFI",
        f"{webkit} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/5G Language/zh_CN",
        f"{webkit} Version/{version.split('.', maxsplit=1)[0]}.0 Mobile/15E148 Safari/604.1",
    )


def _android(model: str, release: str, app: str, build: str, chrome: str) -> tuple[str, ...]:
    webview = (
        f"Mozilla/5.0 (Linux; Android {release}; {model} Build/{build}; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Version/4.0 Chrome/{chrome} Mobile Safari/537.36"
    )
    browser = (
        f"Mozilla/5.0 (Linux; Android {release}; {model}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{chrome} Mobile Safari/537.36"
    )
    return (
        "okhttp/4.9.3",
        f"HaoHuo/{app} (Linux; Android {release}; {model})",
        f"{webview} HaoHuo/{app}",
        f"{webview} XWEB/1160117 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003137) NetType/5G Language/zh_CN",
        browser,
    )
