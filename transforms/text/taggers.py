"""Which tagger looks for names."""

from functools import cache
from importlib.util import find_spec
from typing import Final, Literal, get_args

from transforms.text.names.mention import Tagger

NamesMode = Literal["auto", "model", "dictionary", "none"]
"""
`model`: a neural tagger, which needs the extra `qingliu[ner]`; `dictionary`: words and surnames, many times faster and
with a lower recall; `auto`: the model where the extra is installed, else the dictionary; `none`: only names that a word
announces.
"""

MODES: Final = get_args(NamesMode)


def tagger(names: NamesMode) -> Tagger | None:
    """
    The tagger of a mode, one a process: it takes tens of megabytes.

    Raises:
        ValueError: there is no such mode.
        NamesUnavailable: the extra is not installed.
    """
    if names not in MODES:
        msg = f"names {names!r} is unknown; choose one of {', '.join(MODES)}"
        raise ValueError(msg)
    if names == "none":
        return None
    return _model() if names == "model" or (names == "auto" and model_installed()) else _dictionary()


def falls_back(names: NamesMode) -> bool:
    """
    Whether the mode is `auto` and the model is missing, of which somebody should be told.
    """
    return names == "auto" and not model_installed()


FALLEN_BACK: Final = 'names in texts are looked for in a dictionary, which finds fewer; install "qingliu[ner]"'
"""What to tell."""


def model_installed() -> bool:
    """
    Whether what runs the model is installed.
    """
    return find_spec("onnxruntime") is not None


@cache
def _model() -> Tagger:
    from transforms.text.names.lac import LacTagger  # noqa: PLC0415 — loads onnxruntime, which a small install has not

    return LacTagger()


@cache
def _dictionary() -> Tagger:
    from transforms.text.names.dictionary import DictionaryTagger  # noqa: PLC0415 — loads its dictionary at import

    return DictionaryTagger()
