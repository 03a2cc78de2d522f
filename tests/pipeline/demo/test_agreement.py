"""Claims about the demo's consents: they are in the topic before anything else, and some are taken back."""

import pytest

from pipeline.demo.agreement import WITHDRAWN_SECONDS, Agreement
from pipeline.simulator import Simulator
from pipeline.simulator.consents import GRANTING, WITHDRAWING
from pipeline.subjects.record import TOPIC, read_key, read_value


class Topic:
    """
    Takes records as a feeder does.
    """

    failures = ()

    def __init__(self):
        self.records = []

    def send(self, topic, key, value, timestamp):
        assert topic == TOPIC
        assert timestamp > 0
        self.records.append((key, value))

    def flush(self, _seconds):
        return 0


@pytest.fixture(scope="module")
def simulator():
    return Simulator(3, subjects=2_000)


def granting(records):
    return {key for key, value in records if read_value(value).consents["ads"].granted}


class TestConsents:
    def test_a_known_share_agrees(self, simulator):
        """
        Each person has one record that a worker understands.
        """
        topic = Topic()
        Agreement(simulator.consents(), topic)

        assert len({read_key(key) for key, _ in topic.records}) == len(topic.records) == 2_000
        assert len(granting(topic.records)) == pytest.approx(2_000 * GRANTING, rel=0.1)

    def test_some_withdraw_once(self, simulator):
        """
        Only people who had agreed.
        """
        topic = Topic()
        agreement = Agreement(simulator.consents(), topic)
        before = list(topic.records)
        agreement.withdraw()
        agreement.withdraw()
        after = topic.records[len(before) :]

        assert agreement.withdrawn == len(after) == int(len(granting(before)) * WITHDRAWING)
        assert {key for key, _ in after} <= granting(before)
        assert not granting(after)

    def test_equal_seeds_make_equal_consents(self, simulator):
        """
        And events do not depend on whether anybody asks for them.
        """
        again = Simulator(3, subjects=2_000)

        assert list(again.consents().records()) == list(simulator.consents().records())
        assert list(again.events(20)) == list(Simulator(3, subjects=2_000).events(20))


class TestMayConsent:
    def test_who_agreed_and_has_not_withdrawn(self, simulator):
        """
        For some seconds after a withdrawal both is right.
        """
        topic = Topic()
        agreement = Agreement(simulator.consents(), topic)
        agreed = granting(topic.records)
        assert {key for key, _ in topic.records if agreement.may_consent(key, 1e9)} == agreed

        size = len(topic.records)
        agreement.withdraw()
        withdrawn = {key for key, _ in topic.records[size:]}
        far = 10.0**9 + WITHDRAWN_SECONDS

        assert {key for key in agreed if agreement.may_consent(key, far)} == agreed - withdrawn
        assert all(agreement.may_consent(key, 0.0) for key in withdrawn)
        assert not agreement.may_consent(b"somebody else", 0.0)
