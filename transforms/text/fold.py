"""Fold: one spelling for what looks or reads the same, without moving a single offset."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, wraps
from itertools import compress
from typing import Final

from transforms.text.span import Finder, Span

HIDDEN: Final = "\x00"
"""What stands in a folded text where a character was that nobody sees: zero-width, bidi control, selector, overlay."""

_HAN_DIGITS: Final = (
    "零〇○◯⭕",
    "一壹壱弌幺丨",
    "二贰貳弐弍两兩",
    "三叁叄參弎",
    "四肆",
    "五伍",
    "六陆陸",
    "七柒",
    "八捌",
    "九玖",
)
"""Han, financial and spoken numerals by their value. 洞, 拐 and 勾 are words far more often: `digits` weighs them."""

_PUNCTUATION: Final = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"',
    "【": "[", "】": "]", "〔": "[", "〕": "]",
    "‐": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "➖": "-", "➕": "+", "➗": "/",
    "〜": "~", "∼": "~", "∶": ":", "・": "·", "•": "·", "‧": "·", "∕": "/", "⁄": "/",
}  # fmt: skip

_LOOK_ALIKES: Final = ("авекмнорстухіѕјνοικτυρ", "abekmhopctyxisjvoiktup")
"""Cyrillic and Greek letters that look like Latin ones: `wеchat` is written with one of them."""

_TRADITIONAL: Final = (
    (
        "電話機號碼聯繫絡傳真熱線來總證證實關銀賬帳戶轉匯稅統會納識別營業執發頭護鄉軍臺車輛馬駕門設備經緯訂單遞運圓韻達極東郵區縣鎮"
        "樓層棟園廣場廈國師寶鵝綠軟衛衝島龍灣陳張劉楊趙黃吳孫鄭謝許鄧馮葉蘇蔣餘葉鐘譚鄒們這個產貨點掛號絡訊飛請幫給寫撥"
    ),
    (
        "电话机号码联系络传真热线来总证证实关银账帐户转汇税统会纳识别营业执发头护乡军台车辆马驾门设备经纬订单递运圆韵达极东邮区县镇"
        "楼层栋园广场厦国师宝鹅绿软卫冲岛龙湾陈张刘杨赵黄吴孙郑谢许邓冯叶苏蒋余叶钟谭邹们这个产货点挂号络讯飞请帮给写拨"
    ),
)
"""Traditional and simplified forms of the characters that labels, units and context words are written with."""

_ONE_DIGIT: Final = frozenset(range(10))

_BLOCKS: Final = (
    range(0x20, 0x7F),
    range(0xA1, 0x250),  # Latin letters with accents
    range(0x1E00, 0x2190),
    range(0x2460, 0x2500),  # enclosed alphanumerics
    range(0x3000, 0x3400),  # Chinese punctuation, enclosed and squared forms
    range(0xFB00, 0xFB07),  # ligatures
    range(0xFE10, 0xFE70),  # vertical and small forms
    range(0xFF01, 0xFFEF),  # full and half width
    range(0x1D400, 0x1D800),  # mathematical letters and digits
    range(0x1F100, 0x1F170),  # enclosed letters and digits
)
"""Where characters live that have an ASCII twin: looking only here keeps the table's making fast."""

_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Mn", "Me"))
"""Categories of controls, halves of surrogate pairs, and marks that are set on another character."""

_TAGS: Final = (range(0xE0000, 0xE0080), range(0xE0100, 0xE01F0))
"""Tags and variation selectors beyond the basic plane."""

_BLANK_LETTERS: Final = (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0)


def fold(text: str) -> str:
    """
    The text with one spelling for everything that looks or reads the same.

    One code point becomes one code point, so an offset in the result is an offset in the text. Digits of every script,
    circled, raised, mathematical and Han ones become ASCII; letters lower-case ASCII; Chinese punctuation its ASCII
    twin; spaces " "; what nobody sees `HIDDEN`; traditional characters of labels and units simplified ones.

    Protects against a number or label that is spelt so that no pattern knows it.
    Does not protect against one spelling for two readings: 一 in a word becomes 1 as well, and callers weigh that.

    Args:
        text: any string; half of a surrogate pair is among what nobody sees.
    """
    return text.translate(_table())


