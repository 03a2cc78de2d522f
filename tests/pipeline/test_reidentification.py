"""Reidentification: what is behind a token, for two persons and a reason, and for nobody else."""

from dataclasses import replace

import pytest

from pipeline.approvals.approver import ApprovalError, Approver, Roster
from pipeline.approvals.document import Document
from pipeline.candidates import Candidate
from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from pipeline.erasure.tokens import NAMING
from pipeline.reidentification import SORT, Request, new_id, read_request, resolve
from pipeline.source import SourceTokens
from schemas import VIEWS, order
from schemas.kinds import Kind
from schemas.view import View
from tests.pipeline.events import EVENTS, KEYS, encode, engine
from transforms import Encrypt

NOW = 1_795_329_530_000
HOUR = 3_600_000
WANG, LI, EVE = (Approver.generate(name) for name in ("wang", "li", "eve"))
ROSTER = Roster({"wang": WANG.public(), "li": LI.public()})


def candidate(name, salt=None, generation=0):
    return Candidate(name, dict.fromkeys(NAMING, frozenset({(name, generation)})), salt)


USER, SALT = "u-10000000001", b"s" * 16
PEOPLE = [candidate("u-1"), candidate(USER, SALT), candidate("u-2", b"t" * 16)]
ASKED = Request(new_id(), "analytics", "token", "policy-vital", "case 1024", "wang", NOW, NOW + HOUR)
SUPPORT = View("support", order.RAW, "support", {**order.ANALYTICS.rules, Kind.PHONE: Encrypt("support.phone")}, key=())


def signed(*approvers, **changes):
    document = Document(SORT, replace(ASKED, **changes).body)
    for approver in approvers:
        document = document.signed_by(approver)
    return document


class TestRequest:
    def test_is_read_for_who_asked_when_somebody_else_signed(self):
        """
        As it was asked.
        """
        assert read_request(signed(WANG, LI), ROSTER, WANG, NOW) == ASKED

    @pytest.mark.parametrize(
        ("document", "runner", "now", "sentence"),
        [
            pytest.param(signed(WANG), WANG, NOW, "1 of 2 approvers", id="nobody else signed"),
            pytest.param(signed(WANG, EVE), WANG, NOW, "eve is not on the roster", id="a stranger signed"),
            pytest.param(signed(WANG, LI), LI, NOW, "made by wang", id="the second one runs it"),
            pytest.param(signed(WANG, LI), Approver("wang", EVE.key), NOW, "made by wang", id="another's key"),
            pytest.param(signed(WANG, LI), WANG, NOW + HOUR, "is over", id="past expiry"),
            pytest.param(signed(WANG, LI), WANG, NOW - 1, "has not begun", id="too early"),
            pytest.param(
                Document(SORT, replace(ASKED, value="other").body, signed(WANG, LI).signatures),
                WANG,
                NOW,
                "does not fit the text",
                id="another token",
            ),
            pytest.param(Document("grant", ASKED.body).signed_by(WANG).signed_by(LI), WANG, NOW, "no", id="a grant"),
        ],
    )
    def test_is_refused(self, document, runner, now, sentence):
        """
        Whatever else is right.
        """
        with pytest.raises(ApprovalError, match=sentence):
            read_request(document, ROSTER, runner, now)

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"code": "because"}, id="code"),
            pytest.param({"reason": ""}, id="no reason"),
            pytest.param({"expires": NOW + 25 * HOUR}, id="longer than a day"),
            pytest.param({"value": "\x1b"}, id="control characters"),
        ],
    )
    def test_is_bounded(self, changes):
        """
        When it is made.
        """
        with pytest.raises(ApprovalError):
            replace(ASKED, **changes)


class TestResolve:
    def asked(self, value, recipient="analytics", views=VIEWS, people=PEOPLE):
        return resolve(replace(ASKED, value=value, recipient=recipient), views, KEYS, people, NOW)

    @pytest.mark.parametrize(
        ("name", "value"), [("user_id", "u-10000000001"), ("device_id", EVENTS["raw.order"]["device_id"])]
    )
    def test_finds_who_is_behind_a_pseudonym(self, name, value):
        """
        Among candidates, by making theirs; of another recipient it is another token.
        """
        record = loads(engine().topics["raw.order"].process(encode(EVENTS["raw.order"]))[0][0])
        people = [*PEOPLE, candidate(value)]

        assert self.asked(record[name], people=people) == {"kind": name, "value": value}
        assert self.asked(record[name], recipient="affiliate", people=people) is None
        assert self.asked(record[name], people=[candidate("u-1")]) is None

    @pytest.mark.parametrize("generation", [0, NOW - 2 * HOUR])
    def test_finds_who_registered_again_by_what_came_since(self, generation):
        """
        And by nothing from before: who that was, was erased.
        """
        decide = lambda *_: Decision(generation=generation)  # noqa: E731 — one decision for all
        process = TopicEngine(order.RAW, (order.ANALYTICS,), KEYS, decide).process
        token = loads(process(encode(EVENTS["raw.order"]))[0][0])["user_id"]

        assert self.asked(token, people=[candidate(USER, generation=generation)]) == {"kind": "user_id", "value": USER}
        assert self.asked(token, people=[candidate(USER, generation=NOW)]) is None

    def test_finds_the_record_behind_a_source_token(self):
        """
        Topic, partition and offset.
        """
        token = SourceTokens(KEYS.keyring("analytics", "analytics"), "raw.log").seal(3, [1024])[0].decode()

        assert self.asked(token) == {"topic": "raw.log", "partition": 3, "offset": 1024}
        assert self.asked(token, recipient="ads") is None

    def test_decrypts_what_was_encrypted_for_a_person(self):
        """
        As long as their salt is there.
        """
        decide = lambda *_: Decision(salt=b"s" * 16)  # noqa: E731 — one decision for all
        process = TopicEngine(order.RAW, (SUPPORT,), KEYS, decide).process
        ciphertext = loads(process(encode(EVENTS["raw.order"]))[0][0])["buyer_phone"]

        found = self.asked(ciphertext, "support", (SUPPORT,))

        assert found == {"subject": "u-10000000001", "kind": "phone", "value": EVENTS["raw.order"]["buyer_phone"]}
        assert self.asked(ciphertext, "support", (SUPPORT,), [candidate(USER)]) is None
        assert self.asked(ciphertext, "support", (SUPPORT,), [candidate(USER, b"t" * 16)]) is None
