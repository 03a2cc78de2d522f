"""Bytes as URL-safe base64 without padding."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import base64url


class TestBase64Url:
    @given(st.binary(max_size=80))
    def test_is_that_of_the_standard_without_its_padding(self, raw):
        """
        The text comes back as the same bytes.
        """
        text = base64url.encode(raw)

        assert text == base64.urlsafe_b64encode(raw).decode().rstrip("=")
        assert base64url.decode(text) == raw

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("AQ==", id="padded"),
            pytest.param("AR", id="surplus bits"),
            pytest.param("A", id="too short"),
            pytest.param("+/8A", id="the other alphabet"),
            pytest.param("AQ I", id="white space"),
            pytest.param("é", id="no ASCII"),
        ],
    )
    def test_reads_no_other_text_of_the_same_bytes(self, text):
        """
        Each row of bytes has one text.
        """
        with pytest.raises(ValueError, match=r"."):
            base64url.decode(text)