def without_hidden(find: Finder) -> Finder:
    """
    A finder that looks at what of a folded text is seen, so that nothing hidden divides what it looks for.

    Its spans end before the next character that is seen: a keycap at the end of a number belongs to it.

    Args:
        find: a finder that need not know of `HIDDEN`.
    """

    @wraps(find)
    def find_seen(folded: str) -> Iterable[Span]:
        if HIDDEN not in folded:
            return find(folded)
        offsets = [*compress(range(len(folded)), map(HIDDEN.__ne__, folded)), len(folded)]
        return _moved(find(folded.replace(HIDDEN, "")), offsets)

    return find_seen


def _moved(spans: Iterable[Span], offsets: Sequence[int]) -> Iterator[Span]:
    for span in spans:
        yield span._replace(start=offsets[span.start], end=offsets[span.end])


def _digit_of(char: str) -> str | None:
    if char.isnumeric() and unicodedata.category(char) in {"Nd", "No", "Nl"}:
        value = unicodedata.numeric(char)
        if value in _ONE_DIGIT and char not in "Ⅴⅴ":  # rather the letter of Ⅴ信 than a Roman five
            return str(int(value))
    return None


def _twin_of(char: str) -> str | None:
    """
    The one ASCII character that a compatibility form, or a letter under its accents, stands for.
    """
    base = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    letter = base.strip("()") or base  # 🄐 is "(A)"
    return letter.lower() if len(letter) == 1 and letter.isascii() else None


def _digits() -> Iterator[tuple[int, str]]:
    for point in range(0x80, 0x20000):
        digit = _digit_of(chr(point))
        if digit is not None:
            yield point, digit
    for value, forms in enumerate(_HAN_DIGITS):
        yield from ((ord(form), str(value)) for form in forms)


def _pictured() -> Iterator[tuple[int, str]]:
    """
    Dice, clocks, tiles of mahjong, cards and Braille.
    """
    for value in range(1, 10):
        for first in (0x1F550, 0x1F007, 0x1F010, 0x1F019, 0x1F0A1, 0x1F0B1, 0x1F0C1, 0x1F0D1):
            yield first + value - 1, str(value)
    yield from ((0x2680 + value - 1, str(value)) for value in range(1, 7))
    yield from ((ord(dots), str(value)) for value, dots in enumerate("⠚⠁⠃⠉⠙⠑⠋⠛⠓⠊"))


def _twins() -> Iterator[tuple[int, str]]:
    for block in _BLOCKS:
        for point in block:
            twin = _twin_of(chr(point))
            if twin is not None:
                yield point, twin
    for letter in range(26):
        for first in (0x1F150, 0x1F170, 0x1F1E6):  # negative circled, negative squared, regional indicators
            yield first + letter, chr(ord("a") + letter)
    for forms, twins in (_LOOK_ALIKES, _TRADITIONAL):
        for form, twin in zip(forms, twins, strict=True):
            yield from ((ord(form), twin), (ord(form.upper()), twin))
    yield from ((ord(form), twin) for form, twin in _PUNCTUATION.items())


def _unseen() -> Iterator[tuple[int, str]]:
    yield from ((point, HIDDEN) for point in range(0x10000) if unicodedata.category(chr(point)) in _UNSEEN)
    yield from ((point, HIDDEN) for marks in _TAGS for point in marks)
    yield from ((point, HIDDEN) for point in _BLANK_LETTERS)


def _spaces() -> Iterator[tuple[int, str]]:
    yield from ((ord(space), " ") for space in "\t\v\f\r\x1c\x1d\x1e\x1f\xa0\u1680\u202f\u205f\u3000")
    yield from ((point, " ") for point in range(0x2000, 0x200B))
    yield from ((ord(line), "\n") for line in "\n\x85\u2028\u2029")


@cache
def _table() -> Mapping[int, int]:
    """
    What each code point becomes: the whole basic plane and the emoji, because `str.translate` pays for a miss.

    Made when the first text is folded: 5 MiB and 50 ms, which a worker without texts need not spend.
    """
    table = {point: point for block in (range(0x10000), range(0x1F000, 0x1FB00)) for point in block}
    layers: Iterable[Iterator[tuple[int, str]]] = (_twins(), _unseen(), _spaces(), _pictured(), _digits())
    for layer in layers:  # a later layer has the last word
        table.update((point, ord(twin)) for point, twin in layer)
    return table
