"""Claims about the contract of `privacy.subjects`: what is not understood is refused, and never told."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import dumps, loads
from pipeline.subjects.record import (
    EARLIEST_BIRTH,
    LATEST_BIRTH,
    Consent,
    Subject,
    Unreadable,
    format_time,
    new_salt,
    read_key,
    read_value,
    write_value,
)
from transforms.timestamp import read_timestamp

GRANT = {"granted": True, "at": "2026-01-02T03:04:05.678+08:00", "policy_version": "v3"}
WHOLE = {
    "consents": {"ads": GRANT},
    "birth_date": "2010-02-28",
    "guardian_consent": True,
    "tracking_opt_out": True,
    "erased_at": "2026-02-01T00:00:00Z",
    "registered_at": "2026-03-01T00:00:00Z",
    "salt": "AAECAwQFBgcICQoLDA0ODw",
}

times = st.integers(946_684_800_000, 4_102_444_799_999)
consents = st.builds(Consent, st.booleans(), times, st.text(min_size=1, max_size=64))
subjects = st.builds(
    Subject,
    consents=st.dictionaries(st.text(min_size=1, max_size=64), consents, max_size=4),
    birth_date=st.none() | st.dates(EARLIEST_BIRTH, LATEST_BIRTH),
    guardian_consent=st.booleans(),
    tracking_opt_out=st.booleans(),
    erased_at=st.none() | times,
    registered_at=st.none() | times,
    salt=st.none() | st.binary(min_size=16, max_size=16).filter(any),
)


class TestReadValue:
    def test_reads_every_member(self):
        """
        Times become milliseconds, whatever their zone.
        """
        at = read_timestamp("2026-01-01T19:04:05.678Z")

        assert read_value(dumps(WHOLE)) == Subject(
            {"ads": Consent(granted=True, at=at, policy_version="v3")},
            date(2010, 2, 28),
            guardian_consent=True,
            tracking_opt_out=True,
            erased_at=read_timestamp("2026-02-01T00:00:00Z"),
            registered_at=read_timestamp("2026-03-01T00:00:00Z"),
            salt=bytes(range(16)),
        )

    def test_what_is_left_out_is_not_known(self):
        """
        Or null.
        """
        nothing = {name: None for name in WHOLE if name != "consents"}

        assert read_value(b'{"consents":{}}') == read_value(dumps({"consents": {}} | nothing)) == Subject()

    @given(subjects)
    def test_reads_what_was_written(self, subject):
        """
        For all subjects.
        """
        assert read_value(write_value(subject)) == subject

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"secret", id="no JSON"),
            pytest.param(b"[]", id="no object"),
            pytest.param(b'{"consents":{},"consents":{}}', id="a key twice"),
            pytest.param(b'{"consents":"\xff"}', id="no UTF-8"),
            pytest.param(b"{}", id="no consents"),
            pytest.param(dumps(WHOLE | {"consents": []}), id="consents a list"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": True}}), id="a consent without its time"),
            pytest.param(dumps(WHOLE | {"consents": {"": GRANT}}), id="a purpose without a name"),
            pytest.param(dumps(WHOLE | {"consents": {str(n): GRANT for n in range(65)}}), id="many purposes"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": GRANT | {"granted": "yes"}}}), id="granted a text"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": GRANT | {"granted": 1}}}), id="granted a number"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": GRANT | {"at": 1}}}), id="a time in numbers"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": GRANT | {"at": "2026-01-01"}}}), id="a day for a time"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": GRANT | {"policy_version": ""}}}), id="no policy"),
            pytest.param(dumps(WHOLE | {"consents": {"ads": GRANT | {"until": None}}}), id="more of a consent"),
            pytest.param(dumps(WHOLE | {"birth_date": "2011-02-29"}), id="no such day"),
            pytest.param(dumps(WHOLE | {"birth_date": "20110228"}), id="another form of date"),
            pytest.param(dumps(WHOLE | {"birth_date": "1899-12-31"}), id="born too early"),
            pytest.param(dumps(WHOLE | {"guardian_consent": "false"}), id="a flag in words"),
            pytest.param(dumps(WHOLE | {"tracking_opt_out": 0}), id="a flag in numbers"),
            pytest.param(dumps(WHOLE | {"erased_at": ""}), id="erased at no time"),
            pytest.param(dumps(WHOLE | {"registered_at": 1}), id="registered at a number"),
            pytest.param(dumps(WHOLE | {"salt": "AAECAwQFBgcICQoLDA0ODw=="}), id="a padded salt"),
            pytest.param(dumps(WHOLE | {"salt": "AAECAwQFBgcICQoLDA0O"}), id="a short salt"),
            pytest.param(dumps(WHOLE | {"salt": "A" * 22}), id="a salt of zeros"),
            pytest.param(dumps(WHOLE | {"salt": 7}), id="a salt of numbers"),
            pytest.param(dumps(WHOLE | {"erasedAt": "secret"}), id="a member that is misspelt"),
        ],
    )
    def test_refuses_what_does_not_fit(self, value):
        """
        In a sentence that has nothing of the value.
        """
        with pytest.raises(Unreadable) as refusal:
            read_value(value)

        assert not any(word in str(refusal.value) for word in ("secret", "erasedAt", "until", "2011", "v3"))
        assert refusal.value.__cause__ is None

    @given(st.binary(max_size=200))
    def test_refuses_whatever_it_is(self, value):
        """
        No bytes raise anything else.
        """
        with suppress(Unreadable):
            read_value(value)

    @given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5), st.lists))
    def test_refuses_whatever_stands_in_a_member(self, value):
        """
        No JSON value in any place raises anything else.
        """
        outside = [{**WHOLE, name: value} for name in WHOLE]
        inside = [{**WHOLE, "consents": {"ads": {**GRANT, name: value}}} for name in GRANT]
        for record in (*outside, *inside):
            with suppress(Unreadable):
                read_value(dumps(record))


class TestSubject:
    @pytest.mark.parametrize(
        ("erased_at", "registered_at", "gone"),
        [
            pytest.param(None, None, False, id="there"),
            pytest.param(None, 5, False, id="registered"),
            pytest.param(5, None, True, id="erased"),
            pytest.param(5, 4, True, id="registered before"),
            pytest.param(5, 5, True, id="at once: erased"),
            pytest.param(5, 6, False, id="registered again"),
        ],
    )
    def test_is_gone_until_registered_again(self, erased_at, registered_at, gone):
        """
        Later than the erasure.
        """
        assert Subject(erased_at=erased_at, registered_at=registered_at).gone is gone

    def test_shows_no_salt(self):
        """
        In no traceback.
        """
        assert "salt" not in repr(Subject(salt=new_salt()))

    def test_salts_are_new(self):
        """
        16 bytes each.
        """
        salts = {new_salt() for _ in range(100)}

        assert len(salts) == 100
        assert {len(salt) for salt in salts} == {16}


class TestReadKey:
    def test_is_the_user_id(self):
        """
        In UTF-8.
        """
        assert read_key("u-用户".encode()) == "u-用户"

    @pytest.mark.parametrize("key", [None, b"", b"\xff", b"u" * 257])
    def test_refuses_what_is_none(self, key):
        """
        Nobody can tell whom such a record is about.
        """
        with pytest.raises(Unreadable, match="the key is"):
            read_key(key)


class TestWriteValue:
    def test_leaves_out_what_is_not_known(self):
        """
        A record of nothing has its consents alone.
        """
        assert loads(write_value(Subject())) == {"consents": {}}

    @given(times)
    def test_times_come_back_to_the_millisecond(self, ms):
        """
        In UTC.
        """
        assert read_timestamp(format_time(ms)) == ms
