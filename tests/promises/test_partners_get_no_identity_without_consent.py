"""除非得到你的许可，不会将你的个人身份信息与…合作伙伴共享: consent for each purpose, asked for each event."""

import pytest

from pipeline.kafka_client import now_ms
from tests.promises.town import consent

HOUR = 3_600_000
TOPICS = ("raw.log", "raw.location", "raw.order", "raw.account", "raw.interaction", "raw.contact")
NAMING = {"user_id", "device_id", "cookie_id", "order_id", "birth_date", "gender"}


def names(record):
    return record is not None and bool(NAMING & record.keys())


class TestAds:
    def test_get_tokens_of_who_granted_and_nothing_personal_after_the_withdrawal(self, town):
        """
        Nor of what happened before it and comes late.
        """
        user = town.person()
        town.know(user, consents=consent(granted=True))
        before = town.act("raw.device", user_id=user)
        (granted,) = town.released(before)
        town.know(user, consents=consent(granted=False))
        after = town.act("raw.device", user_id=user)
        late = town.act("raw.device", user_id=user, at=now_ms() - HOUR)

        withdrawn = town.released(after, late)

        assert names(granted["ads"])
        assert not any(names(outcome["ads"]) for outcome in withdrawn)

    def test_get_nothing_personal_of_who_was_never_asked(self, town):
        """
        Silence is no.
        """
        (unknown,) = town.released(town.act("raw.device", user_id=town.person()))

        assert unknown["ads"] is not None
        assert not names(unknown["ads"])

    @pytest.mark.parametrize(
        ("first", "then", "expected"),
        [
            pytest.param((True, 2), (False, 1), True, id="an earlier withdrawal comes late"),
            pytest.param((False, 2), (True, 1), False, id="an earlier grant comes late"),
            pytest.param((True, 1), (False, 1), False, id="both at one moment"),
        ],
    )
    def test_the_later_word_holds_whatever_comes_last(self, town, first, then, expected):
        """
        In whatever order the words are read.
        """
        user, base = town.person(), now_ms() - HOUR
        for granted, hours in (first, then):
            town.know(user, consents=consent(granted=granted, at=base + hours))

        (outcome,) = town.released(town.act("raw.device", user_id=user))

        assert names(outcome["ads"]) is expected

    def test_a_replay_gives_what_may_be_given_today(self, town):
        """
        The same event, written again after a withdrawal, names nobody.
        """
        user = town.person()
        town.know(user, consents=consent(granted=True))
        then = now_ms()
        first = town.act("raw.device", user_id=user, at=then)
        town.released(first)
        town.know(user, consents=consent(granted=False))
        again = town.act("raw.device", user_id=user, at=then)

        before, replayed = town.released(first, again)

        assert names(before["ads"])
        assert not names(replayed["ads"])

    def test_on_every_topic(self, town):
        """
        Not only devices.
        """
        user = town.person()
        without = [town.act(topic, user_id=user) for topic in TOPICS]
        town.released(*without)
        town.know(user, consents=consent(granted=True))
        consented = [town.act(topic, user_id=user) for topic in TOPICS]

        outcomes = town.released(*without, *consented)

        assert not any(names(outcome["ads"]) for outcome in outcomes[: len(TOPICS)])
        assert all("user_id" in outcome["ads"] for outcome in outcomes[len(TOPICS) :])
