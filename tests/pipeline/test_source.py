"""Source tokens: coordinates that only the key's holder reads."""

import base64
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.codec import loads
from pipeline.engine import TopicEngine
from pipeline.keys import RootKeys
from pipeline.source import SourceTokens, token_version
from schemas import order
from schemas.view import View
from tests.pipeline.events import EVENTS, encode
from transforms import FormatPreserving
from transforms.format_preserving import restored

ROOT = RootKeys.generate()
ADS = ROOT.keyring("ads", "ads")
TOKENS = SourceTokens(ADS, "raw.order")
PARTITIONS = st.integers(0, 2**31 - 1)
OFFSETS = st.integers(0, 2**63 - 1)
COORDINATES = st.tuples(PARTITIONS, OFFSETS)


def seal(partition, offset, tokens=TOKENS):
    (token,) = tokens.seal(partition, [offset])
    return token


class TestSourceTokens:
    @given(PARTITIONS, st.lists(OFFSETS))
    def test_read_as_what_they_were_made_of(self, partition, offsets):
        """
        For all coordinates that Kafka has.
        """
        tokens = TOKENS.seal(partition, offsets)

        assert [TOKENS.open(token) for token in tokens] == [(partition, offset) for offset in offsets]

    @given(PARTITIONS, st.lists(OFFSETS, max_size=5))
    def test_a_chunk_has_the_tokens_of_its_records(self, partition, offsets):
        """
        However the records are cut into chunks, so that a record read twice has one token.
        """
        again = SourceTokens(ROOT.keyring("ads", "ads"), "raw.order")

        assert TOKENS.seal(partition, offsets) == [seal(partition, offset, again) for offset in offsets]

    @given(COORDINATES, COORDINATES)
    def test_distinct_records_have_distinct_tokens(self, one, other):
        """
        A reader never takes one record for another.
        """
        assume(one != other)

        assert seal(*one) != seal(*other)

    @given(COORDINATES)
    def test_are_one_aes_block_under_a_key_of_the_topic(self, coordinates):
        """
        Anybody with the key can compute one: partition and offset, big-endian, four zero bytes, AES-256.
        """
        partition, offset = coordinates
        block = partition.to_bytes(4) + offset.to_bytes(8) + bytes(4)
        cipher = Cipher(AES256(ADS.derive("source:raw.order").secret), ECB())  # noqa: S305 — a single block
        expected = base64.urlsafe_b64encode(cipher.encryptor().update(block)).rstrip(b"=")

        assert seal(partition, offset) == b"1." + expected

    @given(COORDINATES)
    def test_have_the_shape_of_tokens(self, coordinates):
        """
        A version, a dot and 22 URL-safe characters.
        """
        assert re.fullmatch(rb"1\.[A-Za-z0-9_-]{22}", seal(*coordinates))

    def test_neighbours_do_not_look_alike(self):
        """
        A thousand consecutive offsets: no order, no common beginning.
        """
        tokens = TOKENS.seal(0, range(1000))

        assert sorted(tokens) != tokens
        assert len({token[2:5] for token in tokens}) > 900


class TestForgeries:
    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(SourceTokens(ROOT.keyring("analytics", "ads"), "raw.order"), id="another recipient"),
            pytest.param(SourceTokens(ROOT.keyring("ads", "analytics"), "raw.order"), id="another purpose"),
            pytest.param(SourceTokens(ADS, "raw.log"), id="another topic"),
            pytest.param(SourceTokens(RootKeys.generate().keyring("ads", "ads"), "raw.order"), id="another root"),
        ],
    )
    @given(coordinates=COORDINATES)
    def test_tokens_of_other_keys_are_others_and_do_not_open(self, other, coordinates):
        """
        Two recipients cannot join their records.
        """
        token = seal(*coordinates, other)

        assert token != seal(*coordinates)
        with pytest.raises(ValueError, match=r"^not a source token of this key$"):
            TOKENS.open(token)

    @given(st.binary(max_size=40) | st.from_regex(rb"\A1\.[A-Za-z0-9_-]{22}\Z"))
    def test_random_texts_do_not_open(self, token):
        """
        Whatever they hold.
        """
        with pytest.raises(ValueError, match=r"^not a source token of this key$"):
            TOKENS.open(token)

    @given(COORDINATES, st.integers(0, 23), st.sampled_from(b"ABCxyz019-_.=\n\xff"))
    def test_a_changed_character_does_not_open(self, coordinates, position, character):
        """
        For all characters, the last one's unused bits included: a record has one token and no more.
        """
        token = bytearray(seal(*coordinates))
        assume(token[position] != character)
        token[position] = character
        with pytest.raises(ValueError, match=r"^not a source token of this key$"):
            TOKENS.open(bytes(token))

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda token: token + b"=", id="padding"),
            pytest.param(lambda token: token + b"\n", id="line end"),
            pytest.param(lambda token: token[:-1], id="truncated"),
            pytest.param(lambda token: token.removeprefix(b"1."), id="no version"),
            pytest.param(lambda token: b"2" + token[1:], id="another version"),
            pytest.param(lambda token: b"1." + token, id="version twice"),
            pytest.param(lambda token: b"", id="empty"),
        ],
    )
    def test_other_spellings_do_not_open(self, change):
        """
        A record has one token and no more.
        """
        with pytest.raises(ValueError, match=r"^not a source token of this key$"):
            TOKENS.open(change(seal(3, 14)))


class TestTokenVersion:
    def test_is_that_of_the_key(self):
        """
        So that a reader knows which key opens it.
        """
        older = ROOT.rotated(timedelta(days=30))
        tokens = SourceTokens(older.keyring("ads", "ads"), "raw.order").seal(3, [14])

        assert token_version(tokens[0]) == 2
        assert token_version(seal(3, 14)) == 1

    @pytest.mark.parametrize("token", [b"", b"x.y", b".abc", b"-1.abc"])
    def test_of_something_else_is_an_error(self, token):
        """
        One sentence, without the token.
        """
        with pytest.raises(ValueError, match="not a token: it does not begin with the version of its key"):
            token_version(token)

    def test_tells_which_key_gives_a_number_back(self):
        """
        Of a record made before a rotation and of one made after it; with the other key a wrong number comes out.
        """
        rotated = ROOT.rotated(timedelta(days=30))
        rule = FormatPreserving("support.phone")
        support = View("support", order.RAW, "support", {**order.ANALYTICS.rules, "buyer_phone": rule}, key=())
        for keys, version in ((ROOT, 1), (rotated, 2)):
            ((value, _, _),) = TopicEngine(order.RAW, (support,), keys).process(encode(EVENTS["raw.order"]))
            (source,) = SourceTokens(keys.keyring("support", "support"), "raw.order").seal(0, [17])

            back = {
                number: restored(loads(value)["buyer_phone"], key.secret, rule, "phone")
                for number in rotated.versions
                for key in [rotated.keyring("support", "support", number).derive("ff1:support.phone")]
            }

            assert token_version(source) == version
            assert {number for number, phone in back.items() if phone == "13800138000"} == {version}
