"""What is counted: masks, exact matches, precision, false hits, and how sure a share is."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.detection import metrics
from benchmarks.detection.labelled import Gold, Labelled
from benchmarks.detection.metrics import Judged, Share
from transforms.text.span import Span

GOLD = Gold(2, 8, "CN_MOBILE", "dashes", ((4, 5),))


def span(start, end, entity="CN_MOBILE"):
    return Span(start, end, entity, 1.0)


def judged(found, golds=(GOLD,), field="contact"):
    return [Judged(Labelled("x" * 20, field, tuple(golds)), found)]


class TestShare:
    @pytest.mark.parametrize(
        ("hits", "of", "low", "high"),
        [
            pytest.param(8, 10, 0.4902, 0.9433, id="eight of ten"),
            pytest.param(0, 10, 0.0, 0.2775, id="none"),
            pytest.param(10, 10, 0.7225, 1.0, id="all"),
            pytest.param(50, 100, 0.4038, 0.5962, id="half"),
        ],
    )
    def test_has_the_interval_of_wilson(self, hits, of, low, high):
        """
        Known values of the score interval.
        """
        assert Share(hits, of).interval() == pytest.approx((low, high), abs=1e-4)

    def test_of_nothing_says_nothing(self):
        """
        No value, and an interval from 0 to 1.
        """
        assert isnan(Share(0, 0).value)
        assert Share(0, 0).interval() == (0.0, 1.0)

    @given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
    def test_lies_in_its_interval(self, counts):
        """
        For all counts: 0 ≤ low ≤ share ≤ high ≤ 1.
        """
        share = Share(*counts)
        low, high = share.interval()

        assert 0 <= low <= share.value <= high <= 1


class TestMasked:
    @pytest.mark.parametrize(
        ("found", "masked"),
        [
            pytest.param([span(2, 8)], True, id="one span"),
            pytest.param([span(0, 20, "QQ")], True, id="wider and of another entity"),
            pytest.param([span(2, 4), span(5, 8)], True, id="two spans around a filler"),
            pytest.param([span(2, 5), span(5, 8, "QQ")], True, id="two spans that meet"),
            pytest.param([span(2, 4), span(6, 8)], False, id="a digit between"),
            pytest.param([span(3, 8)], False, id="first digit in sight"),
            pytest.param([span(2, 7)], False, id="last digit in sight"),
            pytest.param([], False, id="nothing found"),
        ],
    )
    def test_is_what_leaves_no_character_of_the_value(self, found, masked):
        """
        Every character but the fillers is in some span, whatever its entity.
        """
        assert metrics.masked(GOLD, found) is masked

    def test_characters_count_one_by_one(self):
        """
        Overlapping spans do not hide a character twice.
        """
        assert metrics.covered(GOLD, [span(0, 4), span(3, 7)]) == Share(4, 5)


class TestExact:
    @pytest.mark.parametrize(
        ("found", "exact"),
        [
            pytest.param(span(2, 8), True, id="the same"),
            pytest.param(span(2, 8, "URL_PARAM"), True, id="a parameter with that value"),
            pytest.param(span(2, 8, "QQ"), False, id="another entity"),
            pytest.param(span(1, 8), False, id="one too many"),
            pytest.param(span(2, 7), False, id="one too few"),
        ],
    )
    def test_has_the_entity_and_the_ends(self, found, exact):
        """
        Neither more nor less than the value.
        """
        assert metrics.exact(GOLD, found) is exact

    @pytest.mark.parametrize("start", [pytest.param(0, id="with prefix"), pytest.param(4, id="without")])
    def test_lets_a_filler_at_an_end_be_in_or_out(self, start):
        """
        A country code may be masked or left.
        """
        assert metrics.exact(Gold(0, 15, "CN_MOBILE", "", ((0, 4),)), span(start, 15))

    def test_counts_a_find_once(self):
        """
        Two golds of one place do not both take the same find; a second find of one gold is wrong.
        """
        found = [span(2, 8), span(2, 8), span(10, 12, "QQ")]
        results = metrics.exact_by_entity(judged(found, [GOLD, Gold(15, 18, "QQ")]))

        assert results["CN_MOBILE"] == metrics.Exact(Share(1, 2), Share(1, 1))
        assert results["CN_MOBILE"].f1 == pytest.approx(2 / 3)
        assert results["QQ"] == metrics.Exact(Share(0, 1), Share(0, 1))
        assert results["QQ"].f1 == 0


class TestGroups:
    @pytest.mark.parametrize(
        ("field", "gold", "groups"),
        [
            pytest.param("note", Gold(0, 3, "PERSON", "rare surname"),
                         {"PERSON, contact and note", "PERSON, contact and note: rare surname"}, id="name in a note"),
            pytest.param("danmaku", Gold(0, 3, "PERSON", "rare surname"), {"PERSON, danmaku"}, id="name in danmaku"),
            pytest.param("log", Gold(0, 3, "PERSON"), {"PERSON, log"}, id="name in a log"),
            pytest.param("log", Gold(0, 9, "CN_MOBILE", "plain"), {"CN_MOBILE, plain"}, id="plain mobile"),
            pytest.param("log", GOLD, {"CN_MOBILE, evasive", "CN_MOBILE, evasive: dashes"}, id="evasive mobile"),
            pytest.param("log", Gold(0, 9, "CN_ID_CARD", "mistyped"), {"CN_ID_CARD, mistyped"}, id="identity number"),
            pytest.param("log", Gold(0, 9, "CN_ADDRESS", "village"), {"CN_ADDRESS", "CN_ADDRESS: village"}, id="place"),
            pytest.param("log", Gold(0, 9, "IMEI"), {"IMEI"}, id="anything else"),
        ],
    )  # fmt: skip
    def test_are_the_heads_of_the_report(self, field, gold, groups):
        """
        What has styles is reported by style, names by field.
        """
        assert set(metrics.groups(Labelled("", field), gold)) == groups


class TestMetrics:
    def test_recall_counts_each_group(self):
        """
        One hidden and one in sight are half of their group.
        """
        both = judged([span(2, 8)]) + judged([])

        assert metrics.recall(both, lambda *_: ("all", "mobile")) == {"all": Share(1, 2), "mobile": Share(1, 2)}

    def test_relaxed_precision_asks_for_any_overlap(self):
        """
        A find that touches something personal is right, one beside it is wrong; other entities do not count.
        """
        found = [span(7, 12), span(8, 12), span(0, 1, "PERSON")]

        assert metrics.relaxed_precision(judged(found), metrics.NUMBERS) == Share(1, 2)

    def test_characters_are_shared_out_among_addresses(self):
        """
        Two addresses of which 4 of 10 characters are hidden: 40 %, as sure as two values can make it.
        """
        golds = [Gold(0, 4, "CN_ADDRESS"), Gold(5, 11, "CN_ADDRESS"), Gold(12, 14, "PERSON")]
        share = metrics.character_recall(judged([span(0, 4, "CN_ADDRESS")], golds), "CN_ADDRESS")

        assert (share.value, share.of) == (pytest.approx(0.4), 2)

    def test_false_hits_are_counted_by_text_where_nothing_is_personal(self):
        """
        Two numbers in one text are one text with a false hit; texts with gold do not count.
        """
        texts = [
            *judged([span(0, 2), span(4, 6)], (), "review"),
            *judged([span(0, 2, "PERSON")], (), "review"),
            *judged([span(0, 2, "DATE_TIME")], (), "danmaku"),
            *judged([span(9, 12)]),
        ]

        assert metrics.false_hits(texts) == {
            "review": {"numbers": Share(1, 2), "names": Share(1, 2), "addresses": Share(0, 2)},
            "danmaku": {"numbers": Share(1, 1), "names": Share(0, 1), "addresses": Share(0, 1)},
        }
