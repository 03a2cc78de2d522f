"""Messengers: the words, nicknames and signs that give away an account of WeChat, QQ or Alipay."""

import re
from typing import Final

from transforms.text.scanning import passing_over

_SPLIT: Final = r"[^0-9a-z\u3400-\u9fff\n,;:、。]{0,2}"
"""What may stand inside of a word that is torn apart: 微❤信."""


def _torn(words: str) -> str:
    """
    Any of the words, whole or torn.
    """
    return "|".join(_SPLIT.join(map(re.escape, word)) for word in words.split())


_WEI: Final = "微薇威维徽卫溦嶶徾葳巍韦唯惟"
_HEART: Final = "♥❤♡❥💚💗💖💕💓💘💝💙💛💜🧡🖤💬🗨"
_XIN: Final = "信芯心新星辛欣鑫馨"

_ADDING: Final = (
    r"(?:加|\+|十|添|佳|家|茄|嘉|私|扫|搜|联系|戳)"
    "(?:个|下|1下|我|我的|你|咱|主播|客服|店主|老板|群主|好友){0,2}[ ]?"
)
"""Verbs of making contact."""

COVERT: Final = (
    rf"(?<![a-z0-9])(?:[wv]{_SPLIT}x(?:in)?(?!id_)|[wv]{_SPLIT}[信芯星]|wei{_SPLIT}[{_XIN}{_HEART}]|we{_SPLIT}[{_XIN}]"
    rf"|{_torn('weixin vchat weichat wexin weixn')}|v[{_HEART}]信?)"
    rf"|[{_WEI}](?:{_SPLIT}x(?![a-z])|{_SPLIT}xin|[ .·]?[{_HEART}][ ]?信?)"
    rf"|{_torn('薇信 威信 徽信 维信 溦信 嶶信 徾信 葳信 巍信 微心 薇心 威心 卫心 微芯 维芯 威芯 薇芯 卫芯')}"
    rf"|{_torn('绿泡泡 绿泡 绿聊 绿信 绿色聊天')}"
)
"""Spellings that nobody uses of the app itself."""

OPEN: Final = rf"{_torn('微信 绿色软件 绿色app 卫星')}|🛰|(?<![a-z0-9]){_torn('wechat')}"
"""Names of the app, of which much else is said."""

CALLED: Final = (
    rf"{_ADDING}(?:{COVERT}|{OPEN}|[{_WEI}](?!{'[辣甜苦店博众商]'})|v(?!ip|ivo|log|r(?![a-z0-9_-]))|w(?![a-z])|[{_HEART}✌])"
    rf"|(?<![a-z0-9])v[ ]?(?=[:号])|[{_WEI}{_HEART}][ ]?(?=[:号])"
)
"""A verb and any nickname, or a nickname and a colon."""

BARE: Final = rf"[{_WEI}][{_XIN}]?|[{_HEART}✌]|(?<![a-z0-9])[vw](?![a-z0-9])"
"""A nickname alone: much else is written so."""

_KOU: Final = "扣抠叩寇蔻球秋丘囗鹅"
_QQ_NAMED: Final = (
    _torn("扣扣 抠抠 叩叩 寇寇 蔻蔻 球球 秋秋 丘丘 囗囗 口口 小企鹅 企鹅 企额 企鸭 鹅厂 球秋 扣抠 君羊")
    + rf"|(?<![a-z0-9])q{_SPLIT}q(?![a-hj-z]|i[a-ce-z])|(?<![a-z])kou(?:[ ]?kou)?(?![a-hj-z])|qiu[ ]?qiu"
)

QQ: Final = (
    rf"{_QQ_NAMED}|{_ADDING}(?:{_QQ_NAMED}|[{_KOU}🐧]|q(?![a-hj-z])|群|裙)"
    r"|(?<![a-z0-9])q[ ]?(?=[:号群裙]|id)|[扣抠球秋鹅][ ]?(?=[:号群裙])|[群裙][ ]?(?=[:号])|🐧"
)
"""Words that a QQ number follows."""

QQ_BARE: Final = rf"[{_KOU}]|(?<![a-z0-9])q(?![a-z])|[群裙]"
"""The same with much else that follows them: only a long number at once is one."""

COMMON: Final = re.compile("小?企鹅|球球|秋秋|丘丘|企额|口口|君羊|鹅厂|🐧")
"""Words that name other things as well."""

ALIPAY: Final = (
    _torn("支付宝 吱付宝 吱富宝 支富宝 之付宝 知付宝 智付宝 支付bao z付宝 支f宝 付宝")
    + r"|(?<![a-z0-9])(?:zfb|alipay|zhi ?fu ?bao)(?![a-z])"
)

_FIRST: Final = f"avwqkz加+十添佳家茄嘉私扫搜联戳绿支吱之知智付口小企君群裙🛰🐧✌{_WEI}{_HEART}{_KOU}"
TRIGGER: Final = passing_over(
    _FIRST,
    f"(?P<called>{CALLED})|(?P<covert>{COVERT})|(?P<open>{OPEN})|(?P<alipay>{ALIPAY})|(?P<qq>{QQ})"
    f"|(?P<bare>{BARE})|(?P<qqbare>{QQ_BARE})",
)
"""A trigger, as the group of its kind."""
