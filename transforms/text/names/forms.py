"""Forms: which strings are formed as names of persons are, and which only look it."""

from typing import Final

from transforms.text.names.announcing import FOLLOWING
from transforms.text.names.boundaries import DOTS, FULL
from transforms.text.names.brands import BRANDS, GOODS, LONGEST, PUBLIC
from transforms.text.names.surnames import (
    CLEAR,
    GIVEN,
    RARE,
    SINGLE,
    SOUNDS,
    WORDS,
    is_given,
    is_likely_name,
    surname_length,
)

_PLACES: Final = frozenset("路街道镇乡村县省巷弄庄屯坡岭沟窑嘴")
"""Last characters of places that read like names."""

NO_END: Final = frozenset("人们款件的了吗呢")
"""Last characters of what a tagger takes for a name and nobody is called."""


def is_person(name: str) -> bool:
    """
    Whether what was tagged has a form that names of persons have.
    """
    surname = surname_length(name)
    if surname == len(name):
        return True
    if len(name) >= FULL and name[-1] in _PLACES:
        return False
    if name[0] in "小老阿大" and len(name) == 2:  # noqa: PLR2004 — 小王
        return name[1] in (GIVEN if name[0] == "阿" else SINGLE)
    if surname:
        word = name in WORDS or name[:FULL] in WORDS
        if name[:2] in WORDS:
            word = word or not is_likely_name(name) or FOLLOWING.match(name, 2) is not None
        return not word and name[1:] != "家" and _is_given_name(name[surname:], any_form=surname > 1)
    if len(name) < FULL:
        return len(name) > 1 and name not in WORDS and all(character in GIVEN for character in name)
    strange = sum(character not in SOUNDS and character not in DOTS and not is_given(character) for character in name)
    return name not in WORDS and strange <= 1


def _is_given_name(name: str, *, any_form: bool) -> bool:
    """
    Whether a tagged name has at least one character that people are given, or the same one twice.
    """
    formed = any_form or any(map(is_given, name)) or (len(name) > 1 and name[0] == name[-1])
    return formed and name[-1] not in NO_END


def is_brand(text: str, start: int, end: int) -> bool:
    """
    Whether a name stands for goods or for a figure of public life.
    """
    name = text[start:end]
    if name in PUBLIC or (name[:2] in BRANDS and (len(name) < FULL or name[2] not in GIVEN)):
        return True
    longer = (text[start : start + size] for size in range(min(end - start, FULL), LONGEST + 1))
    return any(each in BRANDS for each in longer) or bool(GOODS.match(text, end))


def is_word(text: str, start: int, end: int) -> bool:
    """
    Whether what looks like a name is a word, a place or a brand.
    """
    if end - start >= FULL and text[end - 1] in _PLACES:
        return True
    return text[start : start + 2] in WORDS or is_brand(text, start, end)


def is_full(text: str, start: int, end: int) -> bool:
    """
    Whether a string that looks like a name is so long, and its surname so frequent, that it hardly is a word.
    """
    return end - start >= FULL and text[start] not in RARE


def stands_out(text: str, start: int, end: int) -> bool:
    """
    Whether a string looks so much like a name that nothing need announce it.
    """
    clear = surname_length(text, start) > 1 or text[start] in CLEAR or is_full(text, start, end)
    return clear and is_likely_name(text[start:end]) and not is_word(text, start, end)
