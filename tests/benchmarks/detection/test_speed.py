"""Speed: what is timed. No test looks at how fast anything is."""

import os

import pytest

from benchmarks.detection import speed
from benchmarks.detection.corpus import Corpus
from benchmarks.detection.labelled import FIELDS
from benchmarks.detection.systems import MODES

RATES = {mode: {"one_by_one": 1_000.0, "many": 2_000.0} for mode in MODES}
START = {"process_seconds": 1.0, "seconds": 0.5, "rss_mib": 50.0, "rss_mib_before": 20.0}
OURS = {
    "length": {str(length): RATES for length in speed.LENGTHS},
    "field": dict.fromkeys(FIELDS, RATES),
    "start": dict.fromkeys(MODES, START),
}
STOCK = {"length": {str(length): 7.0 for length in speed.LENGTHS}, "danmaku": 7.0, "start": START}


class TestTexts:
    @pytest.mark.parametrize("length", speed.LENGTHS)
    def test_have_exactly_the_length(self, length, monkeypatch):
        """
        A rate by length is one of texts of that length.
        """
        monkeypatch.setattr(speed, "_TEXTS", 500)

        assert {len(text) for text in speed.cut("dev", 1, length)} == {length}

    def test_of_danmaku_are_personal_as_rarely_as_they_are(self):
        """
        About 3 in 100, not the corpus's own share.
        """
        corpus = Corpus("dev", 1)
        texts = [corpus.text("danmaku", personal=speed.PERSONAL) for _ in range(4_000)]

        assert speed.own("dev", 1, "danmaku")[:4_000] == [text.text for text in texts]
        assert 0.02 < sum(bool(text.spans) for text in texts) / len(texts) < 0.04


class TestRate:
    def test_counts_every_text(self):
        """
        One by one and many at once, the detector sees the same texts in turn.
        """
        seen = []
        assert speed.rate(seen.append, ["a", "b", "c"]) > 0
        assert seen[:4] == ["a", "b", "c", "a"]

        seen.clear()
        assert speed.batched_rate(lambda field, texts: seen.append((field, texts[:2])), "note", ["a", "b"]) > 0
        assert seen[0] == ("note", ["a", "b"])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no threads")
class TestOneProcessor:
    def test_binds_and_lets_go(self):
        """
        Within the block one processor, afterwards those of before.
        """
        before = os.sched_getaffinity(0)
        with speed.one_processor():
            assert len(os.sched_getaffinity(0)) == 1
        assert os.sched_getaffinity(0) == before


class TestTables:
    @pytest.mark.parametrize(
        "results",
        [
            pytest.param({"speed": OURS, "stock_speed": STOCK}, id="both"),
            pytest.param({"speed": OURS}, id="ours"),
            pytest.param({"stock_speed": STOCK}, id="stock"),
        ],
    )
    def test_are_as_wide_as_their_headers(self, results):
        """
        Whichever of the two was measured.
        """
        tables = speed.tables(results)

        assert len(tables) == 3
        assert all(table.rows and len(row) == len(table.header) for table in tables for row in table.rows)
