"""Claims about what a person's state means for an event: every doubt is a no."""

import logging
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import loads
from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.decision import Decision
from pipeline.subjects.deciding import Decider
from pipeline.subjects.record import Consent, Subject
from pipeline.subjects.store import SubjectStore
from schemas import VIEWS
from schemas.purposes import ADVERTISING
from tests.pipeline.events import EVENTS, encode, engine
from transforms.age_band import age
from transforms.timestamp import DAY, day_of, read_timestamp

USER = "u-10000000001"
NOW = read_timestamp("2026-11-22T14:38:50.123+08:00")
BOTH = frozenset({"ads", "analytics"})
CONSENTS = {purpose: Consent(granted=True, at=NOW - 1, policy_version="v3") for purpose in sorted(BOTH)}

SUPPRESSED = Decision(suppressed=True)


class State:
    """
    A decider over one person's state, and its clock.
    """

    def __init__(self, subject=None, *, salts=False, **settings):
        self.store = SubjectStore(["analytics", "ads"], bytes(32), buckets=4, salts=salts)
        if subject is not None:
            self.store.put(USER, subject, NOW)
        self.currency, self.counts, self.clock = Currency(), SubjectCounts(), 0.0
        self.currency.until = 60.0
        decider = Decider(self.store, self.currency, self.counts, clock=lambda: self.clock, now=lambda: NOW, **settings)
        self.decide, self.decide_hash, self.settled = decider.decide, decider.decide_hash, decider.settled
        self.erased, self.salt_of = decider.erased, decider.salt_of


def decide(subject, time=NOW):
    return State(subject).decide(USER, None, None, time)


def born(text, **more):
    return Subject(CONSENTS, date.fromisoformat(text), **more)


class TestConsent:
    def test_is_what_the_person_granted(self):
        """
        Purpose by purpose.
        """
        only = Subject({"ads": CONSENTS["ads"], "analytics": Consent(granted=False, at=NOW, policy_version="v3")})

        assert decide(only) == Decision(purposes=frozenset({"ads"}))
        assert decide(Subject(CONSENTS)) == Decision(purposes=BOTH)

    @pytest.mark.parametrize("user", [pytest.param(None, id="no user"), pytest.param("u-2", id="unknown")])
    def test_is_not_given_by_who_is_not_known(self, user):
        """
        Nor by an event without a user, whatever its device.
        """
        assert State(Subject(CONSENTS)).decide(user, "device", "cookie", NOW) == Decision()

    def test_does_not_count_for_ads_after_an_opt_out(self):
        """
        Other purposes stay.
        """
        assert decide(Subject(CONSENTS, tracking_opt_out=True)) == Decision(purposes=BOTH - ADVERTISING)

    def test_advertising_is_what_is_declared(self):
        """
        A deployment may have other words for it.
        """
        state = State(Subject(CONSENTS, tracking_opt_out=True), advertising={"analytics"})

        assert state.decide(USER, None, None, NOW).purposes == {"ads"}

    def test_reaches_the_engine(self):
        """
        An order of somebody who agreed has the token of the user for ads, and none of others.
        """
        for subject, consented in ((Subject(CONSENTS), True), (Subject(), False), (None, False)):
            topic = engine(State(subject).decide).topics["raw.order"]
            outputs = dict(
                zip((view.recipient for view in topic.views), topic.process(encode(EVENTS["raw.order"])), strict=True)
            )
            assert ("user_id" in loads(outputs["ads"][0])) is consented

    def test_purposes_of_advertising_are_of_views(self):
        """
        A misspelt one would protect nobody.
        """
        assert {view.purpose for view in VIEWS} >= ADVERTISING


