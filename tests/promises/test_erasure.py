"""个人信息删除：不可被检索、访问: who is erased is gone, recipients are told, and a replay brings nothing back."""

import pytest

from pipeline.codec import dumps
from pipeline.kafka_client import now_ms
from pipeline.subjects.record import new_salt
from tests.pipeline.events import EVENTS
from tests.promises.town import consent

RECIPIENTS = ("ads", "analytics")


def tokens(record):
    return {record[name] for name in ("user_id", "device_id") if name in record}


@pytest.fixture(scope="module")
def life(town):
    """
    Somebody acts, is erased, is read once more from the raw topic, and registers again.
    """
    user, phone = town.person(), town.device()
    town.know(user, consents=consent(granted=True))
    event = EVENTS["raw.device"] | {"user_id": user, "device_id": phone}
    before = town.write("raw.device", user.encode(), dumps(event))
    (released,) = town.released(before)
    town.erase(user)
    replayed = town.write("raw.device", user.encode(), dumps(event))
    after = town.act("raw.device", user_id=user, device_id=phone)
    (again, later) = town.released(replayed, after)
    notices = {recipient: town.told(recipient) for recipient in RECIPIENTS}
    erased_at = now_ms()
    town.know(user, consents=consent(granted=True), erased_at=erased_at - 1, registered_at=erased_at, salt=new_salt())
    (registered,) = town.released(town.act("raw.device", user_id=user, device_id=phone))
    return released, again, later, notices, registered


class TestErased:
    def test_events_reach_nobody(self, life):
        """
        Neither those from before, when they are read once more, nor later ones.
        """
        _, again, later, _, _ = life

        assert set(again.values()) == set(later.values()) == {None}

    @pytest.mark.parametrize("recipient", RECIPIENTS)
    def test_tokens_are_named_to_who_has_them(self, life, recipient):
        """
        Those of the person and of the device.
        """
        released, _, _, notices, _ = life

        assert len(tokens(released[recipient])) == 2
        assert tokens(released[recipient]) <= notices[recipient]

    @pytest.mark.parametrize("recipient", RECIPIENTS)
    def test_persons_who_register_again_have_new_tokens(self, life, recipient):
        """
        Of themselves and of their device, so that nothing leads back.
        """
        released, _, _, notices, registered = life

        assert len(tokens(registered[recipient])) == 2
        assert not tokens(registered[recipient]) & (tokens(released[recipient]) | notices[recipient])
