"""Claims about overlapping spans."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.entities import ENTITIES
from transforms.text.resolve import resolve
from transforms.text.span import Span

SPANS = st.lists(
    st.builds(
        lambda start, length, entity, score: Span(start, start + length, entity, score),
        st.integers(0, 60),
        st.integers(0, 25),
        st.sampled_from(list(ENTITIES)),
        st.sampled_from([0.5, 0.7, 1.0]),
    ),
    max_size=12,
)


def covered(spans):
    return {offset for span in spans for offset in range(span.start, span.end)}


class TestResolve:
    @given(SPANS)
    def test_covers_what_was_found_and_nothing_else(self, spans):
        """
        No character that any search found is let go, and none is added.
        """
        assert covered(resolve(spans)) == covered(spans)

    @given(SPANS)
    def test_gives_disjoint_spans_in_order(self, spans):
        """
        Each ends before the next begins, and none is empty.
        """
        resolved = resolve(spans)

        assert all(span.start < span.end for span in resolved)
        assert all(left.end <= right.start for left, right in pairwise(resolved))

    @given(SPANS, st.randoms())
    def test_does_not_depend_on_the_order_of_finds(self, spans, random):
        """
        Whichever search came first.
        """
        shuffled = random.sample(spans, len(spans))

        assert resolve(shuffled) == resolve(spans)

    @pytest.mark.parametrize(
        ("spans", "resolved"),
        [
            pytest.param(
                [Span(0, 11, "CN_MOBILE", 0.7), Span(0, 11, "ORDER", 1.0)], [Span(0, 11, "ORDER", 1.0)], id="surer"
            ),
            pytest.param(
                [Span(7, 18, "CN_MOBILE", 1.0), Span(0, 18, "CN_ID_CARD", 1.0)],
                [Span(0, 18, "CN_ID_CARD", 1.0)],
                id="longer",
            ),
            pytest.param(
                [Span(3, 14, "URL_PARAM", 1.0), Span(3, 14, "CN_MOBILE", 1.0)],
                [Span(3, 14, "CN_MOBILE", 1.0)],
                id="listed first",
            ),
            pytest.param(
                [Span(0, 20, "CN_ADDRESS", 0.7), Span(5, 8, "PERSON", 1.0)],
                [Span(0, 5, "CN_ADDRESS", 0.7), Span(5, 8, "PERSON", 1.0), Span(8, 20, "CN_ADDRESS", 0.7)],
                id="what is left stays hidden",
            ),
            pytest.param([Span(4, 4, "PERSON", 1.0)], [], id="empty"),
        ],
    )
    def test_lets_the_better_claim_win(self, spans, resolved):
        """
        By score, then length, then the order of the list of entities.
        """
        assert list(resolve(spans)) == resolved
