"""Claims about events that name nobody: whose device they come from decides, for a while."""

import logging
from datetime import date

import pytest

from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.subjects.record import Consent, Subject
from tests.pipeline.events import EVENTS, encode, engine
from tests.pipeline.links.world import IDENTIFIERS, NOON, WINDOW, World
from transforms.timestamp import DAY, format_timestamp

USER, OTHER = "u-10000000001", "u-2"
DEVICE, TABLET, COOKIE = "a1b2c3d4e5f6", "b1b2c3d4e5f6", "c0ffee00c0ffee00"
ALONE, LINKED, SUPPRESSED = Decision(), Decision(linked=True), Decision(suppressed=True)
ZEROS = "00000000-0000-0000-0000-000000000000"


def consenting(*purposes, **state):
    return Subject(
        {purpose: Consent(granted=True, at=NOON - DAY, policy_version="v3") for purpose in purposes}, **state
    )


@pytest.fixture
def world():
    return World()


class TestWindow:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            pytest.param(-6, LINKED, id="before it was seen with somebody"),
            pytest.param(0, LINKED, id="at once"),
            pytest.param(WINDOW, LINKED, id="on the last day"),
            pytest.param(WINDOW + 1, ALONE, id="a day later"),
        ],
    )
    def test_a_device_is_linked_until_it_ends(self, world, days, expected):
        """
        By the event's own time, in whatever order events come.
        """
        assert world.see(device=DEVICE) == ALONE
        world.see(USER, DEVICE)
        world.now += max(days, 0) * DAY

        assert world.see(device=DEVICE, days=min(days, 0)) == expected

    def test_ends_with_a_day_of_shanghai(self, world):
        """
        At midnight, not at noon.
        """
        world.see(USER, DEVICE)
        world.now = NOON + WINDOW * DAY + DAY // 2 - 1
        assert world.see(device=DEVICE) == LINKED
        world.now += 1
        assert world.see(device=DEVICE) == ALONE

    def test_is_prolonged_by_each_sighting(self, world):
        """
        The last one counts, and a late one takes nothing back.
        """
        world.see(USER, DEVICE)
        world.pass_days(20)
        world.see(USER, DEVICE)
        world.see(USER, DEVICE, days=-3)
        world.pass_days(WINDOW)

        assert world.see(device=DEVICE) == LINKED
        world.pass_days(1)
        assert world.see(device=DEVICE) == ALONE

    def test_is_as_long_as_it_is_set(self):
        """
        Two days, say.
        """
        world = World(window=2)
        world.see(USER, DEVICE)

        assert [world.pass_days(1) or world.see(device=DEVICE).linked for _ in range(3)] == [True, True, False]

    def test_a_clock_that_is_ahead_links_for_no_longer(self, world):
        """
        Neither does one that is ahead get around a link.
        """
        world.see(USER, DEVICE, days=400)
        assert world.see(device=DEVICE, days=400) == LINKED
        world.pass_days(WINDOW + 1)
        assert world.see(device=DEVICE) == ALONE

    def test_what_is_older_than_memory_counts_as_linked(self, world):
        """
        Nobody can tell any more with whom the device was seen then.
        """
        assert world.see(device=DEVICE, days=-8) == LINKED
        assert world.see(device=DEVICE, days=-6) == ALONE


