"""Claims about the store: the later word holds in whatever order, and an unsure one is no."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.subjects.hashing import hasher
from pipeline.subjects.record import EARLIEST_BIRTH, LATEST_BIRTH, Consent, Subject
from pipeline.subjects.store import GRANTED, UNREADABLE, Change, SubjectStore

NOW = 1_767_196_800_000
USER = "u-10000000001"
KEY = bytes(range(32))

NOTHING = Change(withdrew=False, outdated=False)
WITHDREW = Change(withdrew=True, outdated=False)
OUTDATED = Change(withdrew=False, outdated=True)


def said(*, granted, at=NOW, purpose="ads", version="v3"):
    return Subject({purpose: Consent(granted, at, version)})


def store(*subjects, buckets=4):
    made = SubjectStore(["analytics", "ads"], KEY, buckets)
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
    erased_at=st.none() | st.integers(1, NOW // 60_000).map(lambda minute: minute * 60_000),
)


class TestPut:
    @given(subjects)
    def test_what_was_put_is_got(self, subject):
        """
        For all subjects; an erasure to its minute.
        """
        assert store(subject).get(USER) == subject

    @given(st.dictionaries(st.text(max_size=64), subjects, max_size=60))
    def test_persons_are_kept_apart(self, people):
        """
        However many share a bucket.
        """
        made = SubjectStore(["analytics", "ads"], KEY, buckets=2)
        for user, subject in people.items():
            made.put(user, subject, NOW)

        assert len(made) == len(people)
        assert {user: made.get(user) for user in people} == people

    def test_a_hash_across_two_words_is_none(self):
        """
        The bytes of a hash may stand between those of others by chance.
        """
        made = store(said(granted=True), buckets=1)
        hashed = hasher(KEY)("other")[:8]
        row = made._buckets[0]
        made._buckets[0] = row[:12] + hashed + row[20:]

        assert made.heads["other"] == 0
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

        assert made.get(USER).erased_at == NOW // 60_000 * 60_000

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

    def test_tells_apart_who_share_a_needle(self):
        """
        The bucket counts as well: of 88 bits 84 tell persons apart.
        """
        made = SubjectStore(["ads"], KEY, buckets=1 << 20)
        made.put(USER, Subject(tracking_opt_out=True), NOW)

        assert made.head_of(made.hash_of(USER))
        assert not made.head_of(made.hash_of(USER) ^ 1 << 64)


def test_born_on_the_last_day_that_fits():
    """
    A day of birth has 16 bits.
    """
    assert store(Subject(birth_date=LATEST_BIRTH)).get(USER).birth_date == LATEST_BIRTH > date(2078, 1, 1)
