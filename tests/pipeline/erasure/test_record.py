"""Claims about requests to erase somebody: what is not understood is refused, and never told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import dumps, loads
from pipeline.erasure.record import Reason, Request, read_request, write_request, write_upstream
from pipeline.subjects.record import Unreadable
from transforms.timestamp import read_timestamp

AT = "2026-11-22T14:38:50.123+08:00"
WHOLE = {"requested_at": AT, "reason": "account_closed", "reference": "case/2026-11:17"}

subjects = st.text(min_size=1, max_size=64)
times = st.integers(946_684_800_000, 4_102_444_799_999)
references = st.none() | st.from_regex(r"[A-Za-z0-9._:/-]{1,64}", fullmatch=True)
requests = st.builds(Request, subjects, times, st.sampled_from(Reason), references)


class TestReadRequest:
    def test_reads_every_member(self):
        """
        The key is the subject; times become milliseconds.
        """
        assert read_request(b"u-1", dumps(WHOLE)) == Request(
            "u-1", read_timestamp(AT), Reason.ACCOUNT_CLOSED, "case/2026-11:17"
        )

    def test_a_reference_may_be_left_out(self):
        """
        Time and reason may not.
        """
        assert read_request(b"u-1", dumps({"requested_at": AT, "reason": "request"})).reference is None

    @given(requests)
    def test_reads_what_was_written(self, request):
        """
        For all requests.
        """
        assert read_request(*write_request(request)) == request

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            pytest.param(None, WHOLE, id="about nobody"),
            pytest.param(b"", WHOLE, id="an empty key"),
            pytest.param(b"\xff", WHOLE, id="a key that is no text"),
            pytest.param(b"u-1", None, id="a tombstone"),
            pytest.param(b"u-1", [WHOLE], id="no object"),
            pytest.param(b"u-1", {**WHOLE, "comment": "secret"}, id="an unknown member"),
            pytest.param(b"u-1", {**WHOLE, "requested_at": "secret"}, id="no time"),
            pytest.param(b"u-1", {**WHOLE, "requested_at": 1_700_000_000_000}, id="a time that is a number"),
            pytest.param(b"u-1", {**WHOLE, "requested_at": None}, id="no time at all"),
            pytest.param(b"u-1", {**WHOLE, "requested_at": {"secret": 1}}, id="a time that is an object"),
            pytest.param(b"u-1", {**WHOLE, "reason": "secret"}, id="an unknown reason"),
            pytest.param(b"u-1", {**WHOLE, "reason": ["request"]}, id="a reason that is a list"),
            pytest.param(b"u-1", {**WHOLE, "reference": "王小明 13800138000"}, id="a reference with words in it"),
            pytest.param(b"u-1", {**WHOLE, "reference": "x" * 65}, id="a long reference"),
            pytest.param(b"u-1", {**WHOLE, "reference": 7}, id="a reference that is a number"),
        ],
    )
    def test_refuses_what_does_not_fit(self, key, value):
        """
        The sentence says where, and tells no value.
        """
        with pytest.raises(Unreadable) as refusal:
            read_request(key, None if value is None else dumps(value))

        assert "secret" not in str(refusal.value)
        assert "13800138000" not in str(refusal.value)
        assert refusal.value.__context__ is None or refusal.value.__suppress_context__


class TestWriteUpstream:
    def test_says_who_and_why(self):
        """
        And when it was discovered; references of ours stay with us.
        """
        key, value = write_upstream(Request("u-1", read_timestamp(AT), Reason.CHILD, "case-1"))

        assert key == b"u-1"
        assert loads(value) == {"subject": "u-1", "reason": "child", "discovered_at": "2026-11-22T06:38:50.123Z"}
