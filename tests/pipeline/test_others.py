"""Claims about whom an event names beside the one it is about; what views do with it: tests/pipeline/test_engine.py."""

import pytest

from pipeline.others import Others, other_groups, phone_subject
from schemas import VIEWS, order
from tests.pipeline.events import EVENTS
from transforms import Refused


def test_are_a_consignee_and_a_guardian():
    """
    In the shipped contracts, each with the field that names them.
    """
    found = {view.contract.topic: other_groups(view.contract) for view in VIEWS}

    assert {topic: groups for topic, groups in found.items() if groups} == {
        "raw.order": {"consignee": "consignee.phone"},
        "raw.account": {"guardian": "guardian.phone"},
    }


class TestPhoneSubject:
    @pytest.mark.parametrize("number", ["13800138000", "138 0013 8000", "+8613800138000", "008613800138000"])
    def test_is_one_for_one_number(self, number):
        """
        However it is written.
        """
        assert phone_subject(number) == "phone:+8613800138000"

    def test_is_of_numbers_alone(self):
        """
        The refusal does not tell what was there.
        """
        with pytest.raises(Refused) as refusal:
            phone_subject("u-10000000001")

        assert "u-1" not in str(refusal.value)


class TestOthers:
    def test_are_absent_once_erased(self):
        """
        As of the time of the event.
        """
        others = Others(order.RAW, lambda subject, time: subject == "phone:+8613900139000" and time < 10)

        assert others.absent(EVENTS["raw.order"], 9) == {"consignee"}
        assert others.absent(EVENTS["raw.order"], 10) == frozenset()

    def test_who_cannot_be_told_is_not_asked_about(self):
        """
        What is no telephone number names nobody.
        """
        assert not Others(order.RAW, lambda *_: True).erased("nobody", 0)

    def test_who_is_not_there_is_not_asked_about(self):
        """
        A group may be left out.
        """
        assert not Others(order.RAW, lambda *_: True).absent({"consignee": None}, 0)
