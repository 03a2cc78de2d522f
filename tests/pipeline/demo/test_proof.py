"""Claims about the proof that quarantine can be opened."""

import pytest

from pipeline.broken import Broken, Reason
from pipeline.demo.proof import OpeningProof
from pipeline.kafka_client import Record
from pipeline.quarantine import Quarantine
from pipeline.sealing import OfficerPrivateKey

OFFICER = OfficerPrivateKey.generate()
PLACE = ("raw.order", 0, 1)


def held(value, officer=OFFICER):
    quarantine = Quarantine(officer.public().sealer(), "p")
    records = quarantine.records(*PLACE, b"key", value, Broken(Reason.NOT_JSON))
    return [Record("quarantine.raw.order", 0, 0, 0, None, record, ()) for record in records]


@pytest.fixture
def proof():
    following = OpeningProof(OFFICER)
    following.sent(PLACE, b"key", b"value")
    return following


class TestOpeningProof:
    @pytest.mark.parametrize("size", [pytest.param(1, id="one part"), pytest.param(300_000, id="several parts")])
    def test_holds_when_the_event_opens_to_its_own_bytes(self, size):
        """
        However many parts it has, in whatever order, one of them twice.
        """
        proof = OpeningProof(OFFICER)
        proof.sent(PLACE, b"key", b"value" * size)
        records = held(b"value" * size)
        for record in [*reversed(records), records[0]]:
            proof.held(PLACE, record)

        assert proof.holds() is True

    def test_does_not_hold_for_other_bytes(self, proof):
        """
        Opening is not enough: the event must be the same.
        """
        proof.held(PLACE, held(b"another")[0])

        assert proof.holds() is False

    def test_does_not_hold_for_another_officer(self, proof):
        """
        What the officer cannot open proves the opposite.
        """
        proof.held(PLACE, held(b"value", OfficerPrivateKey.generate())[0])

        assert proof.holds() is False

    def test_does_not_hold_for_a_missing_part(self):
        """
        A piece of an event is not the event.
        """
        proof = OpeningProof(OFFICER)
        proof.sent(PLACE, b"key", b"v" * 1_000_000)
        proof.held(PLACE, held(b"v" * 1_000_000)[0])

        assert proof.holds() is False

    def test_is_open_while_nothing_has_come(self, proof):
        """
        No quarantine record says nothing.
        """
        assert proof.holds() is None

    def test_follows_only_the_first_few(self):
        """
        Its memory is bounded.
        """
        proof = OpeningProof(OFFICER)
        for offset in range(2, 10):
            proof.sent(("raw.order", 0, offset), b"key", b"value")
        proof.sent(PLACE, b"key", b"value")
        proof.held(PLACE, held(b"value")[0])

        assert proof.holds() is None
