"""FF1 against the samples of NIST, and as a permutation."""

from math import ceil

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.ff1 import FF1, NUMERALS, SMALLEST_DOMAIN

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94")
DIGITS, MIXED = "0123456789", "0123456789abcdefghi"
NINE_TO_ZERO, SEVENS = "39383736353433323130", "3737373770717273373737"


def texts(radix, longest=60):
    return st.text(NUMERALS[:radix], min_size=20, max_size=longest)


def worded(key, radix, text, tweak):
    """
    Algorithm 7 of the standard, step by step and letter by letter.
    """

    def prf(blocks):
        return Cipher(AES(key), CBC(bytes(16))).encryptor().update(blocks)[-16:]

    def block(number, mac):
        mixed = bytes(a ^ b for a, b in zip(mac, number.to_bytes(16), strict=True))
        return Cipher(AES(key), ECB()).encryptor().update(mixed)  # noqa: S305 — one block, as the standard says

    n, t = len(text), len(tweak)
    u, v = n // 2, n - n // 2
    left, right = text[:u], text[u:]
    bits = (radix**v - 1).bit_length()
    b = ceil(bits / 8)
    d = 4 * ceil(b / 4) + 4
    p = bytes([1, 2, 1, 0, 0, radix, 10, u % 256]) + n.to_bytes(4) + t.to_bytes(4)
    for i in range(10):
        q = tweak + bytes((-t - b - 1) % 16) + bytes([i]) + int(right, radix).to_bytes(b)
        r = prf(p + q)
        s = r + b"".join(block(j, r) for j in range(1, ceil(d / 16)))
        m = u if i % 2 == 0 else v
        c = (int(left, radix) + int.from_bytes(s[:d])) % radix**m
        letters = [NUMERALS[c // radix**place % radix] for place in reversed(range(m))]
        left, right = right, "".join(letters)
    return left + right


class TestSamples:
    @pytest.mark.parametrize(
        ("size", "radix", "tweak", "text", "ciphertext"),
        [
            pytest.param(16, 10, "", DIGITS, "2433477484", id="sample 1: AES-128"),
            pytest.param(16, 10, NINE_TO_ZERO, DIGITS, "6124200773", id="sample 2: AES-128, tweak"),
            pytest.param(16, 36, SEVENS, MIXED, "a9tv40mll9kdu509eum", id="sample 3: AES-128, radix 36"),
            pytest.param(24, 10, "", DIGITS, "2830668132", id="sample 4: AES-192"),
            pytest.param(24, 10, NINE_TO_ZERO, DIGITS, "2496655549", id="sample 5: AES-192, tweak"),
            pytest.param(24, 36, SEVENS, MIXED, "xbj3kv35jrawxv32ysr", id="sample 6: AES-192, radix 36"),
            pytest.param(32, 10, "", DIGITS, "6657667009", id="sample 7: AES-256"),
            pytest.param(32, 10, NINE_TO_ZERO, DIGITS, "1001623463", id="sample 8: AES-256, tweak"),
            pytest.param(32, 36, SEVENS, MIXED, "xs8a0azh2avyalyzuwd", id="sample 9: AES-256, radix 36"),
        ],
    )
    def test_of_nist_come_out(self, size, radix, tweak, text, ciphertext):
        """
        In both directions: the nine of the standard's example values.
        """
        ff1 = FF1(KEY[:size], radix)

        assert ff1.encrypt(text, bytes.fromhex(tweak)) == ciphertext
        assert worded(KEY[:size], radix, text, bytes.fromhex(tweak)) == ciphertext
        assert ff1.decrypt(ciphertext, bytes.fromhex(tweak)) == text


class TestStandard:
    @settings(max_examples=60)
    @given(
        st.integers(2, 36).flatmap(lambda radix: st.tuples(st.just(radix), texts(radix, 90))), st.binary(max_size=40)
    )
    def test_is_kept_where_there_are_no_samples(self, chosen, tweak):
        """
        Long texts and tweaks take several blocks of AES in places where those of the samples take one.
        """
        radix, text = chosen

        assert FF1(KEY, radix).encrypt(text, tweak) == worded(KEY, radix, text, tweak)


class TestPermutation:
    @settings(max_examples=60)
    @given(st.integers(2, 36).flatmap(lambda radix: st.tuples(st.just(radix), texts(radix))), st.binary(max_size=40))
    def test_is_undone_and_keeps_length_and_alphabet(self, chosen, tweak):
        """
        For every radix, tweak and length, odd ones too.
        """
        radix, text = chosen
        ff1 = FF1(KEY, radix)
        changed = ff1.encrypt(text, tweak)

        assert len(changed) == len(text)
        assert set(changed) <= set(NUMERALS[:radix])
        assert ff1.decrypt(changed, tweak) == text

    def test_takes_long_texts_through_several_blocks(self):
        """
        Halves that do not fit one block of AES.
        """
        ff1, text = FF1(KEY), "13800138000" * 20

        assert ff1.decrypt(ff1.encrypt(text, b"x" * 33), b"x" * 33) == text
        assert ff1.encrypt(text, b"x" * 33) != ff1.encrypt(text, b"x" * 32)

    def test_gives_no_text_twice(self):
        """
        Over a thousand neighbours.
        """
        ff1 = FF1(KEY)

        assert len({ff1.encrypt(f"{number:06}") for number in range(1_000)}) == 1_000

    def test_depends_on_key_and_tweak(self):
        """
        Each makes another one.
        """
        made = {FF1(key).encrypt(DIGITS, tweak) for key in (KEY, KEY[:16], KEY[16:]) for tweak in (b"", b"a", b"b")}

        assert len(made) == 9


class TestBounds:
    @pytest.mark.parametrize(
        ("radix", "length"),
        [pytest.param(10, 5, id="digits"), pytest.param(2, 19, id="bits"), pytest.param(36, 3, id="letters")],
    )
    def test_fewer_than_a_million_texts_are_too_few(self, radix, length):
        """
        The next length is enough.
        """
        ff1 = FF1(KEY, radix)
        assert radix**length < SMALLEST_DOMAIN <= radix ** (length + 1)

        for change in (ff1.encrypt, ff1.decrypt):
            with pytest.raises(ValueError, match="fewer than a million texts"):
                change("1" * length)
        assert ff1.decrypt(ff1.encrypt("1" * (length + 1))) == "1" * (length + 1)

    @pytest.mark.parametrize("text", ["12345a", "123 456", "１２３４５６", "12_456", "+123456", "-123456"])
    def test_what_is_not_of_the_alphabet_is_refused(self, text):
        """
        Also what Python would read as a number.
        """
        with pytest.raises(ValueError, match="not of the 10 characters from 0 to 9"):
            FF1(KEY).encrypt(text)

    @pytest.mark.parametrize(("key", "radix"), [pytest.param(KEY[:31], 10, id="key"), (KEY, 1), (KEY, 37)])
    def test_a_wrong_key_or_radix_is_refused(self, key, radix):
        """
        When it is made.
        """
        with pytest.raises(ValueError, match="FF1 takes a"):
            FF1(key, radix)
