"""Encrypt: a value under the own key of its person."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from transforms import base64url
from transforms.base import CannotOpen, Refused
from transforms.encrypt import Encrypt, decrypt, subject_key
from transforms.examples import EXAMPLE_KEYS, ExampleKeyring

SALT = bytes(range(16))
KEY = EXAMPLE_KEYS.subject_key("u-1", SALT)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def encrypted(value, *, domain="support.phone", kind="phone", keys=EXAMPLE_KEYS, **who):
    subject, salt = ({"subject": "u-1", "salt": SALT} | who).values()
    return Encrypt(domain).bind(keys, kind)(value, subject, salt)


def double(block):
    number = int.from_bytes(block) << 1
    return (number & (1 << 128) - 1 ^ (0x87 if number >> 128 else 0)).to_bytes(16)


def cmac(key, message):
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def siv(key, data, text):
    """
    AES-SIV as RFC 5297 words it, for texts of 16 bytes and more: S2V (section 2.4), then encryption (section 2.6).
    """
    mac, secret = key[: len(key) // 2], key[len(key) // 2 :]
    state = cmac(mac, bytes(16))
    for associated in data:
        state = xor(double(state), cmac(mac, associated))
    if len(text) >= 16:
        tag = cmac(mac, text[:-16] + xor(text[-16:], state))
    else:
        tag = cmac(mac, xor(double(state), (text + b"\x80").ljust(16, b"\0")))
    counter = bytearray(tag)
    counter[8] &= 0x7F
    counter[12] &= 0x7F
    return tag + Cipher(AES(secret), CTR(bytes(counter))).encryptor().update(text)


class TestStandards:
    @pytest.mark.parametrize(
        ("key", "data", "text", "expected"),
        [
            pytest.param(
                "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                ["101112131415161718191a1b1c1d1e1f2021222324252627"],
                "112233445566778899aabbccddee",
                "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
                id="appendix A.1",
            ),
            pytest.param(
                "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
                [
                    "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
                    "102030405060708090a0",
                    "09f911029d74e35bd84156c5635688c0",
                ],
                "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553",
                "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17"
                "dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d",
                id="appendix A.2",
            ),
        ],
    )
    def test_the_words_of_rfc_5297_give_its_vectors(self, key, data, text, expected):
        """
        What the next test holds the transform against is right.
        """
        data = [bytes.fromhex(associated) for associated in data]

        assert siv(bytes.fromhex(key), data, bytes.fromhex(text)).hex() == expected

    def test_a_ciphertext_is_what_rfc_5297_makes(self):
        """
        Anybody with the key can read it by the standard, padding and context being as written.
        """
        padded = b"13800138000\x80".ljust(32, b"\0")

        assert encrypted("13800138000") == "s1." + base64url.encode(
            siv(KEY, [b"qingliu encrypt 1", b"support.phone", b"phone"], padded)
        )

    def test_a_persons_key_is_what_rfc_5869_makes(self):
        """
        Of the root, with the person's salt, for an owner and a person.
        """
        info = b"qingliu subject 1|7|ads|ads|u-1"

        expected = HKDF(algorithm=SHA256(), length=64, salt=SALT, info=info).derive(b"r" * 32)

        assert subject_key(b"r" * 32, "ads|ads", "u-1", SALT) == expected


class TestEncrypt:
    @given(TEXTS)
    def test_is_undone_exactly(self, value):
        """
        By whoever has the person's key; nothing is normalised away.
        """
        assert decrypt(encrypted(value), KEY, "support.phone", "phone") == value

    def test_shows_that_a_person_has_the_same_value(self):
        """
        Within a domain and kind; of two persons, domains or recipients equal values look different.
        """
        same = encrypted("13800138000")
        others = [
            encrypted("13800138001"),
            encrypted("13800138000", subject="u-2"),
            encrypted("13800138000", salt=bytes(16)),
            encrypted("13800138000", domain="support.other"),
            encrypted("13800138000", kind="plain"),
            encrypted("13800138000", keys=ExampleKeyring(bytes(32))),
        ]

        assert encrypted("13800138000") == same
        assert len({same, *others}) == 7

    @pytest.mark.parametrize(
        ("subject", "salt"),
        [
            pytest.param("u-1", None, id="erased, or never had one"),
            pytest.param(None, SALT, id="about nobody"),
            pytest.param(None, None, id="neither"),
        ],
    )
    def test_withholds_the_value_of_who_has_no_key(self, subject, salt):
        """
        The field is absent.
        """
        assert encrypted("13800138000", subject=subject, salt=salt) is None

    @pytest.mark.parametrize("value", [pytest.param(7, id="number"), pytest.param(None, id="nothing")])
    def test_refuses_what_is_no_text(self, value):
        """
        Key or no key, so that an event passes or does not for all alike.
        """
        for salt in (SALT, None):
            with pytest.raises(Refused, match="expected string"):
                encrypted(value, salt=salt)

    def test_refuses_a_name_that_is_no_domain(self):
        """
        When it is declared.
        """
        with pytest.raises(ValueError, match="must be lower-case words"):
            Encrypt("Support")


class TestDecrypt:
    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"key": EXAMPLE_KEYS.subject_key("u-2", SALT)}, id="other person"),
            pytest.param({"key": EXAMPLE_KEYS.subject_key("u-1", bytes(16))}, id="other salt"),
            pytest.param({"domain": "support.other"}, id="other domain"),
            pytest.param({"kind": "email"}, id="other kind"),
            pytest.param({"text": ""}, id="nothing"),
            pytest.param({"text": "13800138000"}, id="no ciphertext"),
            pytest.param({"text": "s1."}, id="empty"),
            pytest.param({"text": "s1.AAAA"}, id="too short"),
            pytest.param({"text": "s1.é"}, id="no base64"),
            pytest.param({"text": "s1." + "A" * 64}, id="made up"),
            pytest.param({"text": "x" + encrypted("13800138000")}, id="something before"),
            pytest.param({"text": encrypted("13800138000") + "A"}, id="something behind"),
        ],
    )
    def test_says_nothing_but_that_it_does_not_open(self, changes):
        """
        Whatever is wrong.
        """
        given = {"text": encrypted("13800138000"), "key": KEY, "domain": "support.phone", "kind": "phone"}

        with pytest.raises(CannotOpen, match=r"^the value does not open with this key, domain and kind$"):
            decrypt(**(given | changes))
