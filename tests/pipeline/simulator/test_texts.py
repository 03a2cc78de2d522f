"""Claims about the texts that people write and say."""

import re
from random import Random

import pytest

from pipeline.simulator import START
from pipeline.simulator.danmaku import COMMENTS, DANMAKU, PERSONAL_COMMENTS, PERSONAL_DANMAKU
from pipeline.simulator.people import Population
from pipeline.simulator.public import is_public
from pipeline.simulator.service import MATTERS, PERSONAL_CALLS, PERSONAL_MATTERS
from pipeline.simulator.signatures import PERSONAL_SIGNATURES, SIGNATURES
from pipeline.simulator.texts import (
    MESSAGES,
    NOTES,
    PERSONAL_MESSAGES,
    PERSONAL_NOTES,
    PERSONAL_SEARCHES,
    SEARCHES,
    compose,
    slotted,
)

SERVICE = PERSONAL_MATTERS + PERSONAL_CALLS
PERSONAL = {
    "calls": PERSONAL_CALLS,
    "comments": PERSONAL_COMMENTS,
    "danmaku": PERSONAL_DANMAKU,
    "matters": PERSONAL_MATTERS,
    "messages": PERSONAL_MESSAGES,
    "notes": PERSONAL_NOTES,
    "searches": PERSONAL_SEARCHES,
    "signatures": PERSONAL_SIGNATURES,
}
IMPERSONAL = (*COMMENTS, *DANMAKU, *MATTERS, *MESSAGES, *NOTES, *SEARCHES, *SIGNATURES)
ORDER = "26010108000012345678"

ANNOUNCED = re.compile(r"(?:我叫|收件人|收货人|联系人|姓名|户名)[：]?\{name\}")


@pytest.fixture(scope="module")
def person():
    return Population(Random(3), 1, START).people[0]


class TestTemplates:
    @pytest.mark.parametrize("templates", PERSONAL.values(), ids=PERSONAL)
    def test_plant_what_they_hold(self, person, templates):
        """
        Every value of a slot, but for public divisions, and the whole text.
        """
        for template in templates:
            planted = []
            text = compose(Random(1), (template,), person, ORDER, planted)

            values = [value for value in planted if value != text]
            assert planted[-1] == text
            assert "{" not in text
            assert len(values) == len(set(template[1]) - {"city", "district"}) or template[0] in {"{name}", "{phone}"}
            assert all(value in text for value in values)

    def test_of_danmaku_and_service_are_many(self):
        """
        So that a detector that knows a few forms does not look good.
        """
        assert len(set(PERSONAL_DANMAKU)) >= 40
        assert len(set(SERVICE)) >= 30
        assert len(set(DANMAKU)) >= 60

    @pytest.mark.parametrize("slot", ["phone", "name", "street", "id_card", "email", "order", "wechat", "qq"])
    @pytest.mark.parametrize(
        "templates", [pytest.param(PERSONAL_DANMAKU, id="danmaku"), pytest.param(SERVICE, id="service")]
    )
    def test_hold_every_sort_of_identifier(self, templates, slot):
        """
        In danmaku as in what is said to customer service.
        """
        assert any(slot in slots for _, slots in templates)

    @pytest.mark.parametrize(
        "templates",
        [PERSONAL_COMMENTS, PERSONAL_DANMAKU, PERSONAL_SIGNATURES, SERVICE],
        ids=["comments", "danmaku", "signatures", "service"],
    )
    def test_announce_names(self, templates):
        """
        A bare name in danmaku is not looked for, by design, and elsewhere a few in a hundred are missed.
        """
        for template, slots in templates:
            assert len(ANNOUNCED.findall(template)) == slots.count("name")

    def test_know_their_slots(self):
        """
        In the order of the text.
        """
        assert slotted("姓名{name}，电话{phone}") == (("姓名{name}，电话{phone}", ("name", "phone")),)


class TestImpersonalTexts:
    def test_are_public(self):
        """
        No generated name is part of one, so that a clean record may hold it.
        """
        assert all(is_public(text) for text in IMPERSONAL)

    def test_hold_no_long_number(self):
        """
        Nothing that could be taken for somebody's.
        """
        assert not [text for text in IMPERSONAL if re.search(r"\d{6}", text)]
