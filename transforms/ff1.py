"""FF1: a permutation of the texts of one length over one alphabet (NIST SP 800-38G)."""

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

NUMERALS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
"""An alphabet is the first of these, as many as its radix says."""

SMALLEST_DOMAIN: Final = 1_000_000
"""Texts of one length there have to be at least, by revision 1 of the standard."""

_ROUNDS: Final = 10
_BLOCK: Final = 16
_SHORTEST: Final = 2
_KEYS: Final = (16, 24, 32)

_Round = Callable[[int, int], int]
"""From the number of a round and one half to what is added to the other."""


class FF1:
    """
    Format-preserving encryption by a Feistel network of ten rounds over AES.

    Each text of a length is encrypted to another one of that length, and none twice; texts under different tweaks have
    nothing to do with each other.

    Protects a text against whoever has no key, as long as there are many others of its length. Ten rounds over a small
    domain do not: with enough known pairs of text and ciphertext under one tweak, messages of domains below a million
    were recovered (Bellare, Hoang, Tessaro 2016; Hoang, Tessaro, Trieu 2018), which is why revision 1 of the standard
    forbids them, and this class too.
    Does not protect against altering, nor against whoever can measure how long single calls take: sums and remainders
    of Python's whole numbers take longer for larger ones.

    Args:
        key: 16, 24 or 32 bytes.
        radix: size of the alphabet, 2–36.

    Raises:
        ValueError: an argument is none of these.

    Source: NIST SP 800-38G (2016), algorithms 7 and 8; its revision 1 for the size of the domain.
    """

    def __init__(self, key: bytes, radix: int = 10) -> None:
        if len(key) not in _KEYS:
            msg = f"FF1 takes a key of 16, 24 or 32 bytes, got {len(key)}; derive one with Keyring.derive"
            raise ValueError(msg)
        if not 2 <= radix <= len(NUMERALS):  # noqa: PLR2004 — the sentence says it
            msg = f"FF1 takes a radix of 2–{len(NUMERALS)}, got {radix}"
            raise ValueError(msg)
        self._radix = radix
        self._letters = frozenset(NUMERALS[:radix])
        # One block at a time, chained below: AES serves as the CBC-MAC that the standard calls PRF, not as a mode.
        self._cipher = Cipher(AES(key), ECB()).encryptor().update  # noqa: S305 — see above

    def encrypt(self, text: str, tweak: bytes = b"") -> str:
        """
        The text that another one stands for.

        Raises:
            ValueError: there are too few texts of this length, or it is not of the alphabet.
        """
        left, right, sizes, add = self._begin(text, tweak)
        for number in range(_ROUNDS):
            left, right = right, (left + add(number, right)) % sizes[number % 2]
        return self._text(left, right, len(text))

    def decrypt(self, text: str, tweak: bytes = b"") -> str:
        """
        The text that was encrypted.

        Raises:
            ValueError: there are too few texts of this length, or it is not of the alphabet.
        """
        left, right, sizes, add = self._begin(text, tweak)
        for number in reversed(range(_ROUNDS)):
            left, right = (right - add(number, left)) % sizes[number % 2], left
        return self._text(left, right, len(text))

    def _begin(self, text: str, tweak: bytes) -> tuple[int, int, tuple[int, int], _Round]:
        length, radix = len(text), self._radix
        if length < _SHORTEST or radix**length < SMALLEST_DOMAIN:
            msg = f"there are fewer than a million texts of {length} characters; FF1 would not hide one of them"
            raise ValueError(msg)
        if not self._letters.issuperset(text):
            msg = f"the text is not of the {radix} characters from {NUMERALS[0]} to {NUMERALS[radix - 1]}"
            raise ValueError(msg)
        half = length // 2
        sizes = radix**half, radix ** (length - half)
        left, right = int(text[:half], radix), int(text[half:], radix)
        return left, right, sizes, self._round(length, sizes[1], tweak)

    def _round(self, length: int, size: int, tweak: bytes) -> _Round:
        """
        The function of a round, for texts of this length.

        Args:
            length: of the text.
            size: of the larger half: how many values it can have.
            tweak: of any length.
        """
        cipher = self._cipher
        width = ((size - 1).bit_length() + 7) // 8
        wanted = 4 * -(-width // 4) + 4
        head = b"\1\2\1" + self._radix.to_bytes(3) + bytes((_ROUNDS, length // 2 % 256))
        # What does not change from round to round is enciphered once: the first block, and all of the tweak's.
        fixed = tweak + bytes(-(len(tweak) + width + 1) % _BLOCK)
        whole = len(fixed) - len(fixed) % _BLOCK
        state = int.from_bytes(cipher(head + length.to_bytes(4) + len(tweak).to_bytes(4)))
        for start in range(0, whole, _BLOCK):
            state = int.from_bytes(cipher((state ^ int.from_bytes(fixed[start : start + _BLOCK])).to_bytes(_BLOCK)))
        rest = fixed[whole:]

        def add(number: int, half: int) -> int:
            blocks = rest + bytes((number,)) + half.to_bytes(width)
            mac = state
            for start in range(0, len(blocks), _BLOCK):
                mac = int.from_bytes(cipher((mac ^ int.from_bytes(blocks[start : start + _BLOCK])).to_bytes(_BLOCK)))
            stream = mac.to_bytes(_BLOCK)
            for block in range(1, -(-wanted // _BLOCK)):
                stream += cipher((mac ^ block).to_bytes(_BLOCK))
            return int.from_bytes(stream[:wanted])

        return add

    def _text(self, left: int, right: int, length: int) -> str:
        half = length // 2
        return self._numerals(left, half) + self._numerals(right, length - half)

    def _numerals(self, number: int, count: int) -> str:
        if self._radix == 10:  # noqa: PLR2004 — the radix of Python's own text of a number
            return str(number).zfill(count)
        letters = []
        for _ in range(count):
            number, letter = divmod(number, self._radix)
            letters.append(NUMERALS[letter])
        return "".join(reversed(letters))
