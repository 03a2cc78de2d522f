"""Claims about the tally of circumstances."""

from pipeline.tally import SUPPRESSED, Tally

ADS = frozenset({"ads"})


class TestTally:
    def test_counts_by_purposes_link_and_suppression(self):
        """
        As compiled views count, with a truth value for a place; what never was is not told.
        """
        tally = Tally()
        for linked in (False, True, True):
            tally[ADS][linked] += 1
        tally[frozenset()][True + SUPPRESSED * True] += 1

        assert sorted(tally.circumstances(), key=str) == sorted(
            [(ADS, False, False, 1), (ADS, True, False, 2), (frozenset(), True, True, 1)], key=str
        )

    def test_begins_anew(self):
        """
        Nothing of the last chunk is told of the next.
        """
        tally = Tally()
        tally[ADS][0] += 1
        tally.clear()
        tally[ADS][1] += 1

        assert list(tally.circumstances()) == [(ADS, True, False, 1)]
