"""Claims about carrying an erasure out: nothing of the person remains, and nobody else notices."""

from contextlib import suppress

import pytest

from pipeline.erasure.notice import notice_topic
from pipeline.links.record import TOPIC as LINKS
from pipeline.subjects.profile import TOPIC as PROFILES
from pipeline.subjects.record import TOPIC as SUBJECTS
from pipeline.subjects.record import Consent, Subject, read_value
from tests.pipeline.erasure.world import BEGINNING, RECIPIENTS, VIEWS, CutOff, World
from transforms.timestamp import DAY, HOUR

ANNA, BERT = "u-anna", "u-bert"
PHONE, TABLET = "a1b2c3d4e5f60718", "0011223344556677"
COOKIE = "c0ffee00c0ffee00"
GRANT = {"ads": Consent(granted=True, at=BEGINNING - DAY, policy_version="v3")}
NOTHING = dict.fromkeys(RECIPIENTS)


@pytest.fixture
def world():
    """
    Anna and Bert agreed to everything; Anna has a telephone, and both use the tablet.
    """
    made = World()
    for user in (ANNA, BERT):
        made.state(user, consents=GRANT, salt=b"0123456789abcdef")
    return made


def minutes(world, number=1):
    world.now += number * 60_000


def register_again(world, erased_at=BEGINNING):
    """
    Anna comes back, and agrees once more.
    """
    consents = {"ads": Consent(granted=True, at=world.now, policy_version="v4")}
    world.state(ANNA, consents=consents, erased_at=erased_at, registered_at=world.now)


class TestErased:
    def test_have_a_state_that_says_so_and_no_more(self, world):
        """
        Neither consents nor salt; the profile goes too.
        """
        world.erase(ANNA)

        last = [read_value(each.value) for each in world.topics.logs[SUBJECTS] if each.key == ANNA.encode()][-1]
        assert last == Subject(erased_at=BEGINNING)
        assert [(each.key, each.value) for each in world.topics.logs[PROFILES]] == [(ANNA.encode(), None)]

    def test_are_told_of_with_every_token(self, world):
        """
        Of the person, the telephone, and what the telephone alone led to.
        """
        released = [world.act(ANNA, PHONE), world.act(None, PHONE, COOKIE), world.act(ANNA, None, ago=40 * DAY)]

        world.erase(ANNA)

        for recipient in RECIPIENTS:
            tokens = set().union(*(each[recipient] or set() for each in released))
            assert tokens
            assert tokens <= world.topics.told(recipient)

    def test_leave_others_alone(self, world):
        """
        Their tokens are in no notice, and their events pass as before.
        """
        before = world.act(BERT, TABLET)
        world.act(ANNA, PHONE)

        world.erase(ANNA)

        minutes(world)
        assert world.act(BERT, TABLET) == before
        assert all(not before[recipient] & world.topics.told(recipient) for recipient in RECIPIENTS)

    def test_pass_nowhere(self, world):
        """
        Whenever it happened.
        """
        world.act(ANNA, PHONE)
        world.erase(ANNA)
        minutes(world)

        assert world.act(ANNA, PHONE) == NOTHING
        assert world.act(ANNA, PHONE, ago=2 * DAY) == NOTHING

    def test_leave_devices_that_begin_anew(self, world):
        """
        What a telephone alone did before passes to nobody, what it does later has other tokens and is nobody's.
        """
        world.act(ANNA, PHONE)
        before = world.act(None, PHONE)
        world.erase(ANNA)
        minutes(world)

        after = world.act(None, PHONE)
        assert world.act(None, PHONE, ago=2 * HOUR) == NOTHING
        assert after["analytics"]
        assert all(not after[recipient] & (before[recipient] or set()) for recipient in RECIPIENTS)
        assert all(not after[recipient] & world.topics.told(recipient) for recipient in RECIPIENTS)

    def test_leave_a_shared_device_to_the_other(self, world):
        """
        Under new tokens; it is still linked with whoever uses it too.
        """
        old = world.act(ANNA, TABLET)["analytics"]
        world.act(BERT, TABLET)
        world.erase(ANNA)
        minutes(world)

        after = world.act(BERT, TABLET)["analytics"]
        assert after
        assert not after & old
        world.state(BERT, erased_at=world.now)
        minutes(world)
        assert world.act(None, TABLET) == NOTHING

    def test_come_back_as_others(self, world):
        """
        With new tokens only, in events from then on.
        """
        old = world.act(ANNA, PHONE)
        world.erase(ANNA)
        minutes(world)
        register_again(world)
        minutes(world)

        assert world.act(ANNA, PHONE, ago=2 * HOUR) == NOTHING
        new = world.act(ANNA, PHONE)
        assert all(len(new[recipient]) == 2 for recipient in RECIPIENTS)
        assert all(not new[recipient] & old[recipient] for recipient in RECIPIENTS)

    def test_again_are_told_of_with_new_tokens_too(self, world):
        """
        Of whoever came back.
        """
        world.erase(ANNA)
        minutes(world)
        register_again(world)
        minutes(world)
        new = world.act(ANNA, PHONE)

        world.erase(ANNA)

        assert all(new[recipient] <= world.topics.told(recipient) for recipient in RECIPIENTS)

    def test_are_not_erased_by_the_same_request_once_they_are_back(self, world):
        """
        It may be read again after a crash, or after the group's offsets were lost.
        """
        world.erase(ANNA)
        minutes(world, 60)
        register_again(world)
        minutes(world)

        world.erase(ANNA, at=BEGINNING)

        assert world.act(ANNA, PHONE)["ads"]

    def test_are_looked_at_first_when_they_asked_long_ago(self, world):
        """
        Whoever registered again meanwhile is not stopped; what they did before is not theirs any more.
        """
        old = world.act(ANNA, PHONE, ago=HOUR)
        asked = world.now
        minutes(world, 60)
        register_again(world, erased_at=None)
        minutes(world)

        world.erase(ANNA, at=asked)

        minutes(world)
        assert world.act(ANNA, PHONE, ago=3 * HOUR) == NOTHING
        new = world.act(ANNA, PHONE)
        assert all(new[recipient] and not new[recipient] & old[recipient] for recipient in RECIPIENTS)


