"""Suites: keyed hashes against published vectors and against straightforward implementations."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.suites import SUITES, prf

KEYS = st.binary(min_size=1, max_size=200)  # below, at and beyond a block of 64 bytes
MESSAGES = st.binary(max_size=300)


def sm3(message):
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def plain_hmac(digest, key, message, block=64):
    padded = (digest(key) if len(key) > block else key).ljust(block, b"\0")
    inner = digest(bytes(byte ^ 0x36 for byte in padded) + message)
    return digest(bytes(byte ^ 0x5C for byte in padded) + inner)


class TestPrf:
    @pytest.mark.parametrize("suite", SUITES)
    @given(st.binary(min_size=1, max_size=64), st.lists(MESSAGES, max_size=5))
    def test_a_call_leaves_nothing_behind(self, suite, key, messages):
        """
        Results are 16 bytes, and the same whatever was asked before.
        """
        evaluate = prf(suite, key)
        results = [evaluate(message) for message in messages]

        assert results == [prf(suite, key)(message) for message in messages]
        assert all(len(result) == 16 for result in results)

    def test_suites_differ(self):
        """
        One key and message have another result in every suite.
        """
        assert len({prf(suite, b"key")(b"message") for suite in SUITES}) == len(SUITES) == 3

    def test_the_default_comes_first(self):
        """
        Whoever shows the choices shows HMAC-SHA256 first.
        """
        assert SUITES[0] == "hmac-sha256"

    @pytest.mark.parametrize("suite", ["sha256", "HMAC-SHA256", ""])
    def test_an_unknown_suite_is_a_mistake(self, suite):
        """
        The error lists the suites.
        """
        with pytest.raises(ValueError, match="choose one of hmac-sha256, hmac-sm3, blake2b"):
            prf(suite, b"key")

    @pytest.mark.parametrize("suite", SUITES)
    def test_an_empty_key_is_a_mistake(self, suite):
        """
        Without a key everybody could compute the tokens.
        """
        with pytest.raises(ValueError, match="give 32 random bytes"):
            prf(suite, b"")


class TestHmacSha256:
    @pytest.mark.parametrize(
        ("key", "message", "expected"),
        [
            pytest.param(b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b", id="1"),
            pytest.param(b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7", id="2"),
            pytest.param(b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a7", id="3"),
            pytest.param(bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a", id="4"),
            pytest.param(
                b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b", id="5, cut there too"
            ),
            pytest.param(
                b"\xaa" * 131,
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f",
                id="6, key longer than a block",
            ),
            pytest.param(
                b"\xaa" * 131,
                b"This is a test using a larger than block-size key and a larger than block-size data. "
                b"The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944",
                id="7, both longer than a block",
            ),
        ],
    )
    def test_vectors_of_rfc_4231(self, key, message, expected):
        """
        The published results, cut to 128 bits.
        """
        assert prf("hmac-sha256", key)(message).hex() == expected

    @given(KEYS, MESSAGES)
    @example(bytes(range(64)), b"a key of exactly a block")
    @example(bytes(range(65)), b"a key one byte longer")
    def test_equals_the_standard_library(self, key, message):
        """
        For every key and message, the result is the beginning of `hmac.digest`.
        """
        assert prf("hmac-sha256", key)(message) == hmac.digest(key, message, "sha256")[:16]


class TestHmacSm3:
    @pytest.mark.parametrize(
        ("message", "expected"),
        [
            pytest.param(b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", id="abc"),
            pytest.param(
                b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", id="64 bytes"
            ),
        ],
    )
    def test_the_hash_is_that_of_gb_t_32905(self, message, expected):
        """
        The SM3 that the suite is built on gives the results of GB/T 32905-2016, annex A.
        """
        assert sm3(message).hex() == expected

    @pytest.mark.parametrize(
        ("key", "message", "expected"),
        [
            pytest.param(
                bytes(range(1, 33)),
                b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
                "ca05e144ed05d1857840d1f318a4a866",
                id="1",
            ),
            pytest.param(bytes(range(1, 38)), b"\xcd" * 50, "220bf579ded555393f0159f66c998778", id="2"),
            pytest.param(b"\x0b" * 32, b"Hi There", "c0ba18c68b90c88bc07de794bfc7d2c8", id="3"),
            pytest.param(b"Jefe", b"what do ya want for nothing?", "2e87f1d16862e6d964b50a5200bf2b10", id="4"),
        ],
    )
    def test_vectors_of_gm_t_0042(self, key, message, expected):
        """
        The results of GM/T 0042-2015, annex D.3, cut to 128 bits.
        """
        assert prf("hmac-sm3", key)(message).hex() == expected

    @given(KEYS, MESSAGES)
    @example(bytes(range(64)), b"a key of exactly a block")
    @example(bytes(range(65)), b"a key one byte longer")
    def test_equals_hmac_written_out(self, key, message):
        """
        For every key and message, the result is RFC 2104 with SM3.
        """
        assert prf("hmac-sm3", key)(message) == plain_hmac(sm3, key, message)[:16]


class TestBlake2b:
    @pytest.mark.parametrize(
        ("message", "expected"),
        [
            pytest.param(b"", "10ebb67700b1868efb4417987acf4690", id="empty"),
            pytest.param(b"\x00", "961f6dd1e4dd30f63901690c512e78e4", id="one byte"),
        ],
    )
    def test_vectors_of_its_authors(self, message, expected):
        """
        The published results with the key 00…3f, cut to 128 bits.
        """
        assert prf("blake2b", bytes(range(64)))(message).hex() == expected

    @given(st.binary(min_size=1, max_size=64), MESSAGES)
    def test_equals_the_standard_library(self, key, message):
        """
        For every key and message, the result is the beginning of the 64 bytes of hashlib.
        """
        assert prf("blake2b", key)(message) == hashlib.blake2b(message, key=key).digest()[:16]

    def test_a_key_beyond_64_bytes_is_a_mistake(self):
        """
        RFC 7693 knows no longer key.
        """
        with pytest.raises(ValueError, match="at most 64 bytes"):
            prf("blake2b", bytes(65))
