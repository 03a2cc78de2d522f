"""Boxes: what only one party opens, and only in its place."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from transforms import base64url
from transforms.base import CannotOpen
from transforms.boxes import VALUES_A_KEY, PartyPrivateKey, PartyPublicKey, place_of

PRIVATE = PartyPrivateKey.generate("m-100")
SEALER = PRIVATE.public().sealer()
PLACE = place_of("clean.merchant.order", "consignee.phone")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
BOX = SEALER.seal("13800138000", PLACE)

_KEM, _HPKE = b"KEM\0\x20", b"HPKE\0\x20\0\x01\0\x01"


def extract(suite, salt, label, secret):
    return HKDF.extract(SHA256(), salt or None, b"HPKE-v1" + suite + label + secret)


def expand(suite, secret, label, info, length):
    labelled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return HKDFExpand(algorithm=SHA256(), length=length, info=labelled).derive(secret)


def receiver(private, encapsulated, info):
    """
    Key and nonce of the first message as RFC 9180 words them: Decap (section 4.1), then KeySchedule (section 5.1).
    """
    key = X25519PrivateKey.from_private_bytes(private)
    shared = key.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    prk = extract(_KEM, b"", b"eae_prk", shared)
    secret = expand(_KEM, prk, b"shared_secret", encapsulated + key.public_key().public_bytes_raw(), 32)
    hashes = extract(_HPKE, b"", b"psk_id_hash", b"") + extract(_HPKE, b"", b"info_hash", info)
    prk = extract(_HPKE, secret, b"secret", b"")
    return expand(_HPKE, prk, b"key", b"\0" + hashes, 16), expand(_HPKE, prk, b"base_nonce", b"\0" + hashes, 12)


class TestStandards:
    def test_the_words_of_rfc_9180_give_its_vector(self):
        """
        Appendix A.1.1: what the next test opens boxes with is right.
        """
        key, nonce = receiver(
            bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
            bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
            bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"),
        )
        sealed = AESGCM(key).encrypt(nonce, b"Beauty is truth, truth beauty", b"Count-0")

        assert key.hex() == "4531685d41d65f03dc48f6b8302c05b0"
        assert nonce.hex() == "56d890e5accaaf011cff4b7d"
        assert sealed.hex() == (
            "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
        )

    def test_a_box_opens_as_rfc_9180_says(self):
        """
        A party that has not this software can open it: a data key by HPKE, and the value by AES-GCM.
        """
        form, head, body = BOX.split(".")
        head, body = base64url.decode(head), base64url.decode(body)

        key, nonce = receiver(PRIVATE.to_bytes(), head[:32], b"qingliu box 1|m-100")
        data_key = AESGCM(key).decrypt(nonce, head[32:], None)

        assert form == "b1"
        assert AESGCM(data_key).decrypt(body[:12], body[12:], PLACE.encode()) == b"13800138000\x80".ljust(32, b"\0")


class TestBoxes:
    @given(TEXTS)
    def test_open_to_exactly_what_was_sealed(self, text):
        """
        For all texts.
        """
        assert PRIVATE.open(SEALER.seal(text, PLACE), PLACE) == text

    def test_open_after_the_data_key_was_renewed(self):
        """
        Those of both keys do, the later ones under another head.
        """
        sealer = PRIVATE.public().sealer()

        boxes = [sealer.seal(str(number), PLACE) for number in range(VALUES_A_KEY + 1)]

        assert [PRIVATE.open(box, PLACE) for box in boxes] == [str(number) for number in range(VALUES_A_KEY + 1)]
        heads = [box.split(".")[1] for box in boxes]
        assert len(set(heads[:-1])) == 1
        assert heads[-1] != heads[0]

    def test_open_with_a_key_that_was_kept(self):
        """
        The 32 bytes and the name are all there is to it.
        """
        assert PartyPrivateKey("m-100", PRIVATE.to_bytes()).open(BOX, PLACE) == "13800138000"

    def test_never_look_alike(self):
        """
        Nobody sees whether two hold the same.
        """
        assert len({SEALER.seal("13800138000", PLACE) for _ in range(100)}) == 100

    @pytest.mark.parametrize(
        ("private", "place"),
        [
            pytest.param(PartyPrivateKey.generate("m-100"), PLACE, id="other key"),
            pytest.param(PartyPrivateKey("m-200", PRIVATE.to_bytes()), PLACE, id="other name"),
            pytest.param(PRIVATE, place_of("clean.merchant.order", "buyer_phone"), id="other field"),
            pytest.param(PRIVATE, place_of("clean.logistics.order", "consignee.phone"), id="other topic"),
        ],
    )
    def test_open_for_nobody_else_and_nowhere_else(self, private, place):
        """
        A box that was moved to another merchant's record, field or topic is none.
        """
        with pytest.raises(CannotOpen, match=r"^the box does not open with this key, as the value of this place$"):
            private.open(BOX, place)

    @pytest.mark.parametrize(
        "box",
        [
            pytest.param("", id="empty"),
            pytest.param("13800138000", id="clear"),
            pytest.param("b1.", id="nothing in it"),
            pytest.param("b1.AAAA.AAAA", id="too short"),
            pytest.param("b1.é.é", id="no base64"),
            pytest.param("x" + BOX, id="something before"),
            pytest.param(BOX + "A", id="something behind"),
            pytest.param(BOX.rpartition(".")[0], id="head alone"),
        ],
    )
    def test_are_not_taken_for_something_else(self, box):
        """
        With one sentence for all of it.
        """
        with pytest.raises(CannotOpen, match="does not open"):
            PRIVATE.open(box, PLACE)

    @given(st.integers(3, len(BOX) - 1), st.sampled_from("AQgw_-"))
    def test_do_not_open_when_altered(self, position, letter):
        """
        At any place.
        """
        altered = BOX[:position] + letter + BOX[position + 1 :]
        if altered != BOX:
            with pytest.raises(CannotOpen):
                PRIVATE.open(altered, PLACE)


class TestPartyPublicKey:
    @pytest.mark.parametrize("raw", [pytest.param(bytes(32), id="zero point"), pytest.param(b"x", id="too short")])
    def test_that_is_none_is_refused_before_anything_is_sealed(self, raw):
        """
        Of some keys everybody knows the private half.
        """
        with pytest.raises(ValueError, match=r"."):
            PartyPublicKey("m-100", raw).sealer()


def test_a_private_key_is_not_shown():
    """
    Its name is.
    """
    assert repr(PRIVATE) == "PartyPrivateKey('m-100')"
