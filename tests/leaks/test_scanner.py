"""Claims about the scanner: an identifier is found in every usual encoding, and none where there is none."""

import base64
import html
import json
import os
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaks.scanner import Scanner, Written

IDENTIFIERS = {
    "telephone": "13812345678",
    "identity number": "11010519491231002X",
    "bank card": "6222021234567890128",
    "name": "欧阳明月",
    "mailbox": "ouyang.mingyue@example.com",
    "address": "文三路398号2幢501室",
    "mac": "a4:b1:c2:d3:e4:f5",
    "device": "9F1C2D3E-4A5B-6C7D-8E9F-0A1B2C3D4E5F",
    "imei": "860000000000017",
    "password": "Sunny@48213907",
}
NUMBERS = ("telephone", "bank card", "imei")
SCANNER = Scanner(IDENTIFIERS.values())

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
HAN = str.maketrans("0123456789", "零一二三四五六七八九")


def base64_within(alphabet):
    def encode(text):
        return alphabet(b'{"v":"' + text.encode() + b'"}')

    return encode


ENCODINGS = {
    "as it is": str.encode,
    "upper case": lambda text: text.upper().encode(),
    "lower case": lambda text: text.lower().encode(),
    "full width": lambda text: text.translate(FULL_WIDTH).encode(),
    "invisible characters": lambda text: "\u200b".join(text).encode(),
    "percent": lambda text: quote(text, safe="").encode(),
    "percent, every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()).encode(),
    "percent twice": lambda text: quote(quote(text, safe="")).encode(),
    "JSON escapes": lambda text: json.dumps(text).encode(),
    "JSON escapes, every character": lambda text: "".join(f"\\u{ord(each):04x}" for each in text).encode(),
    "JSON within JSON": lambda text: json.dumps(json.dumps(text)).encode(),
    "GB 18030": lambda text: text.encode("gb18030"),
    "base64": base64_within(base64.b64encode),
    "base64 for URLs": base64_within(base64.urlsafe_b64encode),
    "base64 with its slashes escaped": lambda text: base64.b64encode(text.encode()).replace(b"/", b"\\/"),
    "base64, percent": lambda text: quote(base64.b64encode(text.encode()), safe="").encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "HEXADECIMAL": lambda text: text.encode().hex().upper().encode(),
    "hexadecimal, dumped": lambda text: text.encode().hex(" ").encode(),
    "bytes as Python writes them": lambda text: repr(text.encode()).encode(),
    "bytes as C writes them": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode() if byte).encode(),
    "HTML": lambda text: html.escape("".join(f"&#{ord(each)};" for each in text)).replace("&amp;", "&").encode(),
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "UTF-16, the other way round": lambda text: text.encode("utf-16-be"),
    "UTF-16 in base64": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "UTF-16 in hexadecimal": lambda text: text.encode("utf-16-be").hex().encode(),
}
OF_NUMBERS = {
    "backwards": lambda text: text[::-1].encode(),
    "backwards in base64": lambda text: base64.b64encode(text[::-1].encode()),
    "Han digits": lambda text: text.translate(HAN).encode(),
    "dashes": lambda text: f"{text[:3]}-{text[3:7]}-{text[7:]}".encode(),
    "blanks": lambda text: " ".join(text).encode(),
    "dots in base64": lambda text: base64.b64encode(".".join(text).encode()),
}
CASES = [
    *(pytest.param(what, encode, id=f"{what}: {name}") for what in IDENTIFIERS for name, encode in ENCODINGS.items()),
    *(pytest.param(what, encode, id=f"{what}: {name}") for what in NUMBERS for name, encode in OF_NUMBERS.items()),
]


def found(data, scanner=SCANNER):
    return scanner.scan([Written("here", data)])


class TestEveryEncoding:
    @pytest.mark.parametrize(("what", "encode"), CASES)
    def test_is_found(self, what, encode):
        """
        Wherever it stands, and the finding does not tell the value.
        """
        leaking = encode(IDENTIFIERS[what])
        findings = found(b'{"event": "' + leaking + b'", "amount_fen": 31700}')

        assert findings
        assert {place for place, _, _ in findings} == {"here"}
        assert not found(repr(findings).encode())

    @given(before=st.binary(max_size=5), after=st.binary(max_size=5), what=st.sampled_from(sorted(IDENTIFIERS)))
    def test_is_found_in_base64_of_any_alignment(self, before, after, what):
        """
        Encoded together with whatever stands before and behind.
        """
        data = before + IDENTIFIERS[what].encode() + after

        assert found(base64.b64encode(data))
        assert found(base64.urlsafe_b64encode(data).rstrip(b"="))

    @given(before=st.binary(max_size=5), what=st.sampled_from(sorted(IDENTIFIERS)))
    def test_is_found_among_bytes_that_are_no_text(self, before, what):
        """
        In a file or a record of whatever format.
        """
        assert found(b"\xff" + before + b"\n" + IDENTIFIERS[what].encode() + b"\n\xff\x00")


class TestSilence:
    def test_where_there_is_none(self):
        """
        Tokens, boxes, hashes and random bytes.
        """
        noise = os.urandom(200_000)

        assert not found(noise)
        assert not found(base64.b64encode(noise))
        assert not found(noise.hex().encode())

    def test_nothing_that_was_apart_is_joined(self):
        """
        Two values are not one, in no encoding.
        """
        phone = IDENTIFIERS["telephone"].encode()
        halves = (phone[:5], phone[5:])

        assert not found(b'{"a": "%b", "b": "%b"}' % halves)
        assert not found(b"%b.%b" % tuple(base64.b64encode(half) for half in halves))

    def test_a_shorter_number_is_another(self):
        """
        An identifier of which only a part is left is not told.
        """
        assert not found(b'{"amount_fen": 1381234567}')
