"""Broken: a closed list of reasons, and sentences without values."""

import pytest

from pipeline.broken import Broken, Reason


class TestReason:
    @pytest.mark.parametrize("reason", list(Reason))
    def test_has_a_sentence_of_its_own(self, reason):
        """
        Every reason is explained, and no two alike.
        """
        assert reason.sentence
        assert [other for other in Reason if other.sentence == reason.sentence] == [reason]

    @pytest.mark.parametrize("reason", list(Reason))
    def test_is_a_plain_word(self, reason):
        """
        It serves as a label in metrics.
        """
        assert reason.value.isidentifier()
        assert reason.value == reason.name.lower()


class TestBroken:
    def test_reads_as_path_and_detail(self):
        """
        Where, and what is wrong there.
        """
        broken = Broken(Reason.WRONG_TYPE, "payment.bank_card", "expected string, got number")

        assert str(broken) == "payment.bank_card: expected string, got number"
        assert (broken.reason, broken.path) == (Reason.WRONG_TYPE, "payment.bank_card")

    def test_without_a_path_it_is_about_the_record(self):
        """
        And without a detail the reason's sentence stands.
        """
        broken = Broken(Reason.NOT_UTF8)

        assert str(broken) == "record: the record is not valid UTF-8"
        assert broken.detail == Reason.NOT_UTF8.sentence
        assert broken.path == ""
