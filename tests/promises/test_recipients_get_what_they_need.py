"""只能接触到为其履行职责所需信息: a view names what it passes, and a new field of upstream reaches nobody."""

from schemas import VIEWS
from schemas.view import SEALED
from transforms import Drop


class TestUnknownFields:
    def test_reach_nobody(self, town):
        """
        At the top and within groups; the rest of the event passes, and the worker says how many there were.
        """
        secret = "又一个字段13900139000"
        place = town.act(
            "raw.order",
            user_id=town.person(),
            loyalty_card=secret,
            payment={
                "method": "alipay",
                "status": "paid",
                "transaction_id": "2026112222001",
                "payer_account": secret,
            },
        )

        (outcome,) = town.released(place)

        assert outcome["analytics"] is not None
        assert not any(secret in str(record) for record in outcome.values())
        assert "loyalty_card" not in str(outcome)
        assert "payer_account" not in str(outcome)


class TestRecords:
    def test_hold_no_field_that_their_view_does_not_name(self, town):
        """
        Of every topic, one whole event.
        """
        topics = dict.fromkeys(view.contract.topic for view in VIEWS)
        places = [town.act(topic, user_id=town.person()) for topic in topics]

        outcomes = town.released(*places)

        for view in VIEWS:
            record = outcomes[list(topics).index(view.contract.topic)][view.recipient]
            assert record is None or set(record) <= ({SEALED} if view.sealed else _released(view))


def _released(view):
    """
    The names at the top of whatever a view passes in any circumstance.
    """
    return {
        path.partition(".")[0].removesuffix("[]")
        for variant in view.variants()
        for path, rule in view.resolve(variant).items()
        if not isinstance(rule, Drop)
    }
