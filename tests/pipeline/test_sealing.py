"""Sealing: boxes that only the privacy officer opens."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sealing import OfficerPrivateKey, OfficerPublicKey, from_line, to_line
from transforms.base import CannotOpen

OFFICER = OfficerPrivateKey.generate()
SEALER = OFFICER.public().sealer()
BOX = SEALER.seal("张伟 13800138000".encode(), b"context")


class TestBox:
    @settings(max_examples=50)
    @given(st.binary(), st.binary())
    def test_opens_with_the_private_key_and_the_context(self, payload, context):
        """
        For all payloads and contexts.
        """
        assert OFFICER.open(SEALER.seal(payload, context), context) == payload

    def test_is_1136_bytes_longer_than_its_payload(self):
        """
        Whatever the payload.
        """
        assert [len(SEALER.seal(bytes(size), b"")) - size for size in (0, 1, 1000, 1 << 20)] == [1136] * 4

    def test_is_never_the_same_twice(self):
        """
        Equal payloads are not seen to be equal.
        """
        assert len({SEALER.seal(b"payload", b"context") for _ in range(3)}) == 3

    @settings(max_examples=50)
    @given(st.binary(min_size=8, max_size=200))
    def test_shows_nothing_of_its_payload(self, payload):
        """
        No eight bytes of the payload stand in the box.
        """
        assert payload[:8] not in SEALER.seal(payload, b"context")

    def test_does_not_open_with_another_key(self):
        """
        Another officer's key is no key.
        """
        with pytest.raises(CannotOpen):
            OfficerPrivateKey.generate().open(BOX, b"context")

    @pytest.mark.parametrize("half", ["mlkem_seed", "x25519"])
    def test_does_not_open_with_half_a_key(self, half):
        """
        Who breaks one of the two key exchanges opens nothing.
        """
        other = OfficerPrivateKey.generate()
        halves = {"mlkem_seed": other.mlkem_seed, "x25519": other.x25519} | {half: getattr(OFFICER, half)}
        with pytest.raises(CannotOpen):
            OfficerPrivateKey(**halves).open(BOX, b"context")

    @pytest.mark.parametrize("context", [b"", b"Context", b"context ", b"other"])
    def test_does_not_open_in_another_context(self, context):
        """
        A box cannot be passed off as that of another record.
        """
        with pytest.raises(CannotOpen):
            OFFICER.open(BOX, context)

    @settings(max_examples=50)
    @given(st.integers(0, len(BOX) * 8 - 1))
    def test_does_not_open_with_a_bit_changed(self, bit):
        """
        For all bits.
        """
        altered = bytearray(BOX)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen, match=r"^the box does not open with this key and context$"):
            OFFICER.open(bytes(altered), b"context")

    @settings(max_examples=50)
    @given(st.integers(0, len(BOX) - 1))
    def test_does_not_open_truncated(self, length):
        """
        At no length but the whole.
        """
        with pytest.raises(CannotOpen):
            OFFICER.open(BOX[:length], b"context")

    def test_does_not_open_extended(self):
        """
        Nor with anything behind it.
        """
        with pytest.raises(CannotOpen):
            OFFICER.open(BOX + b"\0", b"context")


class TestOfficerKeys:
    def test_the_private_key_is_96_bytes(self):
        """
        It is what its bytes say, and nothing else is one.
        """
        assert OfficerPrivateKey.from_bytes(OFFICER.to_bytes()) == OFFICER
        assert len(OFFICER.to_bytes()) == 96
        with pytest.raises(ValueError, match="has 96 bytes"):
            OfficerPrivateKey.from_bytes(OFFICER.to_bytes()[:-1])

    def test_the_public_key_is_one_line(self):
        """
        That reads as the same key, whatever blanks are around it.
        """
        line = OFFICER.public().to_text()

        assert "\n" not in line
        assert OfficerPublicKey.from_text(f"\n {line}\r\n") == OFFICER.public()

    def test_the_public_key_tells_nothing_of_the_private_one(self):
        """
        None of its bytes.
        """
        public = base64.b64decode(OFFICER.public().to_text().partition(":")[2])

        assert OFFICER.x25519 not in public
        assert OFFICER.mlkem_seed[:32] not in public
        assert OFFICER.mlkem_seed[32:] not in public

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="empty"),
            pytest.param("密钥", id="other text"),
            pytest.param("qingliu-officer-public-1:", id="no key"),
            pytest.param("qingliu-officer-public-1:!!!!", id="no base64"),
            pytest.param(OFFICER.public().to_text()[:-4], id="truncated"),
            pytest.param(OFFICER.public().to_text() + "AAAA", id="extended"),
            pytest.param(OFFICER.public().to_text().replace("public-1", "public-2"), id="another version"),
            pytest.param(OFFICER.public().to_text().partition(":")[2], id="without its prefix"),
            pytest.param("key: " + OFFICER.public().to_text(), id="something before it"),
            pytest.param(OfficerPublicKey(OFFICER.public().mlkem, bytes(32)).to_text(), id="X25519 point of low order"),
            pytest.param(OfficerPublicKey(b"\xff" * 1184, OFFICER.public().x25519).to_text(), id="no ML-KEM key"),
        ],
    )
    def test_what_is_no_public_key_is_told(self, text):
        """
        When it is read, and not when the first event has to be sealed.
        """
        with pytest.raises(ValueError, match=r"not a privacy officer's public key; give the file officer\.pub"):
            OfficerPublicKey.from_text(text)


class TestLine:
    @given(st.binary())
    def test_reads_as_what_was_written(self, raw):
        """
        For all bytes.
        """
        assert from_line(to_line(raw, "prefix:"), "prefix:") == raw

    @pytest.mark.parametrize("text", ["other:AAAA", "AAAA", "", "prefix:AAA", "prefix:A AAA", "prefix:prefix:AAAA"])
    def test_says_what_it_is(self, text):
        """
        Another prefix, none, or damage is an error.
        """
        with pytest.raises(ValueError):  # noqa: PT011 — the callers' sentences are tested
            from_line(text, "prefix:")
