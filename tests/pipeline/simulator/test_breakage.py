"""Claims about broken events."""

from collections import Counter

import pytest

from pipeline.broken import MAX_BYTES, Broken, Reason
from pipeline.check import check
from pipeline.codec import parse
from pipeline.simulator.breakage import KINDS
from schemas import VIEWS

CONTRACTS = {view.contract.topic: view.contract for view in VIEWS}

REASONS = {
    "array": {Reason.NOT_AN_OBJECT},
    "bad_timestamp": {Reason.OUT_OF_RANGE},
    "duplicate_key": {Reason.DUPLICATE_KEY},
    "empty": {Reason.NOT_JSON},
    "invalid_utf8": {Reason.NOT_UTF8},
    "key_with_bom": {Reason.MISSING},
    "missing_field": {Reason.MISSING, Reason.OUT_OF_RANGE},
    "nested_too_deep": {Reason.TOO_DEEP},
    "not_a_number": {Reason.NOT_JSON},
    "null": {Reason.NOT_AN_OBJECT},
    "number": {Reason.NOT_AN_OBJECT},
    "out_of_range": {Reason.OUT_OF_RANGE},
    "string": {Reason.NOT_AN_OBJECT},
    "too_large": {Reason.TOO_LARGE},
    "too_long": {Reason.OUT_OF_RANGE},
    "truncated": {Reason.NOT_JSON, Reason.NOT_UTF8},
    "unknown_value": {Reason.OUT_OF_RANGE},
    "wrong_type": {Reason.WRONG_TYPE},
}
"""What each kind is quarantined for; a point without a member is out of its range."""

EMPTIED = {"empty", "null"}
CUT = {"truncated"}


def refusal(event):
    try:
        check(CONTRACTS[event.topic], parse(event.value))
    except Broken as broken:
        return broken.reason
    return None


class TestKinds:
    def test_all_appear(self, broken):
        """
        4,000 broken events show every kind.
        """
        assert {event.broken for event in broken} == set(KINDS) == set(REASONS)

    @pytest.mark.parametrize("kind", KINDS)
    def test_are_refused_for_their_reason(self, broken, kind):
        """
        The contract, as the pipeline reads it, refuses every event of the kind, and for what is wrong with it.
        """
        assert {refusal(event) for event in broken if event.broken == kind} <= REASONS[kind]

    @pytest.mark.parametrize("kind", sorted(set(KINDS) - EMPTIED - CUT))
    def test_keep_identifiers(self, broken, kind):
        """
        What is personal stays in the broken event, so that a quarantine that leaks is found out.
        """
        events = [event for event in broken if event.broken == kind]

        assert all(event.identifiers for event in events if event.value != b"42")

    @pytest.mark.parametrize("kind", KINDS)
    def test_list_only_what_is_still_there(self, broken, kind):
        """
        Each listed identifier stands in the record as written, in UTF-8 or GB 18030.
        """
        assert all(
            text.encode() in event.value or text.encode("gb18030") in event.value
            for event in broken
            if event.broken == kind
            for text in event.identifiers
        )


class TestLargeRecords:
    def test_are_rare(self, broken):
        """
        One in 2,000, so that they do not set the pace.
        """
        assert Counter(event.broken for event in broken)["too_large"] == 2

    def test_are_just_over_the_limit(self, broken):
        """
        More than 1 MiB, and less than 2.
        """
        assert all(MAX_BYTES < len(event.value) < 2 * MAX_BYTES for event in broken if event.broken == "too_large")
        assert all(len(event.value) <= MAX_BYTES for event in broken if event.broken != "too_large")


class TestFields:
    @pytest.mark.parametrize("kind", ["missing_field", "too_long", "wrong_type"])
    def test_many_fields_are_broken(self, broken, kind):
        """
        The refusals name more than ten different fields.
        """
        paths = set()
        for event in broken:
            if event.broken == kind:
                with pytest.raises(Broken) as refused:
                    check(CONTRACTS[event.topic], parse(event.value))
                paths.add(refused.value.path)

        assert len(paths) > 10