class TestSteps:
    def test_stop_before_anything_is_read(self, world):
        """
        Whoever asked just now is suppressed at once.
        """
        world.act(ANNA, PHONE)
        with pytest.raises(CutOff):
            world.erase(ANNA, cut_off_after=1)

        assert world.act(ANNA, PHONE) == NOTHING

    def test_wait_for_workers_before_they_look_for_devices(self, world):
        """
        A device that a worker has in hand is told of as well.
        """

        def settle():
            seen.append(world.topics.told("analytics"))
            world.topics.logs[LINKS] += late

        seen, late = [], []
        other = World()
        other.state(ANNA, consents=GRANT)
        tokens = other.act(ANNA, PHONE)
        late += other.topics.logs[LINKS]

        world.erase(ANNA, settle=settle)

        assert seen == [set()]
        assert tokens["analytics"] <= world.topics.told("analytics")

    @pytest.mark.parametrize("after", range(12))
    def test_may_be_cut_off_anywhere(self, world, after):
        """
        Begun anew with the same request they come to the same end, and every token was told.
        """
        released = [world.act(ANNA, PHONE), world.act(None, PHONE, COOKIE)]
        try:
            world.erase(ANNA, cut_off_after=after)
        except CutOff:
            minutes(world, 3)
            world.erase(ANNA, at=BEGINNING)

        minutes(world)
        for recipient in RECIPIENTS:
            tokens = set().union(*(each[recipient] or set() for each in released))
            assert tokens <= world.topics.told(recipient)
        links = {each.key: each.value for each in world.topics.logs[LINKS]}
        assert set(links.values()) == {None}
        assert world.act(ANNA, PHONE) == NOTHING
        assert world.act(None, PHONE, ago=2 * HOUR) == NOTHING
        assert world.act(None, PHONE)["analytics"]

    def test_are_told_to_the_audit(self, world):
        """
        Without a name.
        """
        world.act(ANNA, PHONE)
        world.erase(ANNA)

        ((kind, body),) = world.audit
        assert (kind, body["step"]) == ("erasure", "done")
        assert body["topics"] == {notice_topic(recipient): 1 for recipient in RECIPIENTS}
        assert ANNA not in str(body)

    def test_of_a_survey_do_nothing(self, world):
        """
        It counts what would be done.
        """
        world.act(ANNA, PHONE)
        before = {topic: len(log) for topic, log in world.topics.logs.items()}

        done = world.eraser().survey([])

        assert {topic: len(log) for topic, log in world.topics.logs.items() if log} == before
        assert done.persons == 0


class TestConsignees:
    def test_are_subjects_of_their_own(self, world):
        """
        Whoever is known by a number alone has neither devices nor links, and the buyer keeps theirs.
        """
        before = world.act(ANNA, PHONE)
        done = world.erase("phone:+8613900139000")

        minutes(world)
        assert (done.persons, done.devices, done.links) == (1, 0, 0)
        assert world.act(ANNA, PHONE) == before
        assert not any(world.topics.told(recipient) for recipient in RECIPIENTS)


def test_every_recipient_of_these_views_is_told():
    """
    The world has no other.
    """
    assert {view.recipient for view in VIEWS} == set(RECIPIENTS)


class TestCutOff:
    @pytest.mark.parametrize("records", range(17))
    def test_anywhere_names_no_token_that_a_device_has_afterwards(self, world, records):
        """
        The attempt that was cut off may have begun the device anew; the next one must not name what Bert has now.
        """
        world.act(ANNA, TABLET, COOKIE)
        asked = world.now
        with suppress(CutOff):
            world.erase(ANNA, cut_off_after=records)
        minutes(world, 5)
        world.erase(ANNA, at=asked)

        released = world.act(BERT, TABLET, COOKIE)

        for recipient in RECIPIENTS:
            assert released[recipient]
            assert not released[recipient] & world.topics.told(recipient)
