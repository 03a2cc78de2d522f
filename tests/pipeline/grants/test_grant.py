"""Grants: bounded, named in every part, and approved by two, or no grants."""

import pytest

from pipeline.approvals.approver import ApprovalError
from pipeline.approvals.document import Document
from pipeline.grants.codes import CODES
from pipeline.grants.grant import SORT, check_scope, new_id, read_draft, read_grant
from schemas.kinds import Kind
from tests.pipeline.grants.grants import DAY, EVE, GRANT, LI, NOW, PARTNER, ROSTER, STRICT, WANG, grant, signed


def told(**changes):
    return Document(SORT, {**GRANT.body, **changes})


class TestReading:
    @pytest.mark.parametrize(
        "given",
        [
            pytest.param(GRANT, id="one person"),
            pytest.param(grant(subjects=None, topics=None), id="everybody, every topic"),
            pytest.param(grant(kinds=frozenset({Kind.PHONE, Kind.MONEY})), id="kinds"),
        ],
    )
    def test_gives_back_what_was_signed(self, given):
        """
        With those who signed.
        """
        read = read_grant(signed(given), ROSTER)

        assert read == grant(subjects=given.subjects, topics=given.topics, kinds=given.kinds, approvers=("wang", "li"))

    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            pytest.param(Document(SORT, GRANT.body), "0 of 2", id="nobody signed"),
            pytest.param(signed(GRANT, WANG), "1 of 2", id="one approver"),
            pytest.param(signed(GRANT, WANG, EVE), "eve is not on the roster", id="an unknown one"),
            pytest.param(
                Document(SORT, GRANT.body, signed(GRANT, WANG).signatures * 2), "signed twice", id="one twice"
            ),
            pytest.param(
                Document(SORT, grant(expires=NOW + 2 * DAY).body, signed().signatures), "does not fit", id="prolonged"
            ),
            pytest.param(Document("other", GRANT.body, signed().signatures), "does not fit", id="another document"),
        ],
    )
    def test_takes_two_approvers(self, document, sentence):
        """
        Different ones, of the roster, for this text.
        """
        with pytest.raises(ApprovalError, match=sentence):
            read_grant(document, ROSTER)

    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            pytest.param(told(code="because"), "code has to be one of", id="unknown code"),
            pytest.param(told(id="g-1"), "id has to be", id="id"),
            pytest.param(told(more=1), "nothing else", id="a member more"),
            pytest.param(told(subjects=[]), "subjects has to be", id="nobody"),
            pytest.param(told(subjects=[1]), "subjects has to be", id="no ids"),
            pytest.param(told(topics="raw.deal"), "topics has to be", id="no list"),
            pytest.param(told(kinds=["passport"]), "no kind", id="unknown kind"),
            pytest.param(told(kinds=["secret"]), "a secret never passes", id="secret"),
            pytest.param(told(purpose="ads"), "for advertising", id="advertising"),
            pytest.param(told(expires="tomorrow"), "expires has to be an RFC 3339", id="no time"),
            pytest.param(told(expires=None), "expires has to be an RFC 3339", id="no end"),
            pytest.param(told(expires="2025-12-31T00:00:00Z"), "later than not_before", id="ends before it begins"),
            pytest.param(told(expires="2026-04-02T00:00:00Z"), "90 days at most", id="too long"),
            pytest.param(told(reason=""), "reason has to be", id="no reason"),
            pytest.param(told(reason="\x1b[2J"), "reason has to be", id="control characters"),
        ],
    )
    def test_refuses_what_is_out_of_bounds(self, document, sentence):
        """
        However many have signed it.
        """
        for read in (read_draft, lambda one: read_grant(one.signed_by(WANG).signed_by(LI), ROSTER)):
            with pytest.raises(ApprovalError, match=sentence):
                read(document)


class TestTime:
    @pytest.mark.parametrize(
        ("now", "counts"),
        [
            pytest.param(NOW - 1, False, id="before"),
            pytest.param(NOW, True, id="first"),
            pytest.param(NOW + DAY - 1, True, id="last"),
            pytest.param(NOW + DAY, False, id="after"),
        ],
    )
    def test_is_bounded(self, now, counts):
        """
        To the millisecond.
        """
        assert GRANT.in_force(now) is counts


class TestScope:
    def test_has_to_be_one_of_a_view(self):
        """
        A misspelt grant is told, not ignored.
        """
        views = (PARTNER, STRICT)
        check_scope(GRANT, views)
        check_scope(grant(purpose="partner_sensitive", topics=None), views)

        for changed, sentence in (
            (grant(recipient="partners"), "no view has the recipient partners"),
            (grant(purpose="other"), "no view of partner asks consent to other"),
            (grant(topics=frozenset({"raw.deals"})), "partner has no view of the topic raw.deals"),
        ):
            with pytest.raises(ApprovalError, match=sentence):
                check_scope(changed, views)

    def test_is_of_one_recipient_and_its_topics(self):
        """
        Another recipient with the same purpose gets nothing by it.
        """
        assert GRANT.covers(PARTNER)
        assert not GRANT.covers(STRICT)
        assert not grant(topics=frozenset({"raw.order"})).covers(PARTNER)
        assert grant(topics=None).covers(PARTNER)


class TestWords:
    def test_name_no_subject(self):
        """
        What stands in the log says how many, not who.
        """
        assert "u-1" not in str(GRANT)
        assert str(GRANT).startswith("grant g-0123456789abcdef (policy-vital) for partner, purpose partner, 1 subjects")

    def test_ids_differ(self):
        """
        And have the form that is asked of them.
        """
        ids = {new_id() for _ in range(100)}

        assert len(ids) == 100
        assert all(grant(id=one) for one in ids)

    def test_every_code_has_a_line(self):
        """
        Items 2 to 7 of the law's article, and the policy's list.
        """
        assert [code for code in CODES if code.startswith("pipl")] == [f"pipl-13-{item}" for item in range(2, 8)]
        assert all(0 < len(line) < 110 for line in CODES.values())
