"""The protection that settings name: one, and no more."""

import pytest

from pipeline.keys import KeysError, PassphraseAead, protection
from pipeline.keys.kms import KmsAead

URI = "hcvault://127.0.0.1:8200/transit/keys/qingliu"


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    return path


class TestProtection:
    def test_is_a_passphrase(self, passphrase):
        """
        The file's first line.
        """
        box = protection(passphrase, "").encrypt(b"text", b"")

        assert PassphraseAead(b"correct horse battery").decrypt(box, b"") == b"text"

    def test_is_a_key_management_service(self):
        """
        Named by its URI, which the file bears.
        """
        pytest.importorskip("hvac")

        assert isinstance(protection(None, URI), KmsAead)
        assert protection(None, URI).name == URI

    def test_is_not_both(self, passphrase):
        """
        Which one is meant nobody knows.
        """
        with pytest.raises(KeysError, match="give the one that is meant"):
            protection(passphrase, URI)

    def test_is_not_nothing(self):
        """
        A clear key file is not written.
        """
        with pytest.raises(KeysError, match="pass --passphrase or --kms, or set QINGLIU_PASSPHRASE or QINGLIU_KMS"):
            protection(None, "")
