"""The folder of grants: what is in it counts for whom it names, while it is there and in force."""

import logging

import pytest

from pipeline.approvals.approver import ApprovalError
from pipeline.approvals.document import Document
from pipeline.audit.chain import Chain
from pipeline.audit.record import GRANT as TAKEN
from pipeline.audit.record import REFUSED
from pipeline.broken import Broken
from pipeline.codec import loads
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from pipeline.grants.folder import Grants
from pipeline.grants.grant import SORT
from schemas.kinds import Kind
from schemas.view import View
from tests.pipeline.audit.chains import SIGNING
from tests.pipeline.events import ENVELOPE, KEYS, encode
from tests.pipeline.grants.grants import DAY, EVE, GRANT, LI, NOW, PARTNER, RAW, RULES, STRICT, WANG, grant, signed
from transforms import AgeBand

EVENT = ENVELOPE | {
    "user_id": "u-1",
    "phone": "13800138000",
    "amount": 12_990,
    "password": "Sunny@48213907",
    "items": [{"sku": "sku-1", "price": 900}],
}


class Place:
    """
    A folder of grants and a roster, with a clock and a state of subjects that tests move.
    """

    def __init__(self, folder):
        self.grants, self.roster = folder / "grants", folder / "approvers"
        self.grants.mkdir()
        self.roster.mkdir()
        for approver in (WANG, LI):
            (self.roster / f"{approver.name}.pub").write_text(approver.public().to_text())
        self.now = NOW
        self.believed = True
        self.decision = Decision()

    def put(self, document, name="grant.json"):
        (self.grants / name).write_text(document.to_text())

    def load(self):
        grants = Grants(
            self.grants, self.roster, (PARTNER, STRICT), believed=lambda: self.believed, now=lambda: self.now
        )
        grants.refresh()
        return grants

    def engine(self, grants):
        return TopicEngine(RAW, (PARTNER, STRICT), KEYS, lambda *_: self.decision, grants=grants)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def released(engine, **changes):
    """
    What partner and strict get of the event.
    """
    event = {name: value for name, value in (EVENT | changes).items() if value is not None}
    return [loads(output[0]) if output else None for output in engine.process(encode(event))]


class TestGrant:
    def test_counts_as_consent(self, place):
        """
        For its recipient alone: the record is the one that a consent would give.
        """
        place.put(signed())
        grants = place.load()
        with_grant = released(place.engine(grants))
        place.decision = Decision(purposes=frozenset({"partner"}))
        with_consent = released(place.engine(None))

        assert with_grant == [with_consent[0], None]
        assert "phone" in with_grant[0]
        assert grants.used == {(GRANT.id, "clean.partner.deal"): 1}

    def test_is_counted_for_the_audit(self, place):
        """
        Records by the grant's id, until whoever reads clears it.
        """
        place.put(signed())
        engine = place.engine(place.load())
        released(engine)
        released(engine, user_id="u-2")

        assert engine.granted == {GRANT.id: 1}

    def test_counts_for_its_purpose_alone(self, place):
        """
        A field that waits for a second consent waits on, and a grant of that one opens nothing else.
        """
        place.put(signed())
        place.put(signed(grant(id="g-0000000000000001", purpose="partner_sensitive")), "second.json")
        (place.grants / "grant.json").rename(place.grants / "first.txt")
        sensitive = released(place.engine(place.load()))[0]
        (place.grants / "first.txt").rename(place.grants / "first.json")
        both = released(place.engine(place.load()))[0]
        (place.grants / "second.json").unlink()
        first = released(place.engine(place.load()))[0]

        assert sensitive == released(place.engine(None))[0]
        assert "amount" not in first
        assert both == first | {"amount": 12_990}

    def test_counts_for_its_kinds_alone(self, place):
        """
        All else stays as it is without consent.
        """
        without = released(place.engine(None))[0]
        place.put(signed(grant(kinds=frozenset({Kind.PHONE}))))
        with_phone = released(place.engine(place.load()))[0]
        place.put(signed(grant(kinds=frozenset({Kind.PLAIN}))))
        with_plain = released(place.engine(place.load()))[0]

        assert with_phone == without | {"phone": with_phone["phone"]}
        assert with_plain == without | {"app_version": "8.3.1", "channel": "huawei", "items": [{"sku": "sku-1"}]}

    def test_opens_of_a_view_that_passes_nothing_the_kinds_in_scope(self, place):
        """
        Where there are no rules without consent, all else is dropped.
        """
        place.put(signed(grant(recipient="strict", kinds=frozenset({Kind.PHONE}))))

        (_, strict) = released(place.engine(place.load()))

        assert set(strict) == {"phone"}

    @pytest.mark.parametrize(
        "decision",
        [
            pytest.param(Decision(suppressed=True), id="erased, or a child"),
            pytest.param(Decision(suppressed=True, purposes=frozenset({"partner"})), id="with consent"),
        ],
    )
    def test_lifts_no_suppression(self, place, decision):
        """
        Of nobody.
        """
        place.put(signed(grant(subjects=None, topics=None)))
        place.decision = decision
        grants = place.load()

        assert released(place.engine(grants)) == [None, None]
        assert not grants.used

    def test_releases_no_secret(self, place):
        """
        Whatever it says of kinds.
        """
        place.put(signed(grant(subjects=None, kinds=None)))

        assert all("password" not in record for record in released(place.engine(place.load())) if record)

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"user_id": "u-2"}, id="another person"),
            pytest.param({"user_id": None}, id="nobody"),
        ],
    )
    def test_is_about_whom_it_names(self, place, changes):
        """
        And nobody else; an event without a user id is about nobody that a grant could name.
        """
        place.put(signed())

        assert released(place.engine(place.load()), **changes) == released(place.engine(None), **changes)

    def test_for_everybody_leaves_events_without_a_person(self, place):
        """
        Whether such a person is a child, or was erased, nobody can know.
        """
        place.put(signed(grant(subjects=None)))
        engine = place.engine(place.load())

        assert "phone" in released(engine, user_id="u-2")[0]
        assert "phone" not in released(engine, user_id=None)[0]

    def test_does_not_count_while_subjects_are_not_current(self, place):
        """
        Somebody may have been erased meanwhile.
        """
        place.put(signed())
        engine = place.engine(place.load())
        place.believed = False

        assert "phone" not in released(engine)[0]

    def test_ends_by_itself(self, place):
        """
        By the clock at each event, without being read again.
        """
        place.put(signed())
        grants = place.load()
        engine = place.engine(grants)

        passed = []
        for place.now in (NOW - 1, NOW, NOW + DAY - 1, NOW + DAY):
            passed.append("phone" in released(engine)[0])

        assert passed == [False, True, True, False]
        assert grants.used.total() == 2

    def test_is_not_used_by_an_event_that_is_held_back(self, place):
        """
        What goes to quarantine was released to nobody.
        """
        place.put(signed())
        grants = place.load()

        refusing = View("refusing", RAW, "inside", RULES | {Kind.PHONE: AgeBand()}, key=("user_id",))
        engine = TopicEngine(RAW, (PARTNER, refusing), KEYS, lambda *_: Decision(), grants=grants)

        with pytest.raises(Broken, match="phone"):
            engine.process(encode(EVENT))
        assert not grants.used


