"""Explanations, held against what the engine releases."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.broken import Broken, Reason
from pipeline.codec import parse
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from pipeline.explain import explain
from schemas import VIEWS
from tests.pipeline.events import EVENTS, KEYS, encode
from tests.pipeline.render.strategies import events
from tests.pipeline.render.views import SMALL, SUPPRESSING, inside, partner
from transforms import Constant, Drop

CONTRACTS = {view.contract.topic: view.contract for view in VIEWS}
NOBODY = Decision()
CONSENTED = Decision(purposes=frozenset({"ads"}))
SMALL_EVENT = {
    "occurred_at": "2026-11-22T14:38:50.123+08:00",
    "device_id": "00000000-0000-0000-0000-000000000000",
    "note": "x",
    "deal": {"sum": 1500, "code": "a"},
    "seen": [{"name": "b"}],
    "extra": 1,
}


def explained(views, event, decision=NOBODY):
    return explain(views[0].contract, views, KEYS, encode(event), decision)


def cells(explanation, path):
    (line,) = (line for line in explanation.lines if line.path == path)
    return [(cell.released, cell.why) for cell in line.cells]


def flat(value, prefix=""):
    """
    The values of a record by their places, arrays by their lengths.
    """
    for name, item in value.items():
        if isinstance(item, dict):
            yield from flat(item, f"{prefix}{name}.")
        elif isinstance(item, list):
            yield f"{prefix}{name}[]", len(item)
            for position, element in enumerate(item):
                yield from flat(element, f"{prefix}{name}[{position}].")
        else:
            yield prefix + name, item


class Withheld(Constant):
    withholds = True

    def bind(self, keys, kind="plain"):
        return lambda value: None


class TestExplain:
    @pytest.mark.parametrize("topic", CONTRACTS)
    @settings(deadline=None, max_examples=25)
    @given(data=st.data())
    def test_shows_what_the_engine_releases(self, topic, data):
        """
        What stands in the cells of a recipient is its record, no more and no less.
        """
        contract = CONTRACTS[topic]
        views = [view for view in VIEWS if view.contract == contract]
        event = data.draw(events(contract))
        decision = data.draw(st.sampled_from([NOBODY, CONSENTED, Decision(linked=True)]))

        explanation = explained(views, event, decision)

        outputs = TopicEngine(
            contract, [replace(view, sealed=None) for view in views], KEYS, lambda *_: decision
        ).process(encode(event))
        for position, output in enumerate(outputs):
            shown = {line.path: line.cells[position].released for line in explanation.lines}
            record = parse(output[0]) if output else {}
            assert {path: value for path, value in shown.items() if value is not None} == dict(flat(record))

    @pytest.mark.parametrize("topic", CONTRACTS)
    def test_gives_a_reason_for_everything_else(self, topic):
        """
        A cell has a released value or a reason, never both and never neither.
        """
        views = [view for view in VIEWS if view.contract.topic == topic]
        for line in explained(views, EVENTS[topic]).lines:
            assert all((cell.released is None) is bool(cell.why) for cell in line.cells)

    def test_tells_reasons_apart(self):
        """
        No consent, no value, a known person, an opted-out device and a rule that drops are different things.
        """
        strict = inside(linked={"note": Drop()}, recipient="strict")
        explanation = explained([partner(), strict], SMALL_EVENT, Decision(linked=True))

        assert cells(explanation, "note") == [(None, "no consent"), (None, "linked to a person")]
        assert cells(explanation, "gps") == [(None, "absent"), (None, "absent")]
        assert cells(explanation, "device_id") == [(None, "opted out of tracking")] * 2
        assert cells(explanation, "deal.sum") == [(1000, ""), (1024, "")]
        assert cells(explanation, "seen[]") == [(None, "no consent"), (1, "")]
        assert cells(explanation, "seen[0].name") == [(None, "no consent"), ("b", "")]

    def test_says_that_a_rule_drops(self):
        """
        What is dropped under all circumstances is dropped, consent or not.
        """
        view = partner(rules=partner().rules | {"note": Drop()})

        assert cells(explained([view], SMALL_EVENT), "note") == [(None, "drop")]

    def test_says_that_a_rule_withholds(self):
        """
        What a rule lets pass of some subjects and not of this one.
        """
        view = inside(rules=inside().rules | {"note": Withheld("…")})

        assert cells(explained([view], SMALL_EVENT), "note") == [(None, "withheld")]

    @pytest.mark.parametrize(
        ("decision", "why"),
        [
            pytest.param(NOBODY, "no consent", id="no consent"),
            pytest.param(Decision(purposes=frozenset({"ads"}), suppressed=True), "suppressed", id="suppressed"),
        ],
    )
    def test_says_that_there_is_no_record(self, decision, why):
        """
        Where no record is released every cell says why, and there is no key and no time.
        """
        explanation = explained([SUPPRESSING], SMALL_EVENT, decision)
        (record,) = explanation.records

        assert (record.released, record.key, record.timestamp, record.value) == (False, None, None, None)
        assert {cell.why for line in explanation.lines for cell in line.cells} == {why}

    def test_names_circumstances(self):
        """
        Consent where it is asked, and whether the event is about a known person.
        """
        records = explained([partner(), inside()], SMALL_EVENT | {"user_id": "u-1"}, CONSENTED).records

        assert [record.circumstances for record in records] == ["with consent, linked", "linked"]
        assert [record.topic for record in records] == ["clean.partner.small", "clean.inside.small"]
        assert records[0].key == records[0].value["user_id"]

    def test_names_unknown_fields(self):
        """
        What the contract does not have is dropped for everybody, and named once.
        """
        assert explained([inside()], SMALL_EVENT).unknown == ("extra",)

    def test_refuses_broken_events(self):
        """
        An event that would go to quarantine has a reason and a path in place of an explanation.
        """
        with pytest.raises(Broken) as broken:
            explain(SMALL, [inside()], KEYS, encode(SMALL_EVENT | {"note": 7}), NOBODY)

        assert (broken.value.reason, broken.value.path) == (Reason.WRONG_TYPE, "note")
