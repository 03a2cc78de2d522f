"""What is said of a chunk: each event in one count of each recipient, as the engine treated it."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.audit.chunk import Audited, outcomes
from pipeline.decision import Decision
from pipeline.tally import Tally
from schemas import VIEWS, account, order
from tests.pipeline.events import EVENTS, encode, engine

DECISIONS = st.builds(
    Decision,
    linked=st.booleans(),
    purposes=st.frozensets(st.sampled_from(sorted({view.purpose for view in VIEWS}))),
    suppressed=st.booleans(),
)


@given(st.sampled_from(sorted(EVENTS)), st.lists(st.tuples(DECISIONS, st.booleans()), min_size=1, max_size=5))
def test_counts_are_those_of_the_clean_records(topic, events):
    """
    Whatever is known of whom: released are as many as there are clean records, suppressed all others.
    """
    decisions = iter([decision for decision, _ in events])
    one = engine(lambda *_: next(decisions)).topics[topic]
    named, anonymous = EVENTS[topic], {name: value for name, value in EVENTS[topic].items() if name != "user_id"}
    results = [one.process(encode(named if with_user else anonymous)) for _, with_user in events]

    records = {
        view.recipient: sum(output[place] is not None for output in results) for place, view in enumerate(one.views)
    }
    said = outcomes([Audited(view, "0" * 16, 1) for view in one.views], one.tally, records)

    for view, records in zip(one.views, zip(*results, strict=True), strict=True):
        released = sum(record is not None for record in records)
        assert sum(said[view.recipient]["released"].values()) == released
        assert said[view.recipient]["suppressed"] == len(events) - released


def test_variants_are_named_by_consent_and_person():
    """
    A view that asks for no consent has it always; where nothing passes without it the event is suppressed.
    """
    nothing = frozenset()
    tally = Tally({frozenset({"ads"}): [0, 1, 0, 0], nothing: [4, 2, 0, 8]})
    views = (order.ANALYTICS, order.ADS, account.ADS)
    analytics, ads, suppressing = (
        outcomes([Audited(view, "0" * 16, 1)], tally, {view.recipient: released})[view.recipient]
        for view, released in zip(views, (7, 7, 1), strict=True)
    )

    assert analytics["released"] == {"granted_linked": 3, "granted_standalone": 4}
    assert ads["released"] == {"granted_linked": 1, "otherwise_linked": 2, "otherwise_standalone": 4}
    assert suppressing["released"] == {"granted_linked": 1}
    assert [said["suppressed"] for said in (analytics, ads, suppressing)] == [8, 8, 14]


def test_what_a_grant_let_pass_has_a_name_of_its_own():
    """
    A view that passes nothing without consent had records of two persons, of whom one had consented.
    """
    tally = Tally({frozenset({"ads"}): [0, 1, 0, 0], frozenset(): [0, 3, 0, 0]})
    said = outcomes([Audited(account.ADS, "0" * 16, 1)], tally, {"ads": 2})["ads"]

    assert said["released"] == {"granted_linked": 1, "under_grant": 1}
    assert said["suppressed"] == 2


def test_what_no_party_could_open_was_released_to_nobody():
    """
    Two orders of three were for merchants without a key.
    """
    tally = Tally({frozenset(): [0, 3, 0, 0]})
    said = outcomes([Audited(order.MERCHANT, "0" * 16, 1)], tally, {"merchant": 1})["merchant"]

    assert said["released"] == {"granted_linked": 1}
    assert said["suppressed"] == 2