class TestFolder:
    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            pytest.param(Document(SORT, GRANT.body), "0 of 2 approvers", id="draft"),
            pytest.param(signed(GRANT, WANG), "1 of 2 approvers", id="missing approver"),
            pytest.param(Document(SORT, GRANT.body, signed(GRANT, WANG).signatures * 2), "signed twice", id="twice"),
            pytest.param(signed(GRANT, WANG, EVE), "eve is not on the roster", id="unknown approver"),
            pytest.param(Document(SORT, grant(subjects=None).body, signed().signatures), "does not fit", id="altered"),
            pytest.param(signed(grant(recipient="nobody")), "no view has the recipient", id="about nothing"),
            pytest.param(signed(grant(not_before=NOW - 2 * DAY, expires=NOW - DAY)), "is over", id="past expiry"),
        ],
    )
    def test_refuses_one_and_tells(self, place, caplog, document, sentence):
        """
        Nothing passes by it, and the others count on.
        """
        caplog.set_level(logging.INFO)
        place.put(document, "a.json")
        alone = released(place.engine(place.load()))
        place.put(signed(), "b.json")
        beside = released(place.engine(place.load()))

        assert alone == released(place.engine(None))
        assert "phone" in beside[0]
        assert sentence in caplog.text
        assert "u-1" not in caplog.text

    def test_is_read_again(self, place, caplog):
        """
        A grant that is put there counts, one that is taken away does not; each is told once.
        """
        caplog.set_level(logging.INFO)
        grants = place.load()
        engine = place.engine(grants)
        passed = []
        for step in (lambda: place.put(signed()), lambda: None, (place.grants / "grant.json").unlink):
            step()
            grants.refresh()
            passed.append("phone" in released(engine)[0])

        assert passed == [True, True, False]
        assert caplog.text.count("approved by wang and li") == 1

    def test_tells_the_audit(self, place):
        """
        Once each: of what counts, of what counts no longer, and of a file that does not by its hash alone.
        """
        place.put(signed())
        place.put(signed(grant(id="g-0000000000000002"), WANG), "zhang-wei.json")
        grants = place.load()
        first = list(grants.news)
        grants.news.clear()
        grants.refresh()
        again = list(grants.news)
        (place.grants / "grant.json").unlink()
        grants.refresh()
        made = Chain(SIGNING)
        values = [made.append(*said) for said in (*first, *grants.news)]

        assert [kind for kind, _ in first] == [REFUSED, TAKEN]
        assert again == []
        assert [(kind, body["grant"], body["state"]) for kind, body in grants.news] == [(TAKEN, GRANT.id, "ended")]
        assert first[1][1]["subjects"] == 1
        assert not any(name in value for value in values for name in (b"u-1", b"zhang", b"case 1024"))

    def test_that_is_lost_tells_the_audit(self, place):
        """
        What it held counts no longer.
        """
        place.put(signed())
        grants = place.load()
        grants.news.clear()
        place.roster.rename(place.roster.with_name("elsewhere"))
        with pytest.raises(ApprovalError):
            grants.refresh()

        assert [body["state"] for _, body in grants.news] == ["ended"]

    def test_forgets_what_an_approver_signed_who_left(self, place):
        """
        The roster is read again too.
        """
        place.put(signed())
        grants = place.load()
        engine = place.engine(grants)
        (place.roster / "li.pub").unlink()
        grants.refresh()

        assert "phone" not in released(engine)[0]

    @pytest.mark.parametrize("missing", ["grants", "approvers"])
    def test_that_is_missing_ends_all(self, place, missing):
        """
        A folder that was unmounted is no reason to believe what it held.
        """
        place.put(signed())
        grants = place.load()
        engine = place.engine(grants)
        folder = place.grants.parent / missing
        folder.rename(folder.with_name("elsewhere"))

        with pytest.raises(ApprovalError, match="does not exist"):
            grants.refresh()
        assert "phone" not in released(engine)[0]