class TestChains:
    def test_lead_through_devices_and_cookies(self, world):
        """
        Cookie ↔ device ↔ user, device ↔ cookie ↔ user, and any other device of the user.
        """
        world.see(USER, DEVICE)
        world.see(USER, TABLET)
        world.see(device=DEVICE, cookie=COOKIE)
        world.see(device="d" * 12, cookie=COOKIE)

        assert [world.see(device=each) for each in (DEVICE, TABLET, "d" * 12)] == [LINKED] * 3
        assert world.see(cookie=COOKIE) == LINKED
        assert world.see(cookie="another") == world.see(device="e" * 12) == ALONE

    def test_are_noted_from_the_event_that_is_decided(self, world):
        """
        A device that comes with a person's cookie is theirs from this event on.
        """
        world.see(USER, cookie=COOKIE)

        assert world.see(device=DEVICE, cookie=COOKIE) == LINKED

    def test_last_as_long_as_their_oldest_link(self, world):
        """
        Each link of a chain has to hold.
        """
        world.see(USER, DEVICE)
        world.pass_days(10)
        world.see(device=DEVICE, cookie=COOKIE)
        world.pass_days(WINDOW - 10)
        assert world.see(cookie=COOKIE) == LINKED
        world.pass_days(1)
        assert world.see(cookie=COOKIE) == ALONE

    @pytest.mark.parametrize("nothing", [ZEROS, "0"])
    def test_go_over_no_placeholder(self, world, nothing):
        """
        An all-zero OAID is everybody's, and an all-zero cookie says that its owner opted out.
        """
        world.see(USER, nothing, nothing)
        world.see(USER, DEVICE)
        world.see(None, nothing, COOKIE)
        world.see(None, DEVICE, nothing)

        assert [world.see(device=nothing), world.see(cookie=nothing), world.see(cookie=COOKIE)] == [ALONE] * 3

    def test_a_placeholder_is_nobodys_after_it_came_with_a_cookie(self, world):
        """
        The cookie leads to somebody, the placeholder still to nobody.
        """
        world.see(USER, cookie=COOKIE)

        assert world.see(device=ZEROS, cookie=COOKIE) == LINKED
        assert world.see(device=ZEROS) == ALONE

    def test_a_crowd_has_consented_to_nothing(self, world):
        """
        In an internet café with 500 users, who have all consented.
        """
        for number in range(500):
            world.subjects.put(f"u-{number}", consenting("ads"), NOON)
            world.see(f"u-{number}", DEVICE)

        assert world.see(device=DEVICE) == LINKED
        assert len(world.table.store) < 40


class TestPersons:
    def test_consent_for_their_devices(self, world):
        """
        To what all of them have consented to.
        """
        world.subjects.put(USER, consenting("ads", "analytics"), NOON)
        world.subjects.put(OTHER, consenting("analytics"), NOON)
        world.see(USER, DEVICE)
        assert world.see(device=DEVICE) == Decision(linked=True, purposes=frozenset({"ads", "analytics"}))
        world.see(OTHER, DEVICE)
        assert world.see(device=DEVICE) == Decision(linked=True, purposes=frozenset({"analytics"}))
        world.see("u-3", DEVICE)
        assert world.see(device=DEVICE) == LINKED

    @pytest.mark.parametrize(
        "state",
        [
            pytest.param({"birth_date": date(2020, 1, 1)}, id="child"),
            pytest.param({"erased_at": NOON - DAY}, id="erased"),
        ],
    )
    def test_who_are_suppressed_suppress_their_devices(self, world, state):
        """
        And whoever else uses these.
        """
        world.see(OTHER, DEVICE)
        world.subjects.put(OTHER, consenting("ads", **state), NOON)
        world.see(USER, DEVICE)

        assert world.see(device=DEVICE) == SUPPRESSED
        assert world.see(USER, DEVICE) == ALONE

    def test_who_were_erased_leave_no_new_trace(self, world):
        """
        What comes late, or once more, links nothing with them; whoever registered again is seen as anybody.
        """
        world.subjects.put(OTHER, Subject(erased_at=NOON - DAY), NOON)
        assert world.see(OTHER, DEVICE) == SUPPRESSED
        assert world.see(device=DEVICE) == ALONE

        world.subjects.put(OTHER, Subject(erased_at=NOON - DAY, registered_at=NOON - 1), NOON)
        assert world.see(OTHER, DEVICE).generation == NOON - 1
        assert world.see(device=DEVICE).linked

    def test_decide_about_what_names_them(self, world):
        """
        As if there were no links: the engine sees the person itself.
        """
        world.subjects.put(USER, consenting("ads"), NOON)
        world.see(OTHER, DEVICE)

        assert world.see(USER, DEVICE, COOKIE) == Decision(purposes=frozenset({"ads"}))

    def test_who_opted_out_are_not_followed_by_a_cookie(self, world):
        """
        It is used for no link; of whom nothing passes, nothing passes by the cookie either.
        """
        child = Subject(birth_date=date(2020, 1, 1), tracking_opt_out=True)
        world.subjects.put(USER, Subject(tracking_opt_out=True), NOON)
        world.subjects.put(OTHER, child, NOON)
        world.see(USER, DEVICE, COOKIE)
        world.see(OTHER, cookie="of a child")

        assert (world.see(device=DEVICE), world.see(cookie=COOKIE)) == (LINKED, ALONE)
        assert world.see(cookie="of a child") == SUPPRESSED


