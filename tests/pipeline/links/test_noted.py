"""Claims about what is noted: a decision is remembered for a day, and until something that it rests on changes."""

from datetime import date

import pytest

from pipeline.decision import Decision
from pipeline.links import noted
from pipeline.links.noted import Noted, Shelf
from pipeline.subjects.record import Consent, Subject
from tests.pipeline.links.world import NOON, TODAY, World, stored
from transforms.memo import forget_everything
from transforms.timestamp import DAY

USER, OTHER, DEVICE, TABLET, COOKIE = "u-10000000001", "u-2", "a1b2c3d4e5f6", "b1b2c3d4e5f6", "c0ffee00c0ffee00"
ALONE, LINKED, SUPPRESSED = Decision(), Decision(linked=True), Decision(suppressed=True)
ADS = frozenset({"ads"})
SIGHTS = [
    pytest.param({"user": USER}, id="a person"),
    pytest.param({"user": USER, "device": DEVICE}, id="a person with a device"),
    pytest.param({"user": USER, "cookie": COOKIE}, id="a person with a cookie"),
    pytest.param({"device": DEVICE}, id="a device"),
    pytest.param({"device": TABLET}, id="a device by way of another's cookie"),
    pytest.param({"cookie": COOKIE}, id="a cookie"),
]


def subject(*, granted=True, at=NOON - DAY, **state):
    return Subject({"ads": Consent(granted=granted, at=at, policy_version="v3")}, **state)


@pytest.fixture
def world():
    """
    A person with a device and a cookie, which another device was seen with.
    """
    made = World()
    made.subjects.put(USER, subject(), NOON)
    made.see(USER, DEVICE, COOKIE)
    made.see(device=TABLET, cookie=COOKIE)
    return made


def remembered(world, sight):
    """
    The decision about a sight, made and asked for again, which then must not be made anew.
    """
    first = world.see(**sight)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.links.deciding.LinkDecider._alone", lambda *_: pytest.fail("asked again"))
        patch.setattr("pipeline.links.deciding.LinkDecider._noted", lambda *_: pytest.fail("asked again"))
        assert world.see(**sight) is first
    return first


@pytest.mark.parametrize("sight", SIGHTS)
class TestADecision:
    def test_is_remembered(self, world, sight):
        """
        Whoever acts, acts again soon.
        """
        assert remembered(world, sight).purposes == ADS

    def test_ends_when_consent_is_withdrawn(self, world, sight):
        """
        From the moment that is read.
        """
        remembered(world, sight)
        world.subjects.put(USER, subject(granted=False, at=NOON), NOON)

        assert not world.see(**sight).purposes

    @pytest.mark.parametrize(
        "state",
        [
            pytest.param({"erased_at": NOON - 1}, id="erased"),
            pytest.param({"birth_date": date(2020, 1, 1)}, id="a child"),
        ],
    )
    def test_ends_when_nothing_may_pass_any_more(self, world, sight, state):
        """
        Nor does anybody's device or cookie then.
        """
        remembered(world, sight)
        world.subjects.put(USER, subject(**state), NOON)

        assert world.see(**sight) == SUPPRESSED

    def test_ends_when_an_erasure_comes_to_pass(self, world, sight):
        """
        One by a clock that is ahead is nothing that ends it when it is read.
        """
        world.subjects.put(USER, subject(erased_at=NOON + 1_000), NOON)
        assert world.see(**sight) != SUPPRESSED
        assert world.see(**sight) != SUPPRESSED

        world.now += 1_000

        assert world.decide(sight.get("user"), sight.get("device"), sight.get("cookie"), NOON) == SUPPRESSED

    def test_ends_when_the_state_is_not_current(self, world, sight):
        """
        A remembered yes is no better than any other.
        """
        remembered(world, sight)
        world.clock = 61.0

        assert not world.see(**sight).purposes

    def test_is_made_anew_after_all_was_forgotten(self, world, sight):
        """
        And is the same.
        """
        before = remembered(world, sight)
        forget_everything()

        assert not any(world.table.notes._all)
        assert world.see(**sight) == before


@pytest.mark.parametrize("sight", SIGHTS[1:])
class TestADay:
    def test_ends_with_it(self, world, sight):
        """
        Of the event, whose persons are a day older on the next.
        """
        remembered(world, sight)
        world.subjects.listeners.clear()  # so that nobody says what changed
        world.subjects.put(USER, subject(granted=False, at=NOON), NOON)

        assert world.see(**sight).purposes == ADS
        assert not world.see(**sight, days=-1).purposes


