"""Fast draws from a seeded generator."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


def pick(rng: Random, choices: Sequence[_T]) -> _T:
    """
    One of the choices, each as likely as the other; a third of the time that `Random.choice` takes.
    """
    return choices[int(rng.random() * len(choices))]


def digits(rng: Random, count: int) -> str:
    """
    A run of decimal digits; the first may be zero.
    """
    return f"{int(rng.random() * 10**count):0{count}d}"


def hexadecimal(rng: Random, count: int) -> str:
    """
    A run of lower-case hexadecimal digits.
    """
    return f"{rng.getrandbits(4 * count):0{count}x}"


def uuid4(rng: Random) -> str:
    """
    A random UUID, version 4 (RFC 9562), without the detour over an object.
    """
    run = f"{rng.getrandbits(128):032x}"
    return f"{run[:8]}-{run[8:12]}-4{run[13:16]}-a{run[17:20]}-{run[20:]}"
