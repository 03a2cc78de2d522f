"""JSON Schemas, held against what the engine takes and gives."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.broken import Broken, Reason
from pipeline.check import check
from pipeline.codec import parse
from pipeline.decision import Decision
from pipeline.engine import TopicEngine
from pipeline.quarantine import Quarantine
from pipeline.render.json_schema import always_releases, clean_schema, quarantine_schema, raw_schema, value_schema
from pipeline.sealing import OfficerPrivateKey
from schemas import VIEWS
from schemas.contract import Contract, Field
from schemas.envelope import ENVELOPE
from schemas.kinds import Kind
from schemas.types import Boolean, GeoPoint, Integer, Number, OneOf, Text, Timestamp
from schemas.view import SUPPRESS
from tests.pipeline.events import EVENTS, KEYS_OF_PARTIES, encode
from tests.pipeline.render.strategies import events
from tests.pipeline.render.views import OTHERWISE, RULES, SMALL, SUPPRESSING, inside, partner
from transforms import Drop, GeoCell, Keep, Refused, withholds
from transforms.examples import EXAMPLE_KEYS, EXAMPLES
from transforms.timestamp import read_timestamp

CONTRACTS = {view.contract.topic: view.contract for view in VIEWS}
ANY_VIEW = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.topic)
ANY_TOPIC = pytest.mark.parametrize("topic", CONTRACTS)
DECISIONS = st.builds(
    Decision,
    linked=st.booleans(),
    purposes=st.sampled_from([frozenset(), frozenset({"ads"}), frozenset({"affiliate"})]),
)
WITH_CONSENT = Decision(purposes=frozenset({"ads", "affiliate", "affiliate_sensitive"}))

_CLOCK = "([01][0-9]|2[0-4]):[0-5][0-9]"
_TIMES = rf"20[0-9]{{2}}-(0[1-9]|1[0-2])-[0-3][0-9][Tt]{_CLOCK}:([0-5][0-9]|60)(\.[0-9]{{1,10}})?([Zz]|[+-]{_CLOCK})"


def valid(schema, value):
    return Draft202012Validator(schema).is_valid(value)


def released(view, event, decision):
    output = TopicEngine(view.contract, [view], KEYS_OF_PARTIES, lambda *_: decision).process(encode(event))[0]
    return output and parse(output[0])


def is_read(text):
    try:
        read_timestamp(text)
    except Refused:
        return False
    return True


class TestRawSchema:
    @ANY_TOPIC
    def test_is_a_schema(self, topic):
        """
        The document is valid by the dialect that it names.
        """
        Draft202012Validator.check_schema(raw_schema(CONTRACTS[topic]))

    @ANY_TOPIC
    @settings(deadline=None, max_examples=40)
    @given(data=st.data())
    def test_takes_what_the_contract_takes(self, topic, data):
        """
        Every event that the contract accepts is valid.
        """
        event = data.draw(events(CONTRACTS[topic]))
        check(CONTRACTS[topic], event)

        assert valid(raw_schema(CONTRACTS[topic]), event)

    @ANY_TOPIC
    def test_refuses_what_lacks_a_field(self, topic):
        """
        Without any one required field at the top an event is not valid, as by the contract.
        """
        schema = raw_schema(CONTRACTS[topic])
        for node in CONTRACTS[topic].fields:
            event = {name: value for name, value in EVENTS[topic].items() if name != node.name}

            assert valid(schema, event) is node.optional

    @pytest.mark.parametrize(
        ("topic", "name", "value"),
        [
            pytest.param("raw.device", "model", 7, id="number for a text"),
            pytest.param("raw.device", "model", "", id="text too short"),
            pytest.param("raw.device", "model", "x" * 65, id="text too long"),
            pytest.param("raw.device", "model", None, id="null where a value is required"),
            pytest.param("raw.device", "rooted", "no", id="text for a boolean"),
            pytest.param("raw.log", "status", 600, id="integer too large"),
            pytest.param("raw.log", "status", True, id="boolean for an integer"),
            pytest.param("raw.log", "duration_ms", -0.5, id="number too small"),
            pytest.param("raw.log", "method", "get", id="text outside of the list"),
            pytest.param("raw.log", "occurred_at", "2026-11-22 14:38:50", id="time without zone"),
            pytest.param("raw.log", "pixel", [], id="array for an object"),
            pytest.param("raw.location", "wifi", [{}], id="object without its fields"),
            pytest.param("raw.location", "wifi", [1], id="number for an object"),
            pytest.param(
                "raw.location", "gps", {"lat": 91, "lng": 0, "accuracy_m": 1, "coord": "wgs84"}, id="no latitude"
            ),
            pytest.param("raw.location", "gps", {"lat": 1, "lng": 0, "accuracy_m": 1, "coord": "bd09"}, id="no system"),
            pytest.param("raw.location", "gps", {"lat": 1, "lng": 0, "accuracy_m": 1}, id="point without system"),
        ],
    )
    def test_refuses_what_the_contract_refuses(self, topic, name, value):
        """
        Wrong types and values out of bounds are not valid, and the contract refuses them too.
        """
        event = EVENTS[topic] | {name: value}

        assert not valid(raw_schema(CONTRACTS[topic]), event)
        with pytest.raises(Broken):
            check(CONTRACTS[topic], event)

    @given(st.from_regex(_TIMES, fullmatch=True))
    def test_takes_every_time_that_is_read(self, text):
        """
        A text that is read as a time is valid, whatever its fraction and zone.
        """
        assert valid(raw_schema(SMALL)["properties"]["occurred_at"], text) or not is_read(text)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("2026-11-22T14:38:50", id="no zone"),
            pytest.param("2026-11-22", id="no time"),
            pytest.param("1999-12-31T23:59:59Z", id="too early"),
            pytest.param("2026-11-22T24:00:00Z", id="hour out of range"),
            pytest.param("2026-11-22T14:38:50.Z", id="empty fraction"),
            pytest.param("2026-11-22T14:38:50.1234567890Z", id="fraction too fine"),
            pytest.param("2026-11-22T14:38:50+0800", id="zone without colon"),
        ],
    )
    def test_refuses_what_is_no_time(self, text):
        """
        A text that is not read as a time is not valid, but for days that no calendar has.
        """
        assert not is_read(text)
        assert not valid(raw_schema(SMALL)["properties"]["occurred_at"], text)

    @pytest.mark.parametrize("kind", [Text(8), OneOf(("a", "b")), Integer(0, 8), GeoPoint()], ids=repr)
    def test_takes_null_for_what_is_optional(self, kind):
        """
        An optional field may be null, whatever its type, and a required one may not.
        """
        what = Kind.GEO_POINT if isinstance(kind, GeoPoint) else Kind.PLAIN
        fields = (*ENVELOPE, Field("may", kind, what, optional=True), Field("must", kind, what))
        properties = raw_schema(Contract("raw.nothing", fields))["properties"]

        assert valid(properties["may"], None)
        assert not valid(properties["must"], None)

    def test_says_what_a_field_is(self):
        """
        Every field has its kind, and unknown fields are let in to be dropped.
        """
        schema = raw_schema(SMALL)

        assert schema["properties"]["deal"]["properties"]["sum"]["x-kind"] == "money"
        assert schema["additionalProperties"] is True
        assert schema["$id"] == "urn:qingliu:raw.small:1"


class TestCleanSchema:
    @ANY_VIEW
    def test_is_a_schema(self, view):
        """
        The document is valid by the dialect that it names.
        """
        Draft202012Validator.check_schema(clean_schema(view))

    @ANY_VIEW
    @settings(deadline=None, max_examples=40)
    @given(data=st.data())
    def test_takes_what_the_engine_gives(self, view, data):
        """
        Every clean record is valid, whatever the event, the consent and the links.
        """
        event, decision = data.draw(events(view.contract)), data.draw(DECISIONS)

        record = released(view, event, decision)

        if record is None:
            assert view.sealed or (view.otherwise is SUPPRESS and view.purpose not in decision.purposes)
        else:
            assert valid(clean_schema(view), record)

    @settings(deadline=None, max_examples=100)
    @given(
        event=events(SMALL), decision=DECISIONS, linked=st.sampled_from([{}, {"deal.sum": Drop()}, {"seen[]": Drop()}])
    )
    def test_takes_what_the_engine_gives_of_any_rules(self, event, decision, linked):
        """
        So it is where circumstances change which objects and arrays are there at all.
        """
        view = partner(linked=linked)

        assert valid(clean_schema(view), released(view, event, decision))

    @ANY_VIEW
    def test_refuses_what_no_rule_releases(self, view):
        """
        One property more, at any level, and a record is not valid.
        """
        schema = clean_schema(view)
        record = released(view, EVENTS[view.contract.topic], WITH_CONSENT)
        assert valid(schema, record)

        for inner in ((), *((name,) for name, value in record.items() if isinstance(value, dict))):
            more = deepcopy(record)
            target = more[inner[0]] if inner else more
            target["surplus"] = 1
            assert not valid(schema, more)

    @ANY_VIEW
    def test_refuses_raw_values(self, view):
        """
        An event in place of its clean record is not valid.
        """
        assert not valid(clean_schema(view), EVENTS[view.contract.topic])

    def test_requires_what_is_always_there(self):
        """
        Required is what all circumstances release, not what one of them does.
        """
        assert clean_schema(partner())["required"] == ["occurred_at", "deal"]
        assert clean_schema(inside())["required"] == ["occurred_at", "note", "deal"]

    def test_requires_of_an_object_what_is_there_when_it_is(self):
        """
        Within an object only the circumstances count under which the object is there.
        """
        without = partner(otherwise={**partner().otherwise, "deal.sum": Drop()})
        schema = clean_schema(without)

        assert "deal" not in schema["required"]
        assert schema["properties"]["deal"]["required"] == ["sum", "code"]

    def test_refuses_empty_objects(self):
        """
        An object of which nothing passes is left out, not left empty.
        """
        asking = partner(
            rules=RULES | {"deal.code": Drop()}, otherwise=OTHERWISE | {"deal.sum": Drop(), "deal.code": Keep()}
        )
        deal = clean_schema(asking)["properties"]["deal"]

        assert deal["required"] == []
        assert not valid(deal, {})

    def test_names_alternatives(self):
        """
        Where circumstances give different shapes either is valid, and x-rules says which stands when.
        """
        view = partner(otherwise={**partner().otherwise, "gps": GeoCell(5)})
        gps = clean_schema(view)["properties"]["gps"]

        assert len(gps["anyOf"]) == 2
        assert gps["x-rules"] == {"with consent": "H3 7", "without consent": "H3 5"}

    def test_leaves_out_what_is_never_released(self):
        """
        A field that no circumstances release has no property, nor has what lies in a dropped array.
        """
        view = inside(rules=RULES | {"seen[]": Drop(), "note": Drop()})

        assert {"note", "seen"}.isdisjoint(clean_schema(view)["properties"])

    def test_stands_for_consent_alone_when_nothing_passes_without(self):
        """
        A view that suppresses requires what consent releases.
        """
        assert clean_schema(SUPPRESSING)["required"] == ["occurred_at", "note", "deal"]

    def test_is_named_without_a_host(self):
        """
        The identifier is topic and version, and no address.
        """
        assert clean_schema(partner())["$id"] == "urn:qingliu:clean.partner.small:1"


class TestAlwaysReleases:
    @pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: repr(example.transform))
    def test_agrees_with_the_examples(self, example):
        """
        What always releases gives a value in every example, and what does not is Drop or withholds.
        """
        given_back = example.transform.bind(EXAMPLE_KEYS, example.kind)(*example.arguments)

        sure = given_back is not None and not withholds(example.transform)
        assert always_releases(example.transform) is sure

    def test_promises_nothing_of_a_stranger(self):
        """
        Of a transform that is not shipped nobody knows.
        """

        class Own(Keep):
            pass

        assert not always_releases(Own())


class TestQuarantineSchema:
    @pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
    def test_takes_quarantine_records(self, reason):
        """
        Every record that quarantine makes is valid, and no other property is.
        """
        quarantine = Quarantine(OfficerPrivateKey.generate().public().sealer(), "0123456789abcdef+0123456789abcdef")
        (record,) = quarantine.records("raw.log", 3, 42, None, b"{", Broken(reason, "pixel.campaign"))

        assert valid(quarantine_schema(), parse(record))
        assert not valid(quarantine_schema(), parse(record) | {"value": "x"})


def test_types_have_no_schema_in_common():
    """
    Each type of a field has a schema of its own, which takes its values and not another's.
    """
    values = {
        Text(8): "x",
        Integer(0, 8): 7,
        Boolean(): False,
        Timestamp(): "2026-11-22T14:38:50+08:00",
        GeoPoint(): {"lat": 1, "lng": 2, "accuracy_m": 3, "coord": "wgs84"},
    }
    for kind in values:
        fitting = [other for other, value in values.items() if valid(value_schema(kind), value)]
        assert fitting == [kind]
    assert valid(value_schema(OneOf(("a",))), "a")
    assert valid(value_schema(Number(0, 1)), 0.5)
    assert not valid(value_schema(GeoPoint(), closed=True), values[GeoPoint()] | {"phone": "x"})
