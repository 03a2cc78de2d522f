"""
The state of a few persons against an oracle that has no words, rows or hashes.

Whatever they say, in whatever order it is read, and after whatever crash: decisions are those of plain facts.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.counts import SubjectCounts
from pipeline.currency import Currency
from pipeline.decision import Decision
from pipeline.subjects.deciding import Decider
from pipeline.subjects.profile import Profile, read_profile, write_profile
from pipeline.subjects.record import Consent, Subject, read_value, write_value
from pipeline.subjects.store import SubjectStore
from transforms.timestamp import DAY, day_of, read_timestamp

START = read_timestamp("2026-11-22T14:38:50.123+08:00")
MINUTE = 60_000
PEOPLE = ("u-1", "phone:+8613900139000")
PURPOSES = ("analytics", "ads")
BIRTHS = [date(1990, 1, 1), date(2011, 11, 22), date(2012, 2, 29), date(2012, 11, 22), date(2012, 11, 23)]
people = st.sampled_from(PEOPLE)


@dataclass
class Facts:
    """
    What is so.
    """

    subject: Subject = field(default_factory=Subject)
    profiles: list[Profile] = field(default_factory=list)

    def decision(self, time):
        subject = self.subject
        if subject.gone or (subject.erased_at and time < subject.registered_at):
            return Decision(suppressed=True)
        erased = subject.erased_at
        said = [each for each in self.profiles if erased is None or each.at // MINUTE > erased // MINUTE]
        born = subject.birth_date or max((each.birth_date for each in said if each.birth_date), default=None)
        yesterday = day_of(time) - timedelta(days=1)
        years = (
            99 if born is None else yesterday.year - born.year - (yesterday.timetuple()[1:3] < born.timetuple()[1:3])
        )
        if years < 14 and not subject.guardian_consent:
            return Decision(suppressed=True)
        purposes = {
            purpose for purpose, consent in subject.consents.items() if consent.granted and consent.at > (erased or 0)
        }
        if years < 15 or subject.tracking_opt_out or any(each.tracking_opt_out for each in said):
            purposes -= {"ads"}
        generation = subject.registered_at if erased else 0
        return Decision(purposes=frozenset(purposes), generation=generation, salt=subject.salt)


class Persons(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.now = START
        self.facts = {person: Facts() for person in PEOPLE}
        self.records = []
        self.salts = 0

    @initialize()
    def begin(self):
        self.forget_everything()

    def forget_everything(self):
        self.store = SubjectStore(PURPOSES, bytes(32), buckets=2, salts=True)
        self.currency = Currency()
        self.currency.until = 1.0
        self.decider = Decider(self.store, self.currency, SubjectCounts(), clock=lambda: 0.0, now=lambda: self.now)

    def write(self, person, subject):
        self.now += 1
        self.facts[person].subject = subject
        record = (person, write_value(subject), self.now)
        self.records.append(record)
        self.take(record)

    def take(self, record):
        person, value, at = record
        self.store.put(person, read_value(value), at)

    def known(self, person):
        return self.facts[person].subject

    @rule(person=people, purpose=st.sampled_from(PURPOSES), granted=st.booleans())
    def say(self, person, purpose, granted):
        consents = {**self.known(person).consents, purpose: Consent(granted, self.now, "v1")}
        self.write(person, replace(self.known(person), consents=consents))

    @rule(person=people, born=st.sampled_from([None, *BIRTHS]), guardian=st.booleans(), opted_out=st.booleans())
    def learn(self, person, born, guardian, opted_out):
        subject = replace(self.known(person), birth_date=born, guardian_consent=guardian, tracking_opt_out=opted_out)
        self.write(person, subject)

    @rule(person=people)
    def make_a_key(self, person):
        if not self.known(person).gone:
            self.salts += 1
            self.write(person, replace(self.known(person), salt=self.salts.to_bytes(16, "big")))

    @rule(person=people, repeats=st.booleans())
    def erase(self, person, repeats):
        """
        By a writer that leaves out everything else, or one that repeats it.
        """
        before = self.known(person) if repeats else Subject()
        self.write(person, replace(before, erased_at=self.now, registered_at=None, salt=None))

    @rule(person=people, said_at_once=st.booleans(), after=st.integers(1, 3) | st.just(MINUTE))
    def register(self, person, said_at_once, after):
        self.now += after
        subject = replace(self.known(person), registered_at=self.now)
        if said_at_once:
            subject = replace(subject, consents={"ads": Consent(granted=True, at=self.now, policy_version="v1")})
        self.write(person, subject)

    @rule(person=people, born=st.sampled_from([None, *BIRTHS]), opted_out=st.booleans())
    def write_a_profile(self, person, born, opted_out):
        self.now += 1
        profile = read_profile(write_profile(Profile(self.now, born, opted_out)))
        self.facts[person].profiles.append(profile)
        self.store.put_profile(person, profile)

    @rule(ms=st.integers(1, 3 * MINUTE) | st.integers(1, 400).map(lambda days: days * DAY))
    def wait(self, ms):
        self.now += ms

    @rule(chance=st.randoms(use_true_random=False))
    def read_all_in_any_order(self, chance):
        """
        What was left out in between may have to be said anew: nothing more passes than should, and nobody comes back.
        """
        self.forget_everything()
        shuffled = chance.sample(self.records, len(self.records))
        for record in (*shuffled, *self.last()):
            self.take(record)
        self.take_profiles(chance)
        for person, facts in self.facts.items():
            for time in self.moments(facts.subject):
                decision, expected = self.decider.decide(person, None, None, time), facts.decision(time)
                assert decision.purposes <= expected.purposes
                assert replace(decision, purposes=expected.purposes) == expected
        self.crash_and_read_in_order()

    def crash_and_read_in_order(self):
        self.forget_everything()
        for record in self.records:
            self.take(record)
        self.take_profiles()

    def last(self):
        return {record[0]: record for record in self.records}.values()

    @rule(chance=st.randoms(use_true_random=False))
    def crash_and_read_what_compaction_left(self, chance):
        self.records = list(self.last())
        self.forget_everything()
        for record in self.records:
            self.take(record)
        self.take_profiles(chance)

    @rule(data=st.data())
    def crash_and_go_on_from_a_snapshot(self, data):
        """
        One from some time ago, and the records since then.
        """
        since = data.draw(st.integers(0, len(self.records)))
        self.forget_everything()
        for record in self.records[:since]:
            self.take(record)
        snapshot, versions = self.store.export(0, 2, self.now), self.store.notes
        self.forget_everything()
        self.store.restore_notes(versions)
        self.store.restore(0, snapshot)
        for record in self.records[since:]:
            self.take(record)
        self.take_profiles(data.draw(st.randoms(use_true_random=False)))

    def take_profiles(self, chance=None):
        """
        After the records, as a worker reads them.
        """
        said = [(person, profile) for person, facts in self.facts.items() for profile in facts.profiles]
        if chance:
            chance.shuffle(said)
        for person, profile in (*said, *said[:1]):
            self.store.put_profile(person, profile)

    def moments(self, subject):
        edges = [at + near for at in (subject.erased_at, subject.registered_at) if at for near in (-1, 0, 1)]
        return (*edges, self.now, self.now - 4_000 * DAY)

    @invariant()
    def decides_as_the_facts_say(self):
        for person, facts in self.facts.items():
            hashed = self.store.hash_of(person)
            for time in self.moments(facts.subject):
                expected = facts.decision(time)
                assert self.decider.decide(person, None, None, time) == expected, (person, time - START)
                assert self.decider.decide_hash(hashed, time)[0] == replace(expected, salt=None)
                assert self.decider.erased(person, time) is (expected.suppressed and not self.is_young(facts, time))

    def is_young(self, facts, time):
        """
        Whether a guardian's consent would be enough.
        """
        allowed = Facts(replace(facts.subject, guardian_consent=True), facts.profiles)
        return not allowed.decision(time).suppressed

    @invariant()
    def who_was_erased_left_nothing(self):
        for person, facts in self.facts.items():
            if facts.subject.gone:
                assert self.store.get(person) == Subject(erased_at=facts.subject.erased_at)


Persons.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestPersons = Persons.TestCase