class TestErased:
    def test_a_device_is_suppressed(self, world):
        """
        What it did alone is nobody's to have; what it does with a person is the person's.
        """
        world.see(USER, DEVICE)
        for identifier in (IDENTIFIERS.device(DEVICE), IDENTIFIERS.cookie(COOKIE)):
            world.subjects.put(identifier.subject, Subject(erased_at=NOON - DAY), NOON)

        assert [world.see(device=DEVICE), world.see(cookie=COOKIE), world.see(None, TABLET, COOKIE)] == [SUPPRESSED] * 3
        assert world.see(USER, DEVICE, COOKIE) == ALONE
        world.subjects.forget(IDENTIFIERS.device(DEVICE).subject)
        assert world.see(device=DEVICE) == LINKED

    def test_a_device_is_another_from_then_on(self, world):
        """
        What it does later has other tokens, alone and with whoever uses it, whom it is linked with.
        """
        for number, identifier in enumerate((IDENTIFIERS.device(DEVICE), IDENTIFIERS.cookie(COOKIE)), 1):
            world.subjects.put(
                identifier.subject, Subject(erased_at=NOON - DAY, registered_at=NOON - DAY + number), NOON
            )
        assert world.see(device=DEVICE, days=-2) == SUPPRESSED
        assert world.see(device=DEVICE) == Decision(device_generation=NOON - DAY + 1)
        assert world.see(USER, DEVICE, COOKIE) == Decision(
            device_generation=NOON - DAY + 1, cookie_generation=NOON - DAY + 2
        )
        assert world.see(cookie=COOKIE) == Decision(linked=True, cookie_generation=NOON - DAY + 2)
        assert world.see(USER, DEVICE) == Decision(device_generation=NOON - DAY + 1)

        world.persons_current.until = -1.0
        assert world.see(cookie=COOKIE) == Decision(linked=True, cookie_generation=NOON - DAY + 2)


class TestStale:
    def test_every_device_is_somebodys_who_consented_to_nothing(self, world, caplog):
        """
        Counted, and warned of once a minute; children and the erased stay suppressed.
        """
        world.subjects.put(USER, consenting("ads"), NOON)
        world.see(USER, DEVICE)
        world.see(OTHER, TABLET)
        world.subjects.put(OTHER, Subject(erased_at=NOON - DAY), NOON)
        world.table.currency.until = -1.0
        with caplog.at_level(logging.WARNING):
            assert [world.see(device=each) for each in (DEVICE, TABLET, "d" * 12)] == [LINKED, SUPPRESSED, LINKED]

        assert world.counts.undecided == 3
        assert caplog.text.count("links are not current") == 1
        assert world.see(USER, DEVICE).purposes == {"ads"}
        world.table.currency.until = 60.0
        assert world.see(device="d" * 12) == ALONE

    def test_when_persons_are_not_current_nobody_has_consented(self, world):
        """
        The device is linked all the same.
        """
        world.subjects.put(USER, consenting("ads"), NOON)
        world.see(USER, DEVICE)
        world.persons_current.until = -1.0

        assert world.see(device=DEVICE) == LINKED


class TestEngine:
    def test_the_rules_of_linked_events_stand(self, world):
        """
        The advertisers' token of a device goes once the device is a person's, and comes back when the window is over.
        """
        process = engine(world.decide).topics["raw.device"].process
        ads = [view.recipient for view in engine().topics["raw.device"].views].index("ads")

        def released(*, user):
            changes = {"occurred_at": format_timestamp(world.now)}
            event = {name: value for name, value in EVENTS["raw.device"].items() if user or name != "user_id"}
            return loads(process(encode(event | changes))[ads][0])

        assert "device_id" in released(user=False)
        released(user=True)
        assert "device_id" not in released(user=False)
        world.pass_days(WINDOW + 1)
        assert "device_id" in released(user=False)