class TestAge:
    @pytest.mark.parametrize(
        ("birth", "time", "years"),
        [
            pytest.param("2012-11-22", "2026-11-22T00:00:00+08:00", 13, id="14th birthday"),
            pytest.param("2012-11-22", "2026-11-22T23:59:59.999+08:00", 13, id="its last moment"),
            pytest.param("2012-11-22", "2026-11-22T16:00:00Z", 14, id="the day after, in Shanghai alone"),
            pytest.param("2012-11-22", "2026-11-23T00:00:00+08:00", 14, id="the day after"),
            pytest.param("2011-11-22", "2026-11-22T12:00:00+08:00", 14, id="15th birthday"),
            pytest.param("2011-11-22", "2026-11-23T00:00:00+08:00", 15, id="the day after the 15th"),
            pytest.param("2012-02-29", "2026-02-28T12:00:00+08:00", 13, id="leap day, 28 February"),
            pytest.param("2012-02-29", "2026-03-01T12:00:00+08:00", 13, id="leap day, 1 March"),
            pytest.param("2012-02-29", "2026-03-02T00:00:00+08:00", 14, id="leap day, 2 March"),
            pytest.param("2012-12-31", "2027-01-01T00:00:00+08:00", 14, id="new year"),
            pytest.param("2026-11-23", "2026-11-22T12:00:00+08:00", 0, id="not yet born"),
        ],
    )
    def test_decides_who_is_a_child(self, birth, time, years):
        """
        Below 14 nothing passes; at 14 all but advertising; a year is full on the day after the birthday, in Shanghai.
        """
        expected = SUPPRESSED if years < 14 else Decision(purposes=BOTH if years > 14 else BOTH - ADVERTISING)

        assert decide(born(birth), read_timestamp(time)) == expected

    def test_is_that_of_the_event(self):
        """
        What a child did stays a child's, when it is replayed years later.
        """
        grown = born("2000-01-01")

        assert decide(grown, read_timestamp("2013-06-01T00:00:00+08:00")) == SUPPRESSED
        assert decide(grown, NOW) == Decision(purposes=BOTH)

    def test_a_guardian_may_agree_for_a_child(self):
        """
        To anything but advertising.
        """
        assert decide(born("2020-01-01", guardian_consent=True)) == Decision(purposes=BOTH - ADVERTISING)

    @given(st.dates(date(1950, 1, 1), date(2030, 1, 1)), st.integers(946_684_800_000, 4_102_444_799_999))
    def test_is_exact_for_all_dates(self, birth, time):
        """
        The quick way for the old agrees with the calendar.
        """
        years = age(birth, day_of(time - DAY))
        expected = SUPPRESSED if years < 14 else Decision(purposes=BOTH if years > 14 else BOTH - ADVERTISING)

        assert decide(Subject(CONSENTS, birth), time) == expected


class TestErasure:
    @pytest.mark.parametrize("time", [NOW - 10**9, NOW, NOW + 10**9])
    def test_suppresses_everything(self, time):
        """
        Whatever was consented to, and whenever the event happened: a replay gives nothing either.
        """
        assert decide(Subject(CONSENTS, erased_at=NOW), time) == SUPPRESSED

    def test_may_be_set_for_later(self):
        """
        Until then the person is treated as before.
        """
        assert decide(Subject(CONSENTS, erased_at=NOW + 60_000)) == Decision(purposes=BOTH)


class TestRegisteredAgain:
    BEFORE = Consent(granted=True, at=NOW - 1_500, policy_version="v3")
    SUBJECT = Subject({"ads": BEFORE, "analytics": BEFORE}, erased_at=NOW - 1_000, registered_at=NOW - 500)
    GRANTED = Consent(granted=True, at=NOW - 400, policy_version="v3")

    @pytest.mark.parametrize(
        ("before", "generation"),
        [
            pytest.param(2_000, None, id="before the erasure"),
            pytest.param(700, None, id="between"),
            pytest.param(501, None, id="just before registering"),
            pytest.param(500, NOW - 500, id="registering"),
            pytest.param(0, NOW - 500, id="since then"),
        ],
    )
    def test_passes_what_happened_since_then(self, before, generation):
        """
        Under a generation of its own; what was before stays suppressed for ever.
        """
        decision = decide(self.SUBJECT, NOW - before)

        assert decision == (SUPPRESSED if generation is None else Decision(generation=generation))

    def test_asks_consent_again(self):
        """
        Only what was said since the erasure counts.
        """
        assert decide(replace(self.SUBJECT, consents={"ads": self.GRANTED})).purposes == {"ads"}

    def test_keeps_the_generation_when_state_is_stale(self):
        """
        Or the old tokens would come back.
        """
        state = State(replace(self.SUBJECT, consents={"ads": self.GRANTED}), salts=True)
        state.clock = 61.0

        assert state.decide(USER, None, None, NOW) == Decision(generation=NOW - 500)

    def test_whoever_was_never_erased_has_no_generation(self):
        """
        Everybody registered once.
        """
        assert decide(Subject(CONSENTS, registered_at=NOW - 500), NOW - 501) == Decision(purposes=BOTH)


