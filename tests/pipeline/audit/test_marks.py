"""Marks: a person's tokens and those of their devices, in every generation, each until it is theirs no more."""

from pipeline.audit.marks import marks_of
from pipeline.bound import BoundView
from pipeline.decision import Decision
from pipeline.erasure.state import History
from pipeline.erasure.tokens import Tokenizer
from pipeline.interpret import release
from schemas import order
from tests.pipeline.events import KEYS, ORDER
from tests.pipeline.links.world import IDENTIFIERS, NOON

USER, DEVICE = ORDER["user_id"], IDENTIFIERS.device(ORDER["device_id"])
BACK = NOON + 1
UNTIL = NOON + 2


def marks(subject=USER, things=None, known=None):
    return marks_of(subject, things or {}, known or {}, Tokenizer([order.ANALYTICS], KEYS, NOON), "analytics")


def released(**decision):
    """
    The tokens of person and device that analytics get.
    """
    bound = BoundView(order.ANALYTICS, KEYS.keyring("analytics", order.ANALYTICS.purpose))
    record = release(bound, ORDER, Decision(**decision))
    return record["user_id"], record["device_id"]


class TestMarks:
    def test_are_what_records_have(self):
        """
        Of the person, and of the device with the time up to which it is theirs.
        """
        user, device = released()

        assert marks(things={DEVICE: UNTIL}) == ({user}, {device: UNTIL}, {"user_id": 1, "device_id": 1})

    def test_are_those_of_every_generation(self):
        """
        Of persons, and of devices that were erased with somebody, before and since.
        """
        known = {USER: History(registered=frozenset({BACK})), DEVICE.subject: History(registered=frozenset({BACK}))}
        (user, device), (newer, other) = released(), released(generation=BACK, device_generation=BACK)
        found = marks(things={DEVICE: None}, known=known)

        assert found.own == {user, newer}
        assert found.through.keys() == {device, other}