class TestADevice:
    def test_is_known_from_whoever_has_it(self, world):
        """
        What was noted of both together is not found out again of the device alone.
        """
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.links.identifiers.Identifiers.device", lambda *_: pytest.fail("asked again"))

            assert world.see(device=DEVICE).purposes == ADS

    def test_is_linked_as_soon_as_it_is_seen_with_somebody(self, world):
        """
        Although it was nobody's a moment ago.
        """
        other = "d" * 12
        assert remembered(world, {"device": other}) == ALONE

        world.see(OTHER, other)

        assert world.see(device=other).linked

    def test_is_linked_as_soon_as_another_worker_tells(self, world):
        """
        By the topic.
        """
        other = "d" * 12
        remembered(world, {"device": other})

        world.read([stored(OTHER, other, day=TODAY)])

        assert world.see(device=other).linked

    def test_is_linked_as_soon_as_what_it_leads_to_is(self, world):
        """
        A device two steps from a person, and a second person at its end.
        """
        assert remembered(world, {"device": TABLET}).purposes == ADS

        world.see(OTHER, DEVICE)

        assert not world.see(device=TABLET).purposes

    def test_is_linked_although_searches_began_anew(self, world, monkeypatch):
        """
        What a search rested on is forgotten when there are too many; decisions that rest on it are then as well.
        """
        remembered(world, {"device": TABLET})
        monkeypatch.setattr("pipeline.links.store._REMEMBERED", 1)
        world.table.store.reached._size = 1
        world.see(device="e" * 12)

        world.see(OTHER, DEVICE)

        assert not world.see(device=TABLET).purposes


def note(shelf, name, user, *persons):
    """
    Something noted of a device that two use, and decided.
    """
    known = Noted(user, None, 0, None, None)
    shelf.put(name, known)
    shelf.decided(known, ALONE, (0, 9), persons)
    return known


def resting(shelf):
    """
    All that something could end, once for each place.
    """
    return [known for found in shelf._resting for known in found]


class TestAShelf:
    def test_is_bounded(self, monkeypatch):
        """
        However many persons one device has, or decisions there are.
        """
        monkeypatch.setattr(noted, "_NOTED", 50)
        monkeypatch.setattr(noted, "_RESTS", 70)
        shelf = Shelf()
        for number in range(200):
            note(shelf, f"{number % 60}", f"{number}", 1, number)

            assert len(shelf) <= 50
            assert shelf._rests == len(resting(shelf)) <= 72
            assert all(len(found) <= noted._RESTING for found in shelf._resting)

    def test_keeps_nothing_that_nobody_finds(self, monkeypatch):
        """
        What rests on somebody who acts every day would otherwise grow for as long as others fill the shelf.
        """
        monkeypatch.setattr(noted, "_NOTED", 10)
        shelf = Shelf()
        for _ in range(20):
            for number in range(11):
                note(shelf, f"{number}", f"{number}")

        assert {id(known) for known in resting(shelf)} == {id(known) for known in shelf.values()}

    def test_ends_what_waits_for_its_turn(self):
        """
        Another's turn is no reason to keep a decision that something changed.
        """
        shelf = Shelf()
        known = note(shelf, DEVICE, USER)
        shelf.in_turn(known, (OTHER, DEVICE, None))

        shelf.changed(USER)

        assert known.span[1] == 0

    def test_keeps_no_turn_that_nothing_could_end(self, monkeypatch):
        """
        A shelf that starts anew forgets whoever had the device before, too.
        """
        monkeypatch.setattr(noted, "_NOTED", 3)
        shelf = Shelf()
        for number in range(20):
            known = Noted(f"u-{number}", None, 0, None, None)
            shelf.put(DEVICE, known)
            shelf.decided(known, ALONE, (0, 9), (1,))
            shelf.in_turn(known, (OTHER, DEVICE, None))
            shelf.changed(1)
            assert not any(turn.span[1] for turn in shelf._in_turn.values())

    def test_ends_together_when_too_much_rests_on_one(self):
        """
        Rather than being forgotten while it still counts.
        """
        shelf = Shelf()
        many = [Noted("one", None, 0, None, None) for _ in range(noted._RESTING + 1)]
        for known in many:
            shelf.decided(known, ALONE, (0, 9))

        assert [known.span[1] > 0 for known in many] == [False] * noted._RESTING + [True]

    @pytest.mark.parametrize(
        ("user", "alone", "other"),
        [pytest.param("one", None, "two", id="persons"), pytest.param(None, b"one", b"two", id="devices")],
    )
    def test_ends_only_what_rests_on_what_changed(self, monkeypatch, user, alone, other):
        """
        And not what shares its place.
        """
        monkeypatch.setattr(noted, "_PLACES", 1)
        shelf = Shelf()
        known = Noted(user, None, 0, alone, None)
        shelf.decided(known, ALONE, (0, 9))

        shelf.changed(other)
        assert known.span == (0, 9)

        shelf.changed(user or alone)
        assert known.span[1] == 0
        assert not resting(shelf)
