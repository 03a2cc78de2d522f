"""The engine: any bytes become a clean record of each view, or one reason why not."""

import copy
import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.broken import MAX_BYTES, Broken, Reason
from pipeline.check import check
from pipeline.codec import dumps, loads, parse
from pipeline.compile import Asked, compile_views
from pipeline.decision import Decision
from pipeline.engine import Engine, by_contract
from pipeline.interpret import circumstances, output
from schemas import VIEWS, account, device, envelope, log, order
from schemas.contract import Contract
from schemas.kinds import Kind
from tests.pipeline.events import (
    CONSENT,
    ENGINE,
    ENVELOPE,
    EVENTS,
    KEYS,
    encode,
    engine,
    outputs,
    parsed,
    without,
)
from tests.pipeline.mutations import damaged, outcomes
from transforms import Keep, Refused
from transforms.normalize import phone

TOPICS = sorted(EVENTS)
RENEWED = replace(CONSENT, generation=1_790_000_000_000)
CONSIGNEE = "phone:+8613900139000"
REVEALING = {
    view.contract.topic: [replace(view, rules={**view.rules, f"{group}.name": Keep()})]
    for view, group in ((order.ANALYTICS, "consignee"), (account.ANALYTICS, "guardian"))
}
"""Views that show who somebody else is."""
DECISIONS = [
    pytest.param(None, id="nothing known"),
    pytest.param(Decision(), id="no consent"),
    pytest.param(CONSENT, id="consent"),
    pytest.param(Decision(linked=True), id="device seen with a person"),
    pytest.param(Decision(linked=True, purposes=frozenset({"ads"})), id="consent, device seen with a person"),
    pytest.param(Decision(salt=bytes(16)), id="a key of one's own"),
    pytest.param(Decision(suppressed=True), id="suppressed"),
    pytest.param(RENEWED, id="registered again"),
    pytest.param(Decision(purposes=frozenset({"affiliate"})), id="affiliate"),
    pytest.param(Decision(purposes=frozenset({"affiliate", "affiliate_sensitive"})), id="affiliate, all"),
    pytest.param(replace(RENEWED, linked=True, device_generation=8, cookie_generation=9), id="all seen again"),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def outcome(topic, raw):
    """The parsed clean records, or the reason and path."""
    try:
        return parsed(ENGINE.topics[topic].process(raw))
    except Broken as broken:
        return broken.reason, broken.path


def reference(topic_engine, event, decision, absent=()):
    """What the interpreted views release: value, key and timestamp."""
    check(topic_engine.contract, event)
    return [output(bound, event, decision or Decision(), absent) for bound in topic_engine.bound]


def is_number(text):
    """Whether somebody can be known by it."""
    try:
        return bool(phone(text))
    except Refused:
        return False


@st.composite
def mutated(draw):
    """A whole event with some of its values replaced, removed, or joined by others."""
    topic = draw(st.sampled_from(TOPICS))
    event = copy.deepcopy(EVENTS[topic])
    for _ in range(draw(st.integers(0, 3))):
        place = event
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
                place = place[key]
                continue
            match draw(st.sampled_from(["replace", "remove", "nothing", "add"])):
                case "replace":
                    place[key] = draw(JSON)
                case "remove":
                    del place[key]
                case "nothing":
                    place[key] = None
                case "add" if isinstance(place, dict):
                    place[draw(st.text(max_size=12))] = draw(JSON)
            break
    return topic, event


class TestCompiledViews:
    @pytest.mark.parametrize("decision", DECISIONS)
    @pytest.mark.parametrize("topic", TOPICS)
    def test_release_what_the_interpreted_views_release(self, topic, decision):
        """
        For a whole event, under every circumstance.
        """
        decide = None if decision is None else lambda *_: decision
        topic_engine = engine(decide).topics[topic]
        for event in (EVENTS[topic], without(EVENTS[topic], "user_id"), without(EVENTS[topic], "device_id")):
            expected = reference(topic_engine, event, decision)

            clean = topic_engine.process(encode(event))

            assert parsed(clean) == parsed(expected)

    @pytest.mark.parametrize("zeros", ["00000000-0000-0000-0000-000000000000", None, "absent"])
    @pytest.mark.parametrize("name", ["user_id", "device_id", "cookie_id"])
    def test_ask_about_the_identifiers_that_the_reference_finds(self, name, zeros):
        """
        User, device, cookie and time; what identifies nothing is none.
        """
        whole = EVENTS["raw.log"]
        event = without(whole, name) if zeros == "absent" else whole | {name: zeros}
        asked = []
        process = engine(lambda *about: asked.append(about) or Decision()).topics["raw.log"].process

        process(encode(event))

        about = circumstances(log.RAW, event)
        assert asked == [(about.user, about.device, about.cookie, about.time)]
        identifiers = dict(zip(("user_id", "device_id", "cookie_id"), asked[0], strict=False))
        kept = zeros if name == "user_id" and zeros != "absent" else None
        assert identifiers == {each: kept if each == name else whole[each] for each in identifiers}

    @given(
        mutated(),
        st.sampled_from([Decision(), CONSENT, Decision(salt=bytes(16)), Decision(linked=True), RENEWED]),
        st.booleans(),
    )
    def test_agree_with_the_reference_on_any_event(self, mutation, decision, others_erased):
        """
        The compiled function releases an event exactly if the reference does, and then the same.
        """
        topic, event = mutation
        topic_engine = engine(lambda *_: decision, erased=lambda *_: others_erased).topics[topic]
        raw = encode(event)
        try:
            read = parse(raw)
            check(topic_engine.contract, read)
            numbers = {name: (read.get(name) or {}).get("phone", "") for name in ("consignee", "guardian")}
            absent = {name for name, number in numbers.items() if others_erased and is_number(number)}
            expected = parsed(reference(topic_engine, read, decision, absent))
        except Broken as broken:
            expected = broken.reason, broken.path

        try:
            released = parsed(topic_engine.process(raw))
        except Broken as broken:
            released = broken.reason, broken.path

        assert released == expected

    @pytest.mark.parametrize("topic", TOPICS)
    def test_never_need_the_reference_for_a_whole_event(self, topic):
        """
        The fast path takes it, with any spelling of the same JSON.
        """
        whole = ENGINE.topics[topic]
        needed = []
        run, _ = compile_views(whole.contract, whole.bound, Asked(None, None, Broken), Counter(), needed.append)
        spellings = [
            encode(EVENTS[topic]),
            json.dumps(EVENTS[topic]).encode(),
            json.dumps(EVENTS[topic], ensure_ascii=False, indent=2).encode(),
            json.dumps(EVENTS[topic]).replace("/", "\\/").encode(),
        ]

        released = [parsed(run(raw)) for raw in spellings]

        assert all(each == released[0] for each in released)
        assert needed == []

    def test_leave_the_reasons_to_the_reference(self):
        """
        The compiled function only knows that something is wrong.
        """
        whole = ENGINE.topics["raw.device"]
        run, _ = compile_views(
            whole.contract, whole.bound, Asked(None, None, Broken), Counter(), lambda _: Broken(Reason.INTERNAL)
        )

        with pytest.raises(Broken) as broken:
            run(encode(EVENTS["raw.device"] | {"rooted": "no"}))

        assert broken.value.reason is Reason.INTERNAL


class TestGenerations:
    @pytest.mark.parametrize(
        ("field", "changed"),
        [
            pytest.param("generation", "user_id", id="person"),
            pytest.param("device_generation", "device_id", id="device"),
            pytest.param("cookie_generation", "cookie_id", id="cookie"),
        ],
    )
    def test_change_the_token_of_whom_they_are_of(self, field, changed):
        """
        That one alone, for every recipient; one generation keeps its tokens.
        """
        before, once, again, later = (
            outputs("raw.log", EVENTS["raw.log"], replace(CONSENT, **generation))
            for generation in ({}, {field: 7}, {field: 7}, {field: 8})
        )

        for recipient in ("analytics", "ads"):
            tokens = {clean[recipient].get(changed) for clean in (before, once, later)}
            assert len(tokens) == 3
            assert once[recipient] == again[recipient]
            assert without(once[recipient], changed) == without(before[recipient], changed)

    def test_change_the_key_of_a_record(self):
        """
        It is the same token.
        """
        clean = engine(lambda *_: RENEWED).topics["raw.log"].process(encode(EVENTS["raw.log"]))

        assert all(key.decode() == loads(value)["user_id"] for value, key, _ in clean)

    def test_of_a_whole_event_are_told_by_one_look(self):
        """
        Who was never erased costs no more than that: the compiled function asks once, and names no generation.
        """
        source = engine(lambda *_: Decision()).topics["raw.device"].source

        assert source.count("decision.rare") == 1
        assert "generation" not in source


class TestOthers:
    @pytest.mark.parametrize(
        ("topic", "group", "number"),
        [("raw.order", "consignee", "139-0013-9000"), ("raw.account", "guardian", "+86 139 0013 9000")],
    )
    def test_pass_to_nobody_once_they_were_erased(self, topic, group, number):
        """
        However their number is written; all else of the event passes, as that of a known person.
        """
        event = copy.deepcopy(EVENTS[topic])
        event[group]["phone"] = number
        gone = engine(lambda *_: CONSENT, views=REVEALING[topic], erased=lambda *who: who[0] == CONSIGNEE).topics[topic]
        there = engine(lambda *_: CONSENT, views=REVEALING[topic], erased=lambda *_: False).topics[topic]
        (clean,), (whole,) = parsed(gone.process(encode(event))), parsed(there.process(encode(event)))

        assert group in whole[0]
        assert clean == (without(whole[0], group), *whole[1:])

    def test_are_asked_about_at_the_time_of_the_event(self):
        """
        By the number in E.164, once; one that is none is nobody's.
        """
        asked = []
        process = engine(lambda *_: CONSENT, erased=lambda *who: asked.append(who)).topics["raw.order"].process
        process(encode(EVENTS["raw.order"]))
        process(encode(EVENTS["raw.order"] | {"consignee": EVENTS["raw.order"]["consignee"] | {"phone": "none"}}))

        assert asked == [(CONSIGNEE, circumstances(order.RAW, EVENTS["raw.order"]).time)]

    def test_still_link_an_event(self):
        """
        Whoever ordered for somebody who was erased did not become a mere device.
        """
        event = without(EVENTS["raw.order"], "user_id", "buyer_phone", "nickname")
        clean = engine(lambda *_: Decision(), erased=lambda *_: True).topics["raw.order"].process(encode(event))

        assert "device_id" not in loads(clean[1][0])

    def test_count_where_nothing_is_known_of_subjects(self):
        """
        An engine that is told of others alone asks about them.
        """
        clean = engine(erased=lambda *_: True).topics["raw.order"].process(encode(EVENTS["raw.order"]))

        assert "consignee" not in loads(clean[0][0])

    def test_do_not_excuse_what_the_contract_refuses(self):
        """
        A group is checked whoever it is about.
        """
        event = EVENTS["raw.order"] | {"consignee": EVENTS["raw.order"]["consignee"] | {"name": 7}}
        with pytest.raises(Broken) as broken:
            engine(lambda *_: CONSENT, erased=lambda *_: True).topics["raw.order"].process(encode(event))

        assert (broken.value.reason, broken.value.path) == (Reason.WRONG_TYPE, "consignee.name")


class TestKeysAndTimes:
    def test_the_key_is_a_released_token(self):
        """
        The user's if there is one, otherwise the device's, otherwise none.
        """
        topic = ENGINE.topics["raw.device"]
        for absent, expected in (((), "user_id"), (("user_id",), "device_id")):
            value, key, _ = topic.process(encode(without(EVENTS["raw.device"], *absent)))[0]
            assert key.decode() == loads(value)[expected]
        assert topic.process(encode(without(EVENTS["raw.device"], "user_id", "device_id")))[0][1] is None
        assert topic.process(encode(EVENTS["raw.device"]))[1][1] is None

    def test_the_timestamp_is_the_released_time(self):
        """
        To the minute for analytics, to the hour for ads.
        """
        times = [record[2] for record in ENGINE.topics["raw.device"].process(encode(EVENTS["raw.device"]))]

        assert times == [1795329480000, 1795327200000]

    @pytest.mark.parametrize(
        "zeros",
        [
            pytest.param("00000000-0000-0000-0000-000000000000", id="OAID"),
            pytest.param("0000000000000000", id="hexadecimal"),
        ],
    )
    def test_an_all_zero_device_is_no_device(self, zeros):
        """
        It says that its owner opted out of tracking: no token, no key, no link.
        """
        event = without(EVENTS["raw.device"], "user_id") | {"device_id": zeros}

        value, key, _ = ENGINE.topics["raw.device"].process(encode(event))[0]

        assert "device_id" not in loads(value)
        assert key is None


class TestBrokenEvents:
    @pytest.mark.parametrize(
        ("raw", "reason", "path"),
        [
            pytest.param(None, Reason.NOT_JSON, "", id="tombstone"),
            pytest.param(b"", Reason.NOT_JSON, "", id="empty"),
            pytest.param(b"{", Reason.NOT_JSON, "", id="cut off"),
            pytest.param(b'{"a":NaN}', Reason.NOT_JSON, "", id="NaN"),
            pytest.param(b'{"a":1e400}', Reason.NOT_JSON, "", id="number too large for a double"),
            pytest.param(b"\xef\xbb\xbf{}", Reason.NOT_JSON, "", id="byte order mark"),
            pytest.param(b'{"a":"\\ud800"}', Reason.NOT_JSON, "", id="half a surrogate pair"),
            pytest.param(b'{"a":"\xff"}', Reason.NOT_UTF8, "", id="not UTF-8"),
            pytest.param(b"[1]", Reason.NOT_AN_OBJECT, "", id="array"),
            pytest.param(b"null", Reason.NOT_AN_OBJECT, "", id="null"),
            pytest.param(b'{"a":1,"a":1}', Reason.DUPLICATE_KEY, "", id="a key twice"),
            pytest.param(b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", Reason.TOO_DEEP, "", id="40 levels"),
            pytest.param(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", Reason.TOO_DEEP, "", id="100,000 levels"),
            pytest.param(b'{"a":"' + b"x" * MAX_BYTES + b'"}', Reason.TOO_LARGE, "", id="over a mebibyte"),
            pytest.param(b"{}", Reason.MISSING, "event_id", id="no field at all"),
        ],
    )
    def test_that_cannot_be_read_say_why(self, raw, reason, path):
        """
        The record as a whole, or the first field that is missing.
        """
        with pytest.raises(Broken) as broken:
            ENGINE.topics["raw.device"].process(raw)

        assert (broken.value.reason, broken.value.path) == (reason, path)

    @pytest.mark.parametrize(
        ("topic", "change", "reason", "path"),
        [
            pytest.param("raw.device", {"model": 7}, Reason.WRONG_TYPE, "model", id="number for string"),
            pytest.param("raw.device", {"rooted": 0}, Reason.WRONG_TYPE, "rooted", id="number for boolean"),
            pytest.param("raw.device", {"model": ""}, Reason.OUT_OF_RANGE, "model", id="empty text"),
            pytest.param("raw.device", {"model": "x" * 65}, Reason.OUT_OF_RANGE, "model", id="text too long"),
            pytest.param(
                "raw.device",
                {"occurred_at": "2026-02-30T00:00:00Z"},
                Reason.OUT_OF_RANGE,
                "occurred_at",
                id="no such day",
            ),
            pytest.param("raw.device", {"ip": "223.104.63.256"}, Reason.NOT_UNDERSTOOD, "ip", id="no such address"),
            pytest.param(
                "raw.device", {"device_id": "nobody"}, Reason.NOT_UNDERSTOOD, "device_id", id="no device identifier"
            ),
            pytest.param("raw.log", {"status": 99}, Reason.OUT_OF_RANGE, "status", id="number too small"),
            pytest.param("raw.log", {"status": 200.0}, Reason.WRONG_TYPE, "status", id="fraction for whole number"),
            pytest.param("raw.log", {"status": True}, Reason.WRONG_TYPE, "status", id="boolean for number"),
            pytest.param("raw.log", {"method": "BREW"}, Reason.OUT_OF_RANGE, "method", id="not in the list"),
            pytest.param("raw.log", {"pixel": []}, Reason.WRONG_TYPE, "pixel", id="array for object"),
            pytest.param(
                "raw.log", {"pixel": {"clicked": True}}, Reason.MISSING, "pixel.campaign", id="missing within"
            ),
            pytest.param("raw.log", {"url": "javascript:alert(1)"}, Reason.NOT_UNDERSTOOD, "url", id="no web address"),
            pytest.param(
                "raw.location",
                {"gps": {"lat": 91, "lng": 0, "accuracy_m": 1, "coord": "wgs84"}},
                Reason.OUT_OF_RANGE,
                "gps",
                id="no such place",
            ),
            pytest.param("raw.location", {"wifi": {}}, Reason.WRONG_TYPE, "wifi[]", id="object for array"),
            pytest.param("raw.location", {"wifi": [7]}, Reason.WRONG_TYPE, "wifi[]", id="number for object"),
            pytest.param(
                "raw.location",
                {"wifi": [{"ssid": "x", "rssi": 1}]},
                Reason.MISSING,
                "wifi[].bssid",
                id="missing in array",
            ),
            pytest.param("raw.order", {"items": None}, Reason.MISSING, "items[]", id="null for required"),
            pytest.param("raw.order", {"amount_fen": -1}, Reason.OUT_OF_RANGE, "amount_fen", id="negative amount"),
        ],
    )
    def test_that_break_their_contract_name_the_field(self, topic, change, reason, path):
        """
        By the contract's path, never by a value.
        """
        with pytest.raises(Broken) as broken:
            ENGINE.topics[topic].process(encode(EVENTS[topic] | change))

        assert (broken.value.reason, broken.value.path) == (reason, path)

    def test_carry_no_value_in_any_error(self):
        """
        Not in the message, not in a cause, not in the context.
        """
        secret = "13800138000"
        changes = [{name: secret * 200} for name in EVENTS["raw.order"]] + [{secret: secret, "event_id": [secret]}]
        for change in changes:
            with pytest.raises(Broken) as broken:
                ENGINE.topics["raw.order"].process(encode(EVENTS["raw.order"] | change))

            chain = broken.value
            while chain is not None:
                assert secret not in f"{chain}{chain.args}{chain.__dict__}"
                chain = chain.__cause__ or chain.__context__

    @given(st.sampled_from(TOPICS), st.binary(max_size=400))
    @example("raw.device", b'{"\\u0000":"\xf0\x9f\x98\x80"}')
    def test_any_bytes_have_exactly_one_outcome(self, topic, raw):
        """
        A clean record of each view, or one reason.
        """
        result = outcome(topic, raw)

        assert isinstance(result, tuple) or len(result) == len(ENGINE.topics[topic].views)

    @given(st.sampled_from(TOPICS), st.randoms(use_true_random=False))
    def test_damaged_bytes_have_exactly_one_outcome(self, topic, chance):
        """
        Whole events with some bytes changed, removed or doubled.
        """
        raw = damaged(encode(EVENTS[topic]), chance)

        result = outcome(topic, raw)

        assert isinstance(result, tuple) or len(result) == len(ENGINE.topics[topic].views)

    def test_ten_thousand_damaged_events_have_exactly_one_outcome(self):
        """
        As a million had, by `python -m tests.pipeline.mutations`.
        """
        found = outcomes(10_000, seed=5)

        assert found["fault"] == 0
        assert found["clean"] > 0
        assert len(found) > 6


class TestUnknownFields:
    def test_are_dropped_and_counted_by_path(self):
        """
        A new upstream field reaches nobody.
        """
        topic = engine().topics["raw.order"]
        event = copy.deepcopy(EVENTS["raw.order"]) | {"new_field": "13800138000"}
        event["items"][0]["seller_phone"] = "13800138000"
        event["payment"]["payer"] = "13800138000"

        clean = topic.process(encode(event))

        assert all(b"13800138000" not in record[0] for record in clean if record)
        assert topic.unknown == {"new_field": 1, "items[].seller_phone": 1, "payment.payer": 1}

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("13800138000", id="a number"),
            pytest.param("phone_13800138000", id="a number within"),
            pytest.param("张伟", id="a name"),
            pytest.param("x" * 41, id="long"),
        ],
    )
    def test_with_telling_names_are_counted_without_them(self, name):
        """
        A field's name comes from outside, and may itself be personal.
        """
        topic = engine().topics["raw.device"]

        topic.process(encode(EVENTS["raw.device"] | {name: 1}))

        assert topic.unknown == {"*": 1}

    def test_are_counted_under_a_bounded_number_of_names(self):
        """
        Upstream cannot fill the memory with names.
        """
        topic = engine().topics["raw.device"]
        letters = "qrstuvwxyz"
        for first in letters:
            names = [f"{first}{b}{c}{d}" for b in letters for c in letters for d in letters]
            topic.process(encode(EVENTS["raw.device"] | dict.fromkeys(names[:500], 1)))

        assert len(topic.unknown) == 1_001
        assert topic.unknown["*"] == 4_000


class TestDeclarations:
    def test_a_recipient_has_one_view_of_a_topic(self):
        """
        Two would be two promises.
        """
        with pytest.raises(ValueError, match="view ads of raw.device is declared twice"):
            by_contract([device.ADS, device.ADS])

    def test_a_topic_has_one_contract(self):
        """
        All its views share it.
        """
        other = replace(device.ADS, contract=replace(device.RAW, version=2))

        with pytest.raises(ValueError, match="raw.device has two contracts"):
            Engine([device.ANALYTICS, other], KEYS)

    def test_every_topic_of_the_views_is_served(self):
        """
        In the order in which they are declared.
        """
        assert list(engine().topics) == [
            "raw.device",
            "raw.log",
            "raw.location",
            "raw.order",
            "raw.account",
            "raw.interaction",
            "raw.contact",
        ]
        assert [view.recipient for view in engine().topics["raw.order"].views] == [
            "analytics",
            "ads",
            "affiliate",
            "merchant",
            "logistics",
        ]
        assert len(VIEWS) == 19
        assert order.ADS in VIEWS


class TestSecrets:
    SECRETS = tuple(
        (contract.topic, path)
        for contract in {view.contract.topic: view.contract for view in VIEWS}.values()
        for path, node in contract.leaves()
        if node.kind is Kind.SECRET
    )

    def test_are_there(self):
        """
        A password in a profile: the claims below are about something.
        """
        assert ("raw.account", "password") in self.SECRETS

    @pytest.mark.parametrize("decision", DECISIONS)
    def test_leave_no_trace_in_any_view(self, decision):
        """
        Every record is, byte for byte, that of an event without a secret or with another one.
        """
        decide = None if decision is None else lambda *_: decision
        for topic, path in self.SECRETS:
            process = engine(decide).topics[topic].process
            event = EVENTS[topic]

            clean = process(encode(event))

            assert clean == process(encode(without(event, path))) == process(encode(event | {path: "another one"}))
            assert all(event[path].encode() not in value for value, _, _ in filter(None, clean))


def test_circumstances_come_from_the_event():
    """
    Time, user, device, and whether a person is named.
    """
    about = circumstances(device.RAW, EVENTS["raw.device"])

    assert (about.time, about.user, about.linked) == (1795329530123, "u-10000000001", True)
    assert about.subject == "u-10000000001"
    assert dumps({}) == b"{}"


def test_a_guardian_is_not_whom_an_event_is_about():
    """
    It links the event, for it leads to a child, but the subject is the user or the device, never the guardian.
    """
    guardian = next(field for field in account.RAW.fields if field.name == "guardian")
    contract = Contract("raw.child", (*envelope.ENVELOPE, guardian))
    child = {**without(ENVELOPE, "user_id"), "guardian": EVENTS["raw.account"]["guardian"]}
    about = circumstances(contract, child)

    assert (about.user, about.subject, about.linked) == (None, child["device_id"], True)
    assert circumstances(contract, without(child, "guardian")).linked is False
    assert circumstances(account.RAW, EVENTS["raw.account"]).subject == "u-10000000001"
