"""Which of two rules lets more pass."""

import pytest

from pipeline.laxness import laxer
from transforms import (
    AgeBand,
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
    RedactText,
    Region,
    Seal,
    ShiftTime,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
)
from transforms.examples import EXAMPLES


class TestLaxer:
    @pytest.mark.parametrize(
        ("lax", "strict"),
        [
            pytest.param(Constant("x"), Drop(), id="presence"),
            pytest.param(GeoCell(0), Constant("x"), id="anything of the value"),
            pytest.param(Keep(), Mask(), id="all of it"),
            pytest.param(GeoCell(7), Consented("sharing", GeoCell(7)), id="without a second consent"),
            pytest.param(
                Consented("sharing", GeoCell(8)), Consented("sharing", GeoCell(7)), id="with a second consent"
            ),
            pytest.param(RedactText("danmaku"), RedactText("contact"), id="behind a gate"),
            pytest.param(RedactText(names="none"), RedactText(names="model"), id="names let pass"),
            pytest.param(AgeBand(5), AgeBand(10), id="narrower band"),
            pytest.param(AgeBand(10, cap=100), AgeBand(10, cap=90), id="higher cap"),
            pytest.param(BucketNumber.linear(10), BucketNumber.linear(100), id="narrower bucket"),
            pytest.param(Keep(), Seal("m-100"), id="everybody and not one party"),
            pytest.param(
                FormatPreserving("a", keep_prefix=6), FormatPreserving("a", keep_prefix=3), id="longer prefix"
            ),
            pytest.param(GeoCell(8), GeoCell(7), id="smaller cell"),
            pytest.param(Mask(keep_last=4), Mask(keep_last=2), id="more characters"),
            pytest.param(Mask(length=None), Mask(), id="length"),
            pytest.param(PrefixPreservingIp("ip"), PrefixPreservingIp("ip", epoch="year"), id="address for ever"),
            pytest.param(Pseudonymize("a"), Pseudonymize("a", epoch="year"), id="token for ever"),
            pytest.param(Pseudonymize("a", epoch="month"), Pseudonymize("a", epoch="week"), id="longer epoch"),
            pytest.param(Region("city"), Region("province"), id="smaller region"),
            pytest.param(ShiftTime(1), ShiftTime(30), id="smaller shift"),
            pytest.param(TruncateIp(24, 64), TruncateIp(24, 48), id="smaller network"),
            pytest.param(TruncateTime("minute"), TruncateTime("hour"), id="shorter unit"),
            pytest.param(UrlTemplate(), UrlTemplate(path=False), id="path"),
            pytest.param(UserAgent("version"), UserAgent("family"), id="version"),
        ],
    )
    def test_tells_the_laxer_one(self, lax, strict):
        """
        What lets more pass is laxer, and not the other way round.
        """
        assert laxer(lax, strict)
        assert not laxer(strict, lax)

    def test_finds_both_of_two_rules_laxer_that_cross(self):
        """
        A rule that is finer in one thing is laxer, even where it is coarser in another.
        """
        assert laxer(TruncateIp(16, 64), TruncateIp(24, 48))
        assert laxer(TruncateIp(24, 48), TruncateIp(16, 64))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            pytest.param(GeoCell(7), Pseudonymize("a"), id="different transforms"),
            pytest.param(Encrypt("a"), Encrypt("b"), id="different domains"),
            pytest.param(BucketNumber.linear(10), BucketNumber.logarithmic(), id="different scales"),
        ],
    )
    def test_does_not_compare_what_cannot_be(self, one, other):
        """
        Neither of two rules is laxer when there is nothing to compare.
        """
        assert not laxer(one, other)
        assert not laxer(other, one)

    @pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: repr(example.transform))
    def test_finds_no_rule_laxer_than_itself(self, example):
        """
        Equal rules are equally strict.
        """
        assert not laxer(example.transform, example.transform)
