"""Audit records: one way to write each, and nothing in it that could be personal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audit.record import CHUNK, END, FIRST, Unreadable, Unsigned, read, write
from pipeline.codec import dumps, loads
from tests.pipeline.audit.chains import chunk

SIGNATURE = bytes(range(64))
ENVELOPE = {"chain": "0" * 32, "sequence": 0, "previous": FIRST, "at": "2026-01-01T00:00:00.000Z"}


def written(kind=CHUNK, body=None, **changes):
    members = {**ENVELOPE, "kind": kind, **(chunk(10, 19) if body is None else body), **changes}
    return write(members, lambda _: SIGNATURE)


class TestRecord:
    def test_says_what_was_written(self):
        """
        Common members, body and signature come back.
        """
        record = read(written(sequence=7))

        assert (record.chain, record.sequence, record.previous, record.kind) == ("0" * 32, 7, FIRST, CHUNK)
        assert record.at == 1_767_225_600_000
        assert record.body == chunk(10, 19)
        assert record.signature == SIGNATURE

    def test_is_signed_as_a_whole(self):
        """
        The signed bytes are the record without its signature.
        """
        value = written()
        members = loads(value)
        del members["signature"]

        assert read(value).signed == dumps(members)

    @given(st.data())
    def test_has_one_form(self, data):
        """
        The same members in another order, or with a space, are no record.
        """
        value = written()
        members = loads(value)
        names = data.draw(st.permutations(list(members)))
        other = dumps({name: members[name] for name in names})

        if other != value:
            with pytest.raises(Unreadable):
                read(other)
        with pytest.raises(Unreadable, match="one way to write it"):
            read(value.replace(b",", b", ", 1))

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"chain": "0" * 31}, id="chain"),
            pytest.param({"sequence": -1}, id="sequence"),
            pytest.param({"sequence": True}, id="sequence that is no number"),
            pytest.param({"previous": "x" * 64}, id="previous"),
            pytest.param({"at": "2026-01-01"}, id="time without zone"),
            pytest.param({"topic": "raw order"}, id="topic"),
            pytest.param({"quarantined": {"not json": 1}}, id="reason"),
            pytest.param({"quarantined": {"not_json": "1"}}, id="count"),
            pytest.param({"views": {"ads": {}}}, id="view"),
            pytest.param({"user_id": "u-1"}, id="a member more"),
            pytest.param({"kind": "chat"}, id="kind"),
            pytest.param({"kind": END}, id="members of another kind"),
        ],
    )
    def test_is_not_written_otherwise(self, changes):
        """
        What does not fit its kind is refused before it is signed, by a sentence without a value.
        """
        with pytest.raises(Unreadable) as refusal:
            written(**changes)

        assert not any(str(value) in str(refusal.value) for value in changes.values() if value != END)

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            pytest.param(None, "no JSON object", id="nothing"),
            pytest.param(b"[]", "no JSON object", id="no object"),
            pytest.param(written()[:-1] + b',"x":1}', "exactly the members", id="a member more"),
            pytest.param(written().replace(b'"AAEC', b'"AAE*'), "64 bytes in base64", id="no base64"),
            pytest.param(written().replace(b'"AAEC', b'"'), "64 bytes in base64", id="a short signature"),
            pytest.param(written().replace(b"Pw==", b"Px=="), "one way to write it", id="spare bits of base64"),
        ],
    )
    def test_is_not_read_otherwise(self, value, sentence):
        """
        Whatever else the bytes are.
        """
        with pytest.raises(Unreadable, match=sentence):
            read(value)

    def test_without_a_signature_is_told_apart(self):
        """
        Somebody may have written what looks like one.
        """
        members = loads(written())
        del members["signature"]

        with pytest.raises(Unsigned):
            read(dumps(members))