class TestSalt:
    SALT = bytes(range(16))

    def test_is_told_where_a_view_needs_it(self):
        """
        With everything else that is so.
        """
        told = State(Subject(CONSENTS, salt=self.SALT), salts=True).decide(USER, None, None, NOW)
        untold = State(Subject(CONSENTS, salt=self.SALT)).decide(USER, None, None, NOW)

        assert told == Decision(purposes=BOTH, salt=self.SALT)
        assert untold == Decision(purposes=BOTH)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"erased_at": NOW - 1}, id="erased"),
            pytest.param({"birth_date": date(2020, 1, 1)}, id="a child"),
            pytest.param({"salt": None}, id="none"),
        ],
    )
    def test_is_not_told_of_people(self, change):
        """
        Who have no key, or of whom nothing passes.
        """
        state = State(Subject(CONSENTS, salt=self.SALT), salts=True)
        assert state.decide(USER, None, None, NOW).salt
        state.store.put(USER, replace(Subject(CONSENTS, salt=self.SALT), **change), NOW)

        assert state.decide(USER, None, None, NOW).salt is None

    def test_is_not_told_when_state_is_stale(self):
        """
        It may have been destroyed since.
        """
        state = State(Subject(CONSENTS, salt=self.SALT), salts=True)
        state.clock = 61.0

        assert state.decide(USER, None, None, NOW) == Decision()

    def test_of_others_is_told_while_it_is_believed(self):
        """
        Of a consignee, who is merely named.
        """
        state = State(Subject(salt=self.SALT), salts=True)
        told = state.salt_of(USER)
        state.clock = 61.0

        assert (told, state.salt_of(USER)) == (self.SALT, None)


class TestErased:
    @pytest.mark.parametrize(
        ("subject", "erased"),
        [
            pytest.param(None, False, id="unknown"),
            pytest.param(Subject(CONSENTS), False, id="known"),
            pytest.param(born("2020-01-01"), False, id="child"),
            pytest.param(Subject(CONSENTS, erased_at=NOW), True, id="erased"),
            pytest.param(Subject(CONSENTS, erased_at=NOW + 60_000), False, id="erased later"),
        ],
    )
    def test_is_asked_about_who_is_merely_named(self, subject, erased):
        """
        A consignee may be a child, who is nobody's secret to the buyer.
        """
        assert State(subject).erased(USER, NOW) is erased

    def test_whoever_is_not_understood_counts_as_erased(self):
        """
        The record may have said so.
        """
        state = State(Subject(CONSENTS))
        state.store.mark_unreadable(USER)

        assert state.erased(USER, NOW)


class TestHash:
    @pytest.mark.parametrize(
        "subject",
        [
            pytest.param(None, id="unknown"),
            pytest.param(Subject(CONSENTS), id="consent"),
            pytest.param(Subject(CONSENTS, tracking_opt_out=True), id="opted out"),
            pytest.param(born("2020-01-01"), id="child"),
            pytest.param(Subject(CONSENTS, erased_at=NOW), id="erased"),
        ],
    )
    @pytest.mark.parametrize("clock", [pytest.param(0.0, id="current"), pytest.param(61.0, id="stale")])
    def test_decides_as_the_id_does(self, subject, clock):
        """
        Who is known by a link alone is treated alike.
        """
        state = State(subject)
        state.clock = clock

        decision, settled = state.decide_hash(state.store.hash_of(USER), NOW)

        assert decision == state.decide(USER, None, None, NOW)
        assert settled is state.settled(USER)


