"""Claims about the store: the later word holds in whatever order, and an unsure one is no."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.subjects.hashing import hasher
from pipeline.subjects.profile import Profile
from pipeline.subjects.record import EARLIEST_BIRTH, LATEST_BIRTH, Consent, Subject
from pipeline.subjects.row import BIRTH, BIRTH_SHIFT, GRANTED, OPTED_OUT, UNREADABLE, birth_date
from pipeline.subjects.store import Change, SubjectStore

NOW = 1_767_196_800_000
USER = "u-10000000001"
KEY = bytes(range(32))

NOTHING = Change(withdrew=False, outdated=False)
WITHDREW = Change(withdrew=True, outdated=False)
OUTDATED = Change(withdrew=False, outdated=True)


def said(*, granted, at=NOW, purpose="ads", version="v3"):
    return Subject({purpose: Consent(granted, at, version)})


def store(*subjects, buckets=4):
    made = SubjectStore(["analytics", "ads"], KEY, buckets, salts=True)
    for subject in subjects:
        made.put(USER, subject, NOW)
    return made


def granted(made, user=USER):
    return bool(made.heads[user] & 2)


subjects = st.builds(
    Subject,
    consents=st.dictionaries(
        st.sampled_from(["analytics", "ads"]),
        st.builds(Consent, st.booleans(), st.integers(1, NOW), st.sampled_from(["v1", "v2"])),
    ),
    birth_date=st.none() | st.dates(EARLIEST_BIRTH, LATEST_BIRTH),
    guardian_consent=st.booleans(),
    tracking_opt_out=st.booleans(),
    registered_at=st.none() | st.integers(1, NOW),
    salt=st.none() | st.binary(min_size=16, max_size=16).filter(any),
)
profiles = st.builds(
    Profile,
    st.integers(0, NOW // 60_000).map(lambda minute: minute * 60_000),
    st.none() | st.dates(EARLIEST_BIRTH, LATEST_BIRTH),
    st.booleans(),
)


class TestPut:
    @given(subjects)
    def test_what_was_put_is_got(self, subject):
        """
        For all subjects that were not erased.
        """
        assert store(subject).get(USER) == subject

    @given(st.dictionaries(st.text(max_size=64), subjects, max_size=60))
    def test_persons_are_kept_apart(self, people):
        """
        However many share a bucket.
        """
        made = SubjectStore(["analytics", "ads"], KEY, buckets=2, salts=True)
        for user, subject in people.items():
            made.put(user, subject, NOW)

        assert len(made) == len(people)
        assert {user: made.get(user) for user in people} == people

    @pytest.mark.parametrize("at", [4, 18], ids=["two others' hashes", "what is said of others"])
    def test_a_hash_across_others_is_none(self, at):
        """
        The bytes of a hash may stand between those of others by chance.
        """
        made = store(said(granted=True), buckets=1)
        made.put("u-2", said(granted=True), NOW)
        bucket = made._buckets[0]
        made._buckets[0] = bucket[:at] + hasher(KEY)("other")[:9] + bucket[at + 9 :]

        assert made.heads["other"] == made.head_of(made.hash_of("other")) == 0
        made.put("other", said(granted=True), NOW)
        assert made.heads["other"] == 2

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param([(True, 1), (False, 2)], id="withdrawn"),
            pytest.param([(True, 2), (False, 2)], id="at once: no"),
            pytest.param([(True, 1), (False, 2), (True, 1)], id="granted once before"),
            pytest.param([(True, 1), (True, 2), (False, 3)], id="granted twice before"),
        ],
    )
    def test_the_later_word_holds_in_whatever_order(self, words):
        """
        All orders of the same records end in "no".
        """
        for order in permutations(words):
            assert not granted(store(*(said(granted=word, at=at) for word, at in order))), order

    def test_a_later_grant_holds_as_well(self):
        """
        Whoever withdrew may agree again.
        """
        for order in permutations([(False, 1), (True, 2)]):
            assert granted(store(*(said(granted=word, at=at) for word, at in order)))

    def test_no_word_is_later_than_its_record(self):
        """
        A grant from a clock that is ahead does not outlive the withdrawal after it.
        """
        made = store(said(granted=True, at=NOW + 10**10))
        made.put(USER, said(granted=False, at=NOW + 1), NOW + 1)

        assert not granted(made)

    def test_a_purpose_that_is_left_out_is_not_consented_to(self):
        """
        And an old grant that comes late does not bring it back.
        """
        made = store(said(granted=True), Subject())
        assert not granted(made)

        made.put(USER, said(granted=True), NOW)
        assert not granted(made)

    def test_a_purpose_of_no_view_is_not_kept(self):
        """
        Nobody asks for it.
        """
        assert store(said(granted=True, purpose="resale")).get(USER) == Subject()

    def test_an_erasure_stays(self):
        """
        A record without it may be a late one.
        """
        made = store(Subject(erased_at=NOW), said(granted=True))

        assert made.get(USER).erased_at == NOW

    def test_what_was_remembered_is_forgotten(self):
        """
        A change is seen by the next event, whoever asked before.
        """
        made = store(said(granted=True))
        assert granted(made)
        made.put(USER, said(granted=False, at=NOW), NOW)
        assert not granted(made)
        made.mark_unreadable(USER)
        assert made.heads[USER] & UNREADABLE
        made.forget(USER)
        assert made.heads[USER] == 0

    def test_many_versions_of_policies_do_not_fill_the_memory(self):
        """
        Past some thousands they are not told apart.
        """
        made = store()
        for number in range(5_000):
            made.put(USER, said(granted=True, at=number + 1, version=f"v{number}"), NOW)

        assert len(made._versions) == 4_096
        assert made.get(USER).consents["ads"] == Consent(granted=True, at=5_000, policy_version="?")


class TestErasure:
    def test_leaves_nothing_but_itself(self):
        """
        Whatever the record still says, and whatever was known.
        """
        whole = Subject(said(granted=True).consents, LATEST_BIRTH, True, True, None, 1, bytes(range(16)))  # noqa: FBT003
        made = store(whole, replace(whole, erased_at=NOW - 12_345))

        assert made.get(USER) == Subject(erased_at=NOW - 12_345)
        assert made.salts[USER] is None

    def test_destroys_the_salt(self):
        """
        A late record from before brings none back, nor the person.
        """
        before = Subject(registered_at=NOW - 50, salt=bytes(range(16)))
        made = store(before)
        assert made.salts[USER] == bytes(range(16))

        made.put(USER, Subject(erased_at=NOW - 40), NOW)
        made.put(USER, before, NOW)
        assert made.salts[USER] is None
        assert made.get(USER) == Subject(erased_at=NOW - 40)

    @pytest.mark.parametrize(
        ("first", "second", "holds"),
        [
            pytest.param(NOW - 10, NOW - 5, NOW - 5, id="twice: the later"),
            pytest.param(NOW - 5, NOW - 10, NOW - 5, id="twice, the other way round"),
            pytest.param(NOW - 5, NOW + 5, NOW - 5, id="one that is past is not put off"),
            pytest.param(NOW + 5, NOW - 5, NOW - 5, id="one that is past comes first"),
            pytest.param(NOW + 9, NOW + 5, NOW + 5, id="the first of two to come"),
        ],
    )
    def test_of_two_the_stricter_holds(self, first, second, holds):
        """
        Nobody is brought back by a second erasure.
        """
        assert store(Subject(erased_at=first), Subject(erased_at=second)).get(USER).erased_at == holds

    def test_consents_from_before_do_not_count_after_registering_again(self):
        """
        The person of then is not asked any more.
        """
        again = replace(said(granted=True, at=NOW - 50), erased_at=NOW - 40, registered_at=NOW - 30)
        made = store(again)
        assert not granted(made)

        made.put(USER, replace(again, consents=said(granted=True, at=NOW - 35).consents), NOW)
        assert granted(made)

    def test_registering_within_the_minute_is_told_from_before(self):
        """
        To the millisecond.
        """
        made = store(Subject(erased_at=NOW + 10, registered_at=NOW + 9))
        made.put(USER, Subject(erased_at=NOW + 10, registered_at=NOW + 9), NOW + 20)
        assert made.get(USER) == Subject(erased_at=NOW + 10)

        made.put(USER, Subject(erased_at=NOW + 10, registered_at=NOW + 11), NOW + 20)
        assert made.get(USER).registered_at == NOW + 11


class TestProfiles:
    @given(st.lists(profiles, min_size=1, max_size=4), st.none() | subjects, st.randoms(use_true_random=False))
    def test_come_in_any_order(self, several, subject, chance):
        """
        Before and after records, and however often: the youngest day of birth, any opt-out, the latest time.
        """
        made = store(*([subject] if subject else []))
        for profile in several:
            made.put_profile(USER, profile)
        other = store()
        shuffled = [*several, several[0]]
        chance.shuffle(shuffled)
        half = chance.randrange(len(shuffled))
        for profile in shuffled[:half]:
            other.put_profile(USER, profile)
        if subject:
            other.put(USER, subject, NOW)
        for profile in shuffled[half:]:
            other.put_profile(USER, profile)

        assert other.row(USER) == made.row(USER)
        assert made.profile(USER) == Profile(
            max(profile.at for profile in several),
            max((profile.birth_date for profile in several if profile.birth_date), default=None),
            any(profile.tracking_opt_out for profile in several),
        )

    def test_count_where_records_say_nothing(self):
        """
        The account service's day of birth is believed before a profile's; an opt-out of either counts.
        """
        young, old = LATEST_BIRTH, EARLIEST_BIRTH
        made = store()
        made.put_profile(USER, Profile(NOW, young))
        assert birth_date(made.heads[USER] >> BIRTH_SHIFT & BIRTH) == young

        made.put(USER, Subject(birth_date=old), NOW)
        assert birth_date(made.heads[USER] >> BIRTH_SHIFT & BIRTH) == old
        assert not made.heads[USER] & OPTED_OUT

        made.put_profile(USER, Profile(NOW, None, tracking_opt_out=True))
        assert made.heads[USER] & OPTED_OUT
        assert made.get(USER) == Subject(birth_date=old)

    def test_do_not_outlive_an_erasure(self):
        """
        Whichever is read first. One from after it is that of the person who registered again; an erasure that is heard
        last of all leaves the younger of both days of birth.
        """
        for order in permutations(("erasure", "before", "after")):
            made = store()
            for step in order:
                if step == "erasure":
                    made.put(USER, Subject(erased_at=NOW - 300_000), NOW)
                else:
                    at = NOW - 400_000 if step == "before" else NOW - 200_000
                    made.put_profile(USER, Profile(at, LATEST_BIRTH if step == "before" else EARLIEST_BIRTH))
            left = LATEST_BIRTH if order[-1] == "erasure" else EARLIEST_BIRTH
            assert made.profile(USER).birth_date == left, order

    def test_are_forgotten_by_themselves(self):
        """
        And records without them.
        """
        made = store(said(granted=True))
        made.put_profile(USER, Profile(NOW, LATEST_BIRTH))
        made.forget_profile(USER)
        assert (granted(made), made.profile(USER)) == (True, None)

        made.put_profile(USER, Profile(NOW, LATEST_BIRTH))
        made.forget(USER)
        assert (granted(made), made.profile(USER).birth_date) == (False, LATEST_BIRTH)

        made.forget_profile(USER)
        assert len(made) == 0


class TestExport:
    @given(st.dictionaries(st.text(max_size=8), subjects, max_size=30))
    def test_is_restored_as_it_was(self, people):
        """
        Every row, in whatever portions.
        """
        made = store(buckets=4)
        for user, subject in people.items():
            made.put(user, subject, NOW)
        other = store(buckets=4)
        other.restore_notes(made.notes)

        assert other.restore(0, made.export(0, 3, NOW)) == 3
        assert other.restore(3, made.export(3, 1, NOW)) == 4
        assert len(other) == len(people)
        assert {user: other.get(user) for user in people} == people

    def test_has_of_the_erased_no_more_than_that(self):
        """
        An erasure that came to pass meanwhile included.
        """
        made = store(replace(said(granted=True), erased_at=NOW + 60_000, birth_date=LATEST_BIRTH), buckets=1)
        other = store(buckets=1)
        other.restore_notes(made.notes)
        other.restore(0, made.export(0, 1, NOW))
        assert other.get(USER).birth_date == LATEST_BIRTH

        other.restore(0, made.export(0, 1, NOW + 60_000))
        assert other.get(USER) == Subject(erased_at=NOW + 60_000)

    @pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:2], lambda b: b + b"\0" * 4, lambda b: b + b])
    def test_that_is_damaged_is_refused(self, damage):
        """
        Cut, or of more buckets than there are.
        """
        with pytest.raises(ValueError, match="damaged"):
            store(buckets=1).restore(0, damage(store(said(granted=True), buckets=1).export(0, 1, NOW)))

    def test_clear_leaves_nothing(self):
        """
        As before the first record.
        """
        made = store(said(granted=True))
        assert granted(made)
        made.clear()

        assert (len(made), granted(made), made.salts[USER]) == (0, False, None)


class TestChange:
    @pytest.mark.parametrize(
        ("before", "after", "change"),
        [
            pytest.param(said(granted=True, at=1), said(granted=False, at=2), WITHDREW, id="withdrawn"),
            pytest.param(said(granted=True, at=1), Subject(), WITHDREW, id="left out"),
            pytest.param(said(granted=True, at=2), said(granted=False, at=1), OUTDATED, id="late"),
            pytest.param(Subject(erased_at=NOW), Subject(), OUTDATED, id="erasure left out"),
            pytest.param(Subject(), Subject(erased_at=NOW), WITHDREW, id="erased"),
            pytest.param(Subject(), Subject(tracking_opt_out=True), WITHDREW, id="opted out"),
            pytest.param(Subject(tracking_opt_out=True), Subject(), NOTHING, id="opted in"),
            pytest.param(Subject(), said(granted=True), NOTHING, id="granted"),
        ],
    )
    def test_says_what_a_record_took_back(self, before, after, change):
        """
        And whether it knew less than was known.
        """
        assert store(before).put(USER, after, NOW) == change


class TestForget:
    @given(st.dictionaries(st.text(max_size=8), subjects, min_size=1, max_size=12), st.randoms())
    def test_leaves_the_others_as_they_were(self, people, chance):
        """
        Whoever of a bucket is forgotten, in whatever order.
        """
        made = SubjectStore(["analytics", "ads"], KEY, buckets=2, salts=True)
        for user, subject in people.items():
            made.put(user, subject, NOW)
        for user in chance.sample(sorted(people), len(people)):
            made.forget(user)
            del people[user]
            assert {other: made.get(other) for other in people} == people
            assert (made.get(user), len(made)) == (None, len(people))

    def test_leaves_nothing(self):
        """
        As if nothing had ever been known, for that person alone.
        """
        made = store(said(granted=True), buckets=1)
        made.put("u-2", said(granted=True), NOW)

        assert made.forget(USER) == WITHDREW
        assert (made.get(USER), len(made), granted(made, "u-2")) == (None, 1, True)
        assert made.forget(USER) == NOTHING


class TestUnreadable:
    def test_stays_until_a_record_is_understood(self):
        """
        What was known before still orders what comes after.
        """
        made = store(said(granted=False, at=5))
        made.mark_unreadable(USER)
        assert made.get(USER) is None

        made.put(USER, said(granted=True, at=4), NOW)
        assert made.heads[USER] & (UNREADABLE | GRANTED) == 0

    def test_may_be_the_first_that_is_heard(self):
        """
        Of a person nothing is known of.
        """
        made = store()
        made.mark_unreadable(USER)

        assert (len(made), made.heads[USER]) == (1, UNREADABLE)


class TestPurposes:
    def test_are_sixteen_at_most(self):
        """
        There is no room for more.
        """
        with pytest.raises(ValueError, match="17 purposes are more than the 16"):
            SubjectStore([f"p{number}" for number in range(17)], KEY)

    def test_count_once(self):
        """
        Many views may have one purpose.
        """
        assert SubjectStore(["ads", "analytics", "ads"], KEY).purposes == ("ads", "analytics")


class TestHash:
    @given(st.dictionaries(st.text(max_size=64), subjects, max_size=20))
    def test_finds_whom_the_id_finds(self, people):
        """
        In a bucket of its own or not; nothing of who is not known.
        """
        made = SubjectStore(["analytics", "ads"], KEY, buckets=2)
        for user, subject in people.items():
            made.put(user, subject, NOW)

        assert all(made.head_of(made.hash_of(user)) == made.heads[user] for user in [*people, "nobody"])

    def test_tells_persons_apart_by_every_bit(self):
        """
        Those in the row, and those that chose the bucket.
        """
        made = SubjectStore(["ads"], KEY)
        made.put(USER, Subject(tracking_opt_out=True), NOW)

        assert made.head_of(made.hash_of(USER))
        assert not any(made.head_of(made.hash_of(USER) ^ 1 << bit) for bit in range(88))


def test_born_on_the_last_day_that_fits():
    """
    A day of birth has 16 bits.
    """
    assert store(Subject(birth_date=LATEST_BIRTH)).get(USER).birth_date == LATEST_BIRTH > date(2078, 1, 1)
