"""Signatures: of the deployment's key alone, checked with nothing but its public half."""

import pytest

from pipeline.audit.signing import PublicKey, SigningKey
from tests.pipeline.audit.chains import SIGNING, THEIRS


def test_a_signature_is_about_its_bytes():
    """
    And about no other ones.
    """
    signature = SIGNING.sign(b"content")

    assert SIGNING.public.verifies(signature, b"content")
    assert not SIGNING.public.verifies(signature, b"Content")


def test_another_deployment_signs_otherwise():
    """
    The key follows from its seed, which follows from the root keyset.
    """
    signature = THEIRS.sign(b"content")

    assert not SIGNING.public.verifies(signature, b"content")
    assert SigningKey(bytes(32)).public == SigningKey(bytes(32)).public != SIGNING.public


def test_a_public_key_is_a_line_of_text():
    """
    Read back as it was shown.
    """
    assert PublicKey.from_text(SIGNING.public.to_text() + "\n") == SIGNING.public


@pytest.mark.parametrize("text", [pytest.param("00" * 31, id="short"), pytest.param("x" * 64, id="no digits")])
def test_what_is_no_public_key_is_refused(text):
    """
    With a word on where to get one.
    """
    with pytest.raises(ValueError, match="qingliu audit key"):
        PublicKey.from_text(text)