class TestUnreadable:
    def test_suppresses_everything(self):
        """
        It may have been an erasure, or a child's.
        """
        state = State(Subject(CONSENTS))
        state.store.mark_unreadable(USER)

        assert state.decide(USER, None, None, NOW) == SUPPRESSED


class TestStale:
    def test_nobody_has_consented(self):
        """
        Past the time until which the store may be believed; each such decision is counted.
        """
        state = State(Subject(CONSENTS))
        state.clock = 60.1

        assert state.decide(USER, None, None, NOW) == state.decide("u-2", None, None, NOW) == Decision()
        assert state.counts.undecided == 2

    @pytest.mark.parametrize("subject", [born("2020-01-01"), Subject(erased_at=NOW)])
    def test_who_was_suppressed_stays_so(self, subject):
        """
        Children do not grow up by a broken line.
        """
        state = State(subject)
        state.clock = 60.1

        assert state.decide(USER, None, None, NOW) == SUPPRESSED

    def test_an_event_without_a_user_needs_no_state(self):
        """
        It is decided upon as always.
        """
        state = State()
        state.clock = 60.1

        assert state.decide(None, "device", "cookie", NOW) == Decision()
        assert state.counts.undecided == 0

    def test_is_over_when_the_store_is_current_again(self):
        """
        Without a restart.
        """
        state = State(Subject(CONSENTS))
        state.clock = 60.1
        state.currency.until = 61.0

        assert state.decide(USER, None, None, NOW).purposes == BOTH

    def test_nothing_is_believed_before_it_was_ever_current(self):
        """
        A store that is still being read has not heard the last word.
        """
        state = State(Subject(CONSENTS))
        state.currency.until = Currency().until

        assert state.decide(USER, None, None, NOW) == Decision()

    def test_is_said_once_a_minute(self, caplog):
        """
        In a warning that names nobody.
        """
        state = State(Subject(CONSENTS))
        with caplog.at_level(logging.WARNING):
            for state.clock in (61.0, 62.0, 120.9, 121.1):
                state.decide(USER, None, None, NOW)

        assert len(caplog.records) == 2
        assert "not current" in caplog.text
        assert USER not in caplog.text


class TestChildrenWhoAreMet:
    @pytest.mark.parametrize(
        ("subject", "at", "met"),
        [
            pytest.param(born("2013-01-01"), NOW, [(USER, 0)], id="a child"),
            pytest.param(born("2013-01-01", guardian_consent=True), NOW, [], id="whose guardian agreed"),
            pytest.param(born("2005-01-01"), NOW, [], id="grown up"),
            pytest.param(born("2005-01-01"), NOW - 4_000 * DAY, [], id="grown up, by a clock that is years behind"),
            pytest.param(born("2013-01-01", erased_at=NOW - 9), NOW, [], id="erased"),
            pytest.param(
                born("2013-01-01", erased_at=NOW - 9, registered_at=NOW - 5),
                NOW,
                [(USER, NOW - 5)],
                id="back once more",
            ),
        ],
    )
    def test_are_told_of(self, subject, at, met):
        """
        Who is a child today, and of whom nothing passes for that reason; each time.
        """
        told = []
        state = State(subject, child=lambda *child: told.append(child))
        state.decide(USER, None, None, at)
        state.decide(None, None, None, at)

        assert told == met

    def test_are_not_told_of_by_hash(self):
        """
        A device of theirs does not say who they are.
        """
        told = []
        state = State(born("2013-01-01"), child=lambda *child: told.append(child))

        assert state.decide_hash(state.store.hash_of(USER), NOW) == (SUPPRESSED, True)
        assert told == []
