"""The ratchet: a secret for each day, from which those of later days follow, and none of an earlier one."""

import hmac
from datetime import date, timedelta
from typing import Final

from transforms import Refused

EARLIEST: Final = date(1999, 1, 1)
LATEST: Final = date(2100, 1, 2)
"""
Days of the calendar of Asia/Shanghai between which every epoch of a readable timestamp begins (`transforms.timestamp`
reads 2000 up to 2100). From one end to the other it is 37,000 steps, a twentieth of a second, taken once.
"""

SECRET_BYTES: Final = 32
_NEXT_DAY: Final = b"qingliu/1/next day"


class Ratchet:
    """
    A chain of secrets, one a day: `S(d+1) = HKDF-Expand(S(d), "qingliu/1/next day")`.

    Protects what was derived for days before `day`: whoever takes the ratchet, its owner included, derives nothing for
    them. Does not protect days from `day` on, and nothing at all while a copy of an earlier ratchet remains, in a
    backup for instance.

    Args:
        day: the first day that can be derived.
        secret: its 32 bytes.

    Raises:
        ValueError: the secret has another length, or the day lies outside of `EARLIEST` and `LATEST`.

    Source: HKDF, RFC 5869; forward security by a chain of one-way steps, Bellare and Yee, CT-RSA 2003.
    """

    def __init__(self, day: date, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES or not EARLIEST <= day <= LATEST:
            msg = f"a ratchet has {SECRET_BYTES} bytes and begins between {EARLIEST} and {LATEST}"
            raise ValueError(msg)
        self.day = day
        self._secrets = [secret]

    def derive(self, day: date, name: str) -> bytes:
        """
        The 32-byte key of a name on a day.

        Raises:
            Refused: the day's secret was destroyed, or the day lies beyond `LATEST`.
        """
        return expand(self._at(day), name.encode())

    def moved(self, day: date) -> "Ratchet":
        """
        The ratchet that begins at a later day.

        Raises:
            Refused: as `derive`.
        """
        return Ratchet(day, self._at(day))

    @property
    def secret(self) -> bytes:
        """
        The secret of the first day, for whoever writes the ratchet down.
        """
        return self._secrets[0]

    def _at(self, day: date) -> bytes:
        steps = (day - self.day) // timedelta(days=1)
        if steps < 0:
            raise Refused(_EXPIRED)
        if day > LATEST:
            raise Refused(_TOO_FAR)
        while len(self._secrets) <= steps:
            self._secrets.append(expand(self._secrets[-1], _NEXT_DAY))
        return self._secrets[steps]

    def __repr__(self) -> str:
        return f"Ratchet({self.day})"


def expand(secret: bytes, info: bytes) -> bytes:
    """
    HKDF-Expand with SHA-256, one block: 32 bytes.

    Source: RFC 5869, section 2.3.
    """
    return hmac.digest(secret, info + b"\1", "sha256")


_EXPIRED: Final = "its epoch has expired: the key was destroyed, and no token can be made in it any more"
_TOO_FAR: Final = "its epoch lies too far ahead; correct the clock of whoever sent it"
