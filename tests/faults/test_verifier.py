"""The verifier itself: what it is for, it finds. None of this needs a broker."""

import pytest

from tests.faults.oracle import HELD
from tests.faults.verifier import Due, Seen, Verifier

PLACE = ("raw.order", 0, 7)
NEXT = ("raw.order", 0, 8)
CONSENTED = {"clean.ads.order": b"a token", "clean.analytics.order": b"an order", "clean.affiliate.order": b"a name"}
DENIED = {"clean.ads.order": b"an hour", "clean.analytics.order": b"an order"}
BROKEN = {"quarantine.raw.order": HELD}
WILLING = Due([CONSENTED, DENIED], [True, False])
UNWILLING = Due([DENIED], [False], took_back=True)


def seen(outcome, place=PLACE, key=None):
    return [Seen(topic, 0, key, place, value) for topic, value in outcome.items()]


def judge(due, records):
    return Verifier().judge({PLACE: due}, records)


class TestMissing:
    @pytest.mark.parametrize("outcome", [CONSENTED, DENIED])
    def test_is_nothing_when_one_outcome_is_there_as_a_whole(self, outcome):
        """
        Whichever the worker decided upon.
        """
        verdict = judge(WILLING, seen(outcome))

        assert verdict.harm == {}
        assert verdict.duplicates == 0

    @pytest.mark.parametrize("absent", DENIED)
    def test_is_any_record_of_the_nearest_outcome(self, absent):
        """
        One view is enough.
        """
        records = [record for record in seen(DENIED) if record.topic != absent]

        assert judge(WILLING, records).harm == {"missing": 1}

    def test_is_not_made_up_for_by_parts_of_different_outcomes(self):
        """
        Ads by consent, and nothing for the affiliate whom the same consent concerns.
        """
        torn = {**DENIED, "clean.ads.order": b"a token"}

        assert judge(WILLING, seen(torn)).harm == {"missing": 1}

    def test_is_a_broken_event_outside_of_quarantine(self):
        """
        What cannot pass has to be held.
        """
        assert judge(Due([BROKEN], [False]), []).harm == {"missing": 1}
        assert judge(Due([BROKEN], [False]), seen(BROKEN)).harm == {}

    def test_is_not_what_was_deleted_with_its_topic(self):
        """
        Only there.
        """
        lost = Due([DENIED], [False], lost=frozenset({"clean.ads.order"}))

        assert judge(lost, seen({"clean.analytics.order": b"an order"})).harm == {}
        assert judge(lost, []).harm == {"missing": 1}


class TestDuplicates:
    def test_are_records_beyond_the_first(self):
        """
        Each of them, of the same batch or a later one.
        """
        verifier = Verifier()

        first = verifier.judge({PLACE: WILLING}, seen(DENIED) + seen(DENIED))
        later = verifier.judge({}, seen(DENIED))

        assert first.duplicates == later.duplicates == len(DENIED)
        assert not first.harm
        assert not later.harm


class TestReleasedAfter:
    def test_is_what_rests_on_a_consent_that_was_taken_back(self):
        """
        Beside what may pass without it.
        """
        assert judge(UNWILLING, seen(DENIED) + seen(CONSENTED)).harm == {"released_after": 2}

    def test_is_nothing_that_passes_without_consent(self):
        """
        And the event is counted as one that could have told.
        """
        verdict = judge(UNWILLING, seen(DENIED))

        assert verdict.harm == {}
        assert verdict.took_back == 1


class TestConsented:
    def test_is_what_only_consent_lets_pass(self):
        """
        The order of analytics is the same without.
        """
        assert judge(WILLING, seen(CONSENTED)).consented == 2
        assert judge(WILLING, seen(DENIED)).consented == 0


class TestWrong:
    @pytest.mark.parametrize(
        "strange",
        [
            pytest.param(seen({"clean.ads.order": b"a name"}), id="value that no rule makes"),
            pytest.param(seen({"clean.logistics.order": b"an order"}), id="topic that gets nothing"),
            pytest.param(seen(BROKEN), id="held though it is whole"),
            pytest.param(seen({"clean.ads.order": b"an hour"}, NEXT), id="event that was never produced"),
        ],
    )
    def test_is_what_the_engine_does_not_make(self, strange):
        """
        Every record has to belong to an event, and be what it becomes.
        """
        assert judge(WILLING, seen(DENIED) + strange).harm == {"wrong": 1}


class TestOrder:
    def test_of_a_key_is_that_of_its_raw_partition(self):
        """
        By first occurrences: what comes again may come late.
        """
        events = {PLACE: WILLING, NEXT: WILLING}
        topic = {"clean.ads.order": b"an hour"}
        right = seen(topic, PLACE, b"k") + seen(topic, NEXT, b"k") + seen(topic, PLACE, b"k")
        swapped = seen(topic, NEXT, b"k") + seen(topic, PLACE, b"k")
        others = seen(topic, NEXT, b"k") + seen(topic, PLACE, b"another")

        assert Verifier().judge(events, right).disordered == 0
        assert Verifier().judge(events, swapped).disordered == 1
        assert Verifier().judge(events, others).disordered == 0

    def test_goes_on_over_batches(self):
        """
        A record of the next batch is not before one of this.
        """
        verifier = Verifier()
        topic = {"clean.ads.order": b"an hour"}
        verifier.judge({NEXT: WILLING}, seen(topic, NEXT, b"k"))

        assert verifier.judge({PLACE: WILLING}, seen(topic, PLACE, b"k")).disordered == 1
