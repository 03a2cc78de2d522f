"""Names: where the name begins whose end was recognised, and what cannot be in a name."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from transforms.text.addresses.persons import Persons
from transforms.text.addresses.words import SAYING, WHOLE
from transforms.text.fold import fold
from transforms.text.names.surnames import AMBIGUOUS, CLEAR

LONGEST: Final = 12
"""Characters of a name before the word that it ends with."""

DOOR: Final = ("门口", "门前", "大门口", "楼下")
"""Where a parcel is left: behind the number of a house no part of the address."""

_SOFT_STOPS: Final = "[就也请帮让叫问谁从要说件每个逛喝玩拍找取靠吃改去那住有货发来给想]"
"""Characters that names of places have seldom: read as a part of one only directly behind a division or town."""

_STOPS: Final = (
    "[我你您他她它的了在是被把很吗呢吧啊哦呀嘛么这哪寄不没到送收买卖些咱俺喂嗯已往跟放]",
    "(?<=[寄送发改移转址])至|和(?=[我你他她老朋同家客主这那别])|对(?=[我你方])",
    "铁路(?![小新家局医中宿公住])|(?:顺丰|圆通|中通|申通|韵达|极兔)(?!快递[点站]|网点|驿站)",
)
"""Characters that hardly any name of a place has, but in the words of `WHOLE`."""


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(sorted(map(fold, words), key=len, reverse=True))


_WHOLE_OR_STOP: Final = re.compile(
    "|".join((f"({_longest_first(WHOLE)})", _longest_first(SAYING), *_STOPS, f"({_SOFT_STOPS})"))
)

_BOUNDARY: Final = re.compile(r"[^0-9a-z\u3400-\u9fff·()&-]|[0-9]{6,}")
"""What no name holds: punctuation, spaces, long numbers."""

_SEPARATORS: Final = re.compile(r"[ ,;/|_.~()\[\]\n·:+\-\"'、>]{0,4}")
"""Between two parts of one address."""

_LEADING: Final = re.compile("(?:学校|公司|单位|学生|老家|家)(?=...)")
"""Words before an address that are no part of it."""

_REST_OF_A_NUMBER: Final = re.compile("(?<=[0-9])[0-9]+")
"""Of one that begins farther away than a name."""

_TRAILING: Final = re.compile(r"[ ,()\-\n]{1,3}\Z")

_LABEL: Final = re.compile(r"(?:详细|街道|收货|具体|所在)?(?:地址|街道|门牌号?|小区|楼栋|区县|地区)[:是为 ]{1,3}")

_AHEAD: Final = 4
"""Characters behind a name that some stops look at."""

_TAIL: Final = re.compile(
    r"(?: (?=[\u3400-\u9fff]{2,11}[院校局所店厂馆部苑园城站](?![a-z0-9\u3400-\u9fff])))?"
    r"((?![a-z0-9])[a-z0-9\u3400-\u9fff·&]{2,12})(?![a-z0-9\u3400-\u9fff·&])"
)
_NAME_OF_A_PERSON: Final = 4
_SURNAMES: Final = frozenset(fold("".join(CLEAR | AMBIGUOUS)))

_HAN_OR_LETTER: Final = re.compile("[a-z\u3400-\u9fff]")


def begins(plain: str, floor: int, end: int) -> int:
    """
    Where the name begins that ends at `end`.

    Args:
        plain: the text, as `grammar.parts` takes it.
        floor: before which it cannot begin.
        end: where its last word begins.
    """
    floor = max(floor, end - LONGEST)
    start = floor
    for match in _BOUNDARY.finditer(plain, start, end):
        start = match.end()
    start = max((start, *_stop_ends(plain, start, end)))
    for pattern in (_REST_OF_A_NUMBER, _LEADING):
        skipped = pattern.match(plain, start, end)
        start = skipped.end() if skipped else start
    return start


def bridges(plain: str, start: int, end: int, *, inside: bool = False) -> bool:
    """
    Whether what stands between two parts can be the name of the second.

    Args:
        plain: the text, as `grammar.parts` takes it.
        start: behind the first part.
        end: where the second begins.
        inside: whether the first is one that hardly any address ends with.
    """
    if start == end:
        return True
    for pattern in (_SEPARATORS, _LABEL):
        match = pattern.match(plain, start, end)
        start = match.end() if match else start
    last = _TRAILING.search(plain, start, end)
    boundary = _BOUNDARY.search(plain, start, last.start() if last else end)
    return end - start <= LONGEST and not boundary and not holds_a_stop(plain, start, end, inside=inside)


def segment_end(plain: str, start: int, end: int) -> int:
    """
    Where the first punctuation or space stands, `end` when there is none.
    """
    match = _BOUNDARY.search(plain, start, end)
    return match.start() if match else end


def tail(plain: str, start: int, persons: Persons) -> int:
    """
    Where the name ends that stands behind an address up to the next punctuation: 星巴克 in 1楼星巴克.

    Nothing is taken that may be somebody's name, or that has a word in it which no name of a place has.

    Args:
        plain: the text, as `grammar.parts` takes it.
        start: behind the address.
        persons: whose names are no part of an address.
    """
    match = _TAIL.match(plain, start)
    if (
        not match
        or plain.startswith(DOOR, start)
        or holds_a_stop(plain, start, match.end())
        or persons.between(start, match.end() + 1)
    ):
        return start
    return start if len(match[1]) <= _NAME_OF_A_PERSON and match[1][0] in _SURNAMES else match.end()


def holds_a_stop(plain: str, start: int, end: int, *, inside: bool = False) -> bool:
    """
    Whether a word is in it that no name of a place has.
    """
    return any(True for _ in _stop_ends(plain, start, end, inside=inside))


def is_name(name: str) -> bool:
    """
    Whether it has a letter or a Han character.
    """
    return _HAN_OR_LETTER.search(name) is not None


def _stop_ends(plain: str, start: int, end: int, *, inside: bool = False) -> Iterator[int]:
    """
    Where each word ends that no name of a place has.
    """
    for match in _WHOLE_OR_STOP.finditer(plain, start, end + _AHEAD):
        if not match[1] and not (inside and match[2]) and match.end() <= end:
            yield match.end()
