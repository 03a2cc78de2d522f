"""Documents: two different persons of the roster, every character as it was signed, or nothing."""

import json

import pytest

from pipeline.approvals.approver import ApprovalError, Approver, Roster
from pipeline.approvals.document import Document, load_document, replace_document

WANG, LI, EVE = (Approver.generate(name) for name in ("wang", "li", "eve"))
ROSTER = Roster({"wang": WANG.public(), "li": LI.public()})
DRAFT = Document("grant", {"reason": "案件 1024", "subjects": ["u-1", "u-2"]})


def signed(*approvers):
    document = DRAFT
    for approver in approvers:
        document = document.signed_by(approver)
    return document


def altered(document, change):
    told = json.loads(document.to_text())
    change(told)
    return Document.from_text(json.dumps(told))


class TestApproval:
    def test_takes_two_different_approvers(self):
        """
        In any order.
        """
        assert signed(WANG, LI).approvers(ROSTER) == ("wang", "li")
        assert signed(LI, WANG).approvers(ROSTER) == ("li", "wang")

    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            pytest.param(DRAFT, "0 of 2 approvers have signed", id="nobody"),
            pytest.param(signed(WANG), "1 of 2 approvers have signed", id="one"),
            pytest.param(signed(WANG, EVE), "eve is not on the roster", id="a stranger"),
            pytest.param(signed(WANG, LI, EVE), "eve is not on the roster", id="a stranger beside two"),
            pytest.param(signed(WANG, Approver("li", EVE.key)), "signature of li does not fit", id="another key"),
            pytest.param(
                Document("grant", DRAFT.body, signed(WANG).signatures * 2), "wang has signed twice", id="one twice"
            ),
            pytest.param(
                Document("reidentification", DRAFT.body, signed(WANG, LI).signatures),
                "signature of wang does not fit",
                id="signed as something else",
            ),
        ],
    )
    def test_is_refused(self, document, sentence):
        """
        Whatever else is right.
        """
        with pytest.raises(ApprovalError, match=sentence):
            document.approvers(ROSTER)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda told: told["body"].update(reason="案件 1025"), id="a character"),
            pytest.param(lambda told: told["body"].update(kinds="all"), id="a member more"),
            pytest.param(lambda told: told["body"].pop("reason"), id="a member less"),
            pytest.param(lambda told: told["body"]["subjects"].reverse(), id="the order of a list"),
            pytest.param(
                lambda told: told["signatures"][0].update(signature=told["signatures"][1]["signature"]),
                id="another's signature",
            ),
        ],
    )
    def test_ends_with_any_change(self, change):
        """
        Of the text or of a signature.
        """
        document = altered(signed(WANG, LI), change)

        with pytest.raises(ApprovalError, match="does not fit the text"):
            document.approvers(ROSTER)

    def test_stands_however_the_file_is_formatted(self):
        """
        What is signed is the canonical form.
        """
        compact = json.dumps(json.loads(signed(WANG, LI).to_text()), separators=(",", ":"), ensure_ascii=True)

        assert Document.from_text(compact).approvers(ROSTER) == ("wang", "li")

    def test_is_given_once_a_person(self):
        """
        The second time is refused when it is tried.
        """
        with pytest.raises(ApprovalError, match="another approver's"):
            signed(WANG, WANG)


class TestFiles:
    def test_are_read_as_they_were_written(self, tmp_path):
        """
        With every signature.
        """
        path = tmp_path / "grant.json"
        path.write_text("to be replaced")
        replace_document(path, signed(WANG, LI))

        assert load_document(path) == signed(WANG, LI)
        assert [entry.name for entry in tmp_path.iterdir()] == ["grant.json"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="empty"),
            pytest.param("[]", id="no object"),
            pytest.param('{"document":"grant","body":{},"body":{},"signatures":[]}', id="a body twice"),
            pytest.param('{"document":"grant","body":{}}', id="no signatures"),
            pytest.param('{"document":"grant","body":{},"signatures":[],"more":1}', id="a member more"),
            pytest.param('{"document":"grant","body":[],"signatures":[]}', id="body no object"),
            pytest.param('{"document":"grant","body":{},"signatures":[1]}', id="signature no object"),
            pytest.param(
                '{"document":"grant","body":{},"signatures":[{"approver":"li","signature":"?"}]}', id="no base64"
            ),
        ],
    )
    def test_that_are_no_documents_are_refused(self, tmp_path, text):
        """
        With the path, and what to do.
        """
        path = tmp_path / "grant.json"
        path.write_text(text)

        with pytest.raises(ApprovalError, match="grant.json: .*draft"):
            load_document(path)
