"""What looks like a number or id of a person and is none: prices, sizes, models, versions, counts, dates."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from pipeline.simulator.draw import digits, hexadecimal

_MODELS: Final = (
    *(
        "iPhone 15 Pro Max",
        "Mate 60",
        "小米14",
        "Redmi K70",
        "RTX4060",
        "V15",
        "WH-1000XM5",
        "GT3 46mm",
        "13900K",
        "P60",
    ),
    *("MacBook Air 13", "S24 Ultra", "OPPO Find X7", "荣耀100", "DDR5 6000", "Model 3", "秦PLUS 2025", "NB-IoT 2G"),
    *("BCD-520WD", "KFR-35GW", "XQG100-14B", "GA-B660M"),
)
_SIZES: Final = ("M", "L", "XL", "2XL", "均码", "S", "170/88A", "165/84A", "42码", "37.5", "90cm", "120", "38D", "1.8m")
_DAY_MONTHS: Final = 12


def price(rng: Random) -> str:
    amount = rng.randint(9, 3999)
    return rng.choice((f"{amount}", f"{amount}元", f"¥{amount}.{digits(rng, 2)}", f"{amount}块", f"{amount % 100}.9"))


def date(rng: Random) -> str:
    month, day = rng.randint(1, _DAY_MONTHS), rng.randint(1, 28)
    return rng.choice(
        (
            f"{month}月{day}号",
            f"{month}.{day}",
            f"2026-{month:02d}-{day:02d}",
            f"2025年{month}月{day}日",
            f"2026{month:02d}{day:02d}",
            f"{month}/{day}",
        )
    )


def _range(rng: Random) -> str:
    low = rng.randint(2, 150)
    return f"{low}{rng.choice('-~到至')}{low + rng.randint(1, 50)}"


def _batch(rng: Random) -> str:
    return rng.choice((f"2026{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.choice('AB')}{digits(rng, 2)}",
                       f"LOT{digits(rng, 6)}", f"{digits(rng, 8)}"))  # fmt: skip


def _big(rng: Random) -> str:
    return str(rng.randint(1, 9)) + digits(rng, rng.randint(3, 7))


def _version(rng: Random) -> str:
    return f"{rng.choice(('', 'v', 'V'))}{rng.randint(1, 12)}.{rng.randint(0, 20)}.{rng.randint(0, 99)}"


def _height(rng: Random) -> str:
    centimetres = rng.randint(150, 188)
    return rng.choice((str(centimetres), f"{centimetres}cm", f"1米{centimetres % 100}"))


def _dimensions(rng: Random) -> str:
    sizes = [str(rng.randint(10, 200)) for _ in range(3)]
    return rng.choice("x*×").join(sizes) + rng.choice(("", "cm", "mm"))


ORDINARY: Final[Mapping[str, Callable[[Random], str]]] = {
    "price": price,
    "size": lambda rng: rng.choice(_SIZES),
    "model": lambda rng: rng.choice(_MODELS),
    "version": _version,
    "date": date,
    "time": lambda rng: f"{rng.randint(8, 23)}{rng.choice(':：')}{rng.choice(('00', '15', '30', '45'))}",
    "n": lambda rng: str(rng.randint(1, 99)),
    "big": _big,
    "range": _range,
    "percent": lambda rng: f"{rng.randint(1, 100)}%",
    "dims": _dimensions,
    "ean": lambda rng: f"69{digits(rng, 11)}",
    "batch": _batch,
    "height": _height,
    "weight": lambda rng: str(rng.randint(80, 180)),
    "room": lambda rng: f"{rng.randint(2, 28)}{rng.randint(1, 36):02d}",
    "month": lambda rng: f"{rng.randint(1, 12):02d}",
    "hex8": lambda rng: hexadecimal(rng, 8),
    "ms": lambda rng: f"17{digits(rng, 11)}",
}  # fmt: skip
"""Slots that hold nothing personal, and what fills them."""
