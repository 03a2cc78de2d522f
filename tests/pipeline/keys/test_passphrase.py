"""Protection by a passphrase: a box opens for the right one alone, and never says why not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.keys import KeysError, PassphraseAead, load_passphrase
from pipeline.keys.file import CannotDecrypt

PASSPHRASE = b"correct horse battery"
OTHER = b"incorrect horse battery"


class TestPassphraseAead:
    @settings(max_examples=3)  # each costs two turns of scrypt
    @given(st.binary(), st.binary())
    def test_opens_what_it_closed(self, plaintext, context):
        """
        For all texts and contexts.
        """
        box = PassphraseAead(PASSPHRASE).encrypt(plaintext, context)

        assert PassphraseAead(PASSPHRASE).decrypt(box, context) == plaintext

    def test_never_makes_the_same_box_twice(self):
        """
        Salt and nonce are fresh, so equal texts are not seen to be equal.
        """
        boxes = [PassphraseAead(PASSPHRASE).encrypt(b"text", b"") for _ in range(3)]

        assert len({box[:16] for box in boxes}) == len({box[16:28] for box in boxes}) == len(set(boxes)) == 3

    @pytest.mark.parametrize(
        ("passphrase", "context", "change"),
        [
            pytest.param(OTHER, b"context", lambda box: box, id="another passphrase"),
            pytest.param(PASSPHRASE, b"other", lambda box: box, id="another context"),
            pytest.param(PASSPHRASE, b"context", lambda box: box[:-1], id="truncated"),
            pytest.param(PASSPHRASE, b"context", lambda box: box[:20], id="truncated within the nonce"),
            pytest.param(PASSPHRASE, b"context", lambda box: b"", id="empty"),
            pytest.param(PASSPHRASE, b"context", lambda box: box + b"\0", id="extended"),
            pytest.param(PASSPHRASE, b"context", lambda box: bytes([box[0] ^ 1]) + box[1:], id="another salt"),
            pytest.param(PASSPHRASE, b"context", lambda box: box[:-1] + bytes([box[-1] ^ 1]), id="another tag"),
        ],
    )
    def test_does_not_say_why_it_stays_closed(self, passphrase, context, change):
        """
        One vague error for every reason.
        """
        box = PassphraseAead(PASSPHRASE).encrypt(b"text", b"context")
        with pytest.raises(CannotDecrypt, match=r"^decryption failed$"):
            PassphraseAead(passphrase).decrypt(change(box), context)


class TestPassphraseFile:
    @pytest.mark.parametrize(
        ("content", "passphrase"),
        [
            pytest.param("correct horse battery", "correct horse battery", id="no line end"),
            pytest.param("correct horse battery\n", "correct horse battery", id="line end"),
            pytest.param("correct horse battery\r\n", "correct horse battery", id="line end of Windows"),
            pytest.param("correct horse battery\nsecond line", "correct horse battery", id="two lines"),
            pytest.param(" correct horse battery ", " correct horse battery ", id="blanks belong to it"),
            pytest.param("正确的马电池", "正确的马电池", id="Chinese: 18 bytes"),
        ],
    )
    def test_the_first_line_counts(self, tmp_path, content, passphrase):
        """
        To the byte, as it would be typed.
        """
        path = tmp_path / "passphrase"
        path.write_bytes(content.encode())

        assert load_passphrase(path) == passphrase.encode()

    @pytest.mark.parametrize("content", ["", "\n", "short\n", "\ncorrect horse battery"])
    def test_a_short_first_line_is_refused(self, tmp_path, content):
        """
        An empty file protects nothing.
        """
        path = tmp_path / "passphrase"
        path.write_text(content)
        with pytest.raises(KeysError, match="shorter than 12 bytes; choose a longer one"):
            load_passphrase(path)
