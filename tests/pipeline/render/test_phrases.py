"""Rules in words."""

import pytest

import transforms
from pipeline.render.phrases import PHRASES, phrase
from transforms import (
    BucketNumber,
    Consented,
    Constant,
    Drop,
    Encrypt,
    FormatPreserving,
    GeoCell,
    Keep,
    Mask,
    PrefixPreservingIp,
    Pseudonymize,
    Region,
    Seal,
    ShiftTime,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
)
from transforms.examples import EXAMPLES

SHIPPED = {name for name in transforms.__all__ if hasattr(getattr(transforms, name), "bind")} - {"Transform"}


class TestPhrase:
    def test_is_there_for_every_shipped_transform(self):
        """
        No transform is shown by its representation for want of words.
        """
        assert {kind.__name__ for kind in PHRASES} == SHIPPED

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            pytest.param(Drop(), "drop", id="drop"),
            pytest.param(Keep(), "keep", id="keep"),
            pytest.param(Pseudonymize("ads.device", epoch="month"), "token ads.device, monthly", id="token"),
            pytest.param(Pseudonymize("a.b", suite="hmac-sm3"), "token a.b, hmac-sm3", id="other suite"),
            pytest.param(Encrypt("support.phone"), "encrypted support.phone", id="encrypted"),
            pytest.param(FormatPreserving("a.card"), "another number, encrypted a.card", id="number"),
            pytest.param(
                FormatPreserving("a.card", keep_prefix=6),
                "another number, encrypted a.card, first 6 shown",
                id="issuer",
            ),
            pytest.param(Seal("logistics"), "sealed to logistics", id="sealed"),
            pytest.param(Seal(), "sealed to the party", id="sealed to whom the view names"),
            pytest.param(TruncateIp(24, 48), "/24, /48", id="network"),
            pytest.param(PrefixPreservingIp("a.ip", epoch="day"), "prefix-preserving IP a.ip, daily", id="address"),
            pytest.param(GeoCell(7), "H3 7", id="cell"),
            pytest.param(TruncateTime("10min"), "10min", id="time"),
            pytest.param(ShiftTime(30), "shifted by up to 30 days", id="shift"),
            pytest.param(Region("city"), "city, or else province", id="region"),
            pytest.param(UserAgent("system"), "family, system", id="user agent"),
            pytest.param(UrlTemplate(path=False), "host", id="host"),
            pytest.param(UrlTemplate(words=("a",)), "host, path words (1 of its own)", id="other words"),
            pytest.param(BucketNumber.linear(100, 5), "bucket of 100 from 5", id="linear"),
            pytest.param(BucketNumber.logarithmic(), "bucket, powers of 2", id="logarithmic"),
            pytest.param(Consented("sharing", GeoCell(5)), "H3 5, if sharing", id="second consent"),
            pytest.param(Constant("x"), "always 'x'", id="constant"),
            pytest.param(Mask(keep_first=1, keep_last=4), "mask, first 1 and last 4 shown", id="mask"),
            pytest.param(Mask(length=None), "mask, length shown", id="mask of the same length"),
        ],
    )
    def test_says_what_a_rule_does(self, rule, words):
        """
        Few words, with the arguments that matter.
        """
        assert phrase(rule) == words

    def test_tells_the_examples_apart(self):
        """
        Different rules have different words.
        """
        rules = {example.transform for example in EXAMPLES}

        assert len({phrase(rule) for rule in rules}) == len(rules)

    def test_shows_a_stranger_as_it_is(self):
        """
        A transform that is not shipped is shown by its representation, and one that builds on a shipped one too.
        """

        class Own(Keep):
            def __repr__(self):
                return "Own()"

        assert phrase(Own()) == "Own()"
