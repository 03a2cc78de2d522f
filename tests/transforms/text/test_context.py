"""Claims about context."""

import pytest

from transforms.text.context import AFTER, BEFORE, enhance
from transforms.text.entities import ALL, DOUBTFUL, LIKELY, SURE
from transforms.text.fold import fold
from transforms.text.span import Span


def enhanced(text, value, entity, score=DOUBTFUL):
    start = text.index(value)
    (span,) = enhance(fold(text), [Span(start, start + len(value), entity, score)])
    return span.score


class TestContext:
    @pytest.mark.parametrize(
        ("text", "score"),
        [
            pytest.param("护照E12345678", SURE, id="before"),
            pytest.param("E12345678是我的护照", SURE, id="behind"),
            pytest.param("護照號碼：E12345678", SURE, id="traditional"),
            pytest.param("My Passport: E12345678", SURE, id="capital letters"),
            pytest.param("xpassports E12345678", DOUBTFUL, id="part of another word"),
            pytest.param("型号E12345678", DOUBTFUL, id="none"),
            pytest.param(f"护照{'好' * BEFORE}E12345678", DOUBTFUL, id="too far before"),
            pytest.param(f"E12345678{'好' * AFTER}护照", DOUBTFUL, id="too far behind"),
            pytest.param("税号E12345678", DOUBTFUL, id="context of another entity"),
        ],
    )
    def test_makes_a_doubtful_find_a_sure_one(self, text, score):
        """
        When a word of its entity stands in the window.
        """
        assert enhanced(text, "E12345678", "CN_PASSPORT") == score

    def test_leaves_a_likely_find_as_it_is(self):
        """
        What is hidden anyway needs no word.
        """
        assert enhanced("护照E12345678", "E12345678", "CN_PASSPORT", LIKELY) == LIKELY

    @pytest.mark.parametrize("entity", [entity for entity in ALL if entity.context], ids=lambda entity: entity.name)
    def test_words_are_in_folded_form(self, entity):
        """
        A word in another form would never be seen.
        """
        assert [word for word in entity.context if fold(word) != word] == []
