"""Claims about profiles: what `raw.account` says that protects a person, and nothing that would allow more."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import dumps
from pipeline.subjects.profile import RAW_TOPIC, Profile, profile_of, read_profile, write_profile
from pipeline.subjects.record import EARLIEST_BIRTH, LATEST_BIRTH, Unreadable
from schemas import VIEWS
from tests.pipeline.events import ACCOUNT
from transforms.timestamp import read_timestamp

AT = read_timestamp(ACCOUNT["occurred_at"])
ADULT, CHILD = "11010519491231002X", "440305201405060011"
"""Identity numbers of people born on 1949-12-31 and 2014-05-06."""

profiles = st.builds(
    Profile,
    st.integers(946_684_800_000, 4_102_444_799_999),
    st.none() | st.dates(EARLIEST_BIRTH, LATEST_BIRTH),
    st.booleans(),
)


def of(**changes):
    found = profile_of({name: value for name, value in (ACCOUNT | changes).items() if value is not None})
    return found and found[1]


class TestProfileOf:
    def test_is_what_an_event_says_of_its_user(self):
        """
        At the event's time.
        """
        assert profile_of(ACCOUNT) == (ACCOUNT["user_id"], Profile(AT, date(2014, 5, 6)))
        assert RAW_TOPIC in {view.contract.topic for view in VIEWS}

    @pytest.mark.parametrize(
        ("written", "number", "born"),
        [
            pytest.param("2001-02-03", None, "2001-02-03", id="written"),
            pytest.param(None, ADULT, "1949-12-31", id="in the identity number"),
            pytest.param("1990-01-01", CHILD, "2014-05-06", id="a child who writes another"),
            pytest.param("2014-05-06", ADULT, "2014-05-06", id="a child with somebody else's number"),
            pytest.param("2014-02-30", ADULT, "1949-12-31", id="no such day"),
            pytest.param("2001-02-03", ADULT[:-1] + "1", "2001-02-03", id="a wrong check digit"),
        ],
    )
    def test_has_the_younger_day_of_birth(self, written, number, born):
        """
        Of those that can be understood.
        """
        assert of(birth_date=written, id_card=number).birth_date == date.fromisoformat(born)

    @pytest.mark.parametrize(("value", "opted_out"), [(True, True), (False, None), (None, None), ("true", None)])
    def test_an_opt_out_can_only_be_said(self, value, opted_out):
        """
        An opt-in says nothing: it would allow more.
        """
        profile = of(birth_date=None, id_card=None, tracking_opt_out=value)

        assert (profile and profile.tracking_opt_out) == opted_out

    @pytest.mark.parametrize("changes", [{"user_id": None}, {"user_id": ""}, {"user_id": 7}, {"occurred_at": "today"}])
    def test_of_nobody_or_no_time_is_none(self, changes):
        """
        Nobody could be found by it, nor could it be told from one before an erasure.
        """
        assert of(**changes) is None

    @given(st.dictionaries(st.sampled_from([*ACCOUNT]), st.none() | st.integers() | st.text(max_size=20)))
    def test_never_fails(self, changes):
        """
        What breaks the contract is the quarantine's.
        """
        profile_of(ACCOUNT | changes)


class TestRecords:
    @given(profiles)
    def test_say_what_was_written(self, profile):
        """
        For all profiles.
        """
        assert read_profile(write_profile(profile)) == profile

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"{}", id="no time"),
            pytest.param(dumps({"at": "2026-01-01T00:00:00Z", "birth_date": "secret"}), id="no date"),
            pytest.param(dumps({"at": "2026-01-01T00:00:00Z", "tracking_opt_out": 1}), id="no flag"),
            pytest.param(dumps({"at": "2026-01-01T00:00:00Z", "granted": True}), id="a member of others"),
        ],
    )
    def test_that_do_not_fit_are_refused(self, value):
        """
        Without a word of the value.
        """
        with pytest.raises(Unreadable) as refusal:
            read_profile(value)

        assert "secret" not in str(refusal.value)

    @given(st.binary(max_size=100))
    def test_raise_nothing_else(self, value):
        """
        Whatever the bytes.
        """
        with suppress(Unreadable):
            read_profile(value)
